// Licence plates in one grey picture: candidates, then readings.
#ifndef CUSTODY_PLATES_HPP
#define CUSTODY_PLATES_HPP

#include <vector>

#include "../vision.hpp"
#include "character_rows.hpp"
#include "line_reader.hpp"

namespace custody {

/// One row as seen at one scale.
struct Sighting {
  CharacterRow row;    // in pixels of the scaled picture
  CharacterRow lower;  // of a plate of two rows; no parts otherwise
  float scale = 1;     // scaled / frame
  int pass = 0;

  bool two_rows() const { return !lower.parts.empty(); }
  int characters() const { return row.characters + lower.characters; }
};

/// One place of the frame where a row was seen once or several times.
struct PlateCandidate {
  std::vector<Sighting> sightings;
  float score = 0;
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0, height = 0;  // of the best sighting, in pixels of the frame
};

struct PlateSearch {
  std::vector<PlateCandidate> candidates;  // best first
  size_t rows = 0;                         // the most that one scale and polarity showed
  size_t long_rows = 0;                    // of those longer than any plate
};

PlateSearch plate_candidates(PlaneView frame, uint32_t side);

/// Adds hits; coordinates are those of the frame's pixels.
void find_plates(PlaneView frame, const cv_options &options, LineReader &reader, std::vector<cv_hit> &hits);

}  // namespace custody
#endif
