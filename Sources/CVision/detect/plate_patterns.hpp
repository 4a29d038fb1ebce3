// Which registration formats a reading fits.
#ifndef CUSTODY_PLATE_PATTERNS_HPP
#define CUSTODY_PLATE_PATTERNS_HPP

#include <cstdint>
#include <string>

namespace custody {

struct PlateFit {
  bool fits = false;
  uint8_t region = 0;      // CV_REGION_…
  int substitutions = 0;   // characters taken for their twin of the other kind (0/O, 1/I, 8/B …)
  std::string normalized;  // the reading with these substitutions; the caller wipes it
};

/// The fit with the fewest substitutions, at most `most`.
PlateFit fit_plate(const std::string &reading, int most);

/// The reading with letters and digits that look alike made equal, for comparing two readings of one row.
std::string folded(const std::string &reading);

/// Of the camera's own clock or counter: no letters, or a year where a date begins.
bool looks_like_stamp(const std::string &reading);

/// Insertions, deletions and exchanges between two short readings.
int edit_distance(const std::string &a, const std::string &b);

}  // namespace custody
#endif
