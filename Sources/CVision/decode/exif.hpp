// The few facts of EXIF that decide how a picture is decoded: its orientation and where its thumbnail lies.
#ifndef CUSTODY_DECODE_EXIF_HPP
#define CUSTODY_DECODE_EXIF_HPP

#include "reader.hpp"

namespace custody::decoding {

struct Exif {
  int orientation = 1;
  uint64_t thumbnail_offset = 0, thumbnail_length = 0;  ///< from the start of the TIFF header; length 0: none
};

/// `tiff`: from the byte order mark on; a leading "Exif\0\0" is skipped by the caller.
Exif read_exif(Bytes tiff);

}  // namespace custody::decoding
#endif
