// Geometry on grey pictures for the text finders: resizing, turning, cutting out slanted patches.
#include "gray_plane.hpp"

#include <algorithm>
#include <cmath>

namespace custody {

namespace {

// Each output pixel as a weighted run of input pixels along one axis, in 1/256.
struct Tap {
  int first = 0, count = 0;
  size_t weights = 0;  // index of the first weight
};

struct Taps {
  std::vector<Tap> taps;
  std::vector<uint16_t> weights;
};

Taps taps_for(int from, int to) {
  Taps out;
  out.taps.resize(size_t(to));
  const double step = double(from) / double(to);
  for (int i = 0; i < to; ++i) {
    double begin, end;
    if (step > 1) {
      begin = i * step;
      end = (i + 1) * step;
    } else {
      begin = (i + 0.5) * step - 0.5;  // linear interpolation between two centres
      end = begin + 1;
    }
    int first = int(std::floor(begin)), last = int(std::ceil(end));
    Tap tap;
    tap.first = std::clamp(first, 0, from - 1);
    tap.weights = out.weights.size();
    const int stop = std::clamp(last, tap.first + 1, from);
    tap.count = stop - tap.first;
    int total = 0;
    for (int k = tap.first; k < stop; ++k) {
      double share = std::min(end, double(k + 1)) - std::max(begin, double(k));
      if (k == 0 && begin < 0) share -= begin;
      if (k == from - 1 && end > from) share += end - from;
      const int weight = std::max(0, int(std::lround(256 * share / (end - begin))));
      out.weights.push_back(uint16_t(weight));
      total += weight;
    }
    out.weights[tap.weights + size_t(tap.count / 2)] =
        uint16_t(std::max(0, int(out.weights[tap.weights + size_t(tap.count / 2)]) + 256 - total));
    out.taps[size_t(i)] = tap;
  }
  return out;
}

}  // namespace

Plane resized(PlaneView source, int width, int height) {
  Plane out(width, height);
  if (source.width == width && source.height == height) {
    std::copy(source.pixels, source.pixels + out.pixels.size(), out.pixels.begin());
    return out;
  }
  const Taps across = taps_for(source.width, width), along = taps_for(source.height, height);
  // Rows are resampled across once and kept as long as the vertical window needs them.
  std::vector<std::vector<uint8_t>> kept;
  std::vector<int> kept_row;
  std::vector<uint32_t> sums(static_cast<size_t>(width));
  size_t most = 1;
  for (const Tap &tap : along.taps) most = std::max(most, size_t(tap.count));
  kept.assign(most + 1, std::vector<uint8_t>(static_cast<size_t>(width)));
  kept_row.assign(most + 1, -1);
  for (int y = 0; y < height; ++y) {
    const Tap &down = along.taps[size_t(y)];
    std::fill(sums.begin(), sums.end(), 128u);
    for (int k = 0; k < down.count; ++k) {
      const int from = down.first + k;
      const size_t slot = size_t(from) % kept.size();
      if (kept_row[slot] != from) {
        const uint8_t *in = source.row(from);
        uint8_t *line = kept[slot].data();
        for (int x = 0; x < width; ++x) {
          const Tap &tap = across.taps[size_t(x)];
          uint32_t sum = 128;
          for (int j = 0; j < tap.count; ++j) sum += across.weights[tap.weights + size_t(j)] * in[tap.first + j];
          line[x] = uint8_t(std::min<uint32_t>(255, sum >> 8));
        }
        kept_row[slot] = from;
      }
      const uint32_t weight = along.weights[down.weights + size_t(k)];
      const uint8_t *line = kept[slot].data();
      for (int x = 0; x < width; ++x) sums[size_t(x)] += weight * line[x];
    }
    uint8_t *target = out.row(y);
    for (int x = 0; x < width; ++x) target[x] = uint8_t(std::min<uint32_t>(255, sums[size_t(x)] >> 8));
  }
  return out;
}

Plane quarter_turn(PlaneView source) {
  Plane out(source.height, source.width);
  for (int y = 0; y < source.height; ++y) {
    const uint8_t *in = source.row(y);
    const int x_out = source.height - 1 - y;
    for (int x = 0; x < source.width; ++x) out.row(x)[x_out] = in[x];
  }
  return out;
}

Plane half_turn(PlaneView source) {
  Plane out(source.width, source.height);
  std::reverse_copy(source.pixels, source.pixels + out.pixels.size(), out.pixels.begin());
  return out;
}

Plane sampled(PlaneView source, const Patch &patch, int width, int height) {
  Plane out(width, height);
  const float ax = patch.right_x / float(width), ay = patch.right_y / float(width);
  const float bx = patch.down_x / float(height), by = patch.down_y / float(height);
  // When the patch is shrunk, several samples are averaged, at most 4 × 4.
  const float step = std::max(std::hypot(ax, ay), std::hypot(bx, by));
  const int side = std::clamp(int(std::ceil(step)), 1, 4);
  for (int y = 0; y < height; ++y) {
    uint8_t *target = out.row(y);
    for (int x = 0; x < width; ++x) {
      float total = 0;
      for (int j = 0; j < side; ++j) {
        for (int i = 0; i < side; ++i) {
          const float u = float(x) + (float(i) + 0.5f) / float(side), v = float(y) + (float(j) + 0.5f) / float(side);
          const float sx = std::clamp(patch.x + ax * u + bx * v - 0.5f, 0.0f, float(source.width - 1));
          const float sy = std::clamp(patch.y + ay * u + by * v - 0.5f, 0.0f, float(source.height - 1));
          const int x0 = int(sx), y0 = int(sy);
          const int x1 = std::min(x0 + 1, source.width - 1), y1 = std::min(y0 + 1, source.height - 1);
          const float fx = sx - float(x0), fy = sy - float(y0);
          const uint8_t *top = source.row(y0), *bottom = source.row(y1);
          total += (float(top[x0]) * (1 - fx) + float(top[x1]) * fx) * (1 - fy) +
                   (float(bottom[x0]) * (1 - fx) + float(bottom[x1]) * fx) * fy;
        }
      }
      target[x] = uint8_t(std::lround(total / float(side * side)));
    }
  }
  return out;
}

void stretch(Plane &plane, int enough) {
  if (plane.pixels.empty()) return;
  uint32_t counts[256] = {};
  for (uint8_t v : plane.pixels) ++counts[v];
  const uint32_t tail = uint32_t(plane.pixels.size() / 100);
  int low = 0, high = 255;
  for (uint32_t seen = 0; low < 255 && (seen += counts[low]) <= tail;) ++low;
  for (uint32_t seen = 0; high > 0 && (seen += counts[high]) <= tail;) --high;
  if (high - low < 8 || high - low >= enough) return;
  uint8_t table[256];
  for (int v = 0; v < 256; ++v) table[v] = uint8_t(std::clamp((v - low) * 255 / (high - low), 0, 255));
  for (uint8_t &v : plane.pixels) v = table[v];
}

Integral::Integral(PlaneView source) : width_(source.width) {
  const size_t stride = size_t(source.width) + 1;
  table_.assign(stride * (size_t(source.height) + 1), 0);
  for (int y = 0; y < source.height; ++y) {
    const uint8_t *in = source.row(y);
    const uint32_t *above = table_.data() + size_t(y) * stride;
    uint32_t *here = table_.data() + size_t(y + 1) * stride;
    uint32_t line = 0;
    for (int x = 0; x < source.width; ++x) {
      line += in[x];
      here[x + 1] = above[x + 1] + line;
    }
  }
}

}  // namespace custody
