// Landlock through its bare system calls, for every ABI: the C library has no functions for it, and the kernel headers
// a program is built with may be older than the kernel it runs on.
#define _GNU_SOURCE
#include "landlock.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "include/csandbox.h"

#define NR_CREATE_RULESET 444
#define NR_ADD_RULE 445
#define NR_RESTRICT_SELF 446

// linux/landlock.h, as of ABI 6.
enum {
  CREATE_RULESET_VERSION = 1,
  RULE_PATH_BENEATH = 1,
};
#define ACCESS_READ_FILE (UINT64_C(1) << 2)
#define ACCESS_READ_DIR (UINT64_C(1) << 3)

typedef struct {
  uint64_t handled_files;
  uint64_t handled_network;  // from ABI 4 on
  uint64_t scoped;           // from ABI 6 on
} ruleset_attributes;

typedef struct {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed)) path_beneath;

int csandbox_landlock_abi(void) {
  long abi = syscall(NR_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
  return abi > 0 ? (int)abi : 0;
}

// All rights an ABI knows: what is not named stays allowed.
static uint64_t file_rights(int abi) {
  int bits = 13;            // execute, write, read, list, remove, make …
  if (abi >= 2) bits = 14;  // refer
  if (abi >= 3) bits = 15;  // truncate
  if (abi >= 5) bits = 16;  // ioctl of devices
  return (UINT64_C(1) << bits) - 1;
}

static int allow_reading(int ruleset, int descriptor) {
  struct stat facts;
  if (fstat(descriptor, &facts) != 0) return -1;
  path_beneath rule;
  rule.allowed = ACCESS_READ_FILE | (S_ISDIR(facts.st_mode) ? ACCESS_READ_DIR : 0);
  rule.parent = descriptor;
  return syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ? 0 : -1;
}

int csandbox_restrict_files(const int *readable, size_t count, uint8_t *network, uint8_t *scope) {
  *network = 0;
  *scope = 0;
  int abi = csandbox_landlock_abi();
  if (abi == 0) return 0;
  ruleset_attributes attributes = {file_rights(abi), 0, 0};
  // An older kernel takes a shorter structure.
  size_t size = sizeof attributes.handled_files;
  if (abi >= 4) {
    attributes.handled_network = 3;  // bind and connect of TCP
    size += sizeof attributes.handled_network;
  }
  if (abi >= 6) {
    attributes.scoped = 3;  // abstract sockets and signals of processes outside
    size += sizeof attributes.scoped;
  }
  int ruleset = (int)syscall(NR_CREATE_RULESET, &attributes, size, 0);
  if (ruleset < 0) return -1;
  int result = 0;
  for (size_t i = 0; i < count && result == 0; i++) result = allow_reading(ruleset, readable[i]);
  if (result == 0) result = syscall(NR_RESTRICT_SELF, ruleset, 0) == 0 ? 0 : -1;
  int reason = errno;
  close(ruleset);
  errno = reason;
  if (result != 0) return -1;
  *network = abi >= 4;
  *scope = abi >= 6;
  return abi;
}
