// The wavelet packet of WSQ: where its 64 bands lie in the plane of coefficients, and the way back to pixels.
#ifndef CUSTODY_DECODE_WSQ_WAVELET_HPP
#define CUSTODY_DECODE_WSQ_WAVELET_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

namespace custody::decoding {

struct WsqBand {
  uint32_t x = 0, y = 0, width = 0, height = 0;
};

class WsqWavelet {
 public:
  static constexpr int kBands = 64;
  static constexpr int kStoredBands = 60;  ///< the last four are never transmitted
  static constexpr int kReach = 15;        ///< taps on either side of a filter's middle

  WsqWavelet(uint32_t width, uint32_t height);

  const WsqBand &band(int index) const { return bands_[index]; }
  float &at(uint32_t x, uint32_t y) { return plane_[size_t(y) * width_ + x]; }

  /// Turns coefficients into pixels in place. Halves of the symmetric analysis filters, from the middle outwards.
  void synthesize(const std::vector<float> &low_analysis, const std::vector<float> &high_analysis);

 private:
  struct Node {
    uint32_t x, y, width, height;
    bool right, lower;  ///< lies in the right or lower half of its parent: its own halves are swapped
  };
  static void quarters(const Node &node, Node out[4]);
  int place(const Node &node, int level, int next);
  void join(const Node &node);
  void join_lines(uint32_t first, uint32_t lines, uint32_t line_step, uint32_t length, uint32_t step, bool swapped);

  uint32_t width_, height_;
  std::vector<float> plane_;
  WsqBand bands_[kBands];
  std::vector<Node> splits_;  ///< in the order of splitting
  std::vector<float> low_, high_, line_;
};

}  // namespace custody::decoding
#endif
