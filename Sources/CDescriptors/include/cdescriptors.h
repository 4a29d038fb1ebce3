// Descriptors, handed from one process to another or looked at: what Swift cannot call.
#ifndef CDESCRIPTORS_H
#define CDESCRIPTORS_H

#include <stddef.h>
#include <sys/types.h>

// Sends one message over a SOCK_SEQPACKET socket, with a descriptor when `fd` is not negative.
// 0 on success, otherwise an errno value.
int cd_send(int socket, const void *bytes, size_t count, int fd);

// Receives one message. `*fd` becomes the descriptor that came with it (close-on-exec), or -1; further ones are closed.
// The number of bytes, 0 at the end, -1 for an error or a message that does not fit.
ssize_t cd_receive(int socket, void *bytes, size_t count, int *fd);

// A connected pair of SOCK_SEQPACKET (or, when `stream`, SOCK_STREAM) sockets, close-on-exec. 0 or an errno value.
int cd_pair(int stream, int pair[2]);

// A pipe that holds up to `size` bytes where the system allows it, close-on-exec. 0 or an errno value.
int cd_pipe(size_t size, int pair[2]);

// Starts a program in which descriptor i is `fds[i]` for i < count, and no other is open. A negative entry is /dev/null.
// 0 and the process's number, or an errno value.
int cd_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, size_t count, pid_t *pid);

// The names of the extended attributes of an open file, each ended by a zero byte. Bytes written, or minus an errno value.
ssize_t cd_attribute_names(int fd, char *names, size_t size);

// The value of one of them. Bytes written, or minus an errno value.
ssize_t cd_attribute(int fd, const char *name, void *value, size_t size);

#endif
