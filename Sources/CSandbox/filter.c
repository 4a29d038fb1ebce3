// Writes the seccomp filters by hand: a list of numbers, tests of arguments for a few, an answer for all others.
//
// Three answers. Allowed calls go through. Calls that ordinary code may try (open, socket …) get EPERM, so that
// a library that probes for something goes on without it. Calls that only an intruder makes end the process.
#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "include/csandbox.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no list of system calls for this processor"
#endif

// Numbers that older headers lack; the same on all processors.
#define NR_IO_URING_SETUP 425
#define NR_IO_URING_ENTER 426
#define NR_IO_URING_REGISTER 427
#define NR_CLONE3 435
#define NR_PIDFD_GETFD 438
#define NR_PROCESS_MADVISE 440

enum { MOST_INSTRUCTIONS = 512 };

typedef struct {
  struct sock_filter code[MOST_INSTRUCTIONS];
  unsigned short count;
  int overflow;
} program;

static void add(program *p, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false) {
  if (p->count >= MOST_INSTRUCTIONS) {
    p->overflow = 1;
    return;
  }
  struct sock_filter instruction = {code, if_true, if_false, k};
  p->code[p->count++] = instruction;
}

static void load(program *p, size_t offset) { add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }
static void answer(program *p, uint32_t action) { add(p, BPF_RET | BPF_K, action, 0, 0); }

// Both processors are little endian: the low half of an argument comes first.
static size_t argument(int n) { return offsetof(struct seccomp_data, args) + 8 * (size_t)n; }
static void load_number(program *p) { load(p, offsetof(struct seccomp_data, nr)); }

static void for_number(program *p, long number, uint32_t action) {
  add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
  answer(p, action);
}
static void for_numbers(program *p, const long *numbers, size_t count, uint32_t action) {
  for (size_t i = 0; i < count; i++) for_number(p, numbers[i], action);
}

#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

// Allows the call when (low half of the argument & mask) == wanted, refuses it otherwise. Every path inside answers, so
// the call's number need not be loaded again.
static void allow_when(program *p, long number, int n, uint32_t mask, uint32_t wanted) {
  add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 5);
  load(p, argument(n));
  add(p, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
  add(p, BPF_JMP | BPF_JEQ | BPF_K, wanted, 0, 1);
  answer(p, SECCOMP_RET_ALLOW);
  answer(p, REFUSE);
}

// Allows the call when the low half of the argument is one of `values`, refuses it otherwise.
static void allow_values(program *p, long number, int n, const uint32_t *values, uint8_t count) {
  add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, (uint8_t)(2 * count + 2));
  load(p, argument(n));
  for (uint8_t i = 0; i < count; i++) {
    add(p, BPF_JMP | BPF_JEQ | BPF_K, values[i], 0, 1);
    answer(p, SECCOMP_RET_ALLOW);
  }
  answer(p, REFUSE);
}

// Needed by every process that computes on what it reads.
static const long common_calls[] = {
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_futex,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_sched_yield,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_restart_syscall,
    SYS_getrandom,
    SYS_getpid,
    SYS_gettid,
    // qsort of the C library asks how much memory there is, uses the answer unchecked, and chooses its method by it.
    SYS_sysinfo,
    SYS_exit,
    SYS_exit_group,
#ifdef SYS_time
    SYS_time,
#endif
};

static const long examiner_calls[] = {
    SYS_pread64,
    SYS_preadv,
    SYS_pwrite64,
    // Of nameless files handed over for spooling.
    SYS_ftruncate,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_dup,
    SYS_ppoll,
    SYS_epoll_pwait,
    SYS_epoll_ctl,
    SYS_epoll_create1,
    SYS_eventfd2,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_recvfrom,
    SYS_sendto,
    SYS_shutdown,
    SYS_getdents64,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_sigaltstack,
    SYS_rt_sigaction,
    SYS_sched_getaffinity,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrusage,
    SYS_fadvise64,
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
};

