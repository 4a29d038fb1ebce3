// Starts a process that owns one socket and nothing else.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "include/csandbox.h"

static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int socket, int diagnostics) {
  int result = posix_spawn_file_actions_adddup2(actions, socket, 0);
  if (result == 0) result = posix_spawn_file_actions_adddup2(actions, 0, 1);
  if (result == 0 && !diagnostics) result = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
  // Whatever the program has open without the close-on-exec flag: a key, a database, another worker's socket.
  if (result == 0) result = posix_spawn_file_actions_addclosefrom_np(actions, 3);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  if (result == 0) result = posix_spawnattr_setsigmask(attributes, &none);
  if (result == 0) result = posix_spawnattr_setsigdefault(attributes, &all);
  if (result == 0) result = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  return result;
}

int csandbox_spawn(const char *path, char *const arguments[], char *const environment[], int socket, int diagnostics,
                   int32_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int result = posix_spawn_file_actions_init(&actions);
  if (result != 0) return result;
  result = posix_spawnattr_init(&attributes);
  if (result == 0) {
    result = prepare(&actions, &attributes, socket, diagnostics);
    pid_t child = 0;
    if (result == 0) result = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
    *pid = child;
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return result;
}

void csandbox_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }
