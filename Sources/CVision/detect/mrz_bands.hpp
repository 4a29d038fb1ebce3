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

/// A line of print of any kind, in pixels of the frame.
struct PrintLine {
  float x0 = 0, x1 = 0, y = 0;  // ends and middle
  float height = 0;             // of its characters
  float unevenness = 0;         // of top and bottom edges, as a share of the height
  size_t parts = 0;
};

struct MrzSearch {
  std::vector<MrzBand> bands;      // best first
  std::vector<PrintLine> print;    // horizontal lines, for whoever asks what surrounds a portrait
};

/// At most `most` bands.
MrzSearch mrz_bands(PlaneView frame, size_t most);

}  // namespace custody
#endif
