// TIFF and BigTIFF through libtiff, from memory. Ordinary pictures are read row by row (or one row of tiles at a time)
// and converted here, so that a large scan takes little memory and 12, 16 and 32-bit samples keep their contrast; what
// needs colour science (YCbCr without JPEG, Lab, LogLuv, separate planes, old JPEG) goes through libtiff's own
// conversion to RGBA.
#include <tiffio.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "jpeg_parts.hpp"
#include "raw.hpp"
#include "tiff_samples.hpp"

namespace custody::decoding {

namespace {

struct Source {
  Bytes bytes;
  uint64_t padding = 0;  ///< zeros behind the bytes that libtiff is made to believe in
  uint64_t at = 0;
  uint32_t errors = 0;
};

tmsize_t source_read(thandle_t handle, void *out, tmsize_t size) {
  Source &source = *static_cast<Source *>(handle);
  const uint64_t end = source.bytes.size + source.padding;
  if (size <= 0 || source.at >= end) return 0;
  size_t count = std::min<uint64_t>(uint64_t(size), end - source.at);
  Bytes real = part(source.bytes, source.at, count);
  if (real.size) memcpy(out, real.data, real.size);
  memset(static_cast<uint8_t *>(out) + real.size, 0, count - real.size);
  source.at += count;
  return tmsize_t(count);
}
tmsize_t source_write(thandle_t, void *, tmsize_t) { return 0; }
toff_t source_seek(thandle_t handle, toff_t offset, int whence) {
  Source &source = *static_cast<Source *>(handle);
  uint64_t base = whence == SEEK_CUR ? source.at : whence == SEEK_END ? source.bytes.size + source.padding : 0;
  source.at = base + offset;
  return source.at;
}
int source_close(thandle_t) { return 0; }
toff_t source_size(thandle_t handle) {
  const Source &source = *static_cast<Source *>(handle);
  return source.bytes.size + source.padding;
}
int source_map(thandle_t handle, void **base, toff_t *size) {
  Source &source = *static_cast<Source *>(handle);
  if (source.padding) return 0;
  *base = const_cast<uint8_t *>(source.bytes.data);
  *size = source.bytes.size;
  return 1;
}
void source_unmap(thandle_t, void *, toff_t) {}
int count_error(TIFF *, void *user, const char *, const char *, va_list) {
  ++static_cast<Source *>(user)->errors;
  return 1;
}
int ignore_warning(TIFF *, void *, const char *, const char *, va_list) { return 1; }

using Handle = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Handle open_tiff(Source &source, uint64_t max_memory) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return Handle(nullptr, &TIFFClose);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, tmsize_t(std::min<uint64_t>(max_memory, INT64_MAX / 2)));
  TIFFOpenOptionsSetErrorHandlerExtR(options, count_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, &source);
  TIFF *tiff = TIFFClientOpenExt("", "r", &source, source_read, source_write, source_seek, source_close, source_size,
                                 source_map, source_unmap, options);
  TIFFOpenOptionsFree(options);
  return Handle(tiff, &TIFFClose);
}

/// One directory of the file.
class Page {
 public:
  Page(Job &job, TIFF *tiff, Source &source, uint32_t index) : job_(job), tiff_(tiff), source_(source), index_(index) {}

