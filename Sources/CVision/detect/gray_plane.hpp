// A grey picture and the few geometric operations that reading text needs, so that finders of rows, bands and
// characters do not each bring their own.
#ifndef CUSTODY_GRAY_PLANE_HPP
#define CUSTODY_GRAY_PLANE_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

namespace custody {

struct Plane {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;

  Plane() = default;
  Plane(int w, int h, uint8_t fill = 0) : width(w), height(h), pixels(size_t(w) * size_t(h), fill) {}
  const uint8_t *row(int y) const { return pixels.data() + size_t(y) * size_t(width); }
  uint8_t *row(int y) { return pixels.data() + size_t(y) * size_t(width); }
};

/// Someone else's grey pixels.
struct PlaneView {
  const uint8_t *pixels = nullptr;
  int width = 0, height = 0;

  PlaneView() = default;
  PlaneView(const uint8_t *p, int w, int h) : pixels(p), width(w), height(h) {}
  PlaneView(const Plane &plane) : pixels(plane.pixels.data()), width(plane.width), height(plane.height) {}
  const uint8_t *row(int y) const { return pixels + size_t(y) * size_t(width); }
};

/// A parallelogram of a picture: `origin` is its upper left corner, `right` and `down` lead along its sides.
struct Patch {
  float x = 0, y = 0;
  float right_x = 0, right_y = 0;
  float down_x = 0, down_y = 0;
};

/// Shrinks by averaging, enlarges by linear interpolation.
Plane resized(PlaneView source, int width, int height);

/// A quarter turn clockwise.
Plane quarter_turn(PlaneView source);

/// A half turn.
Plane half_turn(PlaneView source);

/// The patch as an upright picture of the given size; outside the source its border pixels repeat.
Plane sampled(PlaneView source, const Patch &patch, int width, int height);

/// Stretches the 1st to 99th percentile to the whole range, unless they are `enough` apart already.
void stretch(Plane &plane, int enough = 255);

/// Sums over rectangles in constant time. Sums stay below 2^32 up to 16 million pixels.
class Integral {
 public:
  explicit Integral(PlaneView source);
  uint32_t sum(int x0, int y0, int x1, int y1) const {
    const size_t stride = size_t(width_) + 1;
    return table_[size_t(y1) * stride + size_t(x1)] - table_[size_t(y0) * stride + size_t(x1)] -
           table_[size_t(y1) * stride + size_t(x0)] + table_[size_t(y0) * stride + size_t(x0)];
  }
  const uint32_t *line(int y) const { return table_.data() + size_t(y) * (size_t(width_) + 1); }

 private:
  int width_;
  std::vector<uint32_t> table_;
};

}  // namespace custody
#endif
