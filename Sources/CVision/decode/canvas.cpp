// Rows to frames (see canvas.hpp).
#include "canvas.hpp"

#include <algorithm>
#include <cstddef>

namespace custody::decoding {

namespace {

/// Rec. 601 luma, in 16.16 fixed point.
uint8_t luma(const uint8_t *rgb) {
  return uint8_t((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u) >> 16);
}

/// Where a pixel goes when the picture is turned: first + x × across + y × down, in pixels.
struct Turn {
  ptrdiff_t first, across, down;
};

Turn turn_for(int orientation, ptrdiff_t width, ptrdiff_t height) {
  switch (orientation) {
    case 2: return {width - 1, -1, width};
    case 3: return {width * height - 1, -1, -width};
    case 4: return {width * (height - 1), 1, -width};
    case 5: return {0, height, 1};
    case 6: return {height - 1, height, -1};
    case 7: return {width * height - 1, -height, -1};
    case 8: return {height * (width - 1), -height, 1};
    default: return {0, 1, width};
  }
}

/// In squares that fit the cache: reading along rows alone would write down columns.
template <int Channels>
std::vector<uint8_t> turned(const std::vector<uint8_t> &source, int width, int height, int orientation) {
  std::vector<uint8_t> out(source.size());
  const Turn turn = turn_for(orientation, width, height);
  constexpr int kSquare = 64;
  for (int top = 0; top < height; top += kSquare) {
    for (int left = 0; left < width; left += kSquare) {
      const int bottom = std::min(height, top + kSquare), right = std::min(width, left + kSquare);
      for (int y = top; y < bottom; ++y) {
        const uint8_t *from = &source[(size_t(y) * width + left) * Channels];
        uint8_t *to = out.data() + (turn.first + left * turn.across + y * turn.down) * Channels;
        for (int x = left; x < right; ++x, from += Channels, to += turn.across * Channels)
          for (int c = 0; c < Channels; ++c) to[c] = from[c];
      }
    }
  }
  return out;
}

}  // namespace

uint32_t shrink_factor(uint64_t width, uint64_t height) {
  uint64_t longest = std::max(width, height), shortest = std::min(width, height);
  uint64_t factor = std::max<uint64_t>(1, std::min(longest / kWorkingSide, shortest / kWorkingShortSide));
  while (width / factor * (height / factor) > kWorkingPixels) ++factor;
  return uint32_t(factor);
}

void turn_upright(Frame &frame, int orientation) {
  if (orientation < 2 || orientation > 8) return;
  frame.gray = turned<1>(frame.gray, frame.width, frame.height, orientation);
  if (!frame.rgb.empty()) frame.rgb = turned<3>(frame.rgb, frame.width, frame.height, orientation);
  if (orientation >= 5) {
    std::swap(frame.width, frame.height);
    std::swap(frame.full_width, frame.full_height);
  }
}

Canvas::Canvas(uint32_t width, uint32_t height, int channels, Depth depth)
    : width_(width), height_(height), channels_(channels), factor_(shrink_factor(width, height)) {
  out_width_ = (width + factor_ - 1) / factor_;
  out_height_ = (height + factor_ - 1) / factor_;
  size_t samples = size_t(out_width_) * out_height_ * channels;
  if (depth == Depth::sixteen) {
    wide_.assign(samples, 0x8080);
  } else {
    pixels_.assign(samples, 0x80);
  }
  if (factor_ > 1) sums_.assign(size_t(out_width_) * channels, 0);
}

uint64_t Canvas::cost(uint32_t width, uint32_t height, int channels, Depth depth) {
  uint64_t factor = shrink_factor(width, height);
  uint64_t pixels = ((width + factor - 1) / factor) * ((height + factor - 1) / factor);
  uint64_t own = pixels * channels * (depth == Depth::sixteen ? 3 : 1);
  return own + pixels * (channels >= 3 ? 4 : 1);
}

template <typename Sample>
void Canvas::take(const Sample *samples, std::vector<Sample> &out) noexcept {
  if (rows_ >= height_) return;
  ++rows_;
  if (factor_ == 1) {
    size_t length = size_t(width_) * channels_;
    std::copy(samples, samples + length, out.begin() + size_t(rows_ - 1) * length);
    return;
  }
  for (uint32_t x = 0; x < width_; ++x) {
    uint32_t *sum = &sums_[size_t(x / factor_) * channels_];
    for (int c = 0; c < channels_; ++c) sum[c] += samples[size_t(x) * channels_ + c];
  }
  if (++band_ == factor_ || rows_ == height_) flush(out);
}

template <typename Sample>
void Canvas::flush(std::vector<Sample> &out) noexcept {
  Sample *to = &out[size_t(out_rows_) * out_width_ * channels_];
  for (uint32_t x = 0; x < out_width_; ++x) {
    uint32_t columns = std::min(factor_, width_ - x * factor_);
    for (int c = 0; c < channels_; ++c) *to++ = Sample(sums_[size_t(x) * channels_ + c] / (columns * band_));
  }
  std::fill(sums_.begin(), sums_.end(), 0);
  band_ = 0;
  ++out_rows_;
}

void Canvas::row(const uint8_t *samples) noexcept { take(samples, pixels_); }
void Canvas::row(const uint16_t *samples) noexcept { take(samples, wide_); }

/// 16 bits to 8. Many cameras and scanners put 10 to 14 bits into 16 without moving them up; taken as they stand, such
/// pictures would be black, so a picture that leaves the upper quarters unused is spread over the whole range.
void Canvas::narrow() {
  uint32_t largest = 0;
  bool alpha = channels_ == 2 || channels_ == 4;
  for (size_t i = 0; i < wide_.size(); ++i)
    if (!alpha || int(i % channels_) != channels_ - 1) largest = std::max<uint32_t>(largest, wide_[i]);
  uint32_t top = largest > 0 && largest < 0x4000 ? largest : 0xFFFF;
  pixels_.resize(wide_.size());
  for (size_t i = 0; i < wide_.size(); ++i) {
    uint32_t range = alpha && int(i % channels_) == channels_ - 1 ? 0xFFFF : top;
    pixels_[i] = uint8_t(std::min<uint32_t>(255, (wide_[i] * 255u + range / 2) / range));
  }
  wide_ = {};
}

/// White, the paper most pictures are drawn for, unless hardly anything visible is darker than white: white writing
/// would vanish on it, so it is laid over grey. When nothing at all is visible, the colours below the transparency are
/// what somebody hid, and they are looked at.
void Canvas::lay_over_background(size_t pixels) {
  int colours = channels_ - 1;
  uint64_t weight = 0, dark = 0;
  for (size_t i = 0; i < pixels; ++i) {
    const uint8_t *p = &pixels_[i * channels_];
    weight += p[colours];
    if ((colours == 1 ? p[0] : luma(p)) < 192) dark += p[colours];
  }
  uint32_t background = dark >= weight / 16 ? 255 : 96;
  for (size_t i = 0; i < pixels; ++i) {
    const uint8_t *p = &pixels_[i * channels_];
    uint32_t alpha = weight ? p[colours] : 255;
    uint8_t *to = &pixels_[i * colours];
    for (int c = 0; c < colours; ++c) to[c] = uint8_t((p[c] * alpha + background * (255 - alpha) + 127) / 255);
  }
  channels_ = colours;
  pixels_.resize(pixels * colours);
}

Frame Canvas::finish(int orientation, uint32_t full_width, uint32_t full_height) {
  if (band_ > 0) wide_.empty() ? flush(pixels_) : flush(wide_);
  if (!wide_.empty()) narrow();
  size_t pixels = size_t(out_width_) * out_height_;
  if (channels_ == 2 || channels_ == 4) lay_over_background(pixels);
  Frame frame;
  frame.width = int(out_width_);
  frame.height = int(out_height_);
  frame.full_width = int(full_width ? full_width : width_);
  frame.full_height = int(full_height ? full_height : height_);
  if (channels_ == 1) {
    frame.gray = std::move(pixels_);
  } else {
    frame.gray.resize(pixels);
    unsigned differences = 0;
    for (size_t i = 0; i < pixels; ++i) {
      const uint8_t *p = &pixels_[i * 3];
      differences |= unsigned(p[0] ^ p[1]) | unsigned(p[1] ^ p[2]);
      frame.gray[i] = luma(p);
    }
    if (differences) frame.rgb = std::move(pixels_);
  }
  pixels_ = {};
  turn_upright(frame, orientation);
  return frame;
}

}  // namespace custody::decoding
