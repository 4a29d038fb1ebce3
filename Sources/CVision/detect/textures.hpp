// What the texture tests measure, and what they make of it.
#ifndef CUSTODY_TEXTURES_HPP
#define CUSTODY_TEXTURES_HPP

#include "../vision.hpp"

namespace custody {

struct RidgeFacts {
  int blocks = 0;           ///< blocks with ridges
  float share = 0;          ///< of the blocks in which there is anything
  float one_direction = 0;  ///< 1: all ridges are parallel
  float smooth = 0;         ///< share of neighbours whose directions differ little
  float curved = 0;         ///< share of neighbours whose directions differ a little, but do
  float spread = 9;         ///< quartile distance of the periods, as a share of the median
  float period = 0;         ///< median, pixels of the reduced picture
  bool fits() const;        ///< all of it is as ridges have it
};
RidgeFacts ridge_facts(const Frame &frame);

struct IrisFacts {
  float score = 0;          ///< 0 to 4
  float x = 0, y = 0, radius = 0;  ///< pixels of the frame
  float around = 0, within = 0;    ///< share of directions in which the outer and the inner edge are there
  float jump = 0, step = 0;        ///< grey levels across them
  float share = 0;          ///< diameter as a share of the shorter side
};
IrisFacts iris_facts(const Frame &frame);

}  // namespace custody
#endif
