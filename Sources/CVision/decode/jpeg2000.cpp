// JPEG 2000 through OpenJPEG: JP2 files and bare codestreams, at a lower resolution where the picture is huge. No
// threads.
#include <openjpeg-2.5/openjpeg.h>

#include <algorithm>
#include <memory>

#include "canvas.hpp"
#include "reader.hpp"

namespace custody::decoding {

namespace {

/// What OpenJPEG keeps for each tile and for each component of it before anything is decoded, rounded up.
constexpr uint64_t kTileCost = 8192, kTileComponentCost = 2048;

struct Source {
  Bytes bytes;
  uint64_t at = 0;
};

OPJ_SIZE_T source_read(void *out, OPJ_SIZE_T size, void *user) {
  Source &source = *static_cast<Source *>(user);
  if (source.at >= source.bytes.size) return OPJ_SIZE_T(-1);
  size_t count = std::min<uint64_t>(size, source.bytes.size - source.at);
  memcpy(out, source.bytes.data + source.at, count);
  source.at += count;
  return count;
}
OPJ_OFF_T source_skip(OPJ_OFF_T count, void *user) {
  Source &source = *static_cast<Source *>(user);
  if (count < 0) return -1;
  source.at = std::min<uint64_t>(source.bytes.size, source.at + uint64_t(count));
  return count;
}
OPJ_BOOL source_seek(OPJ_OFF_T offset, void *user) {
  Source &source = *static_cast<Source *>(user);
  if (offset < 0 || uint64_t(offset) > source.bytes.size) return OPJ_FALSE;
  source.at = uint64_t(offset);
  return OPJ_TRUE;
}
void ignore(const char *, void *) {}

struct Size {
  uint64_t width = 0, height = 0, tiles = 0, components = 0;
};

/// The SIZ segment, read before the library takes memory by it.
Size read_size(Bytes file) {
  Size size;
  size_t box = find(file, "jp2c", 4, 0);
  size_t at = find(file, "\xFF\x4F\xFF\x51", 4, box == SIZE_MAX ? 0 : box);
  if (at == SIZE_MAX) return size;
  Reader reader(from(file, at + 8));
  uint64_t right = reader.u32(0), bottom = reader.u32(4), left = reader.u32(8), top = reader.u32(12);
  uint64_t tile_width = reader.u32(16), tile_height = reader.u32(20), tile_x = reader.u32(24), tile_y = reader.u32(28);
  size.components = reader.u16(32);
  if (reader.past_end() || right <= left || bottom <= top || !tile_width || !tile_height) return {};
  if (tile_x > left || tile_y > top) return {};
  size.width = right - left;
  size.height = bottom - top;
  size.tiles = ((right - tile_x + tile_width - 1) / tile_width) * ((bottom - tile_y + tile_height - 1) / tile_height);
  return size;
}

using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

struct Attempt {
  bool complete = false;
  Image image{nullptr, &opj_image_destroy};
};

Attempt attempt(Bytes file, OPJ_CODEC_FORMAT format, uint32_t reduce, bool strict) {
  Attempt out;
  Source source{file};
  Codec codec(opj_create_decompress(format), &opj_destroy_codec);
  Stream stream(opj_stream_create(1 << 16, OPJ_TRUE), &opj_stream_destroy);
  if (!codec || !stream) return out;
  opj_stream_set_read_function(stream.get(), source_read);
  opj_stream_set_skip_function(stream.get(), source_skip);
  opj_stream_set_seek_function(stream.get(), source_seek);
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), file.size);
  opj_set_info_handler(codec.get(), ignore, nullptr);
  opj_set_warning_handler(codec.get(), ignore, nullptr);
  opj_set_error_handler(codec.get(), ignore, nullptr);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  parameters.cp_reduce = reduce;
  if (!opj_setup_decoder(codec.get(), &parameters)) return out;
  opj_decoder_set_strict_mode(codec.get(), strict ? OPJ_TRUE : OPJ_FALSE);
  opj_image_t *raw = nullptr;
  bool header = opj_read_header(stream.get(), codec.get(), &raw);
  out.image.reset(raw);
  if (!header || !raw) return out;
  out.complete = opj_decode(codec.get(), stream.get(), raw) && opj_end_decompress(codec.get(), stream.get());
  return out;
}

/// A copy in which no tile part claims to be longer than the bytes that are there: OpenJPEG takes memory by that claim
/// when it is asked to be lenient.
std::vector<uint8_t> with_honest_lengths(Bytes file) {
  std::vector<uint8_t> copy(file.data, file.data + file.size);
  Reader reader(file);
  size_t at = 0;
  for (int parts = 0; parts < 65536 * 4; ++parts) {
    at = find(file, "\xFF\x90\x00\x0A", 4, at);
    if (at == SIZE_MAX || !holds(file, at, 12)) break;
    uint64_t length = reader.u32(at + 6), there = file.size - at;
    if (length > there)
      for (int i = 0; i < 4; ++i) copy[at + 6 + size_t(i)] = uint8_t(there >> (24 - 8 * i));
    at += 12;
  }
  return copy;
}

/// Number of resolutions that can be left out: the least of what the codestream's COD segment says.
uint32_t decompositions(Bytes file) {
  size_t at = find(file, "\xFF\x52", 2, 0);
  return at == SIZE_MAX ? 0 : std::min<uint32_t>(32, Reader(file).u8(at + 9));
}

