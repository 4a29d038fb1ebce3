// The part of the JPEG decoder that talks to libjpeg, in plain C: its errors are longjmps, which must not skip
// destructors. Rows leave through callbacks that never throw and have always returned when a jump can happen.
#ifndef CUSTODY_DECODE_JPEG_CODEC_H
#define CUSTODY_DECODE_JPEG_CODEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  JPEG_CODEC_DONE,
  JPEG_CODEC_CORRUPT,
  JPEG_CODEC_UNSUPPORTED,
  JPEG_CODEC_PIXEL_LIMIT,
  JPEG_CODEC_MEMORY_LIMIT,
  JPEG_CODEC_REFUSED,  // `begin` said no
} jpeg_codec_status;

typedef struct {
  const uint8_t *data;
  size_t size;
  uint64_t max_pixels, max_memory;
  uint64_t max_scan_pixels;  // scans × pixels
  uint32_t max_scans;
  uint32_t (*shrink)(uint64_t width, uint64_t height);  // factor by which the picture may be decoded smaller
  void *context;
  // Called once with the sizes; 0 refuses. `channels`: 1, or 3 for RGB.
  int (*begin)(void *context, uint32_t width, uint32_t height, uint32_t full_width, uint32_t full_height, int channels);
  void (*row)(void *context, const uint8_t *samples);
} jpeg_codec_request;

typedef struct {
  jpeg_codec_status status;
  uint8_t truncated;    // the bytes ended before the picture did
  uint8_t damaged;      // entropy-coded data was not what it should be
  uint8_t scan_limit;   // the picture shown is that of the first scans
  uint32_t width, height;
} jpeg_codec_result;

void custody_jpeg_decode(const jpeg_codec_request *request, jpeg_codec_result *result);

// Version of the library, as a word.
const char *custody_jpeg_version(void);

#ifdef __cplusplus
}
#endif
#endif
