// What lines read from a picture mean as a machine readable zone: type and check digits, never the fields.
#ifndef CUSTODY_MRZ_READING_HPP
#define CUSTODY_MRZ_READING_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace custody {

struct MrzReading {
  uint8_t type = 0;       // CV_MRZ_…
  uint8_t checks = 0;     // check digits that hold
  uint8_t possible = 0;   // check digits this type has
  bool composite = false; // the one over all fields holds
  bool format = false;    // dates, sex and states are what they must be
  int fillers = 0;        // '<' in all lines
};

/// The better of two readings of one band: the one in which more holds.
bool better(const MrzReading &a, const MrzReading &b);

/// `columns`: how many characters the lines hold by their length and pitch, for fillers are lost easily.
MrzReading understand_mrz(const std::vector<std::string> &lines, float columns);

}  // namespace custody
#endif
