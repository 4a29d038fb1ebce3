// Stands in for the decoders and detectors until they are there: nothing is decoded, nothing found.
#include "vision.hpp"

namespace custody {

void text_profile(const std::string &, cv_options &options) { options.plate_weak = 0; }
void texture_profile(const std::string &, cv_options &options) { options.texture_weak = 0; }

struct TextFinder::State {};
TextFinder::TextFinder(const cv_options &) {}
TextFinder::~TextFinder() = default;
void TextFinder::find(const Frame &, const std::vector<cv_hit> &, std::vector<cv_hit> &) {}

void find_textures(const Frame &, const cv_options &, const std::vector<cv_hit> &, std::vector<cv_hit> &) {}

}  // namespace custody
