// A PNG that is a file or lies within another one (an icon).
#ifndef CUSTODY_DECODE_PNG_HPP
#define CUSTODY_DECODE_PNG_HPP

#include "job.hpp"

namespace custody::decoding {

/// Decodes `bytes` and hands over one frame; false when no pixel came. Problems are recorded in `job`.
bool decode_png_bytes(Job &job, Bytes bytes, int orientation, uint32_t index);

}  // namespace custody::decoding
#endif
