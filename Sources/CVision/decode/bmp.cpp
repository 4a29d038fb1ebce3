// BMP with a decoder of its own: every offset comes from the file and is checked where it is used.
#include "bmp.hpp"

#include <algorithm>

#include "canvas.hpp"
#include "jpeg.hpp"
#include "png.hpp"
#include "reader.hpp"

namespace custody::decoding {

namespace {

enum Compression : uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kFields = 3, kJpeg = 4, kPng = 5, kAlphaFields = 6 };

struct Header {
  uint32_t size = 0, width = 0, height = 0, bits = 0, compression = 0, colours = 0, entry = 4;
  bool top_down = false;
  uint32_t masks[4] = {};
  uint64_t palette_at = 0, pixels_at = 0;
};

bool read_header(Bytes dib, bool icon, uint64_t pixels_at, Header &header) {
  Reader reader(dib, true);
  header.size = reader.u32(0);
  if (header.size == 12) {  // OS/2 1.x
    header.width = reader.u16(4);
    header.height = reader.u16(6);
    header.bits = reader.u16(10);
    header.entry = 3;
  } else if (header.size >= 16 && header.size <= 4096) {
    int32_t width = reader.i32(4), height = reader.i32(8);
    if (width <= 0 || height == 0 || height == INT32_MIN) return false;
    header.width = uint32_t(width);
    header.top_down = height < 0;
    header.height = uint32_t(height < 0 ? -height : height);
    header.bits = reader.u16(14);
    if (header.size >= 20) header.compression = reader.u32(16);
    if (header.size >= 36) header.colours = reader.u32(32);
  } else {
    return false;
  }
  if (icon) header.height /= 2;
  header.palette_at = header.size;
  if (header.compression == kFields || header.compression == kAlphaFields) {
    int count = header.compression == kAlphaFields || header.size >= 56 ? 4 : 3;
    for (int i = 0; i < count; ++i) header.masks[i] = reader.u32(40 + 4 * i);
    if (header.size == 40) header.palette_at += 4 * uint64_t(count);
  } else if (header.bits == 16) {
    header.masks[0] = 0x7C00, header.masks[1] = 0x03E0, header.masks[2] = 0x001F;
  } else {
    header.masks[0] = 0xFF0000, header.masks[1] = 0xFF00, header.masks[2] = 0xFF;
    if (icon && header.bits == 32) header.masks[3] = 0xFF000000;
  }
  if (header.bits <= 8) {
    uint32_t most = 1u << header.bits;
    if (header.colours == 0 || header.colours > most) header.colours = most;
  } else {
    header.colours = std::min<uint32_t>(header.colours, 256);
  }
  header.pixels_at = pixels_at ? pixels_at : header.palette_at + uint64_t(header.colours) * header.entry;
  return !reader.past_end() && header.width > 0 && header.height > 0;
}

struct Colours {
  uint8_t rgb[256][3] = {};
};

Colours read_colours(Bytes dib, const Header &header) {
  Colours out;
  Reader reader(dib);
  for (uint32_t i = 0; i < header.colours && i < 256; ++i) {
    uint64_t at = header.palette_at + uint64_t(i) * header.entry;
    if (!holds(dib, at, 3)) break;
    for (int c = 0; c < 3; ++c) out.rgb[i][c] = reader.u8(at + 2 - c);
  }
  return out;
}

/// A channel of a packed pixel, spread to 8 bits.
class Field {
 public:
  explicit Field(uint32_t mask = 0) : mask_(mask) {
    if (!mask) return;
    shift_ = __builtin_ctz(mask);
    top_ = mask >> shift_;
  }
  uint8_t value(uint32_t pixel) const {
    return mask_ ? uint8_t((uint64_t((pixel & mask_) >> shift_) * 255 + top_ / 2) / top_) : 0;
  }

 private:
  uint32_t mask_ = 0, top_ = 1;
  int shift_ = 0;
};

/// Run-length coded rows, as indices, bottom row first. What the file skips stays colour 0.
std::vector<uint8_t> unpack_rle(Job &job, Bytes data, const Header &header) {
  std::vector<uint8_t> out(size_t(header.width) * header.height, 0);
  uint32_t x = 0, y = 0;
  size_t at = 0;
  auto put = [&](uint8_t value) {
    if (x < header.width && y < header.height) out[size_t(y) * header.width + x] = value;
    if (x < header.width) ++x;
  };
  bool four = header.compression == kRle4;
  while (at + 1 < data.size && y < header.height) {
    uint8_t count = data.data[at], value = data.data[at + 1];
    at += 2;
    if (count > 0) {
      for (int i = 0; i < count; ++i) put(four ? (i & 1 ? value & 15 : value >> 4) : value);
    } else if (value == 0) {
      x = 0;
      ++y;
    } else if (value == 1) {
      return out;
    } else if (value == 2) {
      if (at + 1 >= data.size) break;
      x = std::min<uint32_t>(header.width, x + data.data[at]);
      y += data.data[at + 1];
      at += 2;
    } else {
      size_t bytes = four ? (value + 1) / 2 : value;
      for (size_t i = 0; i < value && at + (four ? i / 2 : i) < data.size; ++i) {
        uint8_t byte = data.data[at + (four ? i / 2 : i)];
        put(four ? (i & 1 ? byte & 15 : byte >> 4) : byte);
      }
      at += bytes + (bytes & 1);
    }
  }
  if (y < header.height - 1) job.damaged("truncated");
  return out;
}

}  // namespace

