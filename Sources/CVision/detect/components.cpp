// Local thresholding and labelling, linear in the number of pixels.
#include "components.hpp"

#include <algorithm>

namespace custody {

namespace {

// Sums of squares wrap round at 2^32, which differences over small windows survive.
class SquareSums {
 public:
  explicit SquareSums(PlaneView source) : stride_(size_t(source.width) + 1) {
    table_.assign(stride_ * (size_t(source.height) + 1), 0);
    for (int y = 0; y < source.height; ++y) {
      const uint8_t *in = source.row(y);
      const uint32_t *above = table_.data() + size_t(y) * stride_;
      uint32_t *here = table_.data() + size_t(y + 1) * stride_;
      uint32_t line = 0;
      for (int x = 0; x < source.width; ++x) {
        line += uint32_t(in[x]) * in[x];
        here[x + 1] = above[x + 1] + line;
      }
    }
  }
  const uint32_t *line(int y) const { return table_.data() + size_t(y) * stride_; }

 private:
  size_t stride_;
  std::vector<uint32_t> table_;
};

}  // namespace

Plane local_contrast(PlaneView source, int radius, int margin, float deviations) {
  Plane out(source.width, source.height);
  const Integral integral(source);
  if (deviations > 0) {
    const SquareSums squares(source);
    const float share = deviations * deviations;
    for (int y = 0; y < source.height; ++y) {
      const uint8_t *in = source.row(y);
      uint8_t *target = out.row(y);
      const int y0 = std::max(0, y - radius), y1 = std::min(source.height, y + radius + 1);
      const uint32_t *top = integral.line(y0), *bottom = integral.line(y1);
      const uint32_t *top2 = squares.line(y0), *bottom2 = squares.line(y1);
      for (int x = 0; x < source.width; ++x) {
        const int x0 = std::max(0, x - radius), x1 = std::min(source.width, x + radius + 1);
        const float scale = 1.0f / float((x1 - x0) * (y1 - y0));
        const float mean = float(bottom[x1] - top[x1] - bottom[x0] + top[x0]) * scale;
        const float off = float(in[x]) - mean, slack = float(margin) + mean * (1.0f / 24);
        uint8_t kind = 0;
        if (off > slack || off < -slack) {
          const float variance = float(bottom2[x1] - top2[x1] - bottom2[x0] + top2[x0]) * scale - mean * mean;
          if (off * off > share * variance) kind = off < 0 ? 1 : 2;
        }
        target[x] = kind;
      }
    }
    return out;
  }
  for (int y = 0; y < source.height; ++y) {
    const uint8_t *in = source.row(y);
    uint8_t *target = out.row(y);
    const int y0 = std::max(0, y - radius), y1 = std::min(source.height, y + radius + 1);
    for (int x = 0; x < source.width; ++x) {
      const int x0 = std::max(0, x - radius), x1 = std::min(source.width, x + radius + 1);
      const int count = (x1 - x0) * (y1 - y0);
      const int sum = int(integral.sum(x0, y0, x1, y1));
      // Threshold: the mean and a margin that grows with it, because shot noise does.
      const int slack = margin * count + sum / 24;
      const int value = int(in[x]) * count;
      target[x] = value < sum - slack ? 1 : value > sum + slack ? 2 : 0;
    }
  }
  return out;
}

namespace {

uint32_t root_of(std::vector<uint32_t> &parent, uint32_t i) {
  while (parent[i] != i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }
  return i;
}

}  // namespace

Components components(const Plane &map, uint8_t value) {
  Components out;
  std::vector<uint32_t> parent;
  out.first_of_row.reserve(size_t(map.height) + 1);
  size_t above_begin = 0, above_end = 0;
  for (int y = 0; y < map.height; ++y) {
    out.first_of_row.push_back(out.runs.size());
    const uint8_t *in = map.row(y);
    size_t above = above_begin;
    for (int x = 0; x < map.width;) {
      if (in[x] != value) {
        ++x;
        continue;
      }
      int end = x + 1;
      while (end < map.width && in[end] == value) ++end;
      const uint32_t id = uint32_t(parent.size());
      parent.push_back(id);
      while (above < above_end && out.runs[above].x1 < x) ++above;
      for (size_t k = above; k < above_end && out.runs[k].x0 <= end; ++k) {
        const uint32_t a = root_of(parent, out.runs[k].id), b = root_of(parent, id);
        if (a != b) parent[std::max(a, b)] = std::min(a, b);
      }
      out.runs.push_back({x, end, y, id});
      x = end;
    }
    above_begin = out.first_of_row.back();
    above_end = out.runs.size();
  }
  out.first_of_row.push_back(out.runs.size());

  std::vector<uint32_t> index(parent.size(), UINT32_MAX);
  for (Run &run : out.runs) {
    const uint32_t root = root_of(parent, run.id);
    if (index[root] == UINT32_MAX) {
      index[root] = uint32_t(out.all.size());
      Component fresh;
      fresh.x0 = run.x0;
      fresh.y0 = run.y;
      fresh.id = index[root];
      out.all.push_back(fresh);
    }
    Component &c = out.all[index[root]];
    c.x0 = std::min(c.x0, run.x0);
    c.x1 = std::max(c.x1, run.x1);
    c.y1 = run.y + 1;
    c.area += uint32_t(run.x1 - run.x0);
    ++c.runs;
    run.id = c.id;
  }
  return out;
}

}  // namespace custody
