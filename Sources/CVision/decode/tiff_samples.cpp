// Conversion of TIFF samples (see tiff_samples.hpp). libtiff has already put multi-byte samples into host order;
// samples of other widths are packed from the highest bit on.
#include "tiff_samples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace custody::decoding {

bool SampleLayout::bits_known() const {
  if (format == SampleFormat::real) return bits == 16 || bits == 32 || bits == 64;
  return (bits >= 1 && bits <= 16) || bits == 32;
}

void SampleLayout::set_palette(const uint16_t *red, const uint16_t *green, const uint16_t *blue, uint32_t colours) {
  // Some writers fill the table with 8-bit numbers.
  bool small = true;
  for (uint32_t i = 0; i < colours; ++i) small &= red[i] < 256 && green[i] < 256 && blue[i] < 256;
  int shift = small ? 0 : 8;
  for (uint32_t i = 0; i < colours && i < 256; ++i) {
    palette_[i][0] = uint8_t(red[i] >> shift);
    palette_[i][1] = uint8_t(green[i] >> shift);
    palette_[i][2] = uint8_t(blue[i] >> shift);
  }
}

uint32_t SampleLayout::stored(const uint8_t *row, uint64_t index) const {
  if (bits == 8) return row[index];
  if (bits == 16) {
    uint16_t value;
    memcpy(&value, row + index * 2, 2);
    return value;
  }
  if (bits == 32) {
    uint32_t value;
    memcpy(&value, row + index * 4, 4);
    return value;
  }
  uint64_t bit = index * uint64_t(bits);
  uint32_t value = 0;
  for (int taken = 0; taken < bits;) {
    int offset = int(bit % 8), count = std::min(8 - offset, bits - taken);
    uint32_t piece = (row[bit / 8] >> (8 - offset - count)) & ((1u << count) - 1);
    value = value << count | piece;
    taken += count;
    bit += uint64_t(count);
  }
  return value;
}

double SampleLayout::number(const uint8_t *row, uint64_t index) const {
  if (format == SampleFormat::real) {
    if (bits == 32) {
      float value;
      memcpy(&value, row + index * 4, 4);
      return value;
    }
    if (bits == 64) {
      double value;
      memcpy(&value, row + index * 8, 8);
      return value;
    }
    uint32_t half = stored(row, index);
    int exponent = int(half >> 10 & 31), fraction = int(half & 1023);
    if (exponent == 31) return std::numeric_limits<double>::quiet_NaN();
    double value = exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24);
    return half & 0x8000 ? -value : value;
  }
  uint32_t value = stored(row, index);
  if (format == SampleFormat::natural) return value;
  uint32_t sign = 1u << (bits - 1);
  return double(int64_t(value ^ sign) - int64_t(sign));
}

void SampleLayout::begin_range() {
  least_ = std::numeric_limits<double>::infinity();
  greatest_ = -least_;
}

void SampleLayout::end_range() {
  if (format == SampleFormat::integer && bits <= 16 && rough_natural_ < rough_signed_) format = SampleFormat::natural;
}

void SampleLayout::extend_range(const uint8_t *row, uint32_t width) {
  int used = std::min(samples, meaning == SampleMeaning::cmyk ? 4 : colours());
  for (uint32_t x = 0; x < width; ++x) {
    for (int c = 0; c < used; ++c) {
      double value = number(row, uint64_t(x) * samples + c);
      if (!std::isfinite(value)) continue;
      least_ = std::min(least_, value);
      greatest_ = std::max(greatest_, value);
    }
    if (format != SampleFormat::integer || bits > 16 || x == 0) continue;
    uint64_t here = uint64_t(x) * samples, before = here - samples;
    rough_signed_ += std::fabs(number(row, here) - number(row, before));
    rough_natural_ += std::fabs(double(stored(row, here)) - double(stored(row, before)));
  }
}

uint32_t SampleLayout::value(const uint8_t *row, uint64_t index) const {
  uint32_t top = bits > 8 ? 65535 : 255;
  if (needs_range()) {
    double value = number(row, index);
    if (!(greatest_ > least_) || !std::isfinite(value)) return 0;
    double share = (value / 2 - least_ / 2) / (greatest_ / 2 - least_ / 2);  // halves: no overflow of the difference
    return uint32_t(std::clamp(share, 0.0, 1.0) * top + 0.5);
  }
  uint32_t value = stored(row, index);
  if (bits == 8 || bits == 16 || meaning == SampleMeaning::palette) return value;
  return uint32_t(uint64_t(value) * top / ((1u << bits) - 1));
}

template <typename Sample>
void SampleLayout::convert_row(const uint8_t *row, uint32_t width, Sample *out) const {
  const uint32_t top = sizeof(Sample) == 1 ? 255 : 65535;
  bool as_stored = bits == 8 * int(sizeof(Sample)) && !needs_range() && samples == colours() && !alpha &&
                   (meaning == SampleMeaning::grey || meaning == SampleMeaning::rgb);
  if (as_stored) {
    memcpy(out, row, size_t(width) * samples * sizeof(Sample));
    return;
  }
  for (uint32_t x = 0; x < width; ++x) {
    uint64_t first = uint64_t(x) * samples;
    if (meaning == SampleMeaning::palette) {
      const uint8_t *colour = palette_[value(row, first) & 255];
      for (int c = 0; c < 3; ++c) *out++ = colour[c];
      continue;
    }
    if (meaning == SampleMeaning::cmyk) {
      uint32_t black = top - value(row, first + 3);
      for (int c = 0; c < 3; ++c) {
        uint64_t ink = top - value(row, first + c);
        *out++ = Sample((ink * black + top / 2) / top);
      }
      continue;
    }
    uint32_t opacity = alpha ? value(row, first + colours()) : top;
    for (int c = 0; c < colours(); ++c) {
      uint32_t level = value(row, first + c);
      if (meaning == SampleMeaning::white_is_zero) level = top - level;
      if (premultiplied && opacity) level = uint32_t(std::min<uint64_t>(top, uint64_t(level) * top / opacity));
      *out++ = Sample(level);
    }
    if (alpha) *out++ = Sample(opacity);
  }
}

void SampleLayout::convert(const uint8_t *row, uint32_t width, uint8_t *out) const { convert_row(row, width, out); }
void SampleLayout::convert(const uint8_t *row, uint32_t width, uint16_t *out) const { convert_row(row, width, out); }

}  // namespace custody::decoding
