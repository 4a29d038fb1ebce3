// Animated PNG (the fcTL and fdAT chunks of the PNG specification, third edition). libpng as packaged knows nothing of
// them, so each frame is written as a PNG of its own, in memory, and decoded as such; composing is done here.
#include "png_animation.hpp"

#include <algorithm>

#include "canvas.hpp"
#include "png_codec.h"
#include "reader.hpp"

namespace custody::decoding {

namespace {

struct Control {
  uint32_t width = 0, height = 0, left = 0, top = 0;
  uint8_t disposal = 0, blending = 0;
};

/// Takes rows of any kind as RGBA of 8 bits.
struct Layer {
  uint32_t width, height;
  std::vector<uint8_t> rgba;
  uint32_t rows = 0;
  int channels = 0;
  bool wide = false;
};

int admit(void *context, uint32_t width, uint32_t height) {
  const Layer &layer = *static_cast<Layer *>(context);
  return width == layer.width && height == layer.height;
}

int begin(void *context, uint32_t, uint32_t, int channels, int wide, int) {
  Layer &layer = *static_cast<Layer *>(context);
  layer.channels = channels;
  layer.wide = wide != 0;
  return 1;
}

void take_row(void *context, const void *samples) {
  Layer &layer = *static_cast<Layer *>(context);
  if (layer.rows >= layer.height) return;
  uint8_t *to = &layer.rgba[size_t(layer.rows++) * layer.width * 4];
  const int colours = layer.channels >= 3 ? 3 : 1;
  for (uint32_t x = 0; x < layer.width; ++x, to += 4) {
    auto sample = [&](int c) {
      size_t i = size_t(x) * layer.channels + c;
      return layer.wide ? uint8_t(static_cast<const uint16_t *>(samples)[i] >> 8)
                        : static_cast<const uint8_t *>(samples)[i];
    };
    for (int c = 0; c < 3; ++c) to[c] = sample(colours == 3 ? c : 0);
    to[3] = layer.channels > colours ? sample(colours) : 255;
  }
}

class Animation {
 public:
  Animation(Job &job, int orientation) : job_(job), reader_(job.file), orientation_(orientation) {}

  void run() {
    width_ = reader_.u32(16);
    height_ = reader_.u32(20);
    uint64_t pixels = uint64_t(width_) * height_;
    if (pixels > job_.options.max_pixels || !job_.fits(pixels * 12 + job_.file.size + Canvas::cost(width_, height_, 4)))
      return;
    uint64_t at = 8;
    while (!over_ && holds(job_.file, at, 12)) {
      uint64_t length = reader_.u32(at);
      Bytes payload = part(job_.file, at + 8, length);
      take_chunk(at + 4, payload);
      at += 12 + length;
    }
    finish_frame();
  }

 private:
  bool is(const char *name, uint64_t at) const { return starts_with(job_.file, name, 4, at); }

  void take_chunk(uint64_t name_at, Bytes payload) {
    if (is("PLTE", name_at) || is("tRNS", name_at)) {
      if (!controlled_ && tables_.size() < 4096) append_chunk(tables_, job_.file.data + name_at, payload);
    } else if (is("fcTL", name_at)) {
      finish_frame();
      if (over_) return;
      if (payload.size < 26) {
        job_.damaged("corrupt");
        over_ = true;
        return;
      }
      Reader reader(payload);
      control_ = {reader.u32(4), reader.u32(8), reader.u32(12), reader.u32(16), reader.u8(24), reader.u8(25)};
      controlled_ = true;
    } else if (is("IDAT", name_at)) {
      default_is_frame_ |= controlled_ && shown_ == 0;
      if (controlled_) data_.insert(data_.end(), payload.data, payload.data + payload.size);
    } else if (is("fdAT", name_at) && payload.size > 4) {
      if (controlled_) data_.insert(data_.end(), payload.data + 4, payload.data + payload.size);
    } else if (is("IEND", name_at)) {
      finish_frame();
      over_ = true;
    }
  }

  static void append_number(std::vector<uint8_t> &out, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(uint8_t(value >> shift));
  }
  /// The check sum is left zero: the decoder does not ask.
  static void append_chunk(std::vector<uint8_t> &out, const uint8_t *name, Bytes payload) {
    append_number(out, uint32_t(payload.size));
    out.insert(out.end(), name, name + 4);
    out.insert(out.end(), payload.data, payload.data + payload.size);
    append_number(out, 0);
  }

