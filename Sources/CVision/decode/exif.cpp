// Walks the first two directories of an EXIF block (see exif.hpp). Exiv2 reads the rest, for the facts (metadata.cpp).
#include "exif.hpp"

namespace custody::decoding {

Exif read_exif(Bytes tiff) {
  Exif out;
  bool little = starts_with(tiff, "II\x2A\0", 4);
  if (!little && !starts_with(tiff, "MM\0\x2A", 4)) return out;
  Reader reader(tiff, little);
  uint64_t directory = reader.u32(4);
  for (int index = 0; index < 2 && directory != 0 && holds(tiff, directory, 2); ++index) {
    uint32_t count = reader.u16(directory);
    for (uint32_t i = 0; i < count; ++i) {
      uint64_t entry = directory + 2 + uint64_t(i) * 12;
      if (!holds(tiff, entry, 12)) break;
      uint16_t tag = reader.u16(entry), type = reader.u16(entry + 2);
      uint32_t value = type == 3 ? reader.u16(entry + 8) : reader.u32(entry + 8);
      if (index == 0 && tag == 0x0112 && value >= 1 && value <= 8) out.orientation = int(value);
      if (index == 1 && tag == 0x0201) out.thumbnail_offset = value;
      if (index == 1 && tag == 0x0202) out.thumbnail_length = value;
    }
    directory = reader.u32(directory + 2 + uint64_t(count) * 12);
  }
  if (!holds(tiff, out.thumbnail_offset, out.thumbnail_length)) {
    out.thumbnail_length =
        out.thumbnail_offset < tiff.size && out.thumbnail_length ? tiff.size - out.thumbnail_offset : 0;
  }
  return out;
}

}  // namespace custody::decoding