/// Samples of one component as numbers from 0 to `top`, at full size whatever its subsampling.
class Plane {
 public:
  Plane(const opj_image_comp_t &component, uint32_t width, uint32_t height, uint32_t top)
      : component_(component), width_(width), height_(height), top_(top) {
    offset_ = component.sgnd ? int64_t(1) << (component.prec - 1) : 0;
    largest_ = (int64_t(1) << component.prec) - 1;
  }
  uint32_t at(uint32_t x, uint32_t y) const {
    uint64_t column = component_.w == width_ ? x : uint64_t(x) * component_.w / width_;
    uint64_t row = component_.h == height_ ? y : uint64_t(y) * component_.h / height_;
    int64_t value = component_.data[row * component_.w + column] + offset_;
    value = std::clamp<int64_t>(value, 0, largest_);
    return largest_ == top_ ? uint32_t(value) : uint32_t(value * top_ / largest_);
  }

 private:
  const opj_image_comp_t &component_;
  uint32_t width_, height_, top_;
  int64_t offset_, largest_;
};

uint32_t limit(double value, uint32_t top) { return uint32_t(std::clamp(value + 0.5, 0.0, double(top))); }

template <typename Sample>
void draw(const opj_image_t &image, Canvas &canvas, int channels, bool ycc, bool cmyk, uint32_t width,
          uint32_t height) {
  const uint32_t top = sizeof(Sample) == 1 ? 255 : 65535;
  std::vector<Plane> planes;
  for (int c = 0; c < (cmyk ? 4 : channels); ++c) planes.emplace_back(image.comps[c], width, height, top);
  std::vector<Sample> row(size_t(width) * channels);
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      Sample *to = &row[size_t(x) * channels];
      if (cmyk) {
        uint64_t black = top - planes[3].at(x, y);
        for (int c = 0; c < 3; ++c) to[c] = Sample((top - planes[c].at(x, y)) * black / top);
        continue;
      }
      for (int c = 0; c < channels; ++c) to[c] = Sample(planes[c].at(x, y));
      if (ycc) {  // full range, Rec. 601
        double luma = to[0], blue = double(to[1]) - (top + 1) / 2, red = double(to[2]) - (top + 1) / 2;
        to[0] = Sample(limit(luma + 1.402 * red, top));
        to[1] = Sample(limit(luma - 0.344136 * blue - 0.714136 * red, top));
        to[2] = Sample(limit(luma + 1.772 * blue, top));
      }
    }
    canvas.row(row.data());
  }
}

void deliver(Job &job, const opj_image_t &image, const Size &size) {
  int count = int(std::min<uint32_t>(image.numcomps, 4));
  bool wide = false, subsampled = false;
  for (int c = 0; c < count; ++c) {
    const opj_image_comp_t &component = image.comps[c];
    if (!component.data || !component.w || !component.h || component.prec < 1 || component.prec > 31) {
      if (c == 0) {
        job.damaged("corrupt");
        return;
      }
      count = c == 3 ? 3 : 1;
      break;
    }
    wide |= component.prec > 8;
    subsampled |= component.dx != image.comps[0].dx || component.dy != image.comps[0].dy;
  }
  bool cmyk = image.color_space == OPJ_CLRSPC_CMYK && count == 4;
  int channels = count;
  if (cmyk) channels = 3;
  else if (count == 4 && !image.comps[3].alpha) channels = 3;
  else if (count == 2 && !image.comps[1].alpha) channels = 1;
  bool ycc = channels >= 3 && !cmyk && (image.color_space == OPJ_CLRSPC_SYCC || (subsampled && count == 3));
  uint32_t width = image.comps[0].w, height = image.comps[0].h;
  Canvas::Depth depth = wide ? Canvas::Depth::sixteen : Canvas::Depth::eight;
  Canvas canvas(width, height, channels, depth);
  if (wide) draw<uint16_t>(image, canvas, channels, ycc, cmyk, width, height);
  else draw<uint8_t>(image, canvas, channels, ycc, cmyk, width, height);
  job.deliver(canvas.finish(1, uint32_t(size.width), uint32_t(size.height)));
}

}  // namespace

void decode_jpeg2000(Job &job) {
  job.result.format = "jpeg2000";
  job.result.frames = 1;
  Size size = read_size(job.file);
  if (size.tiles == 0 || size.components == 0) {
    job.damaged("corrupt");
    return;
  }
  if (!job.admit(size.width, size.height)) return;
  if (size.components > 1024 || !job.fits(size.tiles * (kTileCost + size.components * kTileComponentCost))) {
    job.limited("memory-limit");
    return;
  }
  uint32_t reduce = 0, most = decompositions(job.file);
  uint32_t factor = shrink_factor(size.width, size.height);
  while (reduce < most && 2u << reduce <= factor) ++reduce;
  uint64_t pixels = ((size.width >> reduce) + 1) * ((size.height >> reduce) + 1);
  // The library holds each component twice in 32 bits while it decodes.
  if (!job.fits(pixels * size.components * 8 + pixels * 8)) return;
  OPJ_CODEC_FORMAT format = starts_with(job.file, "\xFF\x4F\xFF\x51", 4) ? OPJ_CODEC_J2K : OPJ_CODEC_JP2;
  Attempt result = attempt(job.file, format, reduce, true);
  if (!result.complete) {
    // What a truncated or damaged picture still holds is worth a look.
    job.damaged(starts_with(job.file, "\xFF\xD9", 2, job.file.size - 2) ? "corrupt" : "truncated");
    if (!job.fits(job.file.size)) return;
    std::vector<uint8_t> honest = with_honest_lengths(job.file);
    result = attempt({honest.data(), honest.size()}, format, reduce, false);
  }
  if (!result.image || !result.complete || result.image->numcomps == 0) return;
  deliver(job, *result.image, size);
}

}  // namespace custody::decoding
