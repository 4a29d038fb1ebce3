// Opens file systems with libtsk and keeps it within a budget.
//
// Four of the library's functions are replaced by the ones below: it calls them through its table of links, so the
// program's own come first. They do the same, but count, and refuse when the budget is used up. Loops over damaged
// structures end that way, for none of them goes on without reading or allocating.
#include "include/ctsk.h"

#include <stdlib.h>
#include <string.h>
#include <tsk/libtsk.h>

enum { PAGE = 16384, PAGES = 128 };
// The library's own recursion is refused beyond so many bytes of stack.
static const uintptr_t max_stack = 512 << 10;

typedef struct {
  TSK_IMG_INFO img;  // first: the library hands it back
  void *context;
  ctsk_read read;
  uint64_t held[PAGES];  // number of the page each slot holds, plus one
  size_t held_count[PAGES];
  char pages[PAGES][PAGE];
} image;

struct ctsk_fs {
  image *img;
  TSK_FS_INFO *fs;
  ctsk_budget left;
  int exhausted;
  uintptr_t stack;  // where the stack stood when the library was called
  uint64_t runs;    // pieces made since then
  uint64_t max_runs;
};
struct ctsk_dir {
  TSK_FS_DIR *dir;
};
struct ctsk_file {
  ctsk_fs *owner;
  TSK_FS_FILE *file;
};

// Larger than any structure the library needs at once, the largest sensible directory included.
static const size_t max_allocation = 64 << 20;

// The file system at work in this thread.
static _Thread_local ctsk_fs *current;

static void enter(ctsk_fs *fs) {
  current = fs;
  fs->stack = (uintptr_t)__builtin_frame_address(0);
  fs->runs = 0;
}
static void leave(void) { current = NULL; }

static int spend(uint64_t *left, uint64_t amount) {
  if (current->exhausted) return 0;
  // Recursion without end is an error of one structure; the others may be sound.
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (current->stack - here > max_stack) return 0;
  if (amount > *left) {
    current->exhausted = 1;
    return 0;
  }
  *left -= amount;
  return 1;
}

// MARK: Replacements

void *tsk_malloc(size_t size) {
  if (current && (size > max_allocation || !spend(&current->left.memory, size))) {
    tsk_error_reset();
    tsk_error_set_errno(TSK_ERR_AUX_MALLOC);
    return NULL;
  }
  void *memory = calloc(1, size > 0 ? size : 1);
  if (!memory) {
    tsk_error_reset();
    tsk_error_set_errno(TSK_ERR_AUX_MALLOC);
  }
  return memory;
}

TSK_FS_ATTR_RUN *tsk_fs_attr_run_alloc(void) {
  if (current && (current->runs++ >= current->max_runs || !spend(&current->left.runs, 1))) {
    tsk_error_reset();
    tsk_error_set_errno(TSK_ERR_AUX_MALLOC);
    return NULL;
  }
  return calloc(1, sizeof(TSK_FS_ATTR_RUN));
}

// The library walks the whole list for every run it appends, which takes minutes for a million of them.
void tsk_fs_attr_append_run(TSK_FS_INFO *fs, TSK_FS_ATTR *attribute, TSK_FS_ATTR_RUN *run) {
  (void)fs;
  if (!attribute || !run) return;
  if (!attribute->nrd.run) {
    attribute->nrd.run = run;
    run->offset = 0;
  } else {
    TSK_FS_ATTR_RUN *last = attribute->nrd.run_end ? attribute->nrd.run_end : attribute->nrd.run;
    while (last->next) last = last->next;
    last->next = run;
    run->offset = last->offset + last->len;
  }
  while (run->next) run = run->next;
  attribute->nrd.run_end = run;
}

