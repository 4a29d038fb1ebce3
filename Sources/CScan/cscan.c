#include <time.h>
#include "cscan.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define CSCAN_X86 1
#endif

enum { FINGER = 4, GROUPS = 2, BUCKETS = 8 * GROUPS, FILTER_BITS = 12 };

typedef struct {
  uint8_t bytes[CSCAN_MAX_LENGTH]; /* padded with zeros */
  uint64_t value, mask;            /* the same as a number in memory order, and which of its bytes count */
  uint8_t length;
  uint8_t offset; /* of the fingerprint inside the pattern */
  uint8_t conditions;
} pattern;

struct cscan {
  uint32_t count;
  size_t max_offset;
  pattern patterns[CSCAN_MAX_PATTERNS];
  uint16_t members[BUCKETS][CSCAN_MAX_PATTERNS];
  uint16_t member_count[BUCKETS];
  /* Buckets of a group share the bits of a byte, which is what one vector look-up yields. */
  uint8_t low[GROUPS][FINGER][16], high[GROUPS][FINGER][16];
  uint16_t table[FINGER][256];
  /* By hash of four bytes: the buckets with a pattern whose fingerprint has this hash. Nibble sets of many patterns let
   * much ordinary text through; this look-up turns nearly all of it away before any pattern is compared. */
  uint16_t filter[1 << FILTER_BITS];
  uint16_t unfiltered; /* buckets with a pattern shorter than a fingerprint */
};

static uint32_t fingerprint_hash(const uint8_t *four) {
  uint32_t word;
  memcpy(&word, four, sizeof word);
  return (word * 0x9E3779B1u) >> (32 - FILTER_BITS);
}

/* How common a byte is in a mix of text, programs and compressed data, in parts of about 4000. */
static uint32_t frequency(uint8_t b) {
  static const char common[] = "etaoinsrlhdcu";
  if (b == 0) return 500;
  if (b == ' ') return 220;
  if (b == 0xFF) return 60;
  if (b >= 'a' && b <= 'z') return strchr(common, b) ? 75 : 30;
  if (b >= '0' && b <= '9') return 25;
  if (b == '\n' || b == '_') return 40;
  if (b >= 'A' && b <= 'Z') return 16;
  if (b < 0x20) return 12;
  if (b < 0x7F) return 14;
  return 6;
}

static uint8_t choose_offset(const pattern *p) {
  if (p->length <= FINGER) return 0;
  uint8_t best = 0;
  double best_cost = 0;
  for (uint8_t o = 0; o + FINGER <= p->length; o++) {
    double cost = 1;
    for (int j = 0; j < FINGER; j++) cost *= frequency(p->bytes[o + j]);
    if (o == 0 || cost < best_cost) {
      best = o;
      best_cost = cost;
    }
  }
  return best;
}

/* Expected candidates of a bucket: the product over the positions of the share of bytes its nibble sets let through. */
static double bucket_cost(uint16_t low[FINGER], uint16_t high[FINGER]) {
  double cost = 1;
  for (int j = 0; j < FINGER; j++) {
    double sum = 0;
    for (int b = 0; b < 256; b++)
      if ((low[j] >> (b & 15) & 1) && (high[j] >> (b >> 4) & 1)) sum += frequency((uint8_t)b);
    cost *= sum / 4000.0;
  }
  return cost;
}