bool decode_dib(Job &job, Bytes dib, uint64_t pixels_at, bool icon, uint32_t index) {
  Header header;
  if (!read_header(dib, icon, pixels_at, header)) {
    job.damaged("corrupt");
    return false;
  }
  if (header.compression == kJpeg || header.compression == kPng) {
    Bytes inner = from(dib, header.pixels_at);
    return header.compression == kJpeg ? decode_jpeg_bytes(job, inner, 1, index)
                                       : decode_png_bytes(job, inner, 1, index);
  }
  bool rle = header.compression == kRle8 || header.compression == kRle4;
  bool known = header.bits == 1 || header.bits == 2 || header.bits == 4 || header.bits == 8 || header.bits == 16 ||
               header.bits == 24 || header.bits == 32;
  if (!known || header.compression > kAlphaFields || (rle && header.bits != (header.compression == kRle8 ? 8u : 4u))) {
    job.unsupported();
    return false;
  }
  if (!job.admit(header.width, header.height)) return false;
  uint64_t stride = (uint64_t(header.width) * header.bits + 31) / 32 * 4;
  bool alpha = header.masks[3] != 0;
  int channels = alpha ? 4 : 3;
  // Rows lie bottom up: they are taken in the order of the picture, from their places in the file.
  if (!job.fits(Canvas::cost(header.width, header.height, channels) +
                (rle ? uint64_t(header.width) * header.height : 0)))
    return false;
  Canvas canvas(header.width, header.height, channels);
  Colours colours = read_colours(dib, header);
  Field fields[4] = {Field(header.masks[0]), Field(header.masks[1]), Field(header.masks[2]), Field(header.masks[3])};
  std::vector<uint8_t> indices;
  if (rle) indices = unpack_rle(job, from(dib, header.pixels_at), header);
  std::vector<uint8_t> row(size_t(header.width) * channels, 0x80), packed(stride);
  uint64_t rows_present = 0;
  for (uint32_t y = 0; y < header.height; ++y) {
    uint64_t stored = header.top_down ? y : header.height - 1 - y;
    if (!rle) {
      Bytes bytes = part(dib, header.pixels_at + stored * stride, stride);
      if (bytes.size < (uint64_t(header.width) * header.bits + 7) / 8) {
        std::fill(row.begin(), row.end(), 0x80);
        canvas.row(row.data());
        continue;
      }
      ++rows_present;
      memcpy(packed.data(), bytes.data, bytes.size);
    }
    for (uint32_t x = 0; x < header.width; ++x) {
      uint8_t *to = &row[size_t(x) * channels];
      if (header.bits <= 8) {
        uint32_t bit = uint32_t(uint64_t(x) * header.bits % 8);
        uint8_t value = rle ? indices[size_t(stored) * header.width + x]
                            : uint8_t(packed[uint64_t(x) * header.bits / 8] >> (8 - header.bits - bit));
        if (!rle) value &= uint8_t((1u << header.bits) - 1);
        memcpy(to, colours.rgb[value], 3);
        if (alpha) to[3] = 255;
      } else {
        uint32_t pixel = 0;
        for (uint32_t b = 0; b < header.bits / 8; ++b)
          pixel |= uint32_t(packed[uint64_t(x) * (header.bits / 8) + b]) << (8 * b);
        for (int c = 0; c < channels; ++c) to[c] = fields[c].value(pixel);
      }
    }
    canvas.row(row.data());
  }
  if (!rle && rows_present == 0) {
    job.damaged("truncated");
    return false;
  }
  if (!rle && rows_present < header.height) job.damaged("truncated");
  Frame frame = canvas.finish();
  frame.index = index;
  job.deliver(std::move(frame));
  return true;
}

void decode_bmp(Job &job) {
  job.result.format = "bmp";
  job.result.frames = 1;
  uint64_t pixels_at = Reader(job.file, true).u32(10);
  if (pixels_at < 14 + 12) pixels_at = 0;
  decode_dib(job, from(job.file, 14), pixels_at ? pixels_at - 14 : 0, false, 0);
}

}  // namespace custody::decoding
