// What every decoder of this folder is given and how it reports: limits are asked here before memory is taken, frames
// are handed over here, and the verdict is settled in one place so that all formats use the same words for the same
// event.
#ifndef CUSTODY_DECODE_JOB_HPP
#define CUSTODY_DECODE_JOB_HPP

#include "../vision.hpp"

namespace custody::decoding {

/// Pictures are held at a size whose longest side is at least the first and whose shortest side is at least the second
/// of these, where the picture has them. A face must be about 70 pixels wide for the detectors, so this loses no face
/// wider than one sixtieth of the picture; the second keeps long strips of pictures legible.
constexpr uint32_t kWorkingSide = 4096, kWorkingShortSide = 1024;
/// No frame handed over has more pixels than about this, whatever its shape.
constexpr uint64_t kWorkingPixels = uint64_t(8192) * 8192;
/// No format's picture is wider or higher than this, so that products of two sides fit 64 bits with room to spare.
constexpr uint32_t kLargestSide = 1u << 20;
/// All frames of one file together may have this many times `max_pixels`.
constexpr uint64_t kTotalPixelsFactor = 4;

class Job {
 public:
  Job(Bytes file, const cv_options &options, const FrameSink &sink, Decoded &result)
      : file(file), options(options), result(result), sink_(sink) {}

  const Bytes file;
  const cv_options &options;
  Decoded &result;

  /// Whether a frame of this stored size may be decoded. Otherwise the limit is recorded.
  bool admit(uint64_t width, uint64_t height);
  /// Whether this many bytes may be taken at once. Otherwise the limit is recorded.
  bool fits(uint64_t bytes);
  /// Whether one more frame may be decoded; records the limit otherwise.
  bool wants_more();
  /// Hands over a frame; false when nothing more is wanted.
  bool deliver(Frame &&frame);

  /// Something was wrong with the bytes: "corrupt" or "truncated". The first cause counts.
  void damaged(const char *reason) { keep(damage_, reason); }
  void limited(const char *reason) { keep(limit_, reason); }
  /// The library cannot decode this variety of the format.
  void unsupported(const char *reason = "unsupported-method") { keep(unsupported_, reason); }
  /// Only part of the picture's data was looked at, on purpose.
  void partial(const char *reason) { keep(partial_, reason); }
  void note(const std::string &text);
  /// A picture inside the file, to be examined as an entry of its own. More than CV_MAX_CHILDREN: "child-limit".
  void child(uint64_t offset, uint64_t length, const char *role);

  uint32_t delivered() const { return delivered_; }
  bool stopped() const { return stopped_; }
  bool has_problem() const { return damage_ || limit_ || unsupported_; }
  /// Writes disposition and reason from everything recorded.
  void settle();

 private:
  static void keep(const char *&slot, const char *reason) {
    if (!slot) slot = reason;
  }
  const FrameSink &sink_;
  const char *damage_ = nullptr, *limit_ = nullptr, *unsupported_ = nullptr, *partial_ = nullptr;
  uint32_t delivered_ = 0;
  uint64_t pixels_ = 0;
  bool stopped_ = false;
};

// Decoders: one for each format, each in a file of its own.
void decode_jpeg(Job &job);
void decode_png(Job &job);
void decode_gif(Job &job);
void decode_bmp(Job &job);
void decode_tiff(Job &job);
void decode_webp(Job &job);
void decode_jpeg2000(Job &job);
void decode_heif(Job &job);
void decode_jxl(Job &job);
void decode_pnm(Job &job);
void decode_wsq(Job &job);
void decode_ico(Job &job);
void decode_sgi(Job &job);
void decode_raw(Job &job);

void initialize_heif();

}  // namespace custody::decoding
#endif