cscan *cscan_create(const uint8_t *bytes, const uint8_t *lengths, const uint8_t *conditions, uint32_t count) {
  if (count == 0 || count > CSCAN_MAX_PATTERNS || !bytes || !lengths || !conditions) return NULL;
  for (uint32_t i = 0; i < count; i++)
    if (lengths[i] < CSCAN_MIN_LENGTH || lengths[i] > CSCAN_MAX_LENGTH) return NULL;
  cscan *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  uint16_t low[BUCKETS][FINGER] = {{0}}, high[BUCKETS][FINGER] = {{0}};
  double cost[BUCKETS] = {0}, standalone[CSCAN_MAX_PATTERNS];
  uint16_t order[CSCAN_MAX_PATTERNS];
  s->count = count;
  for (uint32_t i = 0; i < count; i++) {
    pattern *p = &s->patterns[i];
    order[i] = (uint16_t)i;
    memcpy(p->bytes, bytes + (size_t)i * CSCAN_MAX_LENGTH, lengths[i]);
    p->length = lengths[i];
    p->conditions = conditions[i];
    uint8_t mask[CSCAN_MAX_LENGTH] = {0};
    memset(mask, 0xFF, lengths[i]);
    memcpy(&p->value, p->bytes, sizeof p->value);
    memcpy(&p->mask, mask, sizeof p->mask);
    p->offset = choose_offset(p);
    if (p->offset > s->max_offset) s->max_offset = p->offset;
    standalone[i] = 1;
    for (int j = 0; j < FINGER && p->offset + j < p->length; j++)
      standalone[i] *= frequency(p->bytes[p->offset + j]) / 4000.0;
  }
  /* The commonest patterns choose their bucket first. */
  for (uint32_t i = 1; i < count; i++)
    for (uint32_t k = i; k > 0 && standalone[order[k - 1]] < standalone[order[k]]; k--) {
      uint16_t swap = order[k];
      order[k] = order[k - 1];
      order[k - 1] = swap;
    }
  for (uint32_t n = 0; n < count; n++) {
    uint32_t i = order[n];
    const pattern *p = &s->patterns[i];
    int best = 0;
    double best_increase = 0;
    uint16_t best_low[FINGER], best_high[FINGER];
    for (int b = 0; b < BUCKETS; b++) {
      uint16_t l[FINGER], h[FINGER];
      for (int j = 0; j < FINGER; j++) {
        int at = p->offset + j;
        uint16_t any = 0xFFFF;
        l[j] = low[b][j] | (at < p->length ? (uint16_t)(1u << (p->bytes[at] & 15)) : any);
        h[j] = high[b][j] | (at < p->length ? (uint16_t)(1u << (p->bytes[at] >> 4)) : any);
      }
      double increase = bucket_cost(l, h) * (s->member_count[b] + 2) - cost[b];
      if (b == 0 || increase < best_increase) {
        best = b;
        best_increase = increase;
        memcpy(best_low, l, sizeof l);
        memcpy(best_high, h, sizeof h);
      }
    }
    memcpy(low[best], best_low, sizeof best_low);
    memcpy(high[best], best_high, sizeof best_high);
    cost[best] += best_increase;
    s->members[best][s->member_count[best]++] = (uint16_t)i;
    if (p->length < FINGER)
      s->unfiltered |= (uint16_t)(1u << best);
    else
      s->filter[fingerprint_hash(p->bytes + p->offset)] |= (uint16_t)(1u << best);
  }
  for (int j = 0; j < FINGER; j++) {
    for (int n = 0; n < 16; n++)
      for (int b = 0; b < BUCKETS; b++) {
        s->low[b / 8][j][n] |= (uint8_t)((low[b][j] >> n & 1) << b % 8);
        s->high[b / 8][j][n] |= (uint8_t)((high[b][j] >> n & 1) << b % 8);
      }
    for (int c = 0; c < 256; c++)
      for (int g = 0; g < GROUPS; g++)
        s->table[j][c] |= (uint16_t)((s->low[g][j][c & 15] & s->high[g][j][c >> 4]) << 8 * g);
  }
  return s;
}

void cscan_free(cscan *scanner) { free(scanner); }

