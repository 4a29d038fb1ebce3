#include "cinflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

long cinflate(int is_raw, const void *input, size_t input_size, void *output, size_t output_size, size_t *used) {
  if (input_size > INT_MAX || output_size > INT_MAX) return -1;
  z_stream stream = {0};
  if (inflateInit2(&stream, is_raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) return -1;
  stream.next_in = (Bytef *)input;
  stream.avail_in = (uInt)input_size;
  stream.next_out = output;
  stream.avail_out = (uInt)output_size;
  int code = inflate(&stream, Z_FINISH);
  long written = (long)(output_size - stream.avail_out);
  *used = input_size - stream.avail_in;
  inflateEnd(&stream);
  // A full buffer is all that was asked for, whether or not more would come.
  if (code == Z_STREAM_END || (code == Z_BUF_ERROR && stream.avail_out == 0)) return written;
  return -1;
}

struct cinflate_stream {
  z_stream zlib;
};

cinflate_stream *cinflate_new(void) {
  cinflate_stream *stream = calloc(1, sizeof(cinflate_stream));
  if (stream && inflateInit2(&stream->zlib, MAX_WBITS) != Z_OK) {
    free(stream);
    return NULL;
  }
  return stream;
}

void cinflate_free(cinflate_stream *stream) {
  inflateEnd(&stream->zlib);
  free(stream);
}

void cinflate_restart(cinflate_stream *stream) { inflateReset(&stream->zlib); }

int cinflate_next(
  cinflate_stream *stream, const void *input, size_t input_size, size_t *used, void *output, size_t output_size,
  size_t *written) {
  z_stream *zlib = &stream->zlib;
  size_t in = input_size < INT_MAX ? input_size : INT_MAX;
  size_t out = output_size < INT_MAX ? output_size : INT_MAX;
  zlib->next_in = (Bytef *)input;
  zlib->avail_in = (uInt)in;
  zlib->next_out = output;
  zlib->avail_out = (uInt)out;
  int code = inflate(zlib, Z_NO_FLUSH);
  *used = in - zlib->avail_in;
  *written = out - zlib->avail_out;
  if (code == Z_STREAM_END) return 1;
  return code == Z_OK || code == Z_BUF_ERROR ? 0 : -1;
}
