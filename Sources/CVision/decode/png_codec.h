// The part of the PNG decoder that talks to libpng, in plain C for the sake of its longjmps (see jpeg_codec.h).
#ifndef CUSTODY_DECODE_PNG_CODEC_H
#define CUSTODY_DECODE_PNG_CODEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  PNG_CODEC_DONE,
  PNG_CODEC_CORRUPT,
  PNG_CODEC_TRUNCATED,
  PNG_CODEC_REFUSED,  // `admit` or `begin` said no
  PNG_CODEC_MEMORY_LIMIT,
} png_codec_status;

typedef struct {
  const uint8_t *data;
  size_t size;
  uint64_t max_memory;
  void *context;
  // Called first, before the library takes memory for rows; 0 refuses.
  int (*admit)(void *context, uint32_t width, uint32_t height);
  // Called once with the sizes; 0 refuses. `channels` 1 to 4, `wide`: samples are 16 bits in host order.
  int (*begin)(void *context, uint32_t width, uint32_t height, int channels, int wide, int interlaced);
  // `samples` is aligned for 16 bits.
  void (*row)(void *context, const void *samples);
} png_codec_request;

png_codec_status custody_png_decode(const png_codec_request *request);

const char *custody_png_version(void);

#ifdef __cplusplus
}
#endif
#endif