// Small reads within one page come from a cache; each miss costs a page of the budget.
static int64_t read_cached(image *img, uint64_t offset, char *buffer, size_t count) {
  uint64_t page = offset / PAGE;
  size_t inside = (size_t)(offset % PAGE);
  if (inside + count > PAGE) return img->read(img->context, offset, buffer, count);
  size_t slot = (size_t)(page % PAGES);
  if (img->held[slot] != page + 1) {
    if (current && !spend(&current->left.bytes, PAGE)) return -1;
    img->held[slot] = 0;
    int64_t got = img->read(img->context, page * PAGE, img->pages[slot], PAGE);
    if (got < 0) return -1;
    img->held[slot] = page + 1;
    img->held_count[slot] = (size_t)got;
  }
  if (inside >= img->held_count[slot]) return 0;
  size_t there = img->held_count[slot] - inside;
  if (count > there) count = there;
  memcpy(buffer, img->pages[slot] + inside, count);
  return (int64_t)count;
}

ssize_t tsk_img_read(TSK_IMG_INFO *img, TSK_OFF_T offset, char *buffer, size_t count) {
  image *own = (image *)img;
  if (!own || !own->read || !buffer || offset < 0 || offset >= img->size || count > INT32_MAX ||
      (current && !(spend(&current->left.reads, 1) && spend(&current->left.bytes, count)))) {
    tsk_error_reset();
    tsk_error_set_errno(TSK_ERR_IMG_READ_OFF);
    return -1;
  }
  if ((uint64_t)count > (uint64_t)(img->size - offset)) count = (size_t)(img->size - offset);
  int64_t done = read_cached(own, (uint64_t)offset, buffer, count);
  if (done < 0) {
    tsk_error_reset();
    tsk_error_set_errno(TSK_ERR_IMG_READ);
  }
  return (ssize_t)done;
}

// MARK: File systems

// Never called: the function that would is replaced above. `ctsk_open` makes sure of it.
static ssize_t read_image(TSK_IMG_INFO *img, TSK_OFF_T offset, char *buffer, size_t count) {
  (void)img;
  (void)offset;
  (void)buffer;
  (void)count;
  return -1;
}
static void close_image(TSK_IMG_INFO *img) { (void)img; }
static void no_statistics(TSK_IMG_INFO *img, FILE *file) {
  (void)img;
  (void)file;
}

static TSK_FS_TYPE_ENUM type_of(ctsk_form form) {
  switch (form) {
    case CTSK_EXT: return TSK_FS_TYPE_EXT_DETECT;
    case CTSK_FAT: return TSK_FS_TYPE_FAT_DETECT;
    case CTSK_EXFAT: return TSK_FS_TYPE_EXFAT;
    case CTSK_NTFS: return TSK_FS_TYPE_NTFS;
  }
  return TSK_FS_TYPE_UNSUPP;
}

ctsk_fs *ctsk_open(void *context, uint64_t size, ctsk_read read, ctsk_form form, ctsk_budget budget) {
  if (size > INT64_MAX / 2 || size < 512) return NULL;
  ctsk_fs *fs = calloc(1, sizeof *fs);
  image *img = calloc(1, sizeof *img);
  if (!fs || !img) {
    free(fs);
    free(img);
    return NULL;
  }
  img->context = context;
  img->read = read;
  fs->img = img;
  fs->left = budget;
  // A piece for every sector, and a hole between any two of them.
  fs->max_runs = size / 256 + 4096;
  enter(fs);
  if (tsk_img_open_external(img, (TSK_OFF_T)size, 512, read_image, close_image, no_statistics)) {
    fs->fs = tsk_fs_open_img(&img->img, 0, type_of(form));
  }
  leave();
  // Without its replaced functions the library reads nothing, so here it keeps to the budget.
  if (!fs->fs || fs->fs->block_size == 0 || fs->fs->block_size > (32u << 20)) {
    ctsk_close(fs);
    return NULL;
  }
  return fs;
}

void ctsk_close(ctsk_fs *fs) {
  if (!fs) return;
  if (fs->fs) tsk_fs_close(fs->fs);
  tsk_img_close(&fs->img->img);
  free(fs->img);
  free(fs);
}

ctsk_info ctsk_describe(const ctsk_fs *fs) {
  ctsk_info info = {fs->fs->root_inum, fs->fs->first_inum, TSK_FS_ORPHANDIR_INUM(fs->fs), fs->fs->block_size};
  return info;
}

int ctsk_is_exhausted(const ctsk_fs *fs) { return fs->exhausted; }

// MARK: Directories

static ctsk_type name_type(TSK_FS_NAME_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_NAME_TYPE_REG: return CTSK_FILE;
    case TSK_FS_NAME_TYPE_DIR: return CTSK_DIRECTORY;
    case TSK_FS_NAME_TYPE_LNK: return CTSK_SYMLINK;
    case TSK_FS_NAME_TYPE_FIFO: return CTSK_FIFO;
    case TSK_FS_NAME_TYPE_SOCK: return CTSK_SOCKET;
    case TSK_FS_NAME_TYPE_CHR:
    case TSK_FS_NAME_TYPE_BLK: return CTSK_DEVICE;
    case TSK_FS_NAME_TYPE_VIRT:
    case TSK_FS_NAME_TYPE_VIRT_DIR: return CTSK_VIRTUAL;
    default: return CTSK_OTHER;
  }
}

static ctsk_type meta_type(TSK_FS_META_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_META_TYPE_REG: return CTSK_FILE;
    case TSK_FS_META_TYPE_DIR: return CTSK_DIRECTORY;
    case TSK_FS_META_TYPE_LNK: return CTSK_SYMLINK;
    case TSK_FS_META_TYPE_FIFO: return CTSK_FIFO;
    case TSK_FS_META_TYPE_SOCK: return CTSK_SOCKET;
    case TSK_FS_META_TYPE_CHR:
    case TSK_FS_META_TYPE_BLK: return CTSK_DEVICE;
    case TSK_FS_META_TYPE_VIRT:
    case TSK_FS_META_TYPE_VIRT_DIR: return CTSK_VIRTUAL;
    default: return CTSK_OTHER;
  }
}

ctsk_dir *ctsk_dir_open(ctsk_fs *fs, uint64_t inode) {
  ctsk_dir *dir = calloc(1, sizeof *dir);
  if (!dir) return NULL;
  enter(fs);
  dir->dir = tsk_fs_dir_open_meta(fs->fs, inode);
  leave();
  if (!dir->dir) {
    free(dir);
    return NULL;
  }
  return dir;
}

size_t ctsk_dir_count(const ctsk_dir *dir) { return tsk_fs_dir_getsize(dir->dir); }

