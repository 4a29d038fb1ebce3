// File systems of a disk image, read by The Sleuth Kit's library over one callback.
//
// The library gets no path and opens no file. It says where a file's bytes lie; the caller reads them there.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Fills `buffer` from `offset`: the bytes read, less only at the end of the image, -1 when the medium fails.
typedef int64_t (*ctsk_read)(void *context, uint64_t offset, void *buffer, size_t count);

typedef enum { CTSK_EXT = 1, CTSK_FAT, CTSK_EXFAT, CTSK_NTFS } ctsk_form;
typedef enum { CTSK_OTHER, CTSK_FILE, CTSK_DIRECTORY, CTSK_SYMLINK, CTSK_FIFO, CTSK_DEVICE, CTSK_SOCKET, CTSK_VIRTUAL } ctsk_type;

// What the library may do with one file system before it is refused every further read and allocation.
typedef struct {
  uint64_t reads;   // calls of its own reading function
  uint64_t bytes;   // bytes asked for by them
  uint64_t memory;  // bytes allocated through its own functions, ever
  uint64_t runs;    // pieces of files
} ctsk_budget;

typedef struct ctsk_fs ctsk_fs;
typedef struct ctsk_dir ctsk_dir;
typedef struct ctsk_file ctsk_file;

typedef struct {
  uint64_t root;     // inode of the root directory
  uint64_t first;    // lowest inode
  uint64_t last;     // highest; the library keeps it for a directory of its own
  uint32_t block_size;
} ctsk_info;

typedef struct {
  const char *name;  // UTF-8 as the library made it; valid as long as the directory
  uint64_t inode;
  ctsk_type type;
  int is_deleted;
  int is_virtual;
} ctsk_name;

typedef struct {
  ctsk_type type;
  uint64_t inode;
  uint64_t size;
  int64_t modified;  // seconds, 0 when not said
  uint32_t mode;     // permissions as in `st_mode`, 0 when the form has none
  uint32_t links;
  int is_deleted;
  int is_block_mapped;  // ext2 and ext3: one pointer for every block, so that a great size costs the library much
  const char *link;     // target of a symbolic link or NULL
} ctsk_meta;

typedef struct {
  const char *name;  // of an alternate data stream, or NULL
  uint64_t size;
  uint64_t initialized;   // bytes from the start that were ever written; zeros from there
  int is_resident;        // `bytes` holds all of it
  int is_compressed;      // only `ctsk_attribute_read` can tell the bytes
  int is_encrypted;
  const uint8_t *bytes;
  uint64_t byte_count;
  const void *first;      // first run
  const void *handle;
} ctsk_attribute;

typedef struct {
  uint64_t offset;  // in the file, in blocks
  uint64_t address; // in the file system, in blocks
  uint64_t length;  // in blocks
  int is_hole;
  int is_lost;      // the library does not know where these bytes are
} ctsk_run;

// NULL when this is no such file system, or damaged where it matters.
ctsk_fs *ctsk_open(void *context, uint64_t size, ctsk_read read, ctsk_form form, ctsk_budget budget);
void ctsk_close(ctsk_fs *fs);
ctsk_info ctsk_describe(const ctsk_fs *fs);
// True when the budget is used up: nothing more can be read.
int ctsk_is_exhausted(const ctsk_fs *fs);

ctsk_dir *ctsk_dir_open(ctsk_fs *fs, uint64_t inode);
size_t ctsk_dir_count(const ctsk_dir *dir);
int ctsk_dir_name(const ctsk_dir *dir, size_t index, ctsk_name *out);
void ctsk_dir_close(ctsk_dir *dir);

ctsk_file *ctsk_file_open(ctsk_fs *fs, uint64_t inode, ctsk_meta *out);
void ctsk_file_close(ctsk_file *file);
// Number of attributes, or -1 when they cannot be read. Reads the runs.
int ctsk_attribute_count(ctsk_file *file);
// 1: a stream of data. 0: something else. -1: damaged.
int ctsk_attribute_get(ctsk_file *file, int index, ctsk_attribute *out);
int64_t ctsk_attribute_read(ctsk_file *file, const void *handle, uint64_t offset, void *buffer, size_t count);
// Yields a run and moves `run` on. False at the end.
int ctsk_run_next(const void **run, ctsk_run *out);
