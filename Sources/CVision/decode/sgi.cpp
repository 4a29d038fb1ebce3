// SGI (RGB, BW) pictures, plain and run-length coded, with a decoder of its own.
#include <algorithm>

#include "canvas.hpp"
#include "reader.hpp"

namespace custody::decoding {

namespace {

/// Unpacks one coded row of one channel; what the data does not give stays as it is. False when it broke off.
bool unpack_row(Reader &reader, uint64_t at, uint64_t length, int size, uint16_t *out, uint32_t width, uint32_t step) {
  uint32_t x = 0;
  uint64_t end = at + length;
  while (at + size <= end && holds(reader.bytes(), at, size)) {
    uint32_t head = uint32_t(reader.number(at, size));
    at += size;
    uint32_t count = head & 0x7F;
    if (count == 0) break;
    if (head & 0x80) {
      for (; count > 0 && x < width && at + size <= end; --count, at += size)
        out[step * x++] = uint16_t(reader.number(at, size));
    } else {
      uint16_t value = uint16_t(reader.number(at, size));
      at += size;
      for (; count > 0 && x < width; --count) out[step * x++] = value;
    }
    if (x >= width) return !reader.past_end();
  }
  return x >= width;
}

}  // namespace

void decode_sgi(Job &job) {
  job.result.format = "sgi";
  job.result.frames = 1;
  Reader reader(job.file);
  bool coded = reader.u8(2) == 1;
  int size = reader.u8(3);
  uint32_t dimensions = reader.u16(4), width = reader.u16(6);
  uint32_t height = dimensions >= 2 ? reader.u16(8) : 1, stored = dimensions >= 3 ? reader.u16(10) : 1;
  if (!job.admit(width, height)) return;
  if (stored == 0) {
    job.damaged("corrupt");
    return;
  }
  int channels = stored >= 4 ? 4 : stored == 3 ? 3 : stored == 2 ? 2 : 1;
  Canvas::Depth depth = size == 2 ? Canvas::Depth::sixteen : Canvas::Depth::eight;
  if (!job.fits(Canvas::cost(width, height, channels, depth))) return;
  Canvas canvas(width, height, channels, depth);
  std::vector<uint16_t> row(size_t(width) * channels);
  std::vector<uint8_t> narrow(row.size());
  uint64_t rows_present = 0;
  for (uint32_t y = 0; y < height; ++y) {
    uint32_t stored_y = height - 1 - y;  // the lowest row comes first
    std::fill(row.begin(), row.end(), size == 2 ? 0x8080 : 0x80);
    bool good = false, whole = true;
    for (int c = 0; c < channels; ++c) {
      uint64_t number = uint64_t(c) * height + stored_y;
      bool there;
      if (coded) {
        uint64_t tables = 512, total = uint64_t(height) * stored;
        there = unpack_row(reader, reader.u32(tables + number * 4), reader.u32(tables + total * 4 + number * 4), size,
                           row.data() + c, width, uint32_t(channels));
      } else {
        uint64_t at = 512 + number * width * size;
        there = holds(job.file, at, uint64_t(width) * size);
        for (uint32_t x = 0; there && x < width; ++x)
          row[size_t(x) * channels + c] = uint16_t(reader.number(at + uint64_t(x) * size, size));
      }
      good |= there;
      whole &= there;
    }
    if (good) ++rows_present;
    if (!whole) job.damaged("truncated");
    if (size == 2) {
      canvas.row(row.data());
    } else {
      std::copy(row.begin(), row.end(), narrow.begin());
      canvas.row(narrow.data());
    }
  }
  if (rows_present < height) job.damaged("truncated");
  if (rows_present > 0) job.deliver(canvas.finish());
}

}  // namespace custody::decoding
