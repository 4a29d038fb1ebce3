#ifndef CUSTODY_CSCAN_H
#define CUSTODY_CSCAN_H

#include <stddef.h>
#include <stdint.h>

/* Finds where any of a small set of short byte patterns stands, in one pass at about the speed of memory.
 *
 * Every byte position is tested against four consecutive "fingerprint" bytes of all patterns at once: patterns are
 * spread over sixteen buckets in two groups of eight, and two table look-ups per byte and group (low and high nibble,
 * `pshufb`) yield the buckets still possible. A hash of the four bytes then drops the buckets in which no pattern has
 * them, and the rare survivors are compared byte for byte. The same tables drive the AVX2 and the portable loop, so
 * both give the same hits. Method: "Teddy" of Intel Hyperscan.
 *
 * Nothing here allocates after `cscan_create`, and no byte outside `data[0 ..< length]` is ever read. */

enum { CSCAN_MAX_PATTERNS = 256, CSCAN_MIN_LENGTH = 2, CSCAN_MAX_LENGTH = 8, CSCAN_MIN_CAPACITY = 64 };

/* Extra conditions on a match. */
enum {
  /* Report only the first match in a run of one repeated byte (`<<<<<<`). */
  CSCAN_FIRST_OF_RUN = 1,
  /* The match must lie in at least CSCAN_FIELD_RUN characters of A-Z, 0-9 and `<`: keeps `a << b` of source text
   * cheap. */
  CSCAN_IN_FIELD = 2
};
enum { CSCAN_FIELD_RUN = 16, CSCAN_CONTEXT = 32 };

typedef struct cscan cscan;

typedef struct {
  size_t start;     /* offset of the match in `data` */
  uint32_t pattern; /* index given to cscan_create */
} cscan_hit;

/* `bytes` holds `count` slots of 8 bytes. NULL when an argument is out of range or memory is short. */
cscan *cscan_create(const uint8_t *bytes, const uint8_t *lengths, const uint8_t *conditions, uint32_t count);
void cscan_free(cscan *scanner);

/* Finds matches that start in `from ..< to`, in order of (start, pattern). Conditions look at up to CSCAN_CONTEXT
 * bytes on
 * both sides inside `data`. Fills at most `capacity` hits (at least CSCAN_MIN_CAPACITY) and sets `*resume` to the first
 * start not yet searched: `to` when all is done. Returns the number of hits. */
size_t cscan_find(const cscan *scanner, const uint8_t *data, size_t length, size_t from, size_t to, cscan_hit *hits,
                  size_t capacity, size_t *resume);
/* The same without vector instructions: for tests and other processors. */
size_t cscan_find_portable(const cscan *scanner, const uint8_t *data, size_t length, size_t from, size_t to,
                           cscan_hit *hits, size_t capacity, size_t *resume);
/* 1 when cscan_find uses AVX2 on this machine. */
int cscan_is_vectorized(void);

/* A set of bytes below 80, for finding places where nothing else stands. */
typedef struct {
  uint8_t low[16];
} cscan_class;
void cscan_class_init(cscan_class *set, const uint8_t members[128]);

/* The first of the blocks of 16 bytes at `from`, `from` + 16, … that lies in `from ..< to` and holds only members; `to`
 * when there is none. Every run of 31 members in the range holds such a block. */
size_t cscan_class_block(const cscan_class *set, const uint8_t *data, size_t from, size_t to);

enum { CSCAN_WINDOW = 12, CSCAN_WINDOW_STRIDE = 24 };
/* The first of `from`, `from` + CSCAN_WINDOW_STRIDE, … at which CSCAN_WINDOW members stand, or of which the window
 * does not lie before `to`. */
size_t cscan_class_window(const cscan_class *set, const uint8_t *data, size_t from, size_t to);

/* Offset of the first backslash in `from ..< to` that has no byte behind it in the range, or a member of the set;
 * `to` when there is none. */
size_t cscan_escape(const cscan_class *set, const uint8_t *data, size_t from, size_t to);

/* Offset of the first `pattern` in `data`; `length` when it is not there. A pattern of no bytes is nowhere. */
size_t cscan_search(const uint8_t *data, size_t length, const uint8_t *pattern, size_t pattern_length);

/* What a line of text holds, in one pass. */
typedef struct {
  size_t end;  /* of the line: the first 0A or 0D, or where the bytes end */
  size_t sign; /* the first `=` or `:` in it, or `end` */
  int has_zero; /* 1 when a 00 stands in it */
} cscan_line;
cscan_line cscan_next_line(const uint8_t *data, size_t from, size_t to);

/* Offset of the next marker in a scan of a JPEG from `from` (ISO/IEC 10918-1 B.1.1.5): FF that is followed neither by a
 * stuffed zero, nor by a restart marker, nor by a fill byte. At the end of the data an FF counts; `length` when there is
 * none. */
size_t cscan_marker(const void *data, size_t length, size_t from);

/* What bytes look like as text. */
typedef struct {
  size_t zeros;       /* 00 */
  size_t zeros_even;  /* 00 at even offsets: UTF-16 big-endian has many */
  size_t controls;    /* below 20 except 08 to 0D and 1B; and 7F */
  size_t high;        /* 80 and above */
  size_t c1;          /* 80 to 9F: rare in Latin-1 text */
  int utf8;           /* 1 when all is valid UTF-8; a sequence cut at the end is forgiven */
} cscan_profile;
/* Nanoseconds of a clock that only goes forward; never 0. */
uint64_t cscan_nanoseconds(void);

void cscan_text_profile(const uint8_t *data, size_t length, cscan_profile *out);

#endif
