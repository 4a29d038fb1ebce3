// JPEG XL through libjxl, without its thread runner. Frames are composed by the library.
#include <jxl/decode.h>

#include <algorithm>
#include <memory>

#include "canvas.hpp"
#include "reader.hpp"

namespace custody::decoding {

namespace {

/// What the library takes for a pixel while it decodes: three planes of floats, twice, and the groups' borders.
constexpr uint64_t kBytesPerPixel = 40;

class Jxl {
 public:
  explicit Jxl(Job &job) : job_(job), decoder_(JxlDecoderCreate(nullptr), &JxlDecoderDestroy) {}

  void run() {
    JxlDecoder *decoder = decoder_.get();
    if (!decoder || JxlDecoderSubscribeEvents(decoder, JXL_DEC_BASIC_INFO | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE) !=
                        JXL_DEC_SUCCESS) {
      job_.limited("memory-limit");
      return;
    }
    // The input is not declared closed: the library then asks for more at the end of a truncated file instead of
    // failing, and gives what it has.
    JxlDecoderSetInput(decoder, job_.file.data, job_.file.size);
    uint32_t index = 0;
    for (;;) {
      switch (JxlDecoderProcessInput(decoder)) {
        case JXL_DEC_BASIC_INFO:
          if (!begin()) return;
          break;
        case JXL_DEC_FRAME:
          if (!job_.wants_more() || (index > 0 && !job_.admit(info_.xsize, info_.ysize))) return;
          break;
        case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
          if (JxlDecoderSetImageOutBuffer(decoder, &format_, pixels_.data(), pixels_.size()) != JXL_DEC_SUCCESS) {
            job_.damaged("corrupt");
            return;
          }
          buffered_ = true;
          break;
        case JXL_DEC_FULL_IMAGE:
          show(index++);
          if (job_.stopped()) return;
          break;
        case JXL_DEC_SUCCESS: return;
        case JXL_DEC_NEED_MORE_INPUT:
          job_.damaged("truncated");
          if (buffered_ && JxlDecoderFlushImage(decoder) == JXL_DEC_SUCCESS) show(index);
          return;
        default:
          job_.damaged("corrupt");
          return;
      }
    }
  }

 private:
  bool begin() {
    if (JxlDecoderGetBasicInfo(decoder_.get(), &info_) != JXL_DEC_SUCCESS) {
      job_.damaged("corrupt");
      return false;
    }
    if (!job_.admit(info_.xsize, info_.ysize)) return false;
    wide_ = info_.bits_per_sample > 8;
    channels_ = (info_.num_color_channels >= 3 ? 3 : 1) + (info_.alpha_bits ? 1 : 0);
    uint64_t bytes = uint64_t(info_.xsize) * info_.ysize * channels_ * (wide_ ? 2 : 1);
    if (!job_.fits(bytes + uint64_t(info_.xsize) * info_.ysize * kBytesPerPixel +
                   Canvas::cost(info_.xsize, info_.ysize, channels_, depth())))
      return false;
    format_ = {uint32_t(channels_), wide_ ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
    size_t needed = 0;
    // Turned pictures come upright, so the size of rows is asked from here on, not from the header.
    if (JxlDecoderImageOutBufferSize(decoder_.get(), &format_, &needed) != JXL_DEC_SUCCESS || needed != bytes) {
      job_.damaged("corrupt");
      return false;
    }
    pixels_.assign(size_t(bytes), 0x80);
    job_.result.frames = 1;
    return true;
  }

  Canvas::Depth depth() const { return wide_ ? Canvas::Depth::sixteen : Canvas::Depth::eight; }

  void show(uint32_t index) {
    Canvas canvas(info_.xsize, info_.ysize, channels_, depth());
    size_t row = size_t(info_.xsize) * channels_;
    for (uint32_t y = 0; y < info_.ysize; ++y) {
      if (wide_) canvas.row(reinterpret_cast<const uint16_t *>(pixels_.data()) + y * row);
      else canvas.row(pixels_.data() + y * row);
    }
    Frame frame = canvas.finish();
    frame.index = index;
    job_.result.frames = std::max(job_.result.frames, index + 1);
    job_.deliver(std::move(frame));
    buffered_ = false;
  }

  Job &job_;
  std::unique_ptr<JxlDecoder, decltype(&JxlDecoderDestroy)> decoder_;
  JxlBasicInfo info_ = {};
  JxlPixelFormat format_ = {};
  std::vector<uint8_t> pixels_;
  int channels_ = 0;
  bool wide_ = false, buffered_ = false;
};

}  // namespace

void decode_jxl(Job &job) {
  job.result.format = "jpegxl";
  Jxl(job).run();
}

}  // namespace custody::decoding