  void decode() {
    if (!TIFFGetField(tiff_, TIFFTAG_IMAGEWIDTH, &width_) || !TIFFGetField(tiff_, TIFFTAG_IMAGELENGTH, &height_)) {
      job_.damaged("corrupt");
      return;
    }
    if (!job_.admit(width_, height_)) return;
    uint16_t orientation = 1;
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_ORIENTATION, &orientation);
    // Turning is done by the canvas, once for both ways of reading.
    TIFFSetField(tiff_, TIFFTAG_ORIENTATION, uint16_t(ORIENTATION_TOPLEFT));
    layout_ = describe();
    source_.errors = 0;
    std::optional<Canvas> canvas = layout_.readable ? read_samples() : read_rgba();
    if (source_.errors > 0) job_.damaged("corrupt");
    if (!canvas || good_rows_ == 0) {
      if (!job_.has_problem()) job_.unsupported();
      return;
    }
    Frame frame = canvas->finish(orientation);
    frame.index = index_;
    job_.deliver(std::move(frame));
  }

 private:
  SampleLayout describe() {
    SampleLayout layout;
    uint16_t photometric = PHOTOMETRIC_MINISBLACK, planar = PLANARCONFIG_CONTIG, compression = COMPRESSION_NONE;
    uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, extras = 0, *extra_types = nullptr;
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_COMPRESSION, &compression);
    if (!TIFFGetField(tiff_, TIFFTAG_PHOTOMETRIC, &photometric) && compression >= 2 && compression <= 4)
      photometric = PHOTOMETRIC_MINISWHITE;
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_EXTRASAMPLES, &extras, &extra_types);
    if (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG && planar == PLANARCONFIG_CONTIG) {
      TIFFSetField(tiff_, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      photometric = PHOTOMETRIC_RGB;
    }
    layout.bits = bits;
    layout.samples = samples;
    layout.format = format == SAMPLEFORMAT_IEEEFP ? SampleFormat::real
                    : format == SAMPLEFORMAT_INT  ? SampleFormat::integer
                                                  : SampleFormat::natural;
    int colours = 1;
    switch (photometric) {
      case PHOTOMETRIC_MINISWHITE: layout.meaning = SampleMeaning::white_is_zero; break;
      case PHOTOMETRIC_MINISBLACK:
      case PHOTOMETRIC_MASK: layout.meaning = SampleMeaning::grey; break;
      case PHOTOMETRIC_RGB: layout.meaning = SampleMeaning::rgb, colours = 3; break;
      case PHOTOMETRIC_SEPARATED: layout.meaning = SampleMeaning::cmyk, colours = 4; break;
      case PHOTOMETRIC_PALETTE: {
        layout.meaning = SampleMeaning::palette;
        uint16_t *red = nullptr, *green = nullptr, *blue = nullptr;
        if (bits > 8 || !TIFFGetField(tiff_, TIFFTAG_COLORMAP, &red, &green, &blue)) return layout;
        layout.set_palette(red, green, blue, 1u << bits);
        break;
      }
      default: return layout;
    }
    if (samples < colours || samples > 64 || (planar != PLANARCONFIG_CONTIG && samples > 1)) return layout;
    if (compression == COMPRESSION_OJPEG) return layout;
    if (layout.meaning == SampleMeaning::cmyk && bits != 8 && bits != 16) return layout;
    if (extras > 0 && extra_types && layout.meaning != SampleMeaning::palette && samples > colours) {
      layout.alpha = extra_types[0] == EXTRASAMPLE_UNASSALPHA || extra_types[0] == EXTRASAMPLE_ASSOCALPHA;
      layout.premultiplied = extra_types[0] == EXTRASAMPLE_ASSOCALPHA;
      if (layout.meaning == SampleMeaning::cmyk) layout.alpha = false;
    }
    layout.readable = layout.bits_known();
    return layout;
  }

  /// Calls `take(row samples or nullptr)` for each row in order; false when nothing could be read at all.
  template <typename Take>
  bool each_row(Take take) {
    uint64_t row_bytes = (uint64_t(width_) * layout_.samples * layout_.bits + 7) / 8;
    if (!TIFFIsTiled(tiff_)) {
      uint64_t line = uint64_t(TIFFScanlineSize64(tiff_));
      if (line < row_bytes || !job_.fits(line)) return false;
      std::vector<uint8_t> buffer(line);
      uint32_t strip = height_;
      TIFFGetFieldDefaulted(tiff_, TIFFTAG_ROWSPERSTRIP, &strip);
      strip = std::clamp<uint32_t>(strip, 1, height_);
      for (uint32_t y = 0; y < height_;) {
        if (TIFFReadScanline(tiff_, buffer.data(), y, 0) == 1) {
          take(buffer.data());
          ++y;
          continue;
        }
        // The rest of the strip is lost; the next one stands alone.
        job_.damaged(read_past_end(y / strip) ? "truncated" : "corrupt");
        uint32_t next = std::min<uint64_t>(height_, (uint64_t(y / strip) + 1) * strip);
        for (; y < next; ++y) take(nullptr);
      }
      return true;
    }
    uint32_t tile_width = 0, tile_height = 0;
    TIFFGetField(tiff_, TIFFTAG_TILEWIDTH, &tile_width);
    TIFFGetField(tiff_, TIFFTAG_TILELENGTH, &tile_height);
    if (!tile_width || !tile_height || tile_width > kLargestSide || tile_height > kLargestSide) {
      job_.damaged("corrupt");
      return false;
    }
    uint64_t tile_row = (uint64_t(tile_width) * layout_.samples * layout_.bits + 7) / 8;
    uint64_t across = (uint64_t(width_) + tile_width - 1) / tile_width, tile_bytes = uint64_t(TIFFTileSize64(tiff_));
    uint64_t band_row = tile_row * across;
    // Tiles whose rows do not end on a byte cannot be put side by side by copying.
    if (uint64_t(tile_width) * layout_.samples * layout_.bits % 8 != 0 && across > 1) return false;
    if (tile_bytes < tile_row * tile_height || !job_.fits(tile_bytes + band_row * tile_height)) return false;
    std::vector<uint8_t> tile(tile_bytes), band(band_row * tile_height);
    for (uint32_t y = 0; y < height_; y += tile_height) {
      bool any = false;
      for (uint64_t column = 0; column < across; ++column) {
        uint32_t number = TIFFComputeTile(tiff_, uint32_t(column * tile_width), y, 0, 0);
        bool good = TIFFReadEncodedTile(tiff_, number, tile.data(), tmsize_t(tile_bytes)) > 0;
        if (!good) {
          job_.damaged(read_past_end(number) ? "truncated" : "corrupt");
          std::fill(tile.begin(), tile.end(), 0x80);
        }
        any |= good;
        for (uint32_t r = 0; r < tile_height; ++r)
          memcpy(&band[r * band_row + column * tile_row], &tile[r * tile_row], tile_row);
      }
      uint32_t last = std::min(tile_height, height_ - y);
      for (uint32_t r = 0; r < last; ++r) take(any ? &band[r * band_row] : nullptr);
    }
    return true;
  }

  bool read_past_end(uint32_t strip) {
    uint64_t offset = TIFFGetStrileOffset(tiff_, strip), count = TIFFGetStrileByteCount(tiff_, strip);
    return !holds(source_.bytes, offset, count);
  }

  std::optional<Canvas> read_samples() {
    Canvas::Depth depth = layout_.depth();
    int channels = layout_.channels();
    if (!job_.fits(Canvas::cost(width_, height_, channels, depth))) return std::nullopt;
    // Numbers without a natural range are spread from the least to the greatest.
    if (layout_.needs_range()) {
      layout_.begin_range();
      if (!each_row([&](const uint8_t *samples) {
            if (samples) layout_.extend_range(samples, width_);
          }))
        return std::nullopt;
      layout_.end_range();
    }
    Canvas canvas(width_, height_, channels, depth);
    std::vector<uint8_t> narrow(depth == Canvas::Depth::eight ? size_t(width_) * channels : 0);
    std::vector<uint16_t> wide(depth == Canvas::Depth::sixteen ? size_t(width_) * channels : 0);
    bool read = each_row([&](const uint8_t *samples) {
      good_rows_ += samples != nullptr;
      if (depth == Canvas::Depth::eight) {
        samples ? layout_.convert(samples, width_, narrow.data()) : layout_.blank(narrow);
        canvas.row(narrow.data());
      } else {
        samples ? layout_.convert(samples, width_, wide.data()) : layout_.blank(wide);
        canvas.row(wide.data());
      }
    });
    if (!read) return job_.has_problem() ? std::nullopt : read_rgba();
    return canvas;
  }

  std::optional<Canvas> read_rgba() {
    char message[1024];
    if (!TIFFRGBAImageOK(tiff_, message)) {
      job_.unsupported();
      return std::nullopt;
    }
    bool tiled = TIFFIsTiled(tiff_);
    uint32_t step_x = width_, step_y = height_;
    if (tiled) {
      TIFFGetField(tiff_, TIFFTAG_TILEWIDTH, &step_x);
      TIFFGetField(tiff_, TIFFTAG_TILELENGTH, &step_y);
    } else {
      TIFFGetFieldDefaulted(tiff_, TIFFTAG_ROWSPERSTRIP, &step_y);
      step_y = std::min(step_y, height_);
    }
    if (!step_x || !step_y || step_x > kLargestSide || step_y > kLargestSide) {
      job_.damaged("corrupt");
      return std::nullopt;
    }
    // Per band: the raster, the samples libtiff holds of it, and for tiles the row of them.
    uint64_t raster_pixels = uint64_t(step_x) * step_y;
    uint64_t memory = raster_pixels * 12 + Canvas::cost(width_, height_, 4) +
                      (tiled ? uint64_t(width_) * step_y * 4 : 0);
    if (!job_.fits(memory)) return std::nullopt;
    std::vector<uint32_t> raster(raster_pixels), band(tiled ? size_t(width_) * step_y : 0);
    std::vector<uint8_t> row(size_t(width_) * 4);
    Canvas canvas(width_, height_, 4);
    for (uint32_t y = 0; y < height_; y += step_y) {
      uint32_t rows = std::min(step_y, height_ - y);
      bool good = false;
      if (!tiled) {
        std::fill(raster.begin(), raster.end(), 0xFF808080u);
        good = TIFFReadRGBAStripExt(tiff_, y, raster.data(), 0) != 0;
      } else {
        for (uint32_t x = 0; x < width_; x += step_x) {
          std::fill(raster.begin(), raster.end(), 0xFF808080u);
          good |= TIFFReadRGBATileExt(tiff_, x, y, raster.data(), 0) != 0;
          uint32_t columns = std::min(step_x, width_ - x);
          for (uint32_t r = 0; r < rows; ++r)  // the lowest row comes first
            memcpy(&band[size_t(r) * width_ + x], &raster[size_t(step_y - 1 - r) * step_x], columns * 4ull);
        }
      }
      if (!good) job_.damaged("corrupt");
      for (uint32_t r = 0; r < rows; ++r) {
        const uint32_t *from = tiled ? &band[size_t(r) * width_] : &raster[size_t(rows - 1 - r) * width_];
        for (uint32_t x = 0; x < width_; ++x) {
          row[x * 4ull] = uint8_t(TIFFGetR(from[x]));
          row[x * 4ull + 1] = uint8_t(TIFFGetG(from[x]));
          row[x * 4ull + 2] = uint8_t(TIFFGetB(from[x]));
          row[x * 4ull + 3] = uint8_t(TIFFGetA(from[x]));
        }
        canvas.row(row.data());
      }
      good_rows_ += good ? rows : 0;
    }
    return canvas;
  }

  Job &job_;
  TIFF *tiff_;
  Source &source_;
  uint32_t index_, width_ = 0, height_ = 0, good_rows_ = 0;
  SampleLayout layout_;
};

