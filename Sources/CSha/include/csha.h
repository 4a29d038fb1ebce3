/* SHA-256 (FIPS 180-4) of two messages that share bytes, with the processor's SHA extensions.
 *
 * One message leaves half of the unit idle: every round waits for the one before. A second message with the same blocks
 * fills the gaps and needs no schedule of its own, so that two digests cost little more than one. */
#ifndef CSHA_H
#define CSHA_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t words[8];
  uint64_t length; /* bytes so far */
  uint8_t rest[64]; /* the last `length % 64` of them */
} csha_state;

/* 1 when this processor has what it takes; nothing below may be called otherwise. */
int csha_is_available(void);

void csha_start(csha_state *state);
void csha_update(csha_state *state, const void *bytes, size_t count);
/* The same bytes into both. */
void csha_update_both(csha_state *one, csha_state *other, const void *bytes, size_t count);
/* The digest, big-endian; the state can go on. */
void csha_finish(const csha_state *state, uint8_t out[32]);

#endif
