// Machine readable zones in one grey picture.
#ifndef CUSTODY_MRZ_HPP
#define CUSTODY_MRZ_HPP

#include <vector>

#include "../vision.hpp"
#include "gray_plane.hpp"
#include "line_reader.hpp"
#include "mrz_bands.hpp"

namespace custody {

/// Adds hits for CV_MRZ; coordinates are those of the frame's pixels. `weak` also reports a zone nobody could read.
void find_mrz(PlaneView frame, const std::vector<MrzBand> &bands, bool weak, LineReader &reader,
              std::vector<cv_hit> &hits);

}  // namespace custody
#endif
