#include "cinflate.h"

#include <limits.h>
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
