// WSQ, the fingerprint format of IAFIS-IC-0110 ("WSQ Gray-scale Fingerprint Image Compression Specification"): the
// segments and the entropy-coded coefficients. The wavelet itself is in wsq_wavelet.cpp. No packaged library reads it.
#include <algorithm>
#include <array>
#include <cmath>

#include "canvas.hpp"
#include "reader.hpp"
#include "wsq_wavelet.hpp"

namespace custody::decoding {

namespace {

enum Marker : uint16_t {
  kStart = 0xFFA0, kEnd = 0xFFA1, kFrame = 0xFFA2, kBlock = 0xFFA3, kTransform = 0xFFA4, kQuantization = 0xFFA5,
  kHuffman = 0xFFA6, kRestart = 0xFFA7, kComment = 0xFFA8,
};

/// A canonical Huffman code of at most 16 bits.
struct HuffmanTable {
  bool defined = false;
  std::array<int32_t, 17> first_code = {}, first_index = {}, count = {};
  std::vector<uint8_t> values;

  bool define(const uint8_t *counts, Bytes symbols) {
    values.assign(symbols.data, symbols.data + symbols.size);
    int32_t code = 0, index = 0;
    for (int length = 1; length <= 16; ++length) {
      code <<= 1;
      first_code[length] = code;
      first_index[length] = index;
      count[length] = counts[length - 1];
      code += count[length];
      index += count[length];
    }
    defined = true;
    return size_t(index) == symbols.size;
  }
};

/// Bits of a block; a marker or the end of the bytes ends them.
class BitReader {
 public:
  BitReader(Bytes file, uint64_t at) : file_(file), at_(at) {}

  /// -1 at the end of the block.
  int bit() {
    if (held_ == 0) {
      if (at_ >= file_.size) return -1;
      byte_ = file_.data[at_];
      if (byte_ == 0xFF) {
        if (at_ + 1 >= file_.size || file_.data[at_ + 1] != 0) return -1;
        ++at_;
      }
      ++at_;
      held_ = 8;
    }
    return byte_ >> --held_ & 1;
  }
  int bits(int count) {
    int value = 0;
    while (count-- > 0) {
      int next = bit();
      if (next < 0) return -1;
      value = value << 1 | next;
    }
    return value;
  }
  int symbol(const HuffmanTable &table) {
    int32_t code = 0;
    for (int length = 1; length <= 16; ++length) {
      int next = bit();
      if (next < 0) return -1;
      code = code << 1 | next;
      int32_t offset = code - table.first_code[length];
      if (offset >= 0 && offset < table.count[length]) {
        size_t index = size_t(table.first_index[length] + offset);
        return index < table.values.size() ? table.values[index] : -2;
      }
    }
    return -2;
  }
  /// Position of the next marker.
  uint64_t position() const { return at_; }

 private:
  Bytes file_;
  uint64_t at_;
  uint8_t byte_ = 0;
  int held_ = 0;
};

class Wsq {
 public:
  explicit Wsq(Job &job) : job_(job), reader_(job.file) {}

  void run() {
    uint64_t at = 2;
    bool ended = false;
    while (!ended && holds(job_.file, at, 2)) {
      uint16_t marker = reader_.u16(at);
      if ((marker & 0xFF00) != 0xFF00) {  // damage within a block: the next marker may be sound
        job_.damaged("corrupt");
        ++at;
        continue;
      }
      if (marker == 0xFFFF) {
        ++at;
        continue;
      }
      if (marker == kEnd) {
        ended = true;
        break;
      }
      uint32_t length = reader_.u16(at + 2);
      if (marker < kStart || marker > kComment || length < 2) {
        job_.damaged("corrupt");
        at += 2;
        continue;
      }
      Bytes segment = part(job_.file, at + 4, length - 2);
      at += 2 + length;
      if (!read_segment(marker, segment)) return;
      if (marker == kBlock) at = read_block(segment, at);
      if (job_.stopped() || given_up_) return;
    }
    if (!ended) job_.damaged("truncated");
    finish();
  }

 private:
  /// `scale`: digits behind the decimal point.
  static float decimal(double value, int scale) { return float(value / std::pow(10.0, std::min(scale, 30))); }

  bool read_segment(uint16_t marker, Bytes segment) {
    Reader reader(segment);
    switch (marker) {
      case kFrame: {
        if (wavelet_) return true;
        height_ = reader.u16(2);
        width_ = reader.u16(4);
        shift_ = decimal(reader.u16(7), reader.u8(6));
        scale_ = decimal(reader.u16(10), reader.u8(9));
        if (reader.past_end()) return fail("corrupt");
        if (!job_.admit(width_, height_)) return false;
        if (!job_.fits(uint64_t(width_) * height_ * 10 + Canvas::cost(width_, height_, 1))) return false;
        wavelet_ = std::make_unique<WsqWavelet>(width_, height_);
        return true;
      }
      case kTransform: return read_transform(reader);
      case kQuantization: {
        centre_ = decimal(reader.u16(1), reader.u8(0));
        for (int i = 0; i < WsqWavelet::kBands; ++i) {
          step_[i] = decimal(reader.u16(4 + i * 6), reader.u8(3 + i * 6));
          zero_[i] = decimal(reader.u16(7 + i * 6), reader.u8(6 + i * 6));
        }
        quantized_ = !reader.past_end();
        return quantized_ || fail("corrupt");
      }
      case kHuffman: {
        for (uint64_t at = 0; at < segment.size;) {
          uint8_t id = reader.u8(at);
          uint32_t total = 0;
          for (int i = 0; i < 16; ++i) total += reader.u8(at + 1 + i);
          if (reader.past_end() || id > 7 || total > 256 || !holds(segment, at + 17, total)) return fail("corrupt");
          tables_[id].define(segment.data + at + 1, part(segment, at + 17, total));
          at += 17 + total;
        }
        return true;
      }
      case kRestart: job_.unsupported(); return false;
      default: return true;
    }
  }

