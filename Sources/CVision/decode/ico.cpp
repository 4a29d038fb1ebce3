// ICO and CUR: a directory of small pictures, each a PNG or a bitmap without file header.
#include <algorithm>

#include "bmp.hpp"
#include "png.hpp"
#include "reader.hpp"

namespace custody::decoding {

void decode_ico(Job &job) {
  job.result.format = "ico";
  Reader reader(job.file, true);
  uint32_t count = reader.u16(4);
  job.result.frames = count;
  for (uint32_t i = 0; i < count && job.wants_more(); ++i) {
    uint64_t entry = 6 + uint64_t(i) * 16;
    if (!holds(job.file, entry, 16)) {
      job.damaged("truncated");
      return;
    }
    uint64_t length = reader.u32(entry + 8), offset = reader.u32(entry + 12);
    if (!holds(job.file, offset, std::min<uint64_t>(length, 12))) {
      job.damaged("corrupt");
      continue;
    }
    if (!holds(job.file, offset, length)) job.damaged("truncated");
    Bytes picture = part(job.file, offset, length);
    if (starts_with(picture, "\x89PNG", 4)) {
      decode_png_bytes(job, picture, 1, i);
    } else {
      decode_dib(job, picture, 0, true, i);
    }
  }
}

}  // namespace custody::decoding
