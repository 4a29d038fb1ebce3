// What a frame is at a glance. A wrong reject is a miss that nobody hears of, so only two things are rejected: pictures
// in which there is nothing to be seen, and pictures too small to show what a detector looks for.
#include <algorithm>

#include "../vision.hpp"

namespace custody {

namespace {
// Levels between the darkest and the brightest pixels, a handful of each left out: a small face on a large white page
// is a few hundred. The contrast stretch of the face detector starts from eight levels.
constexpr int kLeastContrast = 8;
constexpr uint64_t kHandful = 15;
// The detector's smallest face is 80 pixels high in a frame enlarged at most four times.
constexpr int kLeastFaceSide = 18;
// Four characters of six pixels each, and a line of nine.
constexpr int kLeastTextWidth = 32, kLeastTextHeight = 9;
}  // namespace

Glance glance(const Frame &frame) {
  Glance seen;
  const int longest = std::max(frame.width, frame.height), shortest = std::min(frame.width, frame.height);
  seen.face_possible = shortest >= kLeastFaceSide;
  seen.text_possible = longest >= kLeastTextWidth && shortest >= kLeastTextHeight;
  uint64_t histogram[256] = {};
  for (const uint8_t v : frame.gray) histogram[v]++;
  const uint64_t cut = std::min<uint64_t>(kHandful, frame.gray.size() / 1000);
  int low = 0, high = 255;
  for (uint64_t sum = histogram[0]; low < 255 && sum <= cut; sum += histogram[++low]) {
  }
  for (uint64_t sum = histogram[255]; high > 0 && sum <= cut; sum += histogram[--high]) {
  }
  seen.blank = high - low < kLeastContrast || (!seen.face_possible && !seen.text_possible);
  return seen;
}

}  // namespace custody
