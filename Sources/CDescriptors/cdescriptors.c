#define _GNU_SOURCE
#include "cdescriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

int cd_send(int socket, const void *bytes, size_t count, int fd) {
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union {
    char space[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  if (fd >= 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

ssize_t cd_receive(int socket, void *bytes, size_t count, int *fd) {
  *fd = -1;
  struct iovec part = {.iov_base = bytes, .iov_len = count};
  union {
    char space[CMSG_SPACE(8 * sizeof(int))];
    struct cmsghdr align;
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  ssize_t got;
  do {
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return -1;
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
    size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < n; i++) {
      int passed;
      memcpy(&passed, CMSG_DATA(h) + i * sizeof(int), sizeof passed);
      if (*fd < 0) *fd = passed;
      else close(passed);
    }
  }
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
    errno = EMSGSIZE;
    return -1;
  }
  return got;
}

int cd_pair(int stream, int pair[2]) {
  return socketpair(AF_UNIX, (stream ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_CLOEXEC, 0, pair) ? errno : 0;
}

int cd_pipe(size_t size, int pair[2]) {
  if (pipe2(pair, O_CLOEXEC)) return errno;
  // A refusal does not matter: the writer waits more often.
  (void)fcntl(pair[1], F_SETPIPE_SZ, (int)size);
  return 0;
}

int cd_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, size_t count, pid_t *pid) {
  if (count > 512) return E2BIG;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int result = posix_spawn_file_actions_init(&actions);
  if (result) return result;
  result = posix_spawnattr_init(&attributes);
  if (result) {
    posix_spawn_file_actions_destroy(&actions);
    return result;
  }
  // First out of the way of every target, so that no later step overwrites what is still needed.
  int away[512];
  size_t moved = 0;
  for (size_t i = 0; i < count && !result; i++) {
    away[i] = -1;
    if (fds[i] < 0) continue;
    away[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, (int)count + 3);
    if (away[i] < 0) result = errno;
    moved = i + 1;
  }
  for (size_t i = 0; i < count && !result; i++) {
    result = away[i] >= 0 ? posix_spawn_file_actions_adddup2(&actions, away[i], (int)i)
                          : posix_spawn_file_actions_addopen(&actions, (int)i, "/dev/null", O_RDWR, 0);
  }
  if (!result) result = posix_spawn_file_actions_addclosefrom_np(&actions, (int)count);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigfillset(&defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (!result) result = posix_spawn(pid, path, &actions, &attributes, argv, envp);
  for (size_t i = 0; i < moved; i++) {
    if (away[i] >= 0) close(away[i]);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return result;
}

ssize_t cd_attribute_names(int fd, char *names, size_t size) {
  ssize_t count = flistxattr(fd, names, size);
  return count < 0 ? -(ssize_t)errno : count;
}

ssize_t cd_attribute(int fd, const char *name, void *value, size_t size) {
  ssize_t count = fgetxattr(fd, name, value, size);
  return count < 0 ? -(ssize_t)errno : count;
}
