// The finder of everything that needs character recognition: one Tesseract, three questions.
#include <cmath>

#include "../vision.hpp"
#include "documents.hpp"
#include "line_reader.hpp"
#include "mrz.hpp"
#include "plates.hpp"

namespace custody {

namespace {

constexpr size_t kMaxBands = 4;  // of a machine readable zone, read in one frame

}  // namespace

struct TextFinder::State {
  cv_options options;
  LineReader reader;
};

TextFinder::TextFinder(const cv_options &options) : state_(new State) { state_->options = options; }

TextFinder::~TextFinder() = default;

void TextFinder::find(const Frame &frame, const std::vector<cv_hit> &faces, std::vector<cv_hit> &hits) {
  if (frame.width < 1 || frame.height < 1) return;
  if (frame.gray.size() < size_t(frame.width) * size_t(frame.height)) return;
  const PlaneView gray(frame.gray.data(), frame.width, frame.height);
  std::vector<cv_hit> found;
  const bool weak = state_->options.plate_weak != 0;
  const MrzSearch print = mrz_bands(gray, kMaxBands);
  find_mrz(gray, print.bands, weak, state_->reader, found);
  std::vector<cv_hit> portraits = faces;
  const double to_frame_x = frame.full_width > 0 ? double(frame.width) / frame.full_width : 1;
  const double to_frame_y = frame.full_height > 0 ? double(frame.height) / frame.full_height : 1;
  for (cv_hit &face : portraits) {
    face.x = int32_t(std::lround(face.x * to_frame_x));
    face.width = int32_t(std::lround(face.width * to_frame_x));
    face.y = int32_t(std::lround(face.y * to_frame_y));
    face.height = int32_t(std::lround(face.height * to_frame_y));
  }
  find_documents(gray, print.print, portraits, weak, found);
  // A page that holds a machine readable zone is full of print and shows no vehicle.
  bool zone = false;
  for (const cv_hit &hit : found) zone = zone || (hit.what == CV_MRZ && hit.strength >= CV_STRONG);
  if (!zone) find_plates(gray, state_->options, state_->reader, found);
  const double across = frame.full_width > 0 ? double(frame.full_width) / frame.width : 1;
  const double along = frame.full_height > 0 ? double(frame.full_height) / frame.height : 1;
  for (cv_hit &hit : found) {
    hit.frame = frame.index;
    hit.x = int32_t(std::lround(hit.x * across));
    hit.width = int32_t(std::lround(hit.width * across));
    hit.y = int32_t(std::lround(hit.y * along));
    hit.height = int32_t(std::lround(hit.height * along));
    hits.push_back(hit);
  }
}

}  // namespace custody