  void finish_frame() {
    if (!controlled_ || data_.empty()) return;
    std::vector<uint8_t> data = std::move(data_);
    data_ = {};
    bool first = shown_++ == 0;
    bool inside = control_.width > 0 && control_.height > 0 && control_.width <= width_ && control_.height <= height_ &&
                  control_.left <= width_ - control_.width && control_.top <= height_ - control_.height;
    if (!inside) {
      job_.damaged("corrupt");
      over_ = true;
      return;
    }
    // The default picture has been handed over already; it only lays the ground.
    bool wanted = !(first && default_is_frame_);
    if (wanted && (!job_.wants_more() || !job_.admit(width_, height_))) {
      over_ = true;
      return;
    }
    if (screen_.empty()) screen_.assign(size_t(width_) * height_ * 4, 0);
    Layer layer = decode_layer(data);
    if (layer.rows == 0) {
      over_ = true;
      return;
    }
    std::vector<uint8_t> saved;
    if (control_.disposal == 2) saved = screen_;
    blend(layer);
    if (wanted) show();
    if (control_.disposal == 1) clear();
    if (control_.disposal == 2) screen_ = std::move(saved);
    over_ |= job_.stopped();
  }

  Layer decode_layer(const std::vector<uint8_t> &data) {
    std::vector<uint8_t> png(job_.file.data, job_.file.data + 8), header(job_.file.data + 16, job_.file.data + 29);
    std::vector<uint8_t> size;
    append_number(size, control_.width);
    append_number(size, control_.height);
    std::copy(size.begin(), size.end(), header.begin());
    const uint8_t *names = reinterpret_cast<const uint8_t *>("IHDRIDATIEND");
    append_chunk(png, names, {header.data(), header.size()});
    png.insert(png.end(), tables_.begin(), tables_.end());
    append_chunk(png, names + 4, {data.data(), data.size()});
    append_chunk(png, names + 8, {});
    Layer layer = {control_.width, control_.height, {}};
    layer.rgba.assign(size_t(layer.width) * layer.height * 4, 0);
    png_codec_request request = {};
    request.data = png.data();
    request.size = png.size();
    request.max_memory = job_.options.max_memory;
    request.context = &layer;
    request.admit = admit;
  request.begin = begin;
    request.row = take_row;
    png_codec_status status = custody_png_decode(&request);
    if (status == PNG_CODEC_MEMORY_LIMIT) job_.limited("memory-limit");
    else if (status != PNG_CODEC_DONE) job_.damaged(status == PNG_CODEC_TRUNCATED ? "truncated" : "corrupt");
    return layer;
  }

  void blend(const Layer &layer) {
    for (uint32_t y = 0; y < layer.rows; ++y) {
      const uint8_t *from = &layer.rgba[size_t(y) * layer.width * 4];
      uint8_t *to = &screen_[(size_t(control_.top + y) * width_ + control_.left) * 4];
      for (uint32_t x = 0; x < layer.width; ++x, from += 4, to += 4) {
        uint32_t above = from[3], below = to[3];
        if (control_.blending == 0 || above == 255 || below == 0) {
          memcpy(to, from, 4);
        } else if (above > 0) {
          uint32_t both = above * 255 + below * (255 - above);
          for (int c = 0; c < 3; ++c)
            to[c] = uint8_t((from[c] * above * 255 + to[c] * below * (255 - above) + both / 2) / both);
          to[3] = uint8_t(both / 255);
        }
      }
    }
  }

  void clear() {
    for (uint32_t y = 0; y < control_.height; ++y)
      memset(&screen_[(size_t(control_.top + y) * width_ + control_.left) * 4], 0, size_t(control_.width) * 4);
  }

  void show() {
    Canvas canvas(width_, height_, 4);
    for (uint32_t y = 0; y < height_; ++y) canvas.row(&screen_[size_t(y) * width_ * 4]);
    Frame frame = canvas.finish(orientation_);
    frame.index = ++index_;
    job_.result.frames = std::max(job_.result.frames, index_ + 1);
    job_.deliver(std::move(frame));
  }

  Job &job_;
  Reader reader_;
  const int orientation_;
  uint32_t width_ = 0, height_ = 0, shown_ = 0, index_ = 0;
  Control control_;
  bool controlled_ = false, default_is_frame_ = false, over_ = false;
  std::vector<uint8_t> tables_, data_, screen_;
};

}  // namespace

void decode_png_animation(Job &job, int orientation) {
  if (!starts_with(job.file, "IHDR", 4, 12) || job.file.size < 33) return;
  Animation(job, orientation).run();
}

}  // namespace custody::decoding
