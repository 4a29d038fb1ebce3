// The one function of libFuzzer that is called rather than linked to by name
// (LLVM, compiler-rt/lib/fuzzer/FuzzerInterface.h and "Using libFuzzer as a library" of its manual).
#ifndef CUSTODY_CLIBFUZZER_H
#define CUSTODY_CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));

// A file in memory without a name (memfd_create(2)), open for reading and writing; -1 when there is no room.
int fuzz_memory_file(void);

// Goes on with a hash of bytes that does not depend on how they are cut: h = (h + byte) * factor for each.
uint64_t fuzz_hash(uint64_t h, uint64_t factor, const void *bytes, size_t count);

// True when all bytes are zero.
int fuzz_is_zero(const void *bytes, size_t count);

#endif
