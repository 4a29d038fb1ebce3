// PNG: rows are shrunk while they arrive, so that a huge picture takes little memory. Frames of an animated PNG follow
// the default picture (png_animation.cpp).
#include "png.hpp"

#include <algorithm>
#include <optional>

#include "canvas.hpp"
#include "jpeg_parts.hpp"
#include "png_animation.hpp"
#include "png_codec.h"

namespace custody::decoding {

namespace {

struct Target {
  Job &job;
  std::optional<Canvas> canvas;
  bool wide = false, out_of_memory = false;
};

int admit(void *context, uint32_t width, uint32_t height) {
  return static_cast<Target *>(context)->job.admit(width, height);
}

int begin(void *context, uint32_t width, uint32_t height, int channels, int wide, int interlaced) {
  Target &target = *static_cast<Target *>(context);
  Canvas::Depth depth = wide ? Canvas::Depth::sixteen : Canvas::Depth::eight;
  uint64_t cost = Canvas::cost(width, height, channels, depth);
  if (interlaced) cost += uint64_t(width) * height * channels * (wide ? 2 : 1);
  if (!target.job.fits(cost)) return 0;
  try {
    target.canvas.emplace(width, height, channels, depth);
  } catch (...) {
    target.out_of_memory = true;
    return 0;
  }
  target.wide = wide;
  return 1;
}

void take_row(void *context, const void *samples) {
  Target &target = *static_cast<Target *>(context);
  if (target.wide) {
    target.canvas->row(static_cast<const uint16_t *>(samples));
  } else {
    target.canvas->row(static_cast<const uint8_t *>(samples));
  }
}

struct Chunks {
  int orientation = 1;
  bool animated = false;
  uint32_t frames = 1;
};

/// What stands beside the pixels.
Chunks walk_chunks(Job &job) {
  Chunks chunks;
  Reader reader(job.file);
  uint64_t at = 8;
  for (int count = 0; count < 100000 && holds(job.file, at, 12); ++count) {
    uint64_t length = reader.u32(at), payload = at + 8;
    bool whole = holds(job.file, payload, length);
    if (starts_with(job.file, "eXIf", 4, at + 4)) {
      Bytes tiff = part(job.file, payload, length);
      if (starts_with(tiff, "Exif\0\0", 6)) tiff = from(tiff, 6);
      chunks.orientation = read_exif(tiff).orientation;
      report_embedded_jpegs(job, payload, tiff.size, "thumbnail");
    } else if (starts_with(job.file, "acTL", 4, at + 4)) {
      chunks.animated = true;
      chunks.frames = reader.u32(payload);
    }
    at = payload + length + 4;
    if (whole && starts_with(job.file, "IEND", 4, payload - 4)) {
      if (at < job.file.size) report_embedded_jpegs(job, at, job.file.size - at, "picture");
      break;
    }
    if (!whole) break;
  }
  return chunks;
}

}  // namespace

bool decode_png_bytes(Job &job, Bytes bytes, int orientation, uint32_t index) {
  Target target{job, std::nullopt};
  png_codec_request request = {};
  request.data = bytes.data;
  request.size = bytes.size;
  request.max_memory = job.options.max_memory;
  request.context = &target;
  request.admit = admit;
  request.begin = begin;
  request.row = take_row;
  png_codec_status status = custody_png_decode(&request);
  if (target.out_of_memory || status == PNG_CODEC_MEMORY_LIMIT) job.limited("memory-limit");
  if (status == PNG_CODEC_CORRUPT) job.damaged("corrupt");
  if (status == PNG_CODEC_TRUNCATED) job.damaged("truncated");
  if (!target.canvas || target.canvas->rows() == 0) return false;
  Frame frame = target.canvas->finish(orientation);
  frame.index = index;
  job.deliver(std::move(frame));
  return true;
}

void decode_png(Job &job) {
  job.result.format = "png";
  Chunks chunks = walk_chunks(job);
  job.result.frames = std::max<uint32_t>(1, chunks.frames);
  decode_png_bytes(job, job.file, chunks.orientation, 0);
  if (chunks.animated && !job.stopped() && !job.has_problem()) decode_png_animation(job, chunks.orientation);
}

}  // namespace custody::decoding
