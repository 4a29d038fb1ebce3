// Stands in for defects of libarchive and libtsk: what a member or a volume is called decides where the process dies.
//
//   CRASHHEADER   libarchive, before the member's header is handed out
//   CRASHDATA     libarchive, when its bytes are asked for
//   CRASHSOLID    libarchive, when its bytes or anything behind them are asked for
//   CRASHFILTER   libarchive, when a decompressed block holds this word (not as a name)
//   CRASHVOLUME   libtsk, when the file system with this label is opened
//   CRASHFILE=N   libtsk, when file N of the file system with this label is opened
#define _GNU_SOURCE
#include "include/ccrash.h"

#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

struct archive;
struct archive_entry;
const char *archive_entry_pathname(struct archive_entry *);
int archive_format(struct archive *);
enum { FORMAT_RAW = 0x90000 };

static int (*next_header)(struct archive *, struct archive_entry **);
static int (*data_block)(struct archive *, const void **, size_t *, int64_t *);
static void *(*open_volume)(void *, int64_t, int);
static void *(*open_file)(void *, void *, uint64_t);

// The program's own, put before the library's by what it uses to open disk images.
ssize_t tsk_img_read(void *, int64_t, char *, size_t);

static _Thread_local struct archive *armed;
static _Thread_local int is_solid;
static _Thread_local uint64_t armed_file;

__attribute__((constructor)) static void find(void) {
  next_header = (int (*)(struct archive *, struct archive_entry **))dlsym(RTLD_NEXT, "archive_read_next_header");
  data_block = (int (*)(struct archive *, const void **, size_t *, int64_t *))dlsym(RTLD_NEXT, "archive_read_data_block");
  open_volume = (void *(*)(void *, int64_t, int))dlsym(RTLD_NEXT, "tsk_fs_open_img");
  open_file = (void *(*)(void *, void *, uint64_t))dlsym(RTLD_NEXT, "tsk_fs_file_open_meta");
}

// Tests are linked with these functions too, and must not die of them.
static int in_force;

void ccrash_arm(void) { in_force = 1; }

static volatile int sink;
__attribute__((noinline)) static int deeper(volatile char *above) {
  volatile char here[4096];
  here[0] = above[0];
  sink += here[0];
  return deeper(here) + here[1];
}

void ccrash_now(const char *how) {
  if (!strcmp(how, "segv")) *(volatile int *)8 = 1;
  if (!strcmp(how, "abort")) abort();
  if (!strcmp(how, "trap")) __builtin_trap();
  if (!strcmp(how, "kill")) syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGKILL);
  if (!strcmp(how, "exit")) syscall(SYS_exit_group, 9);
  if (!strcmp(how, "stack")) {
    volatile char start = 0;
    sink = deeper(&start);
  }
}

int archive_read_next_header(struct archive *archive, struct archive_entry **entry) {
  if (armed == archive && is_solid) ccrash_now("segv");
  int result = next_header(archive, entry);
  if (armed == archive) armed = NULL;
  const char *name = in_force && result >= -25 && entry && *entry ? archive_entry_pathname(*entry) : NULL;
  if (!name) return result;
  if (strstr(name, "CRASHHEADER")) ccrash_now("segv");
  is_solid = strstr(name, "CRASHSOLID") != NULL;
  if (is_solid || strstr(name, "CRASHDATA")) armed = archive;
  return result;
}

int archive_read_data_block(struct archive *archive, const void **block, size_t *size, int64_t *offset) {
  if (armed == archive) ccrash_now("segv");
  int result = data_block(archive, block, size, offset);
  // The only format here whose members are whole streams.
  if (in_force && result >= -20 && archive_format(archive) == FORMAT_RAW && memmem(*block, *size, "CRASHFILTER", 11)) {
    ccrash_now("segv");
  }
  return result;
}

void *tsk_fs_open_img(void *image, int64_t offset, int type) {
  char head[2049] = {0};
  ssize_t count = !in_force ? 0 : tsk_img_read(image, offset, head, sizeof head - 1);
  size_t size = count > 0 ? (size_t)count : 0;
  if (memmem(head, size, "CRASHVOLUME", 11)) ccrash_now("segv");
  const char *file = memmem(head, size, "CRASHFILE=", 10);
  armed_file = file ? strtoull(file + 10, NULL, 10) : 0;
  return open_volume(image, offset, type);
}

void *tsk_fs_file_open_meta(void *system, void *file, uint64_t inode) {
  if (armed_file && inode == armed_file) ccrash_now("segv");
  return open_file(system, file, inode);
}
