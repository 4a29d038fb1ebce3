// The words the parts of the worker share. One file for each decoder and each detector; `session.cpp` puts them in a row.
#ifndef CUSTODY_VISION_HPP
#define CUSTODY_VISION_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "include/cvision.h"

namespace custody {

/// Borrowed bytes of the file.
struct Bytes {
  const uint8_t *data = nullptr;
  size_t size = 0;
};

/// One decoded picture, upright (EXIF orientation applied), opaque (alpha laid over mid grey or white).
struct Frame {
  uint32_t index = 0;                 ///< frame or page of the file
  int width = 0, height = 0;          ///< of the pixels held here
  int full_width = 0, full_height = 0;///< of the upright picture as stored; a decoder may hold less (DCT scaling)
  std::vector<uint8_t> gray;          ///< width × height
  std::vector<uint8_t> rgb;           ///< 3 × width × height, or empty for a grey picture
};

/// Takes a frame; false: no more are wanted.
using FrameSink = std::function<bool(Frame &&)>;

/// How decoding ended.
struct Decoded {
  uint8_t disposition = CV_EXAMINED;  ///< of the decoding alone
  std::string reason;                 ///< a word of CustodyCore's Reason: corrupt, truncated, unsupported-format,
                                      ///< pixel-limit, memory-limit, frame-limit, scan-limit …
  std::string format;
  uint32_t frames = 0;                ///< in the file, as far as known
  std::vector<cv_child> children;
  std::vector<std::string> notes;
};

/// Loads what decoding needs: decoder plug-ins, tables, the XMP toolkit. Once, before the sandbox closes and before any other
/// function of decoding or metadata; throws std::runtime_error when a library refuses.
void decode_initialize();

/// Names and versions of the decoding libraries in use: "libjpeg-turbo 2.1.5, libpng 1.6.39, …".
std::string decode_libraries();

/// Recognizes the format by its bytes and hands over frames one by one. Never throws.
Decoded decode(Bytes file, const cv_options &options, const FrameSink &sink);

/// Facts of EXIF, XMP and IPTC: presence, numbers and dates, never names or places. Never throws.
std::vector<cv_fact> read_metadata(Bytes file);

/// Faces in a frame. One instance a thread.
class FaceFinder {
 public:
  explicit FaceFinder(const cv_options &options);
  ~FaceFinder();
  void find(const Frame &frame, std::vector<cv_hit> &hits);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Licence plates, machine readable zones and identity documents in a frame: all that needs character recognition.
class TextFinder {
 public:
  explicit TextFinder(const cv_options &options);  ///< throws std::runtime_error when Tesseract has no data
  ~TextFinder();
  /// `faces`: what FaceFinder found in the same frame (a portrait beside an MRZ makes a document).
  void find(const Frame &frame, const std::vector<cv_hit> &faces, std::vector<cv_hit> &hits);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Ridge patterns (fingers, palms) and iris close-ups in a frame.
void find_textures(const Frame &frame, const cv_options &options, const std::vector<cv_hit> &faces,
                   std::vector<cv_hit> &hits);

/// What a frame is at a glance, to save detectors from pictures in which nothing can be.
struct Glance {
  bool blank = false;  ///< nothing anybody could see: no detector is asked
  bool text_possible = true;
  bool face_possible = true;
};
Glance glance(const Frame &frame);

/// PDQ, 256 bits and quality 0 to 100 (ThreatExchange, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
/// Algorithm", 2019).
struct PerceptualHash {
  uint8_t bits[32] = {};
  int quality = 0;
};
PerceptualHash perceptual_hash(const Frame &frame);

/// Pictures of a video, one by one, with their times. Never throws.
Decoded decode_video(cv_read read, void *context, uint64_t size, const cv_options &options, const FrameSink &sink);

/// HMAC-SHA-256 (RFC 2104, FIPS 180-4), first 16 bytes.
void link_mac(const cv_options &options, const std::string &reading, uint8_t out[16]);

}  // namespace custody
#endif
