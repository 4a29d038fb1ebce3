// Bounds-checked numbers from borrowed bytes. Reading past the end gives zero and is remembered, so a parser can read a
// whole structure and ask once.
#ifndef CUSTODY_DECODE_READER_HPP
#define CUSTODY_DECODE_READER_HPP

#include <cstring>

#include "../vision.hpp"

namespace custody::decoding {

inline bool holds(Bytes bytes, uint64_t offset, uint64_t length) {
  return offset <= bytes.size && length <= bytes.size - offset;
}
inline bool starts_with(Bytes bytes, const char *magic, size_t length, uint64_t offset = 0) {
  return holds(bytes, offset, length) && memcmp(bytes.data + offset, magic, length) == 0;
}
inline Bytes part(Bytes bytes, uint64_t offset, uint64_t length) {
  if (offset > bytes.size) return {};
  if (length > bytes.size - offset) length = bytes.size - offset;
  return {bytes.data + offset, size_t(length)};
}
inline Bytes from(Bytes bytes, uint64_t offset) { return part(bytes, offset, UINT64_MAX); }

/// Position of `needle` at or after `start`, or SIZE_MAX.
inline size_t find(Bytes bytes, const char *needle, size_t length, size_t start) {
  if (start >= bytes.size) return SIZE_MAX;
  const void *at = memmem(bytes.data + start, bytes.size - start, needle, length);
  return at ? size_t(static_cast<const uint8_t *>(at) - bytes.data) : SIZE_MAX;
}

class Reader {
 public:
  explicit Reader(Bytes bytes, bool little_endian = false) : bytes_(bytes), little_(little_endian) {}

  uint64_t number(uint64_t offset, int size) {
    if (!holds(bytes_, offset, size)) {
      past_end_ = true;
      return 0;
    }
    uint64_t value = 0;
    for (int i = 0; i < size; ++i)
      value = value << 8 | bytes_.data[offset + (little_ ? size - 1 - i : i)];
    return value;
  }
  uint8_t u8(uint64_t offset) { return uint8_t(number(offset, 1)); }
  uint16_t u16(uint64_t offset) { return uint16_t(number(offset, 2)); }
  uint32_t u32(uint64_t offset) { return uint32_t(number(offset, 4)); }
  uint64_t u64(uint64_t offset) { return number(offset, 8); }
  int32_t i32(uint64_t offset) { return int32_t(u32(offset)); }

  bool past_end() const { return past_end_; }
  Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  bool little_;
  bool past_end_ = false;
};

}  // namespace custody::decoding
#endif
