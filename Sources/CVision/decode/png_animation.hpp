// The frames of an animated PNG behind its default picture.
#ifndef CUSTODY_DECODE_PNG_ANIMATION_HPP
#define CUSTODY_DECODE_PNG_ANIMATION_HPP

#include "job.hpp"

namespace custody::decoding {

/// Hands over the composed frames that the default picture is not, numbered from 1. Called after the default picture.
void decode_png_animation(Job &job, int orientation);

}  // namespace custody::decoding
#endif
