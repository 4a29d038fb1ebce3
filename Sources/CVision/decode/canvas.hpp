// Turns rows of samples, in order, into a Frame: shrinks huge pictures while the rows arrive (so that memory depends on
// the working size and not on the stored size), lays transparent pictures over a background, turns them upright and
// derives luma. Every decoder ends here.
#ifndef CUSTODY_DECODE_CANVAS_HPP
#define CUSTODY_DECODE_CANVAS_HPP

#include "job.hpp"

namespace custody::decoding {

/// By how much a picture is shrunk along both sides before it is handed over; 1 for all but huge ones.
uint32_t shrink_factor(uint64_t width, uint64_t height);

class Canvas {
 public:
  enum class Depth { eight, sixteen };

  /// `channels`: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. The size must have been admitted.
  Canvas(uint32_t width, uint32_t height, int channels, Depth depth = Depth::eight);

  /// Bytes the canvas and the frame made of it take.
  static uint64_t cost(uint32_t width, uint32_t height, int channels, Depth depth = Depth::eight);

  /// The next row of `width × channels` samples. Rows past the last are ignored.
  void row(const uint8_t *samples) noexcept;
  void row(const uint16_t *samples) noexcept;
  /// Rows taken so far.
  uint32_t rows() const { return rows_; }

  /// Ends the picture; what no row filled is mid grey. `full_width`, `full_height`: of the stored picture when the rows
  /// were already smaller than that; 0 when they were not. `orientation`: of EXIF, 1 to 8.
  Frame finish(int orientation = 1, uint32_t full_width = 0, uint32_t full_height = 0);

 private:
  template <typename Sample>
  void take(const Sample *samples, std::vector<Sample> &out) noexcept;
  template <typename Sample>
  void flush(std::vector<Sample> &out) noexcept;
  void lay_over_background(size_t pixels);
  void narrow();

  uint32_t width_, height_, rows_ = 0;
  int channels_;
  uint32_t factor_, out_width_, out_height_;
  uint32_t band_ = 0, out_rows_ = 0;
  std::vector<uint32_t> sums_;
  std::vector<uint8_t> pixels_;
  std::vector<uint16_t> wide_;
};

/// Turns `frame` as the EXIF orientation says. Full sizes are swapped too.
void turn_upright(Frame &frame, int orientation);

}  // namespace custody::decoding
#endif