  /// The first group of coefficients belongs to the analysis low pass, the second to the high pass; both are stored
  /// from the middle outwards.
  bool read_transform(Reader &reader) {
    int sizes[2] = {reader.u8(0), reader.u8(1)};
    uint64_t at = 2;
    for (int filter = 0; filter < 2; ++filter) {
      if (sizes[filter] % 2 == 0 || sizes[filter] > 2 * WsqWavelet::kReach + 1) {
        job_.unsupported();
        return false;
      }
      std::vector<float> &half = filter == 0 ? low_analysis_ : high_analysis_;
      half.clear();
      for (int i = 0; i <= sizes[filter] / 2; ++i, at += 6) {
        float value = decimal(reader.u32(at + 2), reader.u8(at + 1));
        half.push_back(reader.u8(at) ? -value : value);
      }
    }
    return !reader.past_end() || fail("corrupt");
  }

  uint64_t read_block(Bytes segment, uint64_t at) {
    uint8_t id = Reader(segment).u8(0);
    if (!wavelet_ || !quantized_ || id > 7 || !tables_[id].defined) {
      fail("corrupt");
      return at;
    }
    BitReader bits(job_.file, at);
    for (;;) {
      int symbol = bits.symbol(tables_[id]);
      if (symbol == -1) break;
      int run = 0, extra = 0;
      if (symbol >= 1 && symbol <= 100) {
        run = symbol;
      } else if (symbol == 105 || symbol == 106) {
        run = bits.bits(symbol == 105 ? 8 : 16);
        if (run < 0) break;
      } else if (symbol >= 101 && symbol <= 104) {
        extra = bits.bits(symbol <= 102 ? 8 : 16);
        if (extra < 0) break;
        put(symbol == 102 || symbol == 104 ? -extra : extra);
      } else if (symbol >= 107 && symbol <= 254) {
        put(symbol - 180);
      } else {
        job_.damaged("corrupt");
        break;
      }
      skip(uint32_t(run));
    }
    return bits.position();
  }

  /// Goes to the next place of a band that is stored at all.
  bool settle_band() {
    while (band_ < WsqWavelet::kStoredBands) {
      const WsqBand &band = wavelet_->band(band_);
      if (step_[band_] > 0 && in_band_ < uint64_t(band.width) * band.height) return true;
      ++band_;
      in_band_ = 0;
    }
    return false;
  }

  void put(int value) {
    if (!settle_band()) {
      job_.damaged("corrupt");
      return;
    }
    const WsqBand &band = wavelet_->band(band_);
    float level = 0;
    if (value > 0) level = step_[band_] * (value - centre_) + zero_[band_] / 2;
    if (value < 0) level = step_[band_] * (value + centre_) - zero_[band_] / 2;
    wavelet_->at(band.x + uint32_t(in_band_ % band.width), band.y + uint32_t(in_band_ / band.width)) = level;
    ++in_band_;
  }

  void skip(uint32_t count) {
    while (count > 0 && settle_band()) {
      const WsqBand &band = wavelet_->band(band_);
      uint64_t step = std::min<uint64_t>(count, uint64_t(band.width) * band.height - in_band_);
      in_band_ += step;
      count -= uint32_t(step);
    }
  }

  void finish() {
    if (!wavelet_ || !quantized_ || low_analysis_.empty() || (band_ == 0 && in_band_ == 0)) {
      job_.damaged("corrupt");
      return;
    }
    if (settle_band()) job_.damaged("truncated");
    wavelet_->synthesize(low_analysis_, high_analysis_);
    Canvas canvas(width_, height_, 1);
    std::vector<uint8_t> row(width_);
    for (uint32_t y = 0; y < height_; ++y) {
      for (uint32_t x = 0; x < width_; ++x) {
        float level = wavelet_->at(x, y) * scale_ + shift_ + 0.5f;
        row[x] = level >= 255 ? 255 : level > 0 ? uint8_t(level) : 0;  // not a number becomes 0
      }
      canvas.row(row.data());
    }
    job_.deliver(canvas.finish());
  }

  bool fail(const char *reason) {
    job_.damaged(reason);
    given_up_ = true;
    return false;
  }

  Job &job_;
  Reader reader_;
  uint32_t width_ = 0, height_ = 0;
  float shift_ = 0, scale_ = 1, centre_ = 0;
  float step_[WsqWavelet::kBands] = {}, zero_[WsqWavelet::kBands] = {};
  bool quantized_ = false, given_up_ = false;
  std::vector<float> low_analysis_, high_analysis_;
  HuffmanTable tables_[8];
  std::unique_ptr<WsqWavelet> wavelet_;
  int band_ = 0;
  uint64_t in_band_ = 0;
};

}  // namespace

void decode_wsq(Job &job) {
  job.result.format = "wsq";
  job.result.frames = 1;
  Wsq(job).run();
}

}  // namespace custody::decoding
