// Where a JPEG begins and ends and what lies inside and behind it, without decoding.
#ifndef CUSTODY_DECODE_JPEG_PARTS_HPP
#define CUSTODY_DECODE_JPEG_PARTS_HPP

#include "exif.hpp"
#include "job.hpp"

namespace custody::decoding {

struct JpegSpan {
  size_t end = 0;             ///< after the end marker, or the size of the bytes
  uint32_t width = 0, height = 0;
  uint8_t frame_marker = 0;   ///< C0 baseline, C2 progressive, C3 lossless …
  size_t height_at = 0;       ///< of the height field
  bool has_scan = false, complete = false;
  uint32_t segments = 0;
};

/// Walks the markers of the JPEG at `start`. `segment`, when given, sees each marker's payload.
JpegSpan walk_jpeg(Bytes file, size_t start,
                   const std::function<void(uint8_t marker, size_t offset, size_t length)> &segment = {});

struct EmbeddedJpeg {
  uint64_t offset, length;
  uint32_t width, height;
};

/// JPEGs within `length` bytes at `offset`, in their order; none lies within another.
std::vector<EmbeddedJpeg> embedded_jpegs(Job &job, uint64_t offset, uint64_t length);

/// Reports whole JPEGs within `length` bytes at `offset` as children.
void report_embedded_jpegs(Job &job, uint64_t offset, uint64_t length, const char *role);

/// Reports thumbnails in the application segments of the JPEG that is the file, pictures of an MPF index and pictures
/// appended behind the end; gives the EXIF orientation.
int report_jpeg_parts(Job &job);

}  // namespace custody::decoding
#endif