/// Data that ends in the middle of a strip: libtiff reads a strip whole or not at all, so it is given zeros for the
/// rest.
constexpr uint64_t kPadding = 64 << 20;

bool data_missing(TIFF *tiff, Bytes file) {
  uint64_t pieces = std::min<uint64_t>(TIFFIsTiled(tiff) ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff), 1 << 16);
  for (uint32_t i = 0; i < pieces; ++i)
    if (!holds(file, TIFFGetStrileOffset(tiff, i), TIFFGetStrileByteCount(tiff, i))) return true;
  return false;
}

}  // namespace

void decode_tiff_pages(Job &job) {
  Source source;
  source.bytes = job.file;
  Handle tiff = open_tiff(source, job.options.max_memory);
  if (!tiff) {
    Reader reader(job.file, starts_with(job.file, "II", 2));
    uint64_t directory = reader.u16(2) == 43 ? reader.u64(8) : reader.u32(4);
    job.damaged(directory + 2 > job.file.size ? "truncated" : "corrupt");
    return;
  }
  job.result.frames = std::max<uint32_t>(1, TIFFNumberOfDirectories(tiff.get()));
  if (data_missing(tiff.get(), job.file)) {
    job.damaged("truncated");
    tiff.reset();
    source.padding = kPadding;
    source.at = 0;
    tiff = open_tiff(source, job.options.max_memory);
    if (!tiff) return;
  }
  std::vector<uint64_t> inner;  // SubIFDs: smaller copies, previews, layers
  uint32_t index = 0;
  do {
    if (!job.wants_more()) return;
    uint16_t count = 0;
    uint64_t *offsets = nullptr;
    if (TIFFGetField(tiff.get(), TIFFTAG_SUBIFD, &count, &offsets) && offsets)
      for (uint16_t i = 0; i < count && inner.size() < job.options.max_frames; ++i) inner.push_back(offsets[i]);
    Page(job, tiff.get(), source, index++).decode();
    if (job.stopped()) return;
  } while (TIFFReadDirectory(tiff.get()));
  job.result.frames += uint32_t(inner.size());
  for (uint64_t offset : inner) {
    if (!job.wants_more()) return;
    if (!TIFFSetSubDirectory(tiff.get(), offset)) {
      job.damaged("corrupt");
      continue;
    }
    Page(job, tiff.get(), source, index++).decode();
  }
}

void decode_tiff(Job &job) {
  if (is_raw_tiff(job.file)) {
    decode_raw(job);
    return;
  }
  job.result.format = "tiff";
  decode_tiff_pages(job);
}

}  // namespace custody::decoding
