#include "csha.h"

#include <string.h>

static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void csha_start(csha_state *s) {
  memcpy(s->words, initial, sizeof initial);
  s->length = 0;
}

#if defined(__x86_64__)
#include <immintrin.h>

/* FIPS 180-4, 4.2.2 */
static const uint32_t K[64] __attribute__((aligned(64))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

int csha_is_available(void) {
  unsigned a = 7, b = 0, c = 0, d = 0;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (b >> 29 & 1) && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

/* The state as the instructions want it: A B E F and C D G H, highest word first. */
typedef struct {
  __m128i abef, cdgh;
} lanes;

WITH_SHA static inline lanes load(const uint32_t words[8]) {
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1B);
  return (lanes){_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xF0)};
}

WITH_SHA static inline void store(uint32_t words[8], lanes s) {
  __m128i low = _mm_shuffle_epi32(s.abef, 0x1B), high = _mm_shuffle_epi32(s.cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(high, low, 8));
}

/* Blocks of 64 bytes into `one`, and into `other` unless it is NULL: a constant wherever this is called. */
WITH_SHA static inline __attribute__((always_inline)) void blocks(csha_state *one, csha_state *other, const uint8_t *p,
                                                                  size_t count) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bULL, 0x0405060700010203ULL);
  lanes s = load(one->words), t = other ? load(other->words) : s;
  for (; count; count--, p += 64) {
    lanes s0 = s, t0 = t;
    __m128i w[4];
    for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(p + 16 * i)), order);
#pragma clang loop unroll(full)
    for (int r = 0; r < 16; r++) {
      __m128i first = _mm_add_epi32(w[r & 3], _mm_load_si128((const __m128i *)(K + 4 * r)));
      __m128i second = _mm_shuffle_epi32(first, 0x0E);
      s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, first);
      if (other) t.cdgh = _mm_sha256rnds2_epu32(t.cdgh, t.abef, first);
      s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, second);
      if (other) t.abef = _mm_sha256rnds2_epu32(t.abef, t.cdgh, second);
      if (r < 12) {
        __m128i next = _mm_sha256msg1_epu32(w[r & 3], w[(r + 1) & 3]);
        next = _mm_add_epi32(next, _mm_alignr_epi8(w[(r + 3) & 3], w[(r + 2) & 3], 4));
        w[r & 3] = _mm_sha256msg2_epu32(next, w[(r + 3) & 3]);
      }
    }
    s.abef = _mm_add_epi32(s.abef, s0.abef);
    s.cdgh = _mm_add_epi32(s.cdgh, s0.cdgh);
    if (other) {
      t.abef = _mm_add_epi32(t.abef, t0.abef);
      t.cdgh = _mm_add_epi32(t.cdgh, t0.cdgh);
    }
  }
  store(one->words, s);
  if (other) store(other->words, t);
}

WITH_SHA static void single(csha_state *s, const uint8_t *p, size_t count) { blocks(s, NULL, p, count); }
WITH_SHA static void twin(csha_state *s, csha_state *t, const uint8_t *p, size_t count) { blocks(s, t, p, count); }

#else

int csha_is_available(void) { return 0; }
static void single(csha_state *s, const uint8_t *p, size_t count) { (void)s, (void)p, (void)count; }
static void twin(csha_state *s, csha_state *t, const uint8_t *p, size_t count) {
  (void)s, (void)t, (void)p, (void)count;
}

#endif

void csha_update(csha_state *s, const void *bytes, size_t count) {
  if (!count) return;
  const uint8_t *p = bytes;
  size_t held = s->length & 63;
  s->length += count;
  if (held) {
    size_t part = 64 - held < count ? 64 - held : count;
    memcpy(s->rest + held, p, part);
    p += part;
    count -= part;
    if (held + part < 64) return;
    single(s, s->rest, 1);
  }
  if (count >= 64) single(s, p, count / 64);
  if (count & 63) memcpy(s->rest, p + (count & ~(size_t)63), count & 63);
}

void csha_update_both(csha_state *s, csha_state *t, const void *bytes, size_t count) {
  if (!count) return;
  /* Blocks of the two begin at the same bytes in a tar, whose members begin at multiples of 512. */
  if ((s->length | t->length) & 63) {
    csha_update(s, bytes, count);
    csha_update(t, bytes, count);
    return;
  }
  const uint8_t *p = bytes;
  size_t whole = count & ~(size_t)63;
  if (whole) twin(s, t, p, whole / 64);
  memcpy(s->rest, p + whole, count & 63);
  memcpy(t->rest, p + whole, count & 63);
  s->length += count;
  t->length += count;
}

void csha_finish(const csha_state *state, uint8_t out[32]) {
  csha_state s = *state;
  uint8_t padding[72] = {0x80};
  size_t held = s.length & 63;
  size_t fill = held < 56 ? 56 - held : 120 - held;
  uint64_t bits = s.length << 3;
  for (int i = 0; i < 8; i++) padding[fill + i] = (uint8_t)(bits >> (56 - 8 * i));
  csha_update(&s, padding, fill + 8);
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 4; k++) out[4 * i + k] = (uint8_t)(s.words[i] >> (24 - 8 * k));
}
