// WebP through libwebp, animated ones through its demultiplexer. The library shrinks huge pictures while decoding.
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "canvas.hpp"
#include "jpeg_parts.hpp"

namespace custody::decoding {

namespace {

/// Chunks of the RIFF container: orientation, and whether the file is as long as it says.
int walk_riff(Job &job) {
  Reader reader(job.file, true);
  if (uint64_t(reader.u32(4)) + 8 > job.file.size + 1) job.damaged("truncated");
  int orientation = 1;
  uint64_t at = 12;
  for (int count = 0; count < 100000 && holds(job.file, at, 8); ++count) {
    uint64_t length = reader.u32(at + 4);
    if (starts_with(job.file, "EXIF", 4, at)) {
      Bytes tiff = part(job.file, at + 8, length);
      uint64_t skip = starts_with(tiff, "Exif\0\0", 6) ? 6 : 0;
      orientation = read_exif(from(tiff, skip)).orientation;
      report_embedded_jpegs(job, at + 8, tiff.size, "thumbnail");
    }
    at += 8 + length + (length & 1);
  }
  return orientation;
}

void decode_still(Job &job, const WebPBitstreamFeatures &features, int orientation) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return;
  uint32_t width = uint32_t(features.width), height = uint32_t(features.height);
  uint32_t factor = shrink_factor(width, height);
  uint32_t out_width = std::max<uint32_t>(1, width / factor), out_height = std::max<uint32_t>(1, height / factor);
  int channels = features.has_alpha ? 4 : 3;
  // The library itself holds lossless pictures whole.
  uint64_t memory = uint64_t(out_width) * out_height * channels + Canvas::cost(out_width, out_height, channels) +
                    (features.format == 2 ? uint64_t(width) * height * 4 : uint64_t(width) * 128);
  if (!job.fits(memory)) return;
  std::vector<uint8_t> pixels(size_t(out_width) * out_height * channels, 0x80);
  config.options.use_threads = 0;
  if (factor > 1) {
    config.options.use_scaling = 1;
    config.options.scaled_width = int(out_width);
    config.options.scaled_height = int(out_height);
  }
  config.output.colorspace = features.has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels.data();
  config.output.u.RGBA.stride = int(out_width) * channels;
  config.output.u.RGBA.size = pixels.size();
  std::unique_ptr<WebPIDecoder, decltype(&WebPIDelete)> decoder(
      WebPIDecode(nullptr, 0, &config), &WebPIDelete);
  if (!decoder) {
    job.limited("memory-limit");
    return;
  }
  VP8StatusCode status = WebPIAppend(decoder.get(), job.file.data, job.file.size);
  int last_y = 0;
  WebPIDecGetRGB(decoder.get(), &last_y, nullptr, nullptr, nullptr);
  if (status == VP8_STATUS_SUSPENDED || status == VP8_STATUS_NOT_ENOUGH_DATA) job.damaged("truncated");
  else if (status == VP8_STATUS_OUT_OF_MEMORY) job.limited("memory-limit");
  else if (status == VP8_STATUS_UNSUPPORTED_FEATURE) job.unsupported();
  else if (status != VP8_STATUS_OK) job.damaged("corrupt");
  if (last_y <= 0) return;
  Canvas canvas(out_width, out_height, channels);
  for (int y = 0; y < last_y && y < int(out_height); ++y) canvas.row(&pixels[size_t(y) * out_width * channels]);
  job.deliver(canvas.finish(orientation, width, height));
}

void decode_animation(Job &job, int orientation) {
  WebPData data = {job.file.data, job.file.size};
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return;
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  // The demultiplexer checks the canvas against the chunks first; only then is memory taken.
  std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&data), &WebPDemuxDelete);
  if (!demuxer) {
    job.damaged("corrupt");
    return;
  }
  uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  job.result.frames = WebPDemuxGetI(demuxer.get(), WEBP_FF_FRAME_COUNT);
  demuxer.reset();
  if (uint64_t(width) * height > job.options.max_pixels) {
    job.limited("pixel-limit");
    return;
  }
  if (!job.fits(uint64_t(width) * height * 12 + Canvas::cost(width, height, 4))) return;
  std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, &options), &WebPAnimDecoderDelete);
  if (!decoder) {
    job.damaged("corrupt");
    return;
  }
  for (uint32_t index = 0; WebPAnimDecoderHasMoreFrames(decoder.get()); ++index) {
    if (!job.wants_more() || !job.admit(width, height)) return;
    uint8_t *pixels = nullptr;
    int time = 0;
    if (!WebPAnimDecoderGetNext(decoder.get(), &pixels, &time)) {
      job.damaged("corrupt");
      return;
    }
    Canvas canvas(width, height, 4);
    for (uint32_t y = 0; y < height; ++y) canvas.row(pixels + size_t(y) * width * 4);
    Frame frame = canvas.finish(orientation);
    frame.index = index;
    if (!job.deliver(std::move(frame))) return;
  }
}

}  // namespace

void decode_webp(Job &job) {
  job.result.format = "webp";
  job.result.frames = 1;
  int orientation = walk_riff(job);
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(job.file.data, job.file.size, &features);
  if (status != VP8_STATUS_OK) {
    job.damaged(status == VP8_STATUS_NOT_ENOUGH_DATA ? "truncated" : "corrupt");
    return;
  }
  if (features.has_animation) {
    decode_animation(job, orientation);
  } else if (job.admit(uint64_t(features.width), uint64_t(features.height))) {
    decode_still(job, features, orientation);
  }
}

}  // namespace custody::decoding
