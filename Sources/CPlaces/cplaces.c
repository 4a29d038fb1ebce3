// Keeps the slots, and notes in the last moment which thread ended the process.
#define _GNU_SOURCE
#include "include/cplaces.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  cplaces_head head;
  cplaces_slot slots[CPLACES_SLOTS];
} page_of_places;

// Room for the handler and for what the kernel puts on the stack, vector registers included.
enum { STACK = 64 << 10 };

static page_of_places *page;
static uint32_t used;
// Position of the calling thread's slot, plus one; 0: none yet; CPLACES_NO_SLOT: there are no more.
static _Thread_local uint32_t own;
static _Thread_local uint32_t waiting_kind;

int cplaces_make(void) {
  int descriptor = memfd_create("places", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return -1;
  // The other process must not be able to take the memory away from whoever reads it.
  if (ftruncate(descriptor, (off_t)CPLACES_SIZE) != 0 ||
      fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

// Runs on the thread that failed, on a stack of its own, and calls nothing but the kernel.
static void died(int number) {
  page_of_places *p = page;
  uint32_t nobody = 0;
  uint32_t me = own ? own : CPLACES_NO_SLOT;
  if (__atomic_compare_exchange_n(&p->head.died, &nobody, me, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    p->head.signal = number;
  }
  // The default action is in force again and ends the process here, whoever sent the signal.
  syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), number);
}

int cplaces_open(int descriptor) {
  void *memory = mmap(NULL, CPLACES_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) return errno;
  page = memory;
  page->head.mark = CPLACES_MARK;
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSYS};
  struct sigaction action = {.sa_handler = died, .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    if (sigaction(signals[i], &action, NULL) != 0) return errno;
  }
  return 0;
}

// A thread that has used up its stack has none left for a handler: it gets another one for that.
static void begin(void) {
  uint32_t slot = __atomic_fetch_add(&used, 1, __ATOMIC_RELAXED);
  own = slot < CPLACES_SLOTS ? slot + 1 : CPLACES_NO_SLOT;
  void *memory = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t stack = {.ss_sp = memory, .ss_size = STACK};
  sigaltstack(&stack, NULL);
}

static cplaces_slot *slot(void) {
  if (!page) return NULL;
  if (!own) begin();
  return own == CPLACES_NO_SLOT ? NULL : &page->slots[own - 1];
}

void cplaces_set(uint32_t kind, uint64_t first, uint64_t second, uint64_t third, uint64_t fourth) {
  cplaces_slot *s = slot();
  if (!s) return;
  // Nowhere while the numbers change: a process can be ended between any two instructions.
  __atomic_store_n(&s->kind, CPLACES_NOWHERE, __ATOMIC_RELEASE);
  __atomic_store_n(&s->numbers[0], first, __ATOMIC_RELEASE);
  __atomic_store_n(&s->numbers[1], second, __ATOMIC_RELEASE);
  __atomic_store_n(&s->numbers[2], third, __ATOMIC_RELEASE);
  __atomic_store_n(&s->numbers[3], fourth, __ATOMIC_RELEASE);
  __atomic_store_n(&s->kind, kind, __ATOMIC_RELEASE);
}

void cplaces_wait(int waiting) {
  cplaces_slot *s = slot();
  if (!s) return;
  if (waiting) waiting_kind = s->kind;
  __atomic_store_n(&s->kind, waiting ? CPLACES_NOWHERE : waiting_kind, __ATOMIC_RELEASE);
}
