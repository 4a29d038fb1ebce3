// Landlock: which files the process may open, whatever system calls remain.
#ifndef CSANDBOX_LANDLOCK_H
#define CSANDBOX_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

// Denies all files but those below the given descriptors, which stay readable.
// The ABI in use; 0 when the kernel has no Landlock; -1 with errno set.
int csandbox_restrict_files(const int *readable, size_t count, uint8_t *network, uint8_t *scope);

#endif
