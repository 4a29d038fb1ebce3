// Enters the sandbox, layer by layer, and says what is in force.
#define _GNU_SOURCE
#include "include/csandbox.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"
#include "landlock.h"

#define NR_CLOSE_RANGE 436

csandbox_limits csandbox_no_limits(void) {
  csandbox_limits limits = {CSANDBOX_UNCHANGED, CSANDBOX_UNCHANGED, CSANDBOX_UNCHANGED,
                            CSANDBOX_UNCHANGED, CSANDBOX_UNCHANGED, CSANDBOX_UNCHANGED};
  return limits;
}

csandbox_limits csandbox_worker_limits(uint64_t memory) {
  csandbox_limits limits = csandbox_no_limits();
  limits.data = memory;
  // Libraries, their read-only data and reserved address space come on top; they cost little real memory.
  limits.address_space = memory > UINT64_MAX / 4 ? CSANDBOX_UNCHANGED : memory + (UINT64_C(2) << 30);
  limits.files = 3;
  limits.file_size = 0;
  limits.processes = 0;
  return limits;
}

// strerror may allocate and read a catalogue of messages; a number is enough.
static int complain(char *error, size_t size, const char *what, int number) {
  if (size == 0) return -1;
  size_t n = 0;
  for (const char *c = what; *c && n + 1 < size; c++) error[n++] = *c;
  const char middle[] = ": errno ";
  for (const char *c = middle; *c && n + 1 < size; c++) error[n++] = *c;
  char digits[12];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0 && count < 11);
  while (count > 0 && n + 1 < size) error[n++] = digits[--count];
  error[n] = 0;
  return -1;
}

static int set_limit(int resource, uint64_t value) {
  if (value == CSANDBOX_UNCHANGED) return 0;
  struct rlimit limit;
  if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return -1;
  // Never above what somebody else has allowed.
  if (limit.rlim_max == RLIM_INFINITY || value < limit.rlim_max) limit.rlim_max = value;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit((__rlimit_resource_t)resource, &limit);
}

static uint64_t get_limit(int resource) {
  struct rlimit limit;
  if (getrlimit((__rlimit_resource_t)resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return CSANDBOX_UNCHANGED;
  }
  return limit.rlim_cur;
}

static void read_limits(csandbox_limits *limits) {
  limits->address_space = get_limit(RLIMIT_AS);
  limits->data = get_limit(RLIMIT_DATA);
  limits->files = get_limit(RLIMIT_NOFILE);
  limits->file_size = get_limit(RLIMIT_FSIZE);
  limits->processes = get_limit(RLIMIT_NPROC);
  limits->cpu_seconds = get_limit(RLIMIT_CPU);
}

int csandbox_filter_available(void) {
  uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int csandbox_enter(const csandbox_options *options, csandbox_report *report, char *error, size_t error_size) {
  memset(report, 0, sizeof *report);
  const csandbox_limits *limits = &options->limits;
  if (options->close_others && syscall(NR_CLOSE_RANGE, 3, ~0U, 0) != 0) {
    // Kernels before 5.9.
    for (int i = 3; i < 4096; i++) close(i);
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return complain(error, error_size, "no_new_privs", errno);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return complain(error, error_size, "dumpable", errno);
  report->no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  report->not_dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
  if (options->landlock) {
    int abi = csandbox_restrict_files(options->readable, options->readable_count, &report->landlock_network,
                                      &report->landlock_scope);
    if (abi < 0) return complain(error, error_size, "landlock", errno);
    report->landlock = abi;
  }
  if (set_limit(RLIMIT_CORE, 0) != 0 || set_limit(RLIMIT_AS, limits->address_space) != 0 ||
      set_limit(RLIMIT_DATA, limits->data) != 0 || set_limit(RLIMIT_NOFILE, limits->files) != 0 ||
      set_limit(RLIMIT_FSIZE, limits->file_size) != 0 || set_limit(RLIMIT_NPROC, limits->processes) != 0 ||
      set_limit(RLIMIT_CPU, limits->cpu_seconds) != 0) {
    return complain(error, error_size, "setrlimit", errno);
  }
  read_limits(&report->limits);
  // Last: it forbids everything above.
  if (options->filter != CSANDBOX_NO_FILTER) {
    if (csandbox_install_filter(options->filter, options->open_for_reading) != 0) {
      return complain(error, error_size, "seccomp", errno);
    }
    report->filter = options->filter;
  }
  return 0;
}
