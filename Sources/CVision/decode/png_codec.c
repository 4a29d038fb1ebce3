// PNG through libpng, row by row (see png_codec.h). Interlaced pictures are held whole, as the format demands.
#include "png_codec.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *next;
  size_t left;
  int past_end;
} source_state;

static void on_error(png_structp png, png_const_charp message) {
  (void)message;
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t size) {
  source_state *source = png_get_io_ptr(png);
  if (size > source->left) {
    // The library asks for whole pieces; the last bytes of a truncated file are rows too.
    if (source->past_end || source->left == 0) {
      source->past_end = 1;
      png_longjmp(png, 1);
    }
    source->past_end = 1;
    memcpy(out, source->next, source->left);
    memset(out + source->left, 0, size - source->left);
    source->next += source->left;
    source->left = 0;
    return;
  }
  memcpy(out, source->next, size);
  source->next += size;
  source->left -= size;
}

typedef struct {
  png_structp png;
  png_infop info;
  uint8_t *rows;
  png_codec_status status;
} decode_state;

// Everything that may jump.
static void decode_rows(decode_state *state, source_state *source, const png_codec_request *request) {
  png_structp png = state->png;
  png_infop info = state->info;
  png_set_read_fn(png, source, on_read);
  // Checksums are not what decides whether there is something to see.
  png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_benign_errors(png, 1);
  png_set_chunk_cache_max(png, 256);
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  // Colour profiles and text are of no use here and have been a source of bugs.
  static const png_byte skipped[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0eXIf\0hIST\0pCAL\0sCAL";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, 9);
  png_read_info(png, info);

  uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  int depth = png_get_bit_depth(png, info);
  int interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  if (!request->admit(request->context, width, height)) {
    state->status = PNG_CODEC_REFUSED;
    return;
  }
  png_set_expand(png);
  if (depth == 16) png_set_swap(png);
  if (png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  int channels = png_get_channels(png, info);
  int wide = png_get_bit_depth(png, info) == 16;
  size_t stride = png_get_rowbytes(png, info);
  uint64_t memory = (uint64_t)stride * (interlaced ? height : 1);
  if (!request->begin(request->context, width, height, channels, wide, interlaced)) {
    state->status = PNG_CODEC_REFUSED;
    return;
  }
  if (memory > request->max_memory || !(state->rows = calloc(memory, 1))) {
    state->status = PNG_CODEC_MEMORY_LIMIT;
    return;
  }
  if (!interlaced) {
    for (uint32_t y = 0; y < height; ++y) {
      png_read_row(png, state->rows, NULL);
      request->row(request->context, state->rows);
    }
  } else {
    for (int pass = 0; pass < passes; ++pass)
      for (uint32_t y = 0; y < height; ++y) png_read_row(png, NULL, state->rows + stride * y);
  }
  state->status = PNG_CODEC_DONE;
}

png_codec_status custody_png_decode(const png_codec_request *request) {
  source_state source = {request->data, request->size, 0};
  decode_state *state = calloc(1, sizeof *state);
  if (!state) return PNG_CODEC_MEMORY_LIMIT;
  state->status = PNG_CODEC_CORRUPT;
  state->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  if (state->png) state->info = png_create_info_struct(state->png);
  png_codec_status status = PNG_CODEC_MEMORY_LIMIT;
  if (state->info) {
    if (setjmp(png_jmpbuf(state->png)) == 0) decode_rows(state, &source, request);
    // The rows of an interlaced picture are handed over at the end, also when the data broke off before: every pass
    // covers the whole picture.
    if (state->rows && png_get_interlace_type(state->png, state->info) != PNG_INTERLACE_NONE) {
      size_t stride = png_get_rowbytes(state->png, state->info);
      uint32_t height = png_get_image_height(state->png, state->info);
      for (uint32_t y = 0; y < height; ++y) request->row(request->context, state->rows + stride * y);
    }
    status = state->status;
    if ((status == PNG_CODEC_DONE || status == PNG_CODEC_CORRUPT) && source.past_end) status = PNG_CODEC_TRUNCATED;
  }
  png_destroy_read_struct(&state->png, &state->info, NULL);
  free(state->rows);
  free(state);
  return status;
}

const char *custody_png_version(void) { return "libpng " PNG_LIBPNG_VER_STRING; }