static int in_field(uint8_t c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<'; }

static int conditions_hold(const pattern *p, const uint8_t *data, size_t length, size_t start) {
  if ((p->conditions & CSCAN_FIRST_OF_RUN) && start > 0 && data[start - 1] == p->bytes[0]) return 0;
  if (p->conditions & CSCAN_IN_FIELD) {
    size_t run = 0, at = start;
    while (run < CSCAN_CONTEXT && at < length && in_field(data[at])) run++, at++;
    size_t back = 0;
    while (back < CSCAN_CONTEXT && back < start && in_field(data[start - 1 - back])) back++;
    if (run + back < CSCAN_FIELD_RUN) return 0;
  }
  return 1;
}

typedef struct {
  const cscan *s;
  const uint8_t *data;
  size_t length, from, to;
  cscan_hit *hits;
  size_t capacity, count;
} search;

/* Compares the patterns of the possible buckets at fingerprint position `at`. Returns 0 when there is no room left. */
static int verify(search *q, size_t at, uint16_t buckets) {
  const cscan *s = q->s;
  if (q->length - at >= FINGER) buckets &= s->filter[fingerprint_hash(q->data + at)] | s->unfiltered;
  while (buckets) {
    int b = __builtin_ctz(buckets);
    buckets &= (uint16_t)(buckets - 1);
    for (uint32_t m = 0; m < s->member_count[b]; m++) {
      uint32_t id = s->members[b][m];
      const pattern *p = &s->patterns[id];
      if (at < p->offset) continue;
      size_t start = at - p->offset;
      if (q->length - start >= CSCAN_MAX_LENGTH) {
        uint64_t here;
        memcpy(&here, q->data + start, sizeof here);
        if ((here ^ p->value) & p->mask) continue;
      } else if (p->length > q->length - start || memcmp(q->data + start, p->bytes, p->length) != 0) {
        continue;
      }
      if (start < q->from || start >= q->to) continue;
      if (!conditions_hold(p, q->data, q->length, start)) continue;
      if (q->count == q->capacity) return 0;
      size_t k = q->count++;
      while (k > 0 && (q->hits[k - 1].start > start ||
                       (q->hits[k - 1].start == start && q->hits[k - 1].pattern > id))) {
        q->hits[k] = q->hits[k - 1];
        k--;
      }
      q->hits[k].start = start;
      q->hits[k].pattern = id;
    }
  }
  return 1;
}

/* Ran out of room at fingerprint position `at`: keep only the starts that are certainly complete. */
static size_t cut(search *q, size_t at, size_t *resume) {
  size_t certain = at > q->s->max_offset ? at - q->s->max_offset : 0;
  if (certain < q->from) certain = q->from;
  while (q->count > 0 && q->hits[q->count - 1].start >= certain) q->count--;
  *resume = certain;
  return q->count;
}

/* Fingerprint positions `at ..< end`, where bytes past the end of the data count as "could be anything". */
static int scan_portable(search *q, size_t *at, size_t end) {
  const cscan *s = q->s;
  const uint8_t *d = q->data;
  size_t i = *at;
  size_t safe = q->length >= FINGER ? q->length - FINGER + 1 : 0;
  for (; i < end && i < safe; i++) {
    uint16_t r = s->table[0][d[i]] & s->table[1][d[i + 1]];
    if (!r) continue;
    r &= s->table[2][d[i + 2]] & s->table[3][d[i + 3]];
    if (r && !verify(q, i, r)) return *at = i, 0;
  }
  for (; i < end && i < q->length; i++) {
    uint16_t r = 0xFFFF;
    for (size_t j = 0; j < FINGER && i + j < q->length; j++) r &= s->table[j][d[i + j]];
    if (r && !verify(q, i, r)) return *at = i, 0;
  }
  *at = i;
  return 1;
}

static int prepare(search *q, size_t *at, size_t *end, size_t *resume) {
  if (q->to > q->length) q->to = q->length;
  *resume = q->to;
  if (!q->s || !q->data || !q->hits || q->from >= q->to || q->capacity < CSCAN_MIN_CAPACITY) {
    if (q->from < q->to) *resume = q->from;
    return 0;
  }
  *at = q->from;
  size_t room = q->length - q->to;
  *end = q->to + (q->s->max_offset < room ? q->s->max_offset : room);
  return 1;
}

size_t cscan_find_portable(const cscan *scanner, const uint8_t *data, size_t length, size_t from, size_t to,
                           cscan_hit *hits, size_t capacity, size_t *resume) {
  search q = {scanner, data, length, from, to, hits, capacity, 0};
  size_t at, end;
  if (!prepare(&q, &at, &end, resume)) return 0;
  if (!scan_portable(&q, &at, end)) return cut(&q, at, resume);
  return q.count;
}

#ifdef CSCAN_X86
__attribute__((target("avx2"))) static int scan_avx2(search *q, size_t *at, size_t end) {
  const cscan *s = q->s;
  __m256i low[GROUPS][FINGER], high[GROUPS][FINGER];
  for (int g = 0; g < GROUPS; g++)
    for (int j = 0; j < FINGER; j++) {
      low[g][j] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)s->low[g][j]));
      high[g][j] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)s->high[g][j]));
    }
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i zero = _mm256_setzero_si256();
  size_t i = *at;
  while (i < end && end - i >= 32 && q->length - i >= 32 + FINGER - 1) {
    __m256i r[GROUPS] = {_mm256_set1_epi8((char)0xFF), _mm256_set1_epi8((char)0xFF)};
#pragma GCC unroll 4
    for (int j = 0; j < FINGER; j++) {
      __m256i v = _mm256_loadu_si256((const __m256i *)(q->data + i + j));
      __m256i l = _mm256_and_si256(v, nibble), h = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
#pragma GCC unroll 2
      for (int g = 0; g < GROUPS; g++)
        r[g] = _mm256_and_si256(
            r[g], _mm256_and_si256(_mm256_shuffle_epi8(low[g][j], l), _mm256_shuffle_epi8(high[g][j], h)));
    }
    __m256i any = _mm256_or_si256(r[0], r[1]);
    if (__builtin_expect(!_mm256_testz_si256(any, any), 0)) {
      uint32_t hitmask = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(any, zero));
      uint8_t lanes[GROUPS][32];
      for (int g = 0; g < GROUPS; g++) _mm256_storeu_si256((__m256i *)lanes[g], r[g]);
      while (hitmask) {
        uint32_t k = (uint32_t)__builtin_ctz(hitmask);
        hitmask &= hitmask - 1;
        if (!verify(q, i + k, (uint16_t)(lanes[0][k] | lanes[1][k] << 8))) return *at = i + k, 0;
      }
    }
    i += 32;
  }
  *at = i;
  return 1;
}
#endif

