// HEIC and AVIF through libheif, with decoders registered by us (heif_codecs.cpp) because its own start threads.
#include <libheif/heif.h>

#include <algorithm>
#include <memory>

#include "canvas.hpp"
#include "jpeg_parts.hpp"

namespace custody::decoding {

namespace {

/// Bytes that may be missing at the end of a file for its pictures to be tried nevertheless.
constexpr uint64_t kMostMissing = 64 << 20;

void report(Job &job, heif_error error) {
  switch (error.code) {
    case heif_error_Unsupported_feature:
    case heif_error_Unsupported_filetype:
    case heif_error_Plugin_loading_error: job.unsupported(); break;
    case heif_error_Memory_allocation_error: job.limited("memory-limit"); break;
    default:
      if (error.subcode == heif_suberror_Security_limit_exceeded) job.limited("memory-limit");
      else if (error.subcode == heif_suberror_End_of_data) job.damaged("truncated");
      else job.damaged("corrupt");
  }
}

void decode_item(Job &job, heif_context *context, heif_item_id id, uint32_t index) {
  heif_image_handle *raw_handle = nullptr;
  heif_error error = heif_context_get_image_handle(context, id, &raw_handle);
  if (error.code != heif_error_Ok) {
    report(job, error);
    return;
  }
  std::unique_ptr<heif_image_handle, decltype(&heif_image_handle_release)> handle(raw_handle,
                                                                                  &heif_image_handle_release);
  int width = heif_image_handle_get_width(handle.get()), height = heif_image_handle_get_height(handle.get());
  if (width <= 0 || height <= 0) {
    job.damaged("corrupt");
    return;
  }
  // The stored picture may be larger than what its transformations leave of it.
  uint64_t stored = uint64_t(std::max(0, heif_image_handle_get_ispe_width(handle.get()))) *
                    uint64_t(std::max(0, heif_image_handle_get_ispe_height(handle.get())));
  if (stored > job.options.max_pixels) {
    job.limited("pixel-limit");
    return;
  }
  if (!job.admit(uint64_t(width), uint64_t(height))) return;
  bool alpha = heif_image_handle_has_alpha_channel(handle.get());
  uint64_t pixels = std::max(stored, uint64_t(width) * height);
  if (!job.fits(pixels * (alpha ? 14 : 10) + Canvas::cost(uint32_t(width), uint32_t(height), alpha ? 4 : 3))) return;
  std::unique_ptr<heif_decoding_options, decltype(&heif_decoding_options_free)> options(heif_decoding_options_alloc(),
                                                                                        &heif_decoding_options_free);
  options->convert_hdr_to_8bit = 1;
  heif_image *raw_image = nullptr;
  error = heif_decode_image(handle.get(), &raw_image, heif_colorspace_RGB,
                            alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  if (error.code != heif_error_Ok) {
    report(job, error);
    return;
  }
  std::unique_ptr<heif_image, decltype(&heif_image_release)> image(raw_image, &heif_image_release);
  int stride = 0;
  const uint8_t *plane = heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
  width = heif_image_get_width(image.get(), heif_channel_interleaved);
  height = heif_image_get_height(image.get(), heif_channel_interleaved);
  int channels = alpha ? 4 : 3;
  if (!plane || width <= 0 || height <= 0 || stride < width * channels) {
    job.damaged("corrupt");
    return;
  }
  Canvas canvas(uint32_t(width), uint32_t(height), channels);
  for (int y = 0; y < height; ++y) canvas.row(plane + size_t(y) * size_t(stride));
  Frame frame = canvas.finish();
  frame.index = index;
  job.deliver(std::move(frame));
}

/// The picture's bytes with zeros up to where the last top-level box should end; empty when nothing is missing. libheif
/// refuses an item that is not there to its last byte.
std::vector<uint8_t> completed(Job &job) {
  Reader reader(job.file);
  uint64_t at = 0;
  while (holds(job.file, at, 16)) {
    uint64_t length = reader.u32(at);
    if (length == 1) length = reader.u64(at + 8);
    if (length < 8) return {};
    if (length > job.file.size - at) {
      uint64_t missing = length - (job.file.size - at);
      if (missing > kMostMissing || !job.fits(job.file.size + missing)) return {};
      std::vector<uint8_t> out(size_t(job.file.size + missing), 0);
      memcpy(out.data(), job.file.data, job.file.size);
      return out;
    }
    at += length;
  }
  return {};
}

}  // namespace

void decode_heif(Job &job) {
  bool av1 = starts_with(job.file, "avif", 4, 8) || starts_with(job.file, "avis", 4, 8);
  job.result.format = av1 ? "avif" : "heic";
  report_embedded_jpegs(job, 0, job.file.size, "thumbnail");
  std::vector<uint8_t> padded = completed(job);  // outlives the context
  std::unique_ptr<heif_context, decltype(&heif_context_free)> context(heif_context_alloc(), &heif_context_free);
  if (!context) {
    job.limited("memory-limit");
    return;
  }
  heif_context_set_maximum_image_size_limit(context.get(), int(std::min<uint64_t>(kLargestSide, 1 << 16)));
  heif_context_set_max_decoding_threads(context.get(), 0);
  if (!padded.empty()) job.damaged("truncated");
  Bytes bytes = padded.empty() ? job.file : Bytes{padded.data(), padded.size()};
  heif_error error = heif_context_read_from_memory_without_copy(context.get(), bytes.data, bytes.size, nullptr);
  if (error.code != heif_error_Ok) {
    report(job, error);
    return;
  }
  int count = heif_context_get_number_of_top_level_images(context.get());
  std::vector<heif_item_id> ids(size_t(std::max(0, count)));
  count = heif_context_get_list_of_top_level_image_IDs(context.get(), ids.data(), count);
  ids.resize(size_t(std::max(0, count)));
  heif_item_id primary = 0;
  if (heif_context_get_primary_image_ID(context.get(), &primary).code == heif_error_Ok) {
    ids.erase(std::remove(ids.begin(), ids.end(), primary), ids.end());
    ids.insert(ids.begin(), primary);
  }
  job.result.frames = uint32_t(ids.size());
  for (uint32_t index = 0; index < ids.size() && job.wants_more(); ++index)
    decode_item(job, context.get(), ids[index], index);
  bool sequence = starts_with(job.file, "avis", 4, 8) || starts_with(job.file, "msf1", 4, 8) ||
                  starts_with(job.file, "hevc", 4, 8);
  if (sequence) {
    job.partial("frame-limit");
    job.note("image sequence: only its still pictures were looked at");
  }
}

}  // namespace custody::decoding
