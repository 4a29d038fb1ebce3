// GIF, with a decoder of its own: the format is small, frames must be laid over each other anyway, and the data of
// frames beyond the limit is skipped without being unpacked, so that a GIF without end costs no more than its bytes.
#include <algorithm>

#include "canvas.hpp"
#include "reader.hpp"

namespace custody::decoding {

namespace {

struct Palette {
  uint8_t colours[256][3] = {};
};

/// One LZW stream in sub-blocks, unpacked to at most `wanted` indices.
class Unpacker {
 public:
  Unpacker(Bytes file, uint64_t &at) : file_(file), at_(at) {}

  /// Indices unpacked; stops at damage. Afterwards the position is behind the sub-blocks.
  size_t unpack(int minimum, std::vector<uint8_t> &out) {
    size_t filled = 0;
    if (minimum >= 1 && minimum <= 11) filled = run(minimum, out);
    skip_rest();
    return filled;
  }

  void skip_rest() {
    if (ended_) return;
    at_ += left_;
    left_ = 0;
    while (at_ < file_.size) {
      uint8_t size = file_.data[at_++];
      if (size == 0) {
        ended_ = true;
        return;
      }
      at_ = std::min<uint64_t>(file_.size, at_ + size);
    }
  }

 private:
  int next_byte() {
    if (left_ == 0) {
      if (ended_ || at_ >= file_.size) return -1;
      left_ = file_.data[at_++];
      if (left_ == 0) {
        ended_ = true;
        return -1;
      }
    }
    if (at_ >= file_.size) return -1;
    --left_;
    return file_.data[at_++];
  }

  size_t run(int minimum, std::vector<uint8_t> &out) {
    const unsigned clear = 1u << minimum, end = clear + 1;
    std::vector<uint16_t> prefix(4096);
    std::vector<uint8_t> last(4096), first(4096), stack(4097);
    for (unsigned i = 0; i < clear && i < 4096; ++i) last[i] = first[i] = uint8_t(i);
    unsigned next = end + 1, bits = unsigned(minimum) + 1, previous = UINT32_MAX;
    uint32_t hold = 0, held = 0;
    size_t filled = 0;
    while (filled < out.size()) {
      while (held < bits) {
        int byte = next_byte();
        if (byte < 0) return filled;
        hold |= uint32_t(byte) << held;
        held += 8;
      }
      unsigned code = hold & ((1u << bits) - 1);
      hold >>= bits;
      held -= bits;
      if (code == clear) {
        next = end + 1;
        bits = unsigned(minimum) + 1;
        previous = UINT32_MAX;
        continue;
      }
      if (code == end) return filled;
      if (code > next || (code == next && previous == UINT32_MAX) || (previous == UINT32_MAX && code >= clear))
        return filled;
      size_t depth = 0;
      unsigned walk = code;
      if (code == next) {  // the string that is being defined: previous + its own first
        stack[depth++] = first[previous];
        walk = previous;
      }
      while (walk > end && depth < 4096) {
        stack[depth++] = last[walk];
        walk = prefix[walk];
      }
      stack[depth++] = last[walk];
      uint8_t head = last[walk];
      while (depth > 0 && filled < out.size()) out[filled++] = stack[--depth];
      if (previous != UINT32_MAX && next < 4096) {
        prefix[next] = uint16_t(previous);
        last[next] = head;
        first[next] = first[previous];
        ++next;
        if (next == (1u << bits) && bits < 12) ++bits;
      }
      previous = code;
    }
    return filled;
  }

  Bytes file_;
  uint64_t &at_;
  size_t left_ = 0;
  bool ended_ = false;
};

struct Placement {
  uint32_t left, top, width, height;
  bool interlaced;
  int transparent, disposal;
};

/// Row of the picture that the n-th stored row belongs to.
uint32_t interlaced_row(uint32_t n, uint32_t height) {
  static const uint32_t starts[4] = {0, 4, 2, 1}, steps[4] = {8, 8, 4, 2};
  for (int pass = 0; pass < 4; ++pass) {
    uint32_t rows = height > starts[pass] ? (height - starts[pass] + steps[pass] - 1) / steps[pass] : 0;
    if (n < rows) return starts[pass] + n * steps[pass];
    n -= rows;
  }
  return height;
}

class Gif {
 public:
  explicit Gif(Job &job) : job_(job), reader_(job.file, true) {}

  void run() {
    width_ = reader_.u16(6);
    height_ = reader_.u16(8);
    uint8_t flags = reader_.u8(10);
    at_ = 13;
    global_size_ = flags & 0x80 ? 2u << (flags & 7) : 0;
    read_palette(global_, global_size_);
    uint32_t frames = 0;
    bool ended = false;
    while (at_ < job_.file.size) {
      uint8_t kind = job_.file.data[at_++];
      if (kind == 0x21) {
        extension();
      } else if (kind == 0x2C) {
        ++frames;
        if (!image(frames - 1)) break;
      } else if (kind == 0x3B) {
        ended = true;
        break;
      } else if (kind != 0) {
        job_.damaged("corrupt");
        break;
      }
    }
    job_.result.frames = std::max<uint32_t>(frames, 1);
    if (!ended && !job_.stopped()) job_.damaged("truncated");
  }

