// JPEG through libjpeg-turbo (see jpeg_codec.h).
#include "jpeg_codec.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  jpeg_codec_status status;
  jpeg_codec_result *result;
} error_state;

static void on_error(j_common_ptr cinfo) {
  error_state *state = (error_state *)cinfo->err;
  switch (cinfo->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
    case JERR_TFILE_CREATE:
      state->status = JPEG_CODEC_MEMORY_LIMIT;
      break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_UNKNOWN_MARKER:
    case JERR_CCIR601_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_ARITH_NOTIMPL:
      state->status = JPEG_CODEC_UNSUPPORTED;
      break;
    case JERR_IMAGE_TOO_BIG:
      state->status = JPEG_CODEC_PIXEL_LIMIT;
      break;
    default:
      state->status = JPEG_CODEC_CORRUPT;
  }
  longjmp(state->escape, 1);
}

static void on_message(j_common_ptr cinfo, int level) {
  if (level >= 0) return;
  error_state *state = (error_state *)cinfo->err;
  cinfo->err->num_warnings++;
  switch (cinfo->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      state->result->damaged = 1;
      break;
    case JWRN_JPEG_EOF:
      state->result->truncated = 1;
      break;
    default:
      break;
  }
}

static void on_output(j_common_ptr cinfo) { (void)cinfo; }

static void source_start(j_decompress_ptr cinfo) { (void)cinfo; }
static void source_end(j_decompress_ptr cinfo) { (void)cinfo; }

// Past the end an end marker is served for ever: the library then ends the picture with what it has.
static boolean source_fill(j_decompress_ptr cinfo) {
  static const JOCTET end[2] = {0xFF, JPEG_EOI};
  ((error_state *)cinfo->err)->result->truncated = 1;
  cinfo->src->next_input_byte = end;
  cinfo->src->bytes_in_buffer = 2;
  return TRUE;
}

static void source_skip(j_decompress_ptr cinfo, long count) {
  if (count <= 0) return;
  if ((size_t)count > cinfo->src->bytes_in_buffer) {
    source_fill(cinfo);
    return;
  }
  cinfo->src->next_input_byte += count;
  cinfo->src->bytes_in_buffer -= (size_t)count;
}

// CMYK as stored by Adobe's programs is inverted; without their marker it is not.
static void cmyk_to_rgb(const uint8_t *in, uint8_t *out, uint32_t width, int inverted) {
  for (uint32_t x = 0; x < width; ++x, in += 4, out += 3) {
    unsigned black = inverted ? in[3] : 255u - in[3];
    for (int c = 0; c < 3; ++c) {
      unsigned ink = inverted ? in[c] : 255u - in[c];
      out[c] = (uint8_t)((ink * black + 127) / 255);
    }
  }
}

// The first of several components nobody gave a meaning.
static void first_component(const uint8_t *in, uint8_t *out, uint32_t width, int components) {
  for (uint32_t x = 0; x < width; ++x) out[x] = in[(size_t)x * (size_t)components];
}

