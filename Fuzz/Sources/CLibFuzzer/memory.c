#define _GNU_SOURCE
#include "CLibFuzzer.h"

#include <sys/mman.h>

// Laws must not take the time of what they watch.
#define PLAIN __attribute__((no_sanitize("address", "coverage")))

int fuzz_memory_file(void) { return memfd_create("snapshot", MFD_CLOEXEC); }

PLAIN uint64_t fuzz_hash(uint64_t h, uint64_t factor, const void *bytes, size_t count) {
  const uint8_t *b = bytes;
  for (size_t i = 0; i < count; i++) h = (h + b[i]) * factor;
  return h;
}

PLAIN int fuzz_is_zero(const void *bytes, size_t count) {
  const uint8_t *b = bytes;
  uint8_t any = 0;
  for (size_t i = 0; i < count; i++) any |= b[i];
  return any == 0;
}
