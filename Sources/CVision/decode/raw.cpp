// Camera RAW files: the largest JPEG inside is looked at, the others are reported as children. Every camera of the last
// twenty years embeds one of at least screen size; developing the sensor's data would need a large library (libraw,
// with OpenMP threads) to parse hostile bytes for little more to see.
#include "raw.hpp"

#include <algorithm>

#include "jpeg.hpp"
#include "jpeg_parts.hpp"

namespace custody::decoding {

namespace {

constexpr uint32_t kMostDirectories = 64;

struct Directories {
  bool sensor_data = false;
  int orientation = 1;
};

/// IFDs, their successors and SubIFDs, as far as they decide the question.
Directories walk(Bytes file) {
  Directories out;
  bool little = starts_with(file, "II", 2);
  Reader reader(file, little);
  bool big = reader.u16(2) == 43;
  std::vector<uint64_t> queue = {big ? reader.u64(8) : reader.u32(4)};
  uint32_t entry_size = big ? 20 : 12, value_at = big ? 12 : 8;
  for (size_t i = 0; i < queue.size() && i < kMostDirectories; ++i) {
    uint64_t at = queue[i];
    if (at == 0 || !holds(file, at, 8)) continue;
    uint64_t count = big ? reader.u64(at) : reader.u16(at);
    uint64_t first = at + (big ? 8 : 2);
    if (count > 4096) continue;
    for (uint64_t k = 0; k < count && holds(file, first + k * entry_size, entry_size); ++k) {
      uint64_t entry = first + k * entry_size;
      uint16_t tag = reader.u16(entry), type = reader.u16(entry + 2);
      uint64_t values = big ? reader.u64(entry + 4) : reader.u32(entry + 4);
      uint32_t value = type == 3 ? reader.u16(entry + value_at) : reader.u32(entry + value_at);
      switch (tag) {
        case 0x0112:
          if (i == 0 && value >= 1 && value <= 8) out.orientation = int(value);
          break;
        case 0x0103:  // Sony, Nikon, Kodak, Pentax and Samsung: compressions of sensor data only
          if (value == 32767 || value == 32770 || value == 34713 || value == 65000 || value == 65535)
            out.sensor_data = true;
          break;
        case 0x0106:
          if (value == 32803 || value == 34892) out.sensor_data = true;  // colour filter array, linear raw
          break;
        case 0xC612: out.sensor_data = true; break;  // DNGVersion
        case 0x014A:
          if (values == 1) {
            queue.push_back(value);
          } else {
            uint64_t list = big ? reader.u64(entry + value_at) : value;
            int size = type == 16 || type == 18 ? 8 : 4;
            for (uint64_t n = 0; n < values && n < 16; ++n) queue.push_back(reader.number(list + n * size, size));
          }
          break;
        default: break;
      }
    }
    queue.push_back(big ? reader.u64(first + count * entry_size) : reader.u32(first + count * entry_size));
  }
  return out;
}

bool has_tiff_header(Bytes file) {
  return starts_with(file, "II\x2A\0", 4) || starts_with(file, "MM\0\x2A", 4) || starts_with(file, "II\x2B\0", 4) ||
         starts_with(file, "MM\0\x2B", 4);
}

}  // namespace

bool is_raw_tiff(Bytes file) {
  return starts_with(file, "CR\2", 3, 8) || starts_with(file, "IIII", 4, 8) || starts_with(file, "MMMM", 4, 8) ||
         walk(file).sensor_data;
}

void decode_raw(Job &job) {
  job.result.format = "raw";
  int orientation = 1;
  bool tiff_like = has_tiff_header(job.file) || starts_with(job.file, "IIRO", 4) || starts_with(job.file, "IIRS", 4) ||
                   starts_with(job.file, "MMOR", 4) || starts_with(job.file, "IIU\0", 4);
  if (tiff_like) orientation = walk(job.file).orientation;
  std::vector<EmbeddedJpeg> found = embedded_jpegs(job, 0, job.file.size);
  std::stable_sort(found.begin(), found.end(), [](const EmbeddedJpeg &a, const EmbeddedJpeg &b) {
    return uint64_t(a.width) * a.height > uint64_t(b.width) * b.height;
  });
  size_t shown = 0;
  while (shown < found.size() && job.delivered() == 0) {
    const EmbeddedJpeg &jpeg = found[shown++];
    decode_jpeg_bytes(job, part(job.file, jpeg.offset, jpeg.length), orientation, 0);
  }
  for (; shown < found.size(); ++shown) job.child(found[shown].offset, found[shown].length, "preview");
  if (job.delivered() == 0 && has_tiff_header(job.file)) decode_tiff_pages(job);
  job.result.frames = 1;
  if (job.delivered() > 0) {
    job.partial("raw-preview-only");
    job.note("camera RAW: the embedded preview was looked at, not the sensor's data");
  } else {
    job.unsupported();
  }
}

}  // namespace custody::decoding