// Everything that may jump. Buffers are in `*row` and `*converted` so that the caller can free them.
static void decode_rows(j_decompress_ptr cinfo, const jpeg_codec_request *request, jpeg_codec_result *result,
                        uint8_t *volatile *row, uint8_t *volatile *converted) {
  error_state *state = (error_state *)cinfo->err;
  cinfo->mem->max_memory_to_use = (long)(request->max_memory > 0x7FFFFFFF ? 0x7FFFFFFF : request->max_memory);
  struct jpeg_source_mgr *source = cinfo->src;
  source->init_source = source_start;
  source->fill_input_buffer = source_fill;
  source->skip_input_data = source_skip;
  source->resync_to_restart = jpeg_resync_to_restart;
  source->term_source = source_end;
  source->next_input_byte = request->data;
  source->bytes_in_buffer = request->size;

  jpeg_read_header(cinfo, TRUE);
  result->width = cinfo->image_width;
  result->height = cinfo->image_height;
  uint64_t pixels = (uint64_t)cinfo->image_width * cinfo->image_height;
  if (pixels > request->max_pixels) {
    state->status = JPEG_CODEC_PIXEL_LIMIT;
    longjmp(state->escape, 1);
  }

  cinfo->scale_num = 8;
  cinfo->scale_denom = 8;
  // Halves, quarters and eighths only: the other scales have no fast transform.
  uint32_t shrink = request->shrink(cinfo->image_width, cinfo->image_height);
  while (cinfo->scale_num > 1 && 8 / cinfo->scale_num * 2 <= shrink) cinfo->scale_num /= 2;
  int inverted = 0, channels = 3;
  switch (cinfo->jpeg_color_space) {
    case JCS_GRAYSCALE:
      cinfo->out_color_space = JCS_GRAYSCALE;
      channels = 1;
      break;
    case JCS_YCbCr:
    case JCS_RGB:
      cinfo->out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      cinfo->out_color_space = JCS_CMYK;
      inverted = cinfo->saw_Adobe_marker;
      break;
    default:
      cinfo->out_color_space = JCS_UNKNOWN;
      channels = 1;
  }

  boolean several = jpeg_has_multiple_scans(cinfo);
  cinfo->buffered_image = several;
  jpeg_start_decompress(cinfo);
  if (several) {
    uint64_t scans = request->max_scans;
    if (scans > request->max_scan_pixels / pixels) scans = request->max_scan_pixels / pixels;
    if (scans < 1) scans = 1;
    for (;;) {
      int status = jpeg_consume_input(cinfo);
      if (status == JPEG_REACHED_EOI || status == JPEG_SUSPENDED) break;
      if ((uint64_t)cinfo->input_scan_number > scans) {
        result->scan_limit = 1;
        break;
      }
    }
    jpeg_start_output(cinfo, cinfo->input_scan_number);
  }

  size_t width = cinfo->output_width;
  *row = malloc(width * (size_t)cinfo->output_components + 64);
  *converted = malloc(width * 3 + 64);
  if (!*row || !*converted) {
    state->status = JPEG_CODEC_MEMORY_LIMIT;
    longjmp(state->escape, 1);
  }
  if (!request->begin(request->context, cinfo->output_width, cinfo->output_height, cinfo->image_width,
                      cinfo->image_height, channels)) {
    state->status = JPEG_CODEC_REFUSED;
    longjmp(state->escape, 1);
  }
  while (cinfo->output_scanline < cinfo->output_height) {
    JSAMPROW rows[1] = {*row};
    if (jpeg_read_scanlines(cinfo, rows, 1) != 1) break;
    if (cinfo->out_color_space == JCS_CMYK) {
      cmyk_to_rgb(*row, *converted, cinfo->output_width, inverted);
      request->row(request->context, *converted);
    } else if (cinfo->out_color_space == JCS_UNKNOWN) {
      first_component(*row, *converted, cinfo->output_width, cinfo->output_components);
      request->row(request->context, *converted);
    } else {
      request->row(request->context, *row);
    }
  }
  state->status = JPEG_CODEC_DONE;
}

void custody_jpeg_decode(const jpeg_codec_request *request, jpeg_codec_result *result) {
  struct jpeg_decompress_struct cinfo;
  struct jpeg_source_mgr source;
  error_state errors;
  uint8_t *volatile buffers[2] = {NULL, NULL};  // volatile: written between setjmp and longjmp
  memset(&cinfo, 0, sizeof cinfo);
  memset(&source, 0, sizeof source);
  memset(&errors, 0, sizeof errors);
  memset(result, 0, sizeof *result);
  cinfo.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = on_error;
  errors.base.emit_message = on_message;
  errors.base.output_message = on_output;
  errors.status = JPEG_CODEC_CORRUPT;
  errors.result = result;
  if (setjmp(errors.escape) == 0) {
    jpeg_create_decompress(&cinfo);
    cinfo.src = &source;
    decode_rows(&cinfo, request, result, &buffers[0], &buffers[1]);
  }
  jpeg_destroy_decompress(&cinfo);
  free(buffers[0]);
  free(buffers[1]);
  result->status = errors.status;
}

#define CUSTODY_TEXT(x) #x
#define CUSTODY_VERSION_TEXT(x) CUSTODY_TEXT(x)
const char *custody_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " CUSTODY_VERSION_TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " CUSTODY_VERSION_TEXT(JPEG_LIB_VERSION);
#endif
}
