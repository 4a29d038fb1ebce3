// HEVC and AV1 for libheif without threads. The decoders built into libheif 1.15 start a worker thread for each picture
// (libde265) or one for each processor (dav1d), which the sandbox forbids, so decoders of our own with a higher
// priority are registered at start-up.
#include <dav1d/dav1d.h>
#include <libde265/de265.h>
#include <libheif/heif.h>
#include <libheif/heif_plugin.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "job.hpp"

namespace custody::decoding {

namespace {

constexpr int kPriority = 1000;  ///< libheif's own have 100 and 150
constexpr uint32_t kMostPixels = 1u << 28;

const heif_error kFine = {heif_error_Ok, heif_suberror_Unspecified, "ok"};
const heif_error kBroken = {heif_error_Decoder_plugin_error, heif_suberror_Unspecified, "decoding failed"};
const heif_error kNoMemory = {heif_error_Memory_allocation_error, heif_suberror_Unspecified, "out of memory"};

struct PlaneView {
  const uint8_t *data;
  ptrdiff_t stride;
  int width, height, bits;
};

/// A libheif image of the planes a codec gave: one (grey) or three.
heif_error make_image(const PlaneView *planes, int count, heif_chroma chroma, heif_image **out) {
  static const heif_channel channels[3] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
  heif_image *image = nullptr;
  heif_error error = heif_image_create(planes[0].width, planes[0].height,
                                       count == 1 ? heif_colorspace_monochrome : heif_colorspace_YCbCr, chroma, &image);
  if (error.code != heif_error_Ok) return error;
  for (int i = 0; i < count; ++i) {
    const PlaneView &plane = planes[i];
    error = heif_image_add_plane(image, channels[i], plane.width, plane.height, plane.bits);
    int stride = 0;
    uint8_t *to = error.code == heif_error_Ok ? heif_image_get_plane(image, channels[i], &stride) : nullptr;
    size_t row = size_t(plane.width) * (plane.bits > 8 ? 2 : 1);
    if (!to || !plane.data || size_t(stride) < row) {
      heif_image_release(image);
      return error.code != heif_error_Ok ? error : kNoMemory;
    }
    for (int y = 0; y < plane.height; ++y) memcpy(to + size_t(y) * size_t(stride), plane.data + y * plane.stride, row);
  }
  *out = image;
  return kFine;
}

void set_profile(heif_image *image, int primaries, int transfer, int matrix, bool full_range) {
  heif_color_profile_nclx *profile = heif_nclx_color_profile_alloc();
  if (!profile) return;
  heif_nclx_color_profile_set_color_primaries(profile, uint16_t(primaries));
  heif_nclx_color_profile_set_transfer_characteristics(profile, uint16_t(transfer));
  heif_nclx_color_profile_set_matrix_coefficients(profile, uint16_t(matrix));
  profile->full_range_flag = full_range;
  heif_image_set_nclx_color_profile(image, profile);
  heif_nclx_color_profile_free(profile);
}

// HEVC: length-prefixed NAL units in, one picture out.

const char *hevc_name() { return "libde265, one thread"; }
int hevc_supports(heif_compression_format format) { return format == heif_compression_HEVC ? kPriority : 0; }

heif_error hevc_new(void **decoder) {
  *decoder = de265_new_decoder();
  if (!*decoder) return kNoMemory;
  // Faults outside the pixels must not cost the picture.
  de265_set_parameter_bool(*decoder, DE265_DECODER_PARAM_BOOL_SEI_CHECK_HASH, 0);
  return kFine;
}
void hevc_free(void *decoder) { de265_free_decoder(decoder); }

heif_error hevc_push(void *decoder, const void *bytes, size_t size) {
  const uint8_t *data = static_cast<const uint8_t *>(bytes);
  while (size >= 4) {
    uint32_t length = uint32_t(data[0]) << 24 | uint32_t(data[1]) << 16 | uint32_t(data[2]) << 8 | data[3];
    data += 4;
    size -= 4;
    if (length > size || length > INT32_MAX) return kBroken;
    de265_push_NAL(decoder, data, int(length), 0, nullptr);
    data += length;
    size -= length;
  }
  return kFine;
}

heif_error hevc_decode(void *decoder, heif_image **out) {
  de265_flush_data(decoder);
  const de265_image *picture = nullptr;
  for (int more = 1; more && !picture;) {
    more = 0;
    if (de265_decode(decoder, &more) != DE265_OK) break;
    picture = de265_peek_next_picture(decoder);
  }
  if (!picture) return kBroken;
  heif_chroma chroma = heif_chroma_monochrome;
  switch (de265_get_chroma_format(picture)) {
    case de265_chroma_420: chroma = heif_chroma_420; break;
    case de265_chroma_422: chroma = heif_chroma_422; break;
    case de265_chroma_444: chroma = heif_chroma_444; break;
    default: break;
  }
  PlaneView planes[3];
  int count = chroma == heif_chroma_monochrome ? 1 : 3;
  for (int i = 0; i < count; ++i) {
    int stride = 0;
    const uint8_t *data = de265_get_image_plane(picture, i, &stride);
    planes[i] = {data, stride, de265_get_image_width(picture, i), de265_get_image_height(picture, i),
                 de265_get_bits_per_pixel(picture, i)};
  }
  heif_error error = make_image(planes, count, chroma, out);
  if (error.code == heif_error_Ok) {
    set_profile(*out, de265_get_image_colour_primaries(picture), de265_get_image_transfer_characteristics(picture),
                de265_get_image_matrix_coefficients(picture), de265_get_image_full_range_flag(picture) != 0);
  }
  de265_release_next_picture(decoder);
  return error;
}

void set_strict(void *, int) {}

// AV1: one temporal unit in, one picture out.

struct Av1 {
  std::vector<uint8_t> bytes;
};

const char *av1_name() { return "dav1d, one thread"; }
int av1_supports(heif_compression_format format) { return format == heif_compression_AV1 ? kPriority : 0; }

heif_error av1_new(void **decoder) {
  *decoder = new (std::nothrow) Av1;
  return *decoder ? kFine : kNoMemory;
}
void av1_free(void *decoder) { delete static_cast<Av1 *>(decoder); }

heif_error av1_push(void *decoder, const void *bytes, size_t size) {
  try {
    std::vector<uint8_t> &own = static_cast<Av1 *>(decoder)->bytes;
    const uint8_t *data = static_cast<const uint8_t *>(bytes);
    own.insert(own.end(), data, data + size);
  } catch (...) {
    return kNoMemory;
  }
  return kFine;
}

void ignore_log(void *, const char *, va_list) {}
void keep_bytes(const uint8_t *, void *) {}

heif_error av1_decode(void *decoder, heif_image **out) {
  Av1 &av1 = *static_cast<Av1 *>(decoder);
  Dav1dSettings settings;
  dav1d_default_settings(&settings);
  settings.n_threads = 1;
  settings.max_frame_delay = 1;
  settings.all_layers = 0;
  settings.frame_size_limit = kMostPixels;
  settings.logger = {nullptr, ignore_log};
  Dav1dContext *context = nullptr;
  if (dav1d_open(&context, &settings) != 0) return kNoMemory;
  Dav1dData data = {};
  Dav1dPicture picture = {};
  heif_error error = kBroken;
  if (!av1.bytes.empty() && dav1d_data_wrap(&data, av1.bytes.data(), av1.bytes.size(), keep_bytes, nullptr) == 0) {
    int got = DAV1D_ERR(EAGAIN);
    // Each turn consumes data or fails; the bound is for a library that does neither.
    for (int turn = 0; turn < 1000 && got == DAV1D_ERR(EAGAIN); ++turn) {
      int sent = data.sz > 0 ? dav1d_send_data(context, &data) : 0;
      if (sent != 0 && sent != DAV1D_ERR(EAGAIN)) break;
      got = dav1d_get_picture(context, &picture);
      if (got == DAV1D_ERR(EAGAIN) && data.sz == 0) got = dav1d_get_picture(context, &picture), turn += 500;
    }
    if (got == 0) {
      bool grey = picture.p.layout == DAV1D_PIXEL_LAYOUT_I400;
      heif_chroma chroma = grey                                              ? heif_chroma_monochrome
                           : picture.p.layout == DAV1D_PIXEL_LAYOUT_I420 ? heif_chroma_420
                           : picture.p.layout == DAV1D_PIXEL_LAYOUT_I422 ? heif_chroma_422
                                                                         : heif_chroma_444;
      int half_x = picture.p.layout == DAV1D_PIXEL_LAYOUT_I420 || picture.p.layout == DAV1D_PIXEL_LAYOUT_I422;
      int half_y = picture.p.layout == DAV1D_PIXEL_LAYOUT_I420;
      PlaneView planes[3];
      for (int i = 0; i < (grey ? 1 : 3); ++i) {
        planes[i] = {static_cast<const uint8_t *>(picture.data[i]), picture.stride[i > 0],
                     i ? (picture.p.w + half_x) >> half_x : picture.p.w,
                     i ? (picture.p.h + half_y) >> half_y : picture.p.h,
                     picture.p.bpc};
      }
      error = make_image(planes, grey ? 1 : 3, chroma, out);
      if (error.code == heif_error_Ok && picture.seq_hdr)
        set_profile(*out, picture.seq_hdr->pri, picture.seq_hdr->trc, picture.seq_hdr->mtrx,
                    picture.seq_hdr->color_range != 0);
      dav1d_picture_unref(&picture);
    }
  }
  dav1d_data_unref(&data);
  dav1d_close(&context);
  return error;
}

const heif_decoder_plugin kHevc = {3, hevc_name, nullptr, nullptr, hevc_supports, hevc_new, hevc_free,
                                   hevc_push, hevc_decode, set_strict, "custody-hevc"};
const heif_decoder_plugin kAv1 = {3, av1_name, nullptr, nullptr, av1_supports, av1_new, av1_free,
                                  av1_push, av1_decode, set_strict, "custody-av1"};

}  // namespace

void initialize_heif() {
  if (heif_init(nullptr).code != heif_error_Ok || heif_register_decoder_plugin(&kHevc).code != heif_error_Ok ||
      heif_register_decoder_plugin(&kAv1).code != heif_error_Ok)
    throw std::runtime_error("libheif cannot be initialized");
}

}  // namespace custody::decoding
