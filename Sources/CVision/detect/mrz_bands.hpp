// Where a machine readable zone could be: two or three parallel lines of evenly spaced characters.
#ifndef CUSTODY_MRZ_BANDS_HPP
#define CUSTODY_MRZ_BANDS_HPP

#include <vector>

#include "gray_plane.hpp"

namespace custody {

struct MrzBand {
  std::vector<Patch> lines;  // in pixels of the frame, upper first when read along `right`; height is the characters'
  float regularity = 0;      // share of distances that are multiples of one pitch
  float columns = 0;         // length / pitch
  float score = 0;
};

/// Best first, at most `most`.
std::vector<MrzBand> mrz_bands(PlaneView frame, size_t most);

}  // namespace custody
#endif
