// PDQ: a hash of which pictures that look alike share most bits. Nothing of the picture can be read from it but its
// coarse layout of light, and it never leaves the restricted inventory.
//
// Written from the published description: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm"
// (Facebook, 2019), section on PDQ. Step by step: luminance; two passes of a box filter along rows and columns; one
// sample in each cell of 64 × 64; the 16 × 16 lowest frequencies of its cosine transform but the constant ones; one bit
// each, above the median or not.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "../detect/gray_scaling.hpp"
#include "../vision.hpp"

namespace custody {

namespace {

constexpr int kGrid = 64;
constexpr int kBits = 16;
// Larger pictures are first reduced to this, as the description advises: the filter would blur them all the same.
constexpr int kSide = 512;

/// Means over a window that is `window` wide and smaller at the ends, along a line of `count` values `stride` apart.
void box(const float *in, float *out, int count, int stride, int window) {
  const int half = (window + 2) / 2;
  float sum = 0;
  int inside = 0, add = 0, drop = 0, write = 0;
  const auto at = [stride](int i) { return (size_t)i * stride; };
  for (int i = 0; i < half - 1; i++) sum += in[at(add++)], inside++;
  for (int i = 0; i < window - half + 1; i++) {
    sum += in[at(add++)], inside++;
    out[at(write++)] = sum / inside;
  }
  for (int i = 0; i < count - window; i++) {
    sum += in[at(add++)];
    sum -= in[at(drop++)];
    out[at(write++)] = sum / inside;
  }
  for (int i = 0; i < half - 1; i++) {
    sum -= in[at(drop++)], inside--;
    out[at(write++)] = sum / inside;
  }
}

using Grid = std::array<std::array<float, kGrid>, kGrid>;

Grid sample(GrayPicture &picture) {
  const int w = picture.width, h = picture.height;
  const int along = std::min(w, (w + 2 * kGrid - 1) / (2 * kGrid));
  const int down = std::min(h, (h + 2 * kGrid - 1) / (2 * kGrid));
  std::vector<float> other(picture.values.size());
  for (int pass = 0; pass < 2; pass++) {
    for (int y = 0; y < h; y++) box(&picture.values[(size_t)y * w], &other[(size_t)y * w], w, 1, along);
    for (int x = 0; x < w; x++) box(&other[x], &picture.values[x], h, w, down);
  }
  Grid grid;
  for (int i = 0; i < kGrid; i++) {
    const int y = std::min(h - 1, (int)((i + 0.5) * h / kGrid));
    for (int j = 0; j < kGrid; j++) {
      const int x = std::min(w - 1, (int)((j + 0.5) * w / kGrid));
      grid[i][j] = picture.values[(size_t)y * w + x];
    }
  }
  return grid;
}

/// How much there is to see: the sum of steps between neighbours, 0 to 100.
int quality(const Grid &grid) {
  int sum = 0;
  for (int i = 0; i < kGrid; i++) {
    for (int j = 0; j < kGrid; j++) {
      if (i + 1 < kGrid) sum += std::abs((int)((grid[i][j] - grid[i + 1][j]) * 100 / 255));
      if (j + 1 < kGrid) sum += std::abs((int)((grid[i][j] - grid[i][j + 1]) * 100 / 255));
    }
  }
  return std::min(100, sum / 90);
}

}  // namespace

PerceptualHash perceptual_hash(const Frame &frame) {
  PerceptualHash out;
  // Below five pixels a side there is no layout.
  if (frame.width < 5 || frame.height < 5 || frame.gray.size() < (size_t)frame.width * frame.height) return out;
  GrayPicture picture = reduced(frame, kSide);
  const Grid grid = sample(picture);
  out.quality = quality(grid);

  static const auto cosines = [] {
    std::array<std::array<float, kGrid>, kBits> d;
    for (int i = 0; i < kBits; i++) {
      for (int j = 0; j < kGrid; j++) {
        d[i][j] = (float)(std::sqrt(2.0 / kGrid) * std::cos(M_PI / 2 / kGrid * (i + 1) * (2 * j + 1)));
      }
    }
    return d;
  }();
  std::array<std::array<float, kGrid>, kBits> half;
  for (int i = 0; i < kBits; i++) {
    for (int j = 0; j < kGrid; j++) {
      float sum = 0;
      for (int k = 0; k < kGrid; k++) sum += cosines[i][k] * grid[k][j];
      half[i][j] = sum;
    }
  }
  std::array<float, kBits * kBits> coefficients;
  for (int i = 0; i < kBits; i++) {
    for (int j = 0; j < kBits; j++) {
      float sum = 0;
      for (int k = 0; k < kGrid; k++) sum += half[i][k] * cosines[j][k];
      coefficients[i * kBits + j] = sum;
    }
  }
  // The lower of the two middle values.
  auto sorted = coefficients;
  std::nth_element(sorted.begin(), sorted.begin() + 127, sorted.end());
  const float median = sorted[127];
  for (int n = 0; n < kBits * kBits; n++) {
    // Written from the highest bit down, as the published hexadecimal form is.
    if (coefficients[n] > median) out.bits[31 - n / 8] |= (uint8_t)(1 << (n % 8));
  }
  return out;
}

}  // namespace custody
