// The finder of everything that needs character recognition: one Tesseract, three questions.
#include <cmath>

#include "../vision.hpp"
#include "line_reader.hpp"
#include "mrz.hpp"
#include "plates.hpp"

namespace custody {

struct TextFinder::State {
  cv_options options;
  LineReader reader;
};

TextFinder::TextFinder(const cv_options &options) : state_(new State) { state_->options = options; }

TextFinder::~TextFinder() = default;

void TextFinder::find(const Frame &frame, const std::vector<cv_hit> &faces, std::vector<cv_hit> &hits) {
  (void)faces;
  if (frame.width < 1 || frame.height < 1) return;
  if (frame.gray.size() < size_t(frame.width) * size_t(frame.height)) return;
  const PlaneView gray(frame.gray.data(), frame.width, frame.height);
  std::vector<cv_hit> found;
  find_mrz(gray, state_->options.plate_weak != 0, state_->reader, found);
  find_plates(gray, state_->options, state_->reader, found);
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