int ctsk_dir_name(const ctsk_dir *dir, size_t index, ctsk_name *out) {
  const TSK_FS_NAME *name = tsk_fs_dir_get_name(dir->dir, index);
  if (!name) return 0;
  out->name = name->name ? name->name : "";
  out->inode = name->meta_addr;
  out->type = name_type(name->type);
  out->is_deleted = (name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0;
  out->is_virtual = out->type == CTSK_VIRTUAL;
  return 1;
}

void ctsk_dir_close(ctsk_dir *dir) {
  tsk_fs_dir_close(dir->dir);
  free(dir);
}

// MARK: Files

ctsk_file *ctsk_file_open(ctsk_fs *fs, uint64_t inode, ctsk_meta *out) {
  ctsk_file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->owner = fs;
  enter(fs);
  file->file = tsk_fs_file_open_meta(fs->fs, NULL, inode);
  leave();
  const TSK_FS_META *meta = file->file ? file->file->meta : NULL;
  if (!meta) {
    ctsk_file_close(file);
    return NULL;
  }
  memset(out, 0, sizeof *out);
  out->type = meta_type(meta->type);
  out->inode = meta->addr;
  out->size = meta->size > 0 ? (uint64_t)meta->size : 0;
  out->modified = meta->mtime;
  out->mode = TSK_FS_TYPE_ISEXT(fs->fs->ftype) ? (uint32_t)meta->mode : 0;
  out->links = meta->nlink > 0 ? (uint32_t)meta->nlink : 0;
  out->is_deleted = (meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0;
  out->is_block_mapped =
      TSK_FS_TYPE_ISEXT(fs->fs->ftype) && meta->content_type == TSK_FS_META_CONTENT_TYPE_DEFAULT;
  out->link = meta->link;
  return file;
}

void ctsk_file_close(ctsk_file *file) {
  if (file->file) tsk_fs_file_close(file->file);
  free(file);
}

// The library believes the count of extents an inode states, and reads behind it.
static int states_too_many_extents(const TSK_FS_FILE *file) {
  const TSK_FS_META *meta = file->meta;
  if (!meta || meta->content_type != TSK_FS_META_CONTENT_TYPE_EXT4_EXTENTS) return 0;
  const uint8_t *header = meta->content_ptr;
  const size_t in_inode = 60;  // i_block: a header and entries of 12 bytes each
  if (!header || meta->content_len < in_inode) return 1;
  return (size_t)(header[2] | header[3] << 8) > in_inode / 12 - 1;
}

int ctsk_attribute_count(ctsk_file *file) {
  if (states_too_many_extents(file->file)) return -1;
  enter(file->owner);
  tsk_error_reset();
  int count = tsk_fs_file_attr_getsize(file->file);
  leave();
  if (!file->file->meta || file->file->meta->attr_state == TSK_FS_META_ATTR_ERROR) return -1;
  return count;
}

int ctsk_attribute_get(ctsk_file *file, int index, ctsk_attribute *out) {
  enter(file->owner);
  const TSK_FS_ATTR *attribute = tsk_fs_file_attr_get_idx(file->file, index);
  leave();
  if (!attribute) return -1;
  if (attribute->type != TSK_FS_ATTR_TYPE_DEFAULT && attribute->type != TSK_FS_ATTR_TYPE_NTFS_DATA) return 0;
  memset(out, 0, sizeof *out);
  out->handle = attribute;
  out->name = attribute->name && attribute->name[0] ? attribute->name : NULL;
  out->size = attribute->size > 0 ? (uint64_t)attribute->size : 0;
  out->initialized = out->size;
  out->is_encrypted = (attribute->flags & TSK_FS_ATTR_ENC) != 0;
  if (attribute->flags & TSK_FS_ATTR_RES) {
    out->is_resident = 1;
    out->bytes = attribute->rd.buf;
    out->byte_count = attribute->rd.buf ? attribute->rd.buf_size : 0;
    if (out->byte_count > out->size) out->byte_count = out->size;
    return 1;
  }
  out->is_compressed = (attribute->flags & TSK_FS_ATTR_COMP) != 0 || attribute->nrd.skiplen != 0;
  if (attribute->nrd.initsize >= 0 && (uint64_t)attribute->nrd.initsize < out->size) {
    out->initialized = (uint64_t)attribute->nrd.initsize;
  }
  out->first = attribute->nrd.run;
  return 1;
}

int64_t ctsk_attribute_read(ctsk_file *file, const void *handle, uint64_t offset, void *buffer, size_t count) {
  if (offset > INT64_MAX) return -1;
  enter(file->owner);
  ssize_t done =
      tsk_fs_attr_read(handle, (TSK_OFF_T)offset, buffer, count, TSK_FS_FILE_READ_FLAG_NONE);
  leave();
  return done;
}

int ctsk_run_next(const void **run, ctsk_run *out) {
  const TSK_FS_ATTR_RUN *here = *run;
  if (!here) return 0;
  out->offset = here->offset;
  out->address = here->addr;
  out->length = here->len;
  out->is_hole = (here->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) != 0;
  out->is_lost = (here->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0;
  *run = here->next;
  return 1;
}
