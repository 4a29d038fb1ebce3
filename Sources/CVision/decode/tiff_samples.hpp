// What the samples of a TIFF row mean, and their conversion to grey or RGB of 8 or 16 bits.
#ifndef CUSTODY_DECODE_TIFF_SAMPLES_HPP
#define CUSTODY_DECODE_TIFF_SAMPLES_HPP

#include "canvas.hpp"
#include "reader.hpp"

namespace custody::decoding {

enum class SampleFormat { natural, integer, real };
enum class SampleMeaning { grey, white_is_zero, rgb, cmyk, palette };

struct SampleLayout {
  bool readable = false;
  int bits = 1, samples = 1;
  SampleFormat format = SampleFormat::natural;
  SampleMeaning meaning = SampleMeaning::grey;
  bool alpha = false, premultiplied = false;

  bool bits_known() const;
  bool needs_range() const { return format != SampleFormat::natural || bits > 16; }
  int colours() const { return meaning == SampleMeaning::rgb || meaning == SampleMeaning::cmyk ? 3 : 1; }
  int channels() const { return meaning == SampleMeaning::palette ? 3 : colours() + (alpha ? 1 : 0); }
  Canvas::Depth depth() const { return bits > 8 ? Canvas::Depth::sixteen : Canvas::Depth::eight; }

  void set_palette(const uint16_t *red, const uint16_t *green, const uint16_t *blue, uint32_t colours);
  void begin_range();
  void extend_range(const uint8_t *row, uint32_t width);
  /// Ends the range. Some writers call natural numbers signed; the smoother of the two readings is the right one.
  void end_range();

  void convert(const uint8_t *row, uint32_t width, uint8_t *out) const;
  void convert(const uint8_t *row, uint32_t width, uint16_t *out) const;
  template <typename Sample>
  void blank(std::vector<Sample> &out) const {
    std::fill(out.begin(), out.end(), Sample(sizeof(Sample) == 1 ? 0x80 : 0x8080));
  }

 private:
  /// Sample number `index` of the row, 0 to 65535 (8 bits and fewer: 0 to 255).
  uint32_t value(const uint8_t *row, uint64_t index) const;
  double number(const uint8_t *row, uint64_t index) const;
  uint32_t stored(const uint8_t *row, uint64_t index) const;
  template <typename Sample>
  void convert_row(const uint8_t *row, uint32_t width, Sample *out) const;

  uint8_t palette_[256][3] = {};
  double least_ = 0, greatest_ = 1, rough_signed_ = 0, rough_natural_ = 0;
};

}  // namespace custody::decoding
#endif
