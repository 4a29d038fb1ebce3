#include "cscan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CSCAN_X86 1
#endif

void cscan_class_init(cscan_class *c, const uint8_t members[128]) {
  for (int low = 0; low < 16; low++) {
    c->low[low] = 0;
    for (int high = 0; high < 8; high++)
      if (members[high << 4 | low]) c->low[low] |= (uint8_t)(1 << high);
  }
}

static int has(const cscan_class *c, uint8_t byte) { return byte < 128 && c->low[byte & 15] >> (byte >> 4) & 1; }

static int all(const cscan_class *c, const uint8_t *data, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!has(c, data[i])) return 0;
  return 1;
}

#ifdef CSCAN_X86
/* A bit for every byte that is a member: the low nibble gives a bit for every high nibble, the high nibble picks one;
 * for bytes from 80 on it picks none. */
__attribute__((target("avx2"))) static inline uint32_t members(__m256i low, __m256i bit, __m256i v) {
  const __m256i nibble = _mm256_set1_epi8(15);
  __m256i l = _mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble));
  __m256i h = _mm256_shuffle_epi8(bit, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
  __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(l, h), _mm256_setzero_si256());
  return ~(uint32_t)_mm256_movemask_epi8(none);
}

__attribute__((target("avx2"))) static size_t block_avx2(const cscan_class *c, const uint8_t *data, size_t from,
                                                         size_t to) {
  const __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)c->low));
  const __m256i bit = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64,
                                       (char)128, 0, 0, 0, 0, 0, 0, 0, 0);
  size_t i = from;
  for (; to - i >= 32; i += 32) {
    uint32_t m = members(low, bit, _mm256_loadu_si256((const __m256i *)(data + i)));
    if (__builtin_expect((m & 0xFFFF) == 0xFFFF, 0)) return i;
    if (__builtin_expect(m >> 16 == 0xFFFF, 0)) return i + 16;
  }
  if (to - i >= 16 && all(c, data + i, 16)) return i;
  return to;
}

__attribute__((target("avx2"))) static size_t window_avx2(const cscan_class *c, const uint8_t *data, size_t from,
                                                          size_t to) {
  const __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)c->low));
  const __m256i bit = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64,
                                       (char)128, 0, 0, 0, 0, 0, 0, 0, 0);
  size_t i = from;
  /* Two windows at a time: bytes 0 ..< 16 and 24 ..< 40. */
  for (; i <= to && to - i >= 40; i += 2 * CSCAN_WINDOW_STRIDE) {
    __m256i v = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(data + i))),
        _mm_loadu_si128((const __m128i *)(data + i + CSCAN_WINDOW_STRIDE)), 1);
    uint32_t m = members(low, bit, v);
    if (__builtin_expect((m & 0xFFF) == 0xFFF, 0)) return i;
    if (__builtin_expect((m >> 16 & 0xFFF) == 0xFFF, 0)) return i + CSCAN_WINDOW_STRIDE;
  }
  return i;
}

__attribute__((target("avx2"))) static size_t escape_avx2(const cscan_class *c, const uint8_t *data, size_t from,
                                                          size_t to, size_t *rest) {
  const __m256i slash = _mm256_set1_epi8('\\');
  size_t i = from;
  /* Four vectors at a time: nearly all have none. The byte behind the last is in the range. */
  for (; to - i > 128; i += 128) {
    const __m256i *v = (const __m256i *)(data + i);
    __m256i a = _mm256_cmpeq_epi8(_mm256_loadu_si256(v), slash);
    __m256i b = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), slash);
    __m256i d = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 2), slash);
    __m256i e = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 3), slash);
    if (!_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(d, e)))) continue;
    uint64_t first = (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
    uint64_t second = (uint32_t)_mm256_movemask_epi8(d) | (uint64_t)(uint32_t)_mm256_movemask_epi8(e) << 32;
    for (; first; first &= first - 1) {
      size_t at = i + (size_t)__builtin_ctzll(first);
      if (has(c, data[at + 1])) return at;
    }
    for (; second; second &= second - 1) {
      size_t at = i + 64 + (size_t)__builtin_ctzll(second);
      if (has(c, data[at + 1])) return at;
    }
  }
  *rest = i;
  return to;
}
#endif

size_t cscan_escape(const cscan_class *c, const uint8_t *data, size_t from, size_t to) {
  if (from >= to) return to;
  size_t i = from;
#ifdef CSCAN_X86
  if (__builtin_cpu_supports("avx2")) {
    size_t at = escape_avx2(c, data, from, to, &i);
    if (at < to) return at;
  }
#endif
  for (; i < to; i++)
    if (data[i] == '\\' && (i + 1 == to || has(c, data[i + 1]))) return i;
  return to;
}

size_t cscan_class_block(const cscan_class *c, const uint8_t *data, size_t from, size_t to) {
  if (from >= to) return to;
#ifdef CSCAN_X86
  if (__builtin_cpu_supports("avx2")) return block_avx2(c, data, from, to);
#endif
  for (size_t i = from; i <= to && to - i >= 16; i += 16)
    if (all(c, data + i, 16)) return i;
  return to;
}

size_t cscan_class_window(const cscan_class *c, const uint8_t *data, size_t from, size_t to) {
  size_t i = from;
  if (from > to) return from;
#ifdef CSCAN_X86
  if (__builtin_cpu_supports("avx2")) i = window_avx2(c, data, from, to);
#endif
  while (i <= to && to - i >= CSCAN_WINDOW && !all(c, data + i, CSCAN_WINDOW)) i += CSCAN_WINDOW_STRIDE;
  return i;
}

cscan_line cscan_next_line(const uint8_t *data, size_t from, size_t to) {
  cscan_line line = {to, to, 0};
  size_t i = from;
  int has_sign = 0;
#ifdef CSCAN_X86
  const __m128i feed = _mm_set1_epi8('\n'), back = _mm_set1_epi8('\r'), equal = _mm_set1_epi8('='),
                colon = _mm_set1_epi8(':'), zero = _mm_setzero_si128();
  for (; to - i >= 16 && i <= to; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(data + i));
    unsigned ends = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, feed), _mm_cmpeq_epi8(v, back)));
    unsigned signs = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, equal), _mm_cmpeq_epi8(v, colon)));
    unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, zero));
    if (ends) {
      unsigned before = (ends & -ends) - 1;
      signs &= before;
      zeros &= before;
    }
    if (zeros) line.has_zero = 1;
    if (signs && !has_sign) {
      has_sign = 1;
      line.sign = i + (size_t)__builtin_ctz(signs);
    }
    if (ends) {
      line.end = i + (size_t)__builtin_ctz(ends);
      if (!has_sign) line.sign = line.end;
      return line;
    }
  }
#endif
  for (; i < to; i++) {
    uint8_t c = data[i];
    if (c == '\n' || c == '\r') {
      line.end = i;
      break;
    }
    if (c == 0) line.has_zero = 1;
    if ((c == '=' || c == ':') && !has_sign) {
      has_sign = 1;
      line.sign = i;
    }
  }
  if (!has_sign) line.sign = line.end;
  return line;
}
