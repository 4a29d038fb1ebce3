// What a process gives up before it looks at bytes nobody vouches for.
//
// Layers, each of which holds when another one is missing or broken:
//   limits      memory, descriptors, size of files, processes, core dumps (setrlimit)
//   privileges  none can be gained by execve; no core dump, no debugger of the same user (prctl)
//   Landlock    no file can be opened, or only those below given folders; no TCP (kernels from 5.13 on)
//   seccomp     a short list of system calls; everything else is refused, the odd ones end the process
//
// Nothing here allocates memory, so that all of it can run between fork and exit.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Which system calls remain.
enum {
  CSANDBOX_NO_FILTER = 0,
  // One thread that reads and writes the descriptors it has, and takes memory.
  CSANDBOX_WORKER = 1,
  // Threads that read a snapshot: also thread creation, positions in files, sockets that are open already.
  CSANDBOX_EXAMINER = 2,
};

#define CSANDBOX_UNCHANGED UINT64_MAX

// Each is CSANDBOX_UNCHANGED or becomes soft and hard limit.
typedef struct {
  uint64_t address_space;  // RLIMIT_AS, bytes
  uint64_t data;           // RLIMIT_DATA, bytes of private writable memory
  uint64_t files;          // RLIMIT_NOFILE: highest descriptor + 1
  uint64_t file_size;      // RLIMIT_FSIZE, bytes; sockets and pipes do not count
  uint64_t processes;      // RLIMIT_NPROC; counts threads of the user, so 0 suits a single thread only
  uint64_t cpu_seconds;    // RLIMIT_CPU
} csandbox_limits;

typedef struct {
  int filter;  // CSANDBOX_WORKER …
  csandbox_limits limits;
  uint8_t landlock;             // use it where the kernel has it
  uint8_t open_for_reading;     // examiner: opening for reading is left to Landlock instead of being refused
  uint8_t close_others;         // close every descriptor above 2 first
  const int *readable;          // descriptors of folders or files that stay readable, with all below
  size_t readable_count;
} csandbox_options;

// What is in force.
typedef struct {
  uint8_t no_new_privileges;
  uint8_t not_dumpable;
  int32_t filter;             // CSANDBOX_WORKER …; CSANDBOX_NO_FILTER when there is none
  int32_t landlock;           // ABI in use; 0: none
  uint8_t landlock_network;   // TCP is refused by Landlock too
  uint8_t landlock_scope;     // abstract sockets and signals to others are refused by Landlock too
  csandbox_limits limits;     // soft limits; CSANDBOX_UNCHANGED: no limit
} csandbox_report;

// The limits of a worker that may take `memory` bytes.
csandbox_limits csandbox_worker_limits(uint64_t memory);
// No limit is changed.
csandbox_limits csandbox_no_limits(void);

// Enters the sandbox; there is no way back. Call it while the process has one thread: limits and filter bind all
// threads, Landlock only the calling one and those it starts later.
// 0, or -1 with the reason in `error`. A kernel without Landlock is no failure: `report` says so.
int csandbox_enter(const csandbox_options *options, csandbox_report *report, char *error, size_t error_size);

// Enters the sandbox in a child and brings back what is in force there.
int csandbox_try(const csandbox_options *options, csandbox_report *report, char *error, size_t error_size);

// Highest Landlock ABI of the kernel; 0: none.
int csandbox_landlock_abi(void);
// 1 when the kernel can filter system calls the way this needs.
int csandbox_filter_available(void);

// What the calls below meet.
enum {
  CSANDBOX_PROBE_OPEN = 0,     // openat of an existing file, for reading
  CSANDBOX_PROBE_CREATE,       // openat of a new file, for writing
  CSANDBOX_PROBE_SOCKET,       // socket, IPv4
  CSANDBOX_PROBE_UNIX_SOCKET,  // socket, local
  CSANDBOX_PROBE_EXECVE,       // execve of a program
  CSANDBOX_PROBE_FORK,         // clone of a process
  CSANDBOX_PROBE_KILL,         // kill of the parent, signal 0
  CSANDBOX_PROBE_EXECUTABLE,   // mmap of memory that can be executed
  CSANDBOX_PROBE_UNLINK,       // unlinkat of a file that does not exist
  CSANDBOX_PROBE_PTRACE,       // ptrace, asking to be traced
  CSANDBOX_PROBE_PROCESS_READ, // process_vm_readv of the parent
  CSANDBOX_PROBE_BPF,          // bpf
  CSANDBOX_PROBE_COUNT,
};

// Tries one forbidden call in a child that has entered the sandbox.
// 0: it went through; above 0: the errno it was refused with; below 0: minus the signal that ended the child;
// INT32_MIN: the child could not be started or could not enter the sandbox.
int32_t csandbox_probe(const csandbox_options *options, int probe);
// "open", "socket" …; NULL for an unknown number.
const char *csandbox_probe_name(int probe);

// Starts `path` with `socket` as standard input and output and no other descriptor; standard error goes nowhere unless
// `diagnostics` is set. Signals are as a fresh process expects them. 0, or an errno.
int csandbox_spawn(const char *path, char *const arguments[], char *const environment[], int socket, int diagnostics,
                   int32_t *pid);
// The calling process is killed when the thread that started it ends.
void csandbox_end_with_parent(void);

#ifdef __cplusplus
}
#endif
#endif
