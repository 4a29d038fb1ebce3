// Compressed pieces into buffers, by zlib. A target of its own, so that what reads disk images, mail stores and git
// objects sees none of zlib's headers.
#pragma once
#include <stddef.h>

// Decompresses RFC 1950 (`is_raw` 0) or RFC 1951 (1) from `input` until `output` is full or the stream ends.
// The number of bytes written, or -1 when the stream is damaged or ends without its mark. `used` is set to the bytes of
// the input that belong to what was written.
long cinflate(int is_raw, const void *input, size_t input_size, void *output, size_t output_size, size_t *used);

// One stream of RFC 1950 after the other, each in as many pieces as it comes in.
typedef struct cinflate_stream cinflate_stream;

// NULL when there is no memory.
cinflate_stream *cinflate_new(void);
void cinflate_free(cinflate_stream *stream);
// Makes ready for the first byte of another stream.
void cinflate_restart(cinflate_stream *stream);
// Takes input and gives output until either is used up or the stream ends. 1 when it has ended and its sum is right, 0
// when it goes on, -1 when it is damaged; `used` and `written` count bytes in every case.
int cinflate_next(
  cinflate_stream *stream, const void *input, size_t input_size, size_t *used, void *output, size_t output_size,
  size_t *written);
