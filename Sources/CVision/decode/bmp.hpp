// A device-independent bitmap: all of a BMP file behind its first 14 bytes, or a picture within an icon.
#ifndef CUSTODY_DECODE_BMP_HPP
#define CUSTODY_DECODE_BMP_HPP

#include "job.hpp"

namespace custody::decoding {

/// `pixels_at`: where the pixels begin in `dib`, 0 for "behind the colour table". `icon`: the height counts a mask too,
/// and 32 bits hold alpha.
bool decode_dib(Job &job, Bytes dib, uint64_t pixels_at, bool icon, uint32_t index);

}  // namespace custody::decoding
#endif
