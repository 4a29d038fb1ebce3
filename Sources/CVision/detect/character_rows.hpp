// Rows of things that could be characters: of similar height, on one line, evenly spread.
#ifndef CUSTODY_CHARACTER_ROWS_HPP
#define CUSTODY_CHARACTER_ROWS_HPP

#include <cstdint>
#include <vector>

#include "components.hpp"

namespace custody {

struct CharacterRow {
  std::vector<Component> parts;  // left to right
  float height = 0;              // median height of the parts
  float slope = 0;               // of the line through the centres
  float intercept = 0;           // its y at x = 0
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool light = false;            // lighter than the ground
  int characters = 0;            // estimated, for parts may be characters that touch

  // How much the row looks like one printed on a plate, each from 0 to 1 or as a share of the height.
  float edge_error = 0;    // standard deviation of top and bottom edges about their lines
  float width_ratio = 0;   // median width / height
  float pitch_error = 0;   // deviation of centre distances from a common pitch
  float contrast = 0;      // grey levels between ink and ground
  float ground_error = 0;  // standard deviation of the ground / contrast
  float ink_error = 0;     // standard deviation of the ink / contrast
  float stroke_error = 0;  // variation of the stroke width among the parts
  float margin_error = 0;  // share of ink-like pixels just above and below the row
};

struct RowLimits {
  int min_parts = 3, max_parts = 11;
  int min_characters = 4;
  int min_height = 9, max_height = 90;
};

std::vector<CharacterRow> character_rows(PlaneView source, const Components &blobs, bool light,
                                         const RowLimits &limits);

}  // namespace custody
#endif