 private:
  void read_palette(Palette &palette, uint32_t colours) {
    Bytes table = part(job_.file, at_, uint64_t(colours) * 3);
    if (table.size) memcpy(palette.colours, table.data, table.size);
    at_ += uint64_t(colours) * 3;
  }

  void extension() {
    uint8_t label = reader_.u8(at_);
    if (label == 0xF9 && reader_.u8(at_ + 1) >= 4) {
      uint8_t flags = reader_.u8(at_ + 2);
      disposal_ = flags >> 2 & 7;
      transparent_ = flags & 1 ? reader_.u8(at_ + 5) : -1;
    }
    ++at_;
    Unpacker(job_.file, at_).skip_rest();
  }

  /// False: no more frames can come.
  bool image(uint32_t index) {
    if (!holds(job_.file, at_, 10)) {
      job_.damaged("truncated");
      return false;
    }
    uint8_t flags = reader_.u8(at_ + 8);
    Placement place = {reader_.u16(at_), reader_.u16(at_ + 2), reader_.u16(at_ + 4), reader_.u16(at_ + 6),
                       (flags & 0x40) != 0, transparent_, disposal_};
    transparent_ = -1;
    disposal_ = 0;
    at_ += 9;
    Palette local = global_;
    if (flags & 0x80) read_palette(local, 2u << (flags & 7));
    int minimum = reader_.u8(at_++);
    Unpacker unpacker(job_.file, at_);
    // A screen of no size, or one that the first picture does not fit, takes the size of the picture.
    if (screen_.empty()) {
      width_ = std::max(width_, place.left + place.width);
      height_ = std::max(height_, place.top + place.height);
    }
    bool wanted = !job_.stopped() && !given_up_ && job_.wants_more();
    if (wanted && !job_.admit(width_, height_)) wanted = false;
    if (wanted && screen_.empty()) {
      uint64_t pixels = uint64_t(width_) * height_;
      if (!job_.fits(pixels * 9 + Canvas::cost(width_, height_, 4))) wanted = false;
      if (wanted) screen_.assign(size_t(pixels) * 4, 0);
    }
    if (!wanted) {
      given_up_ = true;
      unpacker.skip_rest();
      return !job_.stopped();
    }
    std::vector<uint8_t> indices(std::min<uint64_t>(uint64_t(place.width) * place.height, job_.options.max_pixels));
    size_t filled = unpacker.unpack(minimum, indices);
    if (filled < indices.size()) job_.damaged(at_ >= job_.file.size ? "truncated" : "corrupt");
    if (filled == 0 && !indices.empty()) return at_ < job_.file.size;
    if (place.disposal == 3) saved_ = screen_;
    paint(place, local, indices, filled);
    show(index);
    dispose(place);
    return true;
  }

  void paint(const Placement &place, const Palette &palette, const std::vector<uint8_t> &indices, size_t filled) {
    for (uint32_t n = 0; n < place.height; ++n) {
      uint32_t y = place.top + (place.interlaced ? interlaced_row(n, place.height) : n);
      if (y >= height_) continue;
      for (uint32_t x = 0; x < place.width && place.left + x < width_; ++x) {
        size_t from = size_t(n) * place.width + x;
        if (from >= filled) return;
        if (indices[from] == place.transparent) continue;
        uint8_t *to = &screen_[(size_t(y) * width_ + place.left + x) * 4];
        memcpy(to, palette.colours[indices[from]], 3);
        to[3] = 255;
      }
    }
  }

  void show(uint32_t index) {
    Canvas canvas(width_, height_, 4);
    for (uint32_t y = 0; y < height_; ++y) canvas.row(&screen_[size_t(y) * width_ * 4]);
    Frame frame = canvas.finish();
    frame.index = index;
    job_.deliver(std::move(frame));
  }

  void dispose(const Placement &place) {
    if (place.disposal == 3) {
      screen_ = saved_;
    } else if (place.disposal == 2) {
      for (uint32_t y = place.top; y < height_ && y < place.top + place.height; ++y)
        for (uint32_t x = place.left; x < width_ && x < place.left + place.width; ++x)
          memset(&screen_[(size_t(y) * width_ + x) * 4], 0, 4);
    }
  }

  Job &job_;
  Reader reader_;
  uint64_t at_ = 0;
  uint32_t width_ = 0, height_ = 0, global_size_ = 0;
  Palette global_;
  std::vector<uint8_t> screen_, saved_;
  int transparent_ = -1, disposal_ = 0;
  bool given_up_ = false;
};

}  // namespace

void decode_gif(Job &job) {
  job.result.format = "gif";
  Gif(job).run();
}

}  // namespace custody::decoding
