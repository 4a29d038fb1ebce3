// Blobs of one polarity after local thresholding: the raw material of characters.
#ifndef CUSTODY_COMPONENTS_HPP
#define CUSTODY_COMPONENTS_HPP

#include <cstdint>
#include <vector>

#include "gray_plane.hpp"

namespace custody {

/// 0: near the local mean, 1: darker, 2: lighter. Near is what differs by less than `margin` grey levels and a share of
/// the mean, and by less than `deviations` of the local standard deviations: that parts blurred characters.
Plane local_contrast(PlaneView source, int radius, int margin, float deviations = 0);

struct Component {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // half open
  uint32_t area = 0;
  uint32_t runs = 0;  // horizontal runs: area / runs is a stroke width
  uint32_t id = 0;

  int width() const { return x1 - x0; }
  int height() const { return y1 - y0; }
  float center_x() const { return 0.5f * float(x0 + x1); }
  float center_y() const { return 0.5f * float(y0 + y1); }
};

struct Run {
  int x0, x1, y;
  uint32_t id;
};

/// Connected runs of one value, 8-neighbourhood.
struct Components {
  std::vector<Component> all;
  std::vector<Run> runs;             // in reading order, `id` as in `all`
  std::vector<size_t> first_of_row;  // height + 1 entries
};
Components components(const Plane &map, uint8_t value);

}  // namespace custody
#endif
