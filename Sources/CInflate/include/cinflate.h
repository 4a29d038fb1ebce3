// One compressed piece into one buffer, by zlib. A target of its own, so that what reads disk images and mail stores
// sees none of zlib's headers.
#pragma once
#include <stddef.h>

// Decompresses RFC 1950 (`is_raw` 0) or RFC 1951 (1) from `input` until `output` is full or the stream ends.
// The number of bytes written, or -1 when the stream is damaged or ends without its mark. `used` is set to the bytes of
// the input that belong to what was written.
long cinflate(int is_raw, const void *input, size_t input_size, void *output, size_t output_size, size_t *used);
