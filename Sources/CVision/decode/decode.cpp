// Which decoder looks at which bytes: one table, first match wins. Names and extensions play no part.
#include <algorithm>
#include <exception>
#include <new>

#include "job.hpp"
#include "quiet.hpp"
#include "pnm.hpp"
#include "reader.hpp"

namespace custody {

namespace decoding {
namespace {

bool is_jpeg(Bytes f) { return starts_with(f, "\xFF\xD8\xFF", 3); }
bool is_png(Bytes f) { return starts_with(f, "\x89PNG\r\n\x1A\n", 8); }
bool is_gif(Bytes f) { return starts_with(f, "GIF87a", 6) || starts_with(f, "GIF89a", 6); }
bool is_webp(Bytes f) { return starts_with(f, "RIFF", 4) && starts_with(f, "WEBP", 4, 8); }
bool is_tiff(Bytes f) {
  return starts_with(f, "II\x2A\0", 4) || starts_with(f, "MM\0\x2A", 4) || starts_with(f, "II\x2B\0", 4) ||
         starts_with(f, "MM\0\x2B", 4);
}
bool is_raw(Bytes f) {
  return starts_with(f, "FUJIFILMCCD-RAW", 15) || starts_with(f, "IIRO", 4) || starts_with(f, "IIRS", 4) ||
         starts_with(f, "MMOR", 4) || starts_with(f, "IIU\0", 4) || starts_with(f, "FOVb", 4) ||
         starts_with(f, "\0MRM", 4) || starts_with(f, "HEAPCCDR", 8, 6) || starts_with(f, "ftypcrx ", 8, 4);
}
bool is_bmp(Bytes f) {
  if (!starts_with(f, "BM", 2)) return false;
  uint32_t header = Reader(f, true).u32(14);
  return header == 12 || header == 16 || (header >= 40 && header <= 128 && header % 4 == 0);
}
bool is_ico(Bytes f) {
  if (!starts_with(f, "\0\0\1\0", 4) && !starts_with(f, "\0\0\2\0", 4)) return false;
  Reader reader(f, true);
  uint32_t count = reader.u16(4), offset = reader.u32(18), length = reader.u32(14);
  if (count == 0 || offset < 6 + count * 16 || length < 12) return false;
  return starts_with(f, "\x89PNG", 4, offset) || starts_with(f, "\x28\0\0\0", 4, offset) ||
         starts_with(f, "\x0C\0\0\0", 4, offset);
}

bool is_jpeg2000(Bytes f) {
  return starts_with(f, "\0\0\0\x0CjP  \r\n\x87\n", 12) || starts_with(f, "\xFF\x4F\xFF\x51", 4);
}
bool is_jxl(Bytes f) {
  return starts_with(f, "\0\0\0\x0CJXL \r\n\x87\n", 12) || starts_with(f, "\xFF\x0A", 2);
}
bool is_heif(Bytes f) {
  if (!starts_with(f, "ftyp", 4, 4)) return false;
  uint64_t size = std::min<uint64_t>(Reader(f).u32(0), 256);
  static const char *const brands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"};
  for (uint64_t at = 8; at + 4 <= size; at += at == 8 ? 8 : 4)  // behind the major brand stands its version
    for (const char *brand : brands)
      if (starts_with(f, brand, 4, at)) return true;
  return false;
}
bool is_wsq(Bytes f) {
  return starts_with(f, "\xFF\xA0\xFF", 3) && f.size > 4 && f.data[3] >= 0xA2 && f.data[3] <= 0xA8;
}
bool is_sgi(Bytes f) {
  if (!starts_with(f, "\x01\xDA", 2)) return false;
  Reader reader(f);
  return reader.u8(2) <= 1 && (reader.u8(3) == 1 || reader.u8(3) == 2) && reader.u16(4) >= 1 && reader.u16(4) <= 3;
}

struct Format {
  bool (*matches)(Bytes file);
  void (*decode)(Job &job);
};

// Cheap and certain tests first. Raw cameras' files with a TIFF header are told apart by decode_tiff.
const Format kFormats[] = {
    {is_jpeg, decode_jpeg}, {is_png, decode_png},         {is_gif, decode_gif},   {is_webp, decode_webp},
    {is_tiff, decode_tiff}, {is_jpeg2000, decode_jpeg2000}, {is_raw, decode_raw}, {is_heif, decode_heif},
    {is_jxl, decode_jxl},   {is_wsq, decode_wsq},         {is_bmp, decode_bmp},   {is_ico, decode_ico},
    {is_pnm, decode_pnm},   {is_sgi, decode_sgi},
};

}  // namespace
}  // namespace decoding

Decoded decode(Bytes file, const cv_options &options, const FrameSink &sink) {
  Decoded result;
  decoding::Job job(file, options, sink, result);
  const decoding::Format *format = nullptr;
  for (const decoding::Format &candidate : decoding::kFormats) {
    if (candidate.matches(file)) {
      format = &candidate;
      break;
    }
  }
  if (!format) {
    result.disposition = CV_OPAQUE;
    result.reason = "unsupported-format";
    return result;
  }
  decoding::Quiet quiet;
  try {
    format->decode(job);
  } catch (const std::bad_alloc &) {
    job.limited("memory-limit");
  } catch (...) {
    job.damaged("corrupt");
  }
  job.settle();
  return result;
}

}  // namespace custody
