// What each thread of a process is working at, in memory that outlives the process.
//
// The process that reads hostile bytes may die of them at any instruction. Whoever started it made a piece of shared
// memory, and finds in it afterwards which thread died and what every thread had in hand. Nothing in it may be believed:
// the process that wrote it had just lost control of its own memory, or had been taken over.
//
// Layout, in the byte order of the machine: a head of 16 bytes (`cplaces_head`), then CPLACES_SLOTS slots of
// 40 bytes (`cplaces_slot`), one a thread.
#ifndef CPLACES_H
#define CPLACES_H

#include <stddef.h>
#include <stdint.h>

enum { CPLACES_SLOTS = 1024 };

// What a thread is doing. The numbers of a place mean what the caller says.
enum {
  CPLACES_NOWHERE = 0,
  CPLACES_BETWEEN = 1,    // reading a container, between two of its entries
  CPLACES_READING = 2,    // reading the bytes of one entry
  CPLACES_EXAMINING = 3,  // examining the bytes of one entry
  CPLACES_KINDS = 4,
};

typedef struct {
  uint32_t mark;    // CPLACES_MARK
  uint32_t died;    // 0: nobody; slot + 1; CPLACES_NO_SLOT: a thread that never said where it was
  int32_t signal;   // of which it died
  uint32_t unused;
} cplaces_head;

typedef struct {
  uint32_t kind;
  uint32_t unused;
  uint64_t numbers[4];
} cplaces_slot;

#define CPLACES_MARK 0x43504C31u
#define CPLACES_NO_SLOT UINT32_MAX
#define CPLACES_SIZE (sizeof(cplaces_head) + CPLACES_SLOTS * sizeof(cplaces_slot))

// A nameless piece of memory of CPLACES_SIZE bytes whose size can no longer be changed, close-on-exec.
// A descriptor, or -1.
int cplaces_make(void);

// Takes the memory behind `descriptor` into use, for the rest of the process, and the signals of failing instructions
// with it: before such a signal ends the process, the thread's slot is noted. 0 or an errno value.
int cplaces_open(int descriptor);

// Notes what the calling thread is at. Does nothing in a process that has not called `cplaces_open`.
void cplaces_set(uint32_t kind, uint64_t first, uint64_t second, uint64_t third, uint64_t fourth);

// While a thread waits for others it is nowhere (1); then it is where it was (0).
void cplaces_wait(int waiting);

#endif
