// Camera RAW: which TIFFs are one, and the decoding of what such files hold besides the sensor's data.
#ifndef CUSTODY_DECODE_RAW_HPP
#define CUSTODY_DECODE_RAW_HPP

#include "job.hpp"

namespace custody::decoding {

/// Whether a TIFF holds a sensor's data instead of a picture.
bool is_raw_tiff(Bytes file);
/// All pages of the TIFF that the file is.
void decode_tiff_pages(Job &job);

}  // namespace custody::decoding
#endif