static const long deadly_calls[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_setns,
    SYS_unshare,
    SYS_reboot,
    SYS_open_by_handle_at,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    NR_IO_URING_SETUP,
    NR_IO_URING_ENTER,
    NR_IO_URING_REGISTER,
    NR_PIDFD_GETFD,
    NR_PROCESS_MADVISE,
};

// Any of these would make the file different or open it for writing. O_TMPFILE holds O_DIRECTORY, which is harmless.
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

static void add_examiner(program *p, int open_for_reading) {
  for_numbers(p, examiner_calls, COUNT(examiner_calls), SECCOMP_RET_ALLOW);
  // The flags of clone3 are in memory, out of a filter's sight; without it the C library falls back to clone.
  for_number(p, NR_CLONE3, SECCOMP_RET_ERRNO | ENOSYS);
  const uint32_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  const uint32_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                          CLONE_NEWNET;
  allow_when(p, SYS_clone, 0, thread | spaces | CLONE_PTRACE, thread);
  const uint32_t name[] = {PR_SET_NAME, PR_GET_NAME};
  allow_values(p, SYS_prctl, 0, name, COUNT(name));
  const uint32_t descriptors[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL};
  allow_values(p, SYS_fcntl, 1, descriptors, COUNT(descriptors));
  if (open_for_reading) {
    allow_when(p, SYS_openat, 2, WRITING, 0);
#ifdef SYS_open
    allow_when(p, SYS_open, 1, WRITING, 0);
#endif
    const long look[] = {
        SYS_newfstatat, SYS_statx,  SYS_readlinkat, SYS_fstatfs, SYS_fchdir, SYS_getcwd, SYS_flistxattr, SYS_fgetxattr,
#ifdef SYS_stat
        SYS_stat,       SYS_lstat,
#endif
#ifdef SYS_readlink
        SYS_readlink,
#endif
    };
    for_numbers(p, look, COUNT(look), SECCOMP_RET_ALLOW);
  } else {
    // fstat of the C library. A path could be given all the same: it would tell size and times, nothing of the content.
    allow_when(p, SYS_newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH);
    allow_when(p, SYS_statx, 2, AT_EMPTY_PATH, AT_EMPTY_PATH);
  }
}

static void write_program(program *p, int filter, int open_for_reading) {
  load(p, offsetof(struct seccomp_data, arch));
  add(p, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
  answer(p, SECCOMP_RET_KILL_PROCESS);
  load_number(p);
#if defined(__x86_64__)
  // The x32 numbers reach the same calls by another door.
  add(p, BPF_JMP | BPF_JSET | BPF_K, 0x40000000, 0, 1);
  answer(p, SECCOMP_RET_KILL_PROCESS);
#endif
  for_numbers(p, common_calls, COUNT(common_calls), SECCOMP_RET_ALLOW);
  allow_when(p, SYS_mmap, 2, PROT_EXEC, 0);
  allow_when(p, SYS_mprotect, 2, PROT_EXEC, 0);
  // abort, and nobody else's end.
  const uint32_t self[] = {(uint32_t)getpid()};
  allow_values(p, SYS_tgkill, 0, self, 1);
  if (filter == CSANDBOX_EXAMINER) add_examiner(p, open_for_reading);
  for_numbers(p, deadly_calls, COUNT(deadly_calls), SECCOMP_RET_KILL_PROCESS);
  answer(p, REFUSE);
}

int csandbox_install_filter(int filter, int open_for_reading) {
  program p;
  p.count = 0;
  p.overflow = 0;
  write_program(&p, filter, open_for_reading);
  if (p.overflow) {
    errno = E2BIG;
    return -1;
  }
  struct sock_fprog loaded = {p.count, p.code};
  const unsigned long flags = SECCOMP_FILTER_FLAG_TSYNC;
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &loaded);
  if (result > 0) {
    // The number of a thread that already has a filter of its own.
    errno = ESRCH;
    return -1;
  }
  return result == 0 ? 0 : -1;
}
