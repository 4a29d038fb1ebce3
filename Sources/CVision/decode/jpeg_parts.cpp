// Pictures inside and behind a JPEG (see jpeg_parts.hpp). A thumbnail may show what was cropped from the picture, and
// the second picture of a stereo pair or a cover for hidden data is a picture too: each is examined as an entry of its
// own.
#include "jpeg_parts.hpp"

#include <algorithm>

namespace custody::decoding {

namespace {

/// Smallest JPEG worth an entry of its own; the tables alone take more.
constexpr size_t kSmallestJpeg = 128;
/// Markers looked at in one file; 100,000 scans stay below.
constexpr uint32_t kMostSegments = 1u << 20;

bool is_frame(uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// The index of CIPA DC-007, "Multi-Picture Format": 16 bytes for each picture; offsets count from its byte order mark.
void report_mpf(Job &job, size_t offset, size_t length) {
  Bytes tiff = part(job.file, offset, length);
  bool little = starts_with(tiff, "II\x2A\0", 4);
  if (!little && !starts_with(tiff, "MM\0\x2A", 4)) return;
  Reader reader(tiff, little);
  uint64_t directory = reader.u32(4);
  uint32_t count = reader.u16(directory);
  for (uint32_t i = 0; i < count && holds(tiff, directory + 2 + i * 12ull, 12); ++i) {
    uint64_t entry = directory + 2 + i * 12ull;
    if (reader.u16(entry) != 0xB002) continue;
    uint64_t at = reader.u32(entry + 8), pictures = reader.u32(entry + 4) / 16;
    for (uint64_t k = 0; k < pictures && k < CV_MAX_CHILDREN * 2 && holds(tiff, at + k * 16, 16); ++k) {
      uint64_t size = reader.u32(at + k * 16 + 4), where = reader.u32(at + k * 16 + 8);
      if (where == 0) continue;  // the first picture is the file itself
      if (offset + where >= job.file.size) job.damaged("truncated");
      if (starts_with(job.file, "\xFF\xD8\xFF", 3, offset + where))
        job.child(offset + where, std::min<uint64_t>(size, job.file.size - (offset + where)), "picture");
    }
    return;
  }
}

}  // namespace

JpegSpan walk_jpeg(Bytes file, size_t start, const std::function<void(uint8_t, size_t, size_t)> &segment) {
  JpegSpan span;
  size_t at = start + 2;
  while (span.segments < kMostSegments && at + 1 < file.size) {
    if (file.data[at] != 0xFF) {
      const void *next = memchr(file.data + at, 0xFF, file.size - at);
      if (!next) break;
      at = size_t(static_cast<const uint8_t *>(next) - file.data);
      continue;
    }
    uint8_t marker = file.data[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0 || marker == 1 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += 2;
      continue;
    }
    ++span.segments;
    if (marker == 0xD9) {
      span.complete = true;
      span.end = at + 2;
      return span;
    }
    if (at + 4 > file.size) break;
    size_t length = size_t(file.data[at + 2]) << 8 | file.data[at + 3];
    if (length < 2) {
      at += 2;
      continue;
    }
    size_t payload = at + 4, size = std::min(length - 2, file.size - payload);
    if (is_frame(marker) && !span.frame_marker && size >= 5) {
      span.frame_marker = marker;
      span.height_at = payload + 1;
      span.height = uint32_t(file.data[payload + 1]) << 8 | file.data[payload + 2];
      span.width = uint32_t(file.data[payload + 3]) << 8 | file.data[payload + 4];
    }
    if (marker == 0xDA) span.has_scan = true;
    if (segment) segment(marker, payload, size);
    at = payload + size;
  }
  span.end = file.size;
  return span;
}

std::vector<EmbeddedJpeg> embedded_jpegs(Job &job, uint64_t offset, uint64_t length) {
  std::vector<EmbeddedJpeg> found;
  Bytes range = part(job.file, 0, offset + length);
  // A candidate that is none has been walked in vain, so both their number and the bytes walked are bounded.
  uint64_t budget = uint64_t(length) * 8 + (1 << 20);
  size_t at = size_t(offset);
  for (int tries = 0; tries < 4096; ++tries) {
    at = find(range, "\xFF\xD8\xFF", 3, at);
    if (at == SIZE_MAX) return found;
    JpegSpan span = walk_jpeg(range, at);
    uint64_t walked = span.end - at;
    if (walked > budget) break;
    budget -= walked;
    bool readable = span.frame_marker >= 0xC0 && span.frame_marker <= 0xCA && span.frame_marker != 0xC3;
    if (readable && span.has_scan && span.width && walked >= kSmallestJpeg) {
      found.push_back({at, walked, span.width, span.height});
      at = span.end;
    } else {
      at = span.complete && span.has_scan ? span.end : at + 3;
    }
  }
  job.partial("child-limit");
  return found;
}

void report_embedded_jpegs(Job &job, uint64_t offset, uint64_t length, const char *role) {
  for (const EmbeddedJpeg &jpeg : embedded_jpegs(job, offset, length)) job.child(jpeg.offset, jpeg.length, role);
}

int report_jpeg_parts(Job &job) {
  int orientation = 1;
  bool has_exif = false;
  JpegSpan span = walk_jpeg(job.file, 0, [&](uint8_t marker, size_t offset, size_t length) {
    Bytes payload = part(job.file, offset, length);
    if (marker == 0xE1 && !has_exif && starts_with(payload, "Exif\0", 5)) {
      has_exif = true;
      Exif exif = read_exif(from(payload, 6));
      orientation = exif.orientation;
      if (exif.thumbnail_length && starts_with(payload, "\xFF\xD8", 2, 6 + exif.thumbnail_offset))
        job.child(offset + 6 + exif.thumbnail_offset, exif.thumbnail_length, "thumbnail");
    }
    if (marker == 0xE2 && starts_with(payload, "MPF\0", 4)) report_mpf(job, offset + 4, length - 4);
    if (marker >= 0xE0 && marker <= 0xEF && length >= kSmallestJpeg)
      report_embedded_jpegs(job, offset, length, "thumbnail");
  });
  if (span.complete && span.end < job.file.size)
    report_embedded_jpegs(job, span.end, job.file.size - span.end, "picture");
  return orientation;
}

}  // namespace custody::decoding
