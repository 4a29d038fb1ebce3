// A JPEG that is a file or lies within another one.
#ifndef CUSTODY_DECODE_JPEG_HPP
#define CUSTODY_DECODE_JPEG_HPP

#include "job.hpp"

namespace custody::decoding {

/// Decodes `bytes` and hands over one frame; false when no pixel came. Problems are recorded in `job`.
bool decode_jpeg_bytes(Job &job, Bytes bytes, int orientation, uint32_t index);

}  // namespace custody::decoding
#endif
