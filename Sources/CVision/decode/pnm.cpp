// Netpbm: PBM, PGM, PPM (plain and raw) and PAM, with a parser of its own. Several pictures in one file are several
// frames.
#include <algorithm>

#include "canvas.hpp"
#include "pnm.hpp"
#include "reader.hpp"

namespace custody::decoding {

namespace {

struct Header {
  int kind = 0;  ///< the digit behind the P
  uint64_t width = 0, height = 0, depth = 1, largest = 1, pixels_at = 0;
  bool alpha = false;
};

bool is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }

class Scanner {
 public:
  Scanner(Bytes file, uint64_t at) : file_(file), at_(at) {}
  uint64_t at() const { return at_; }
  void step() { ++at_; }
  bool at_end() const { return at_ >= file_.size; }
  uint8_t peek() const { return at_end() ? 0 : file_.data[at_]; }

  void skip_space() {
    while (!at_end()) {
      if (peek() == '#') {
        while (!at_end() && peek() != '\n') ++at_;
      } else if (is_space(peek())) {
        ++at_;
      } else {
        return;
      }
    }
  }
  bool number(uint64_t &out) {
    skip_space();
    uint64_t value = 0;
    int digits = 0;
    while (peek() >= '0' && peek() <= '9' && digits < 10) {
      value = value * 10 + (peek() - '0');
      ++at_;
      ++digits;
    }
    out = value;
    return digits > 0;
  }
  /// A bit of a plain bitmap; they may stand without space.
  bool bit(uint64_t &out) {
    skip_space();
    if (peek() != '0' && peek() != '1') return false;
    out = peek() - '0';
    ++at_;
    return true;
  }
  std::string word() {
    std::string out;
    while (!at_end() && !is_space(peek()) && out.size() < 32) {
      out += char(peek());
      ++at_;
    }
    return out;
  }

 private:
  Bytes file_;
  uint64_t at_;
};

bool read_pam(Scanner &scanner, Header &header) {
  header.depth = 0;
  for (int line = 0; line < 64; ++line) {
    scanner.skip_space();
    std::string name = scanner.word();
    if (name == "ENDHDR") {
      if (scanner.peek() == '\r') scanner.step();
      scanner.step();
      header.pixels_at = scanner.at();
      header.alpha = header.depth == 2 || header.depth == 4;
      return header.depth >= 1 && header.depth <= 4;
    }
    if (name == "WIDTH") {
      if (!scanner.number(header.width)) return false;
    } else if (name == "HEIGHT") {
      if (!scanner.number(header.height)) return false;
    } else if (name == "DEPTH") {
      if (!scanner.number(header.depth)) return false;
    } else if (name == "MAXVAL") {
      if (!scanner.number(header.largest)) return false;
    } else if (name == "TUPLTYPE") {
      while (!scanner.at_end() && scanner.peek() != '\n') scanner.step();
    } else {
      return false;
    }
  }
  return false;
}

bool read_header(Bytes file, uint64_t at, Header &header) {
  if (!holds(file, at, 8) || file.data[at] != 'P' || file.data[at + 1] < '1' || file.data[at + 1] > '7') return false;
  if (!is_space(file.data[at + 2]) && file.data[at + 2] != '#') return false;
  header.kind = file.data[at + 1] - '0';
  Scanner scanner(file, at + 2);
  if (header.kind == 7) {
    if (!read_pam(scanner, header)) return false;
  } else {
    if (!scanner.number(header.width) || !scanner.number(header.height)) return false;
    if (header.kind != 1 && header.kind != 4 && !scanner.number(header.largest)) return false;
    header.depth = header.kind == 3 || header.kind == 6 ? 3 : 1;
    if (!is_space(scanner.peek())) return false;
    header.pixels_at = scanner.at() + 1;
  }
  return header.width > 0 && header.height > 0 && header.largest >= 1 && header.largest <= 65535;
}

/// One picture; the position behind it, or 0 when nothing can follow.
uint64_t decode_one(Job &job, const Header &header, uint32_t index) {
  if (!job.admit(header.width, header.height)) return 0;
  bool wide = header.largest > 255, plain = header.kind <= 3, bitmap = header.kind == 1 || header.kind == 4;
  Canvas::Depth depth = wide ? Canvas::Depth::sixteen : Canvas::Depth::eight;
  uint32_t width = uint32_t(header.width), height = uint32_t(header.height);
  int channels = int(header.depth);
  if (!job.fits(Canvas::cost(width, height, channels, depth))) return 0;
  size_t samples = size_t(width) * channels;
  uint64_t row_bytes = header.kind == 4 ? (uint64_t(width) + 7) / 8 : uint64_t(samples) * (wide ? 2 : 1);
  Canvas canvas(width, height, channels, depth);
  std::vector<uint8_t> narrow(wide ? 0 : samples);
  std::vector<uint16_t> broad(wide ? samples : 0);
  const uint64_t top = wide ? 65535 : 255;
  Scanner scanner(job.file, header.pixels_at);
  bool complete = true;
  for (uint32_t y = 0; y < height && complete; ++y) {
    Bytes row = part(job.file, header.pixels_at + y * row_bytes, row_bytes);
    size_t filled = 0;
    for (size_t i = 0; i < samples; ++i) {
      uint64_t value = 0;
      if (plain) {
        if (!(bitmap ? scanner.bit(value) : scanner.number(value))) break;
      } else if (bitmap) {
        if (i / 8 >= row.size) break;
        value = row.data[i / 8] >> (7 - i % 8) & 1;
      } else if (wide) {
        if (i * 2 + 1 >= row.size) break;
        value = uint64_t(row.data[i * 2]) << 8 | row.data[i * 2 + 1];
      } else {
        if (i >= row.size) break;
        value = row.data[i];
      }
      value = std::min(value, header.largest);
      if (bitmap) value = 1 - value;  // one is black
      value = bitmap ? value * 255 : (value * top + header.largest / 2) / header.largest;
      if (wide) broad[i] = uint16_t(value);
      else narrow[i] = uint8_t(value);
      ++filled;
    }
    complete = filled == samples;
    if (filled == 0) break;
    for (size_t i = filled; i < samples; ++i) wide ? void(broad[i] = 0x8080) : void(narrow[i] = 0x80);
    wide ? canvas.row(broad.data()) : canvas.row(narrow.data());
  }
  if (!complete) job.damaged("truncated");
  if (canvas.rows() == 0) return 0;
  Frame frame = canvas.finish();
  frame.index = index;
  job.deliver(std::move(frame));
  if (!complete) return 0;
  return plain ? scanner.at() : header.pixels_at + row_bytes * height;
}

}  // namespace

bool is_pnm(Bytes file) {
  Header header;
  return read_header(file, 0, header);
}

void decode_pnm(Job &job) {
  job.result.format = "pnm";
  uint64_t at = 0;
  for (uint32_t index = 0; job.wants_more(); ++index) {
    Header header;
    if (!read_header(job.file, at, header)) return;
    job.result.frames = index + 1;
    at = decode_one(job, header, index);
    while (at > 0 && holds(job.file, at, 1) && is_space(job.file.data[at])) ++at;
    if (at == 0 || at + 8 > job.file.size) return;
  }
}

}  // namespace custody::decoding
