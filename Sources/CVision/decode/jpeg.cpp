// JPEG: baseline, progressive, arithmetic, grey, colour and CMYK. Orientation and inner pictures come from
// jpeg_parts.cpp.
#include <optional>

#include "canvas.hpp"
#include "jpeg.hpp"
#include "jpeg_codec.h"
#include "jpeg_parts.hpp"

namespace custody::decoding {

namespace {

/// Scans of one picture times its pixels, as a multiple of the pixel limit. Ordinary progressive pictures have ten
/// scans.
constexpr uint64_t kScanPixelsFactor = 16;

struct Target {
  Job &job;
  std::optional<Canvas> canvas;
  uint32_t full_width = 0, full_height = 0;
  bool out_of_memory = false;
};

int begin(void *context, uint32_t width, uint32_t height, uint32_t full_width, uint32_t full_height, int channels) {
  Target &target = *static_cast<Target *>(context);
  if (!target.job.fits(Canvas::cost(width, height, channels))) return 0;
  try {
    target.canvas.emplace(width, height, channels);
  } catch (...) {
    target.out_of_memory = true;
    return 0;
  }
  target.full_width = full_width;
  target.full_height = full_height;
  return 1;
}

void take_row(void *context, const uint8_t *samples) { static_cast<Target *>(context)->canvas->row(samples); }

/// A height of zero means that it follows behind the first scan (marker DNL), which libjpeg does not read. The height
/// is written where it belongs, in a copy.
std::vector<uint8_t> with_height(Bytes file, const JpegSpan &span) {
  size_t at = find(file, "\xFF\xDC\x00\x04", 4, span.height_at);
  if (at == SIZE_MAX || !holds(file, at, 6)) return {};
  std::vector<uint8_t> copy(file.data, file.data + file.size);
  copy[span.height_at] = copy[at + 4];
  copy[span.height_at + 1] = copy[at + 5];
  return copy;
}

}  // namespace

bool decode_jpeg_bytes(Job &job, Bytes bytes, int orientation, uint32_t index) {
  std::vector<uint8_t> repaired;
  JpegSpan span = walk_jpeg(bytes, 0);
  if (span.frame_marker && span.height == 0 && span.width != 0 && job.fits(bytes.size)) {
    repaired = with_height(bytes, span);
    if (!repaired.empty()) bytes = {repaired.data(), repaired.size()};
  }
  Target target{job, std::nullopt};
  jpeg_codec_request request = {};
  request.data = bytes.data;
  request.size = bytes.size;
  request.max_pixels = job.options.max_pixels;
  request.max_memory = job.options.max_memory;
  request.max_scan_pixels = job.options.max_pixels * kScanPixelsFactor;
  request.max_scans = job.options.max_scans;
  request.shrink = shrink_factor;
  request.context = &target;
  request.begin = begin;
  request.row = take_row;
  jpeg_codec_result result;
  custody_jpeg_decode(&request, &result);

  if (target.out_of_memory) job.limited("memory-limit");
  switch (result.status) {
    case JPEG_CODEC_DONE: break;
    case JPEG_CODEC_CORRUPT: job.damaged(result.truncated ? "truncated" : "corrupt"); break;
    case JPEG_CODEC_UNSUPPORTED: job.unsupported(); break;
    case JPEG_CODEC_PIXEL_LIMIT: job.limited("pixel-limit"); break;
    case JPEG_CODEC_MEMORY_LIMIT: job.limited("memory-limit"); break;
    case JPEG_CODEC_REFUSED: break;
  }
  if (result.scan_limit) job.limited("scan-limit");
  if (result.status == JPEG_CODEC_DONE && result.truncated) job.damaged("truncated");
  if (result.status == JPEG_CODEC_DONE && result.damaged) job.damaged("corrupt");
  if (!target.canvas || target.canvas->rows() == 0) return false;
  Frame frame = target.canvas->finish(orientation, target.full_width, target.full_height);
  frame.index = index;
  job.deliver(std::move(frame));
  return true;
}

void decode_jpeg(Job &job) {
  job.result.format = "jpeg";
  job.result.frames = 1;
  int orientation = report_jpeg_parts(job);
  decode_jpeg_bytes(job, job.file, orientation, 0);
}

}  // namespace custody::decoding
