// Ridge patterns and irises in ordinary pictures: leads, which `audit` reports and `ci` does not. However well a pattern
// fits, drawn rings and spirals fit as well: no texture is more than weak without a second fact.
#include "textures.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace custody {

void texture_profile(const char *name, cv_options &options);

namespace {

// Set on the development corpus; see docs/vision-textures.md.
bool is_iris(const IrisFacts &f) {
  return f.around >= 0.95f && f.within >= 0.7f && f.jump >= 25 && f.step >= 8 && f.share >= 0.45f;
}

cv_hit make(uint8_t what, uint8_t strength, const Frame &frame, float x, float y, float width, float height, float score) {
  const float across = (float)frame.full_width / (float)frame.width, down = (float)frame.full_height / (float)frame.height;
  cv_hit hit = {};
  hit.what = what;
  hit.strength = strength;
  hit.frame = frame.index;
  hit.x = (int32_t)std::lround(x * across);
  hit.y = (int32_t)std::lround(y * down);
  hit.width = (int32_t)std::lround(width * across);
  hit.height = (int32_t)std::lround(height * down);
  hit.score = score;
  return hit;
}

}  // namespace

void find_textures(const Frame &frame, const cv_options &options, const std::vector<cv_hit> &faces,
                   std::vector<cv_hit> &hits) {
  if (frame.width < 64 || frame.height < 64) return;
  if (!options.texture_weak) return;
  const RidgeFacts ridges = ridge_facts(frame);
  if (ridges.fits()) {
    hits.push_back(make(CV_RIDGES, CV_WEAK, frame, 0, 0, (float)frame.width, (float)frame.height, ridges.share));
  }
  // An eye in a portrait is no close-up.
  const bool portrait = std::any_of(faces.begin(), faces.end(), [&](const cv_hit &face) {
    return face.strength >= CV_STRONG && face.height * 3 > frame.full_height;
  });
  if (portrait) return;
  const IrisFacts iris = iris_facts(frame);
  if (!is_iris(iris)) return;
  hits.push_back(make(CV_IRIS, CV_WEAK, frame, iris.x - iris.radius, iris.y - iris.radius, 2 * iris.radius,
                      2 * iris.radius, iris.score / 4));
}

void texture_profile(const char *name, cv_options &options) { options.texture_weak = std::strcmp(name, "ci") != 0; }

}  // namespace custody
