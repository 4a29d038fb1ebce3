// Reduction of a grey picture by means over cells: what the texture tests and the perceptual hash look at.
#ifndef CUSTODY_GRAY_SCALING_HPP
#define CUSTODY_GRAY_SCALING_HPP

#include <algorithm>
#include <cmath>
#include <vector>

#include "../vision.hpp"

namespace custody {

struct GrayPicture {
  int width = 0, height = 0;
  std::vector<float> values;
  float at(int x, int y) const { return values[(size_t)y * width + x]; }
};

/// The frame with its longest side at most `side`; never enlarged.
inline GrayPicture reduced(const Frame &frame, int side) {
  GrayPicture out;
  const double scale = std::min(1.0, (double)side / std::max(frame.width, frame.height));
  out.width = std::max(1, (int)std::lround(frame.width * scale));
  out.height = std::max(1, (int)std::lround(frame.height * scale));
  out.values.resize((size_t)out.width * out.height);
  for (int y = 0; y < out.height; y++) {
    const int top = (int)((int64_t)y * frame.height / out.height);
    const int bottom = std::max(top + 1, (int)((int64_t)(y + 1) * frame.height / out.height));
    for (int x = 0; x < out.width; x++) {
      const int left = (int)((int64_t)x * frame.width / out.width);
      const int right = std::max(left + 1, (int)((int64_t)(x + 1) * frame.width / out.width));
      uint32_t sum = 0;
      for (int v = top; v < bottom; v++) {
        for (int u = left; u < right; u++) sum += frame.gray[(size_t)v * frame.width + u];
      }
      out.values[(size_t)y * out.width + x] = (float)sum / (float)((bottom - top) * (right - left));
    }
  }
  return out;
}

}  // namespace custody
#endif
