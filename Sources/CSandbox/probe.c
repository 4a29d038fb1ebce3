// Tries the sandbox from inside, each time in a child of its own, so that a test and an administrator can see each
// forbidden call refused by the kernel they have.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/csandbox.h"

// Exit statuses of the child; errno values stay below.
enum { WENT_THROUGH = 0, NOT_ENTERED = 200 };

static long attempt(int probe, pid_t parent) {
  char byte = 0;
  struct iovec here = {&byte, 1}, there = {&byte, 1};
  char *const nothing[] = {NULL};
  union bpf_attr attributes;
  switch (probe) {
    // Through syscall() throughout: the C library must not choose another call.
    case CSANDBOX_PROBE_OPEN: return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC);
    case CSANDBOX_PROBE_CREATE:
      return syscall(SYS_openat, AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    case CSANDBOX_PROBE_SOCKET: return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    case CSANDBOX_PROBE_UNIX_SOCKET: return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    case CSANDBOX_PROBE_EXECVE: return syscall(SYS_execve, "/bin/true", nothing, nothing);
    case CSANDBOX_PROBE_FORK: return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    case CSANDBOX_PROBE_KILL: return syscall(SYS_kill, parent, 0);
    case CSANDBOX_PROBE_EXECUTABLE:
      return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
    case CSANDBOX_PROBE_UNLINK: {
      // There is nothing to remove: without a sandbox the call gets as far as finding that out.
      long result = syscall(SYS_unlinkat, AT_FDCWD, "/tmp/csandbox-probe/no/such/file", 0);
      return result != 0 && errno == ENOENT ? 0 : result;
    }
    case CSANDBOX_PROBE_PTRACE: return syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL);
    case CSANDBOX_PROBE_PROCESS_READ: return syscall(SYS_process_vm_readv, parent, &here, 1, &there, 1, 0);
    case CSANDBOX_PROBE_BPF:
      memset(&attributes, 0, sizeof attributes);
      return syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof attributes);
    default: errno = EINVAL; return -1;
  }
}

const char *csandbox_probe_name(int probe) {
  static const char *const names[CSANDBOX_PROBE_COUNT] = {
      "open", "create", "socket", "unix-socket", "execve", "fork", "kill", "executable-memory", "unlink",
      "ptrace", "process_vm_readv", "bpf",
  };
  return probe >= 0 && probe < CSANDBOX_PROBE_COUNT ? names[probe] : NULL;
}

int32_t csandbox_probe(const csandbox_options *options, int probe) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) return INT32_MIN;
  if (child == 0) {
    csandbox_report report;
    char error[64];
    if (csandbox_enter(options, &report, error, sizeof error) != 0) _exit(NOT_ENTERED);
    errno = 0;
    long result = attempt(probe, parent);
    int status = result >= 0 ? WENT_THROUGH : errno;
    syscall(SYS_exit_group, status);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return INT32_MIN;
  }
  if (WIFSIGNALED(status)) return -WTERMSIG(status);
  return WEXITSTATUS(status) == NOT_ENTERED ? INT32_MIN : WEXITSTATUS(status);
}

typedef struct {
  int result;
  csandbox_report report;
  char error[128];
} answer;

int csandbox_try(const csandbox_options *options, csandbox_report *report, char *error, size_t error_size) {
  memset(report, 0, sizeof *report);
  if (error_size > 0) error[0] = 0;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    answer mine;
    memset(&mine, 0, sizeof mine);
    // Where it survives the closing of all others; the child needs no other output.
    if (dup2(ends[1], 1) == 1) {
      mine.result = csandbox_enter(options, &mine.report, mine.error, sizeof mine.error);
      ssize_t written = write(1, &mine, sizeof mine);
      (void)written;
    }
    syscall(SYS_exit_group, 0);
  }
  close(ends[1]);
  answer got;
  size_t have = 0;
  while (child > 0 && have < sizeof got) {
    ssize_t n = read(ends[0], (char *)&got + have, sizeof got - have);
    if (n == 0 || (n < 0 && errno != EINTR)) break;
    if (n > 0) have += (size_t)n;
  }
  close(ends[0]);
  if (child > 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
  }
  if (have < sizeof got) return -1;
  *report = got.report;
  got.error[sizeof got.error - 1] = 0;
  if (error_size > 0) {
    size_t n = strlen(got.error);
    if (n >= error_size) n = error_size - 1;
    memcpy(error, got.error, n);
    error[n] = 0;
  }
  return got.result;
}