int cscan_is_vectorized(void) {
#ifdef CSCAN_X86
  return __builtin_cpu_supports("avx2") ? 1 : 0;
#else
  return 0;
#endif
}

size_t cscan_find(const cscan *scanner, const uint8_t *data, size_t length, size_t from, size_t to, cscan_hit *hits,
                  size_t capacity, size_t *resume) {
  search q = {scanner, data, length, from, to, hits, capacity, 0};
  size_t at, end;
  if (!prepare(&q, &at, &end, resume)) return 0;
#ifdef CSCAN_X86
  if (cscan_is_vectorized() && !scan_avx2(&q, &at, end)) return cut(&q, at, resume);
#endif
  if (!scan_portable(&q, &at, end)) return cut(&q, at, resume);
  return q.count;
}

size_t cscan_search(const uint8_t *data, size_t length, const uint8_t *pattern, size_t pattern_length) {
  if (!data || !pattern || pattern_length == 0 || pattern_length > length) return length;
  const uint8_t *at = data, *last = data + (length - pattern_length);
  while (at <= last) {
    at = memchr(at, pattern[0], (size_t)(last - at) + 1);
    if (!at) break;
    if (memcmp(at, pattern, pattern_length) == 0) return (size_t)(at - data);
    at++;
  }
  return length;
}

/* Valid UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
static int valid_utf8(const uint8_t *d, size_t n) {
  size_t i = 0;
  while (i < n) {
    uint8_t c = d[i];
    if (c < 0x80) {
      i++;
      continue;
    }
    size_t need = c >= 0xC2 && c <= 0xDF ? 1 : (c & 0xF0) == 0xE0 ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
    if (need == 0) return 0;
    uint8_t lo = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    uint8_t hi = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    for (size_t k = 1; k <= need; k++) {
      if (i + k >= n) return 1;
      if (d[i + k] < lo || d[i + k] > hi) return 0;
      lo = 0x80;
      hi = 0xBF;
    }
    i += need + 1;
  }
  return 1;
}

void cscan_text_profile(const uint8_t *data, size_t length, cscan_profile *out) {
  memset(out, 0, sizeof *out);
  size_t i = 0;
  while (i < length) {
    /* Blocks short enough for byte-wide counters, so that the loop vectorizes. */
    size_t n = length - i < 240 ? length - i : 240;
    uint8_t zeros = 0, even = 0, controls = 0, high = 0, c1 = 0;
    for (size_t k = 0; k < n; k++) {
      uint8_t c = data[i + k];
      uint8_t zero = c == 0;
      zeros += zero;
      even += zero & (uint8_t)(~k & 1);
      controls += (uint8_t)((c < 0x20) & !((c >= 8) & (c <= 13)) & (c != 0x1B)) | (uint8_t)(c == 0x7F);
      high += c >> 7;
      c1 += (uint8_t)(c >= 0x80) & (uint8_t)(c < 0xA0);
    }
    out->zeros += zeros;
    out->zeros_even += even;
    out->controls += controls;
    out->high += high;
    out->c1 += c1;
    i += n;
  }
  out->controls -= out->zeros;
  out->utf8 = out->high == 0 || valid_utf8(data, length);
}

uint64_t cscan_nanoseconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 1;
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + 1;
}

size_t cscan_marker(const void *data, size_t length, size_t from) {
  const uint8_t *d = data;
  while (d && from < length) {
    const uint8_t *found = memchr(d + from, 0xFF, length - from);
    if (!found) return length;
    size_t at = (size_t)(found - d);
    if (at + 1 >= length) return at;
    uint8_t next = d[at + 1];
    if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) return at;
    from = at + (next == 0xFF ? 1 : 2);
  }
  return length;
}
