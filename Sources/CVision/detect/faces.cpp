// Faces by dlib's frontal detector: histograms of oriented gradients, five views of a head, no model file.
//
// The detector sees faces of about 80 pixels and more in the picture it is given, so pictures are scanned enlarged. What
// a first scan leaves in doubt is scanned again at another scale, and agreement of the two decides.
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include <algorithm>
#include <cmath>

#include "../vision.hpp"

namespace custody {

namespace {

using Grey = dlib::array2d<unsigned char>;

/// Lays the picture's grey values out over the whole range: very dark scenes have gradients too weak to be seen.
void stretch(Grey &image) {
  uint64_t histogram[256] = {};
  for (const auto &p : image) histogram[p]++;
  const uint64_t cut = image.size() / 100;
  int low = 0, high = 255;
  for (uint64_t sum = histogram[0]; low < 255 && sum <= cut; sum += histogram[++low]) {
  }
  for (uint64_t sum = histogram[255]; high > 0 && sum <= cut; sum += histogram[--high]) {
  }
  if (high - low < 8 || (low < 10 && high > 245)) return;
  unsigned char table[256];
  for (int v = 0; v < 256; v++) table[v] = (unsigned char)std::clamp((v - low) * 255 / (high - low), 0, 255);
  for (auto &p : image) p = table[p];
}

struct Candidate {
  dlib::rectangle box;  // in pixels of the frame
  double score;
  size_t view;
};

double overlap(const dlib::rectangle &a, const dlib::rectangle &b) {
  const double both = (double)a.intersect(b).area();
  return both / ((double)a.area() + (double)b.area() - both);
}

}  // namespace

struct FaceFinder::State {
  cv_options options;
  dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();

  /// Scans the frame with its longest side at `side` pixels, enlarged at most `most` times.
  std::vector<Candidate> scan(const Grey &frame, double side, double most, double threshold) {
    const double scale = std::min(side / (double)std::max(frame.nc(), frame.nr()), most);
    Grey scaled(std::max(1L, std::lround(frame.nr() * scale)), std::max(1L, std::lround(frame.nc() * scale)));
    dlib::resize_image(frame, scaled, dlib::interpolate_bilinear());
    stretch(scaled);
    std::vector<dlib::rect_detection> found;
    detector(scaled, found, threshold);
    std::vector<Candidate> out;
    for (const auto &f : found) {
      out.push_back({dlib::rectangle(std::lround(f.rect.left() / scale), std::lround(f.rect.top() / scale),
                                     std::lround(f.rect.right() / scale), std::lround(f.rect.bottom() / scale)),
                     f.detection_confidence, (size_t)f.weight_index});
    }
    return out;
  }
};

FaceFinder::FaceFinder(const cv_options &options) : state_(new State{options}) {}
FaceFinder::~FaceFinder() = default;

void FaceFinder::find(const Frame &frame, std::vector<cv_hit> &hits) {
  const cv_options &o = state_->options;
  if (frame.width < 16 || frame.height < 16) return;
  Grey grey(frame.height, frame.width);
  for (int y = 0; y < frame.height; y++) {
    std::copy_n(&frame.gray[(size_t)y * frame.width], frame.width, &grey[y][0]);
  }
  const double lowest = std::min({(double)o.face_weak, (double)o.face_strong, 0.0});
  std::vector<Candidate> all = state_->scan(grey, o.face_side, 2, lowest);
  const bool settled = std::any_of(all.begin(), all.end(), [&](const auto &c) { return c.score >= o.face_strong + 0.3; });
  if (!settled && o.face_side_second > 0) {
    for (auto &c : state_->scan(grey, o.face_side_second, 4, lowest)) {
      auto same = std::find_if(all.begin(), all.end(), [&](const auto &d) { return overlap(c.box, d.box) > 0.4; });
      if (same == all.end()) {
        all.push_back(c);
      } else {
        // Seen at two scales: more than either alone.
        same->score = std::max(same->score, c.score) + 0.15;
      }
    }
  }
  const double across = (double)frame.full_width / frame.width, down = (double)frame.full_height / frame.height;
  std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.score > b.score; });
  for (const auto &c : all) {
    const bool strong = c.score >= o.face_strong;
    if (!strong && (o.face_weak > o.face_strong || c.score < o.face_weak)) continue;
    cv_hit hit = {};
    hit.what = CV_FACE;
    hit.strength = strong ? CV_STRONG : CV_WEAK;
    hit.detail = c.view == 0 || c.view > 2 ? CV_FRONTAL : CV_PROFILE;
    hit.frame = frame.index;
    hit.x = (int32_t)std::lround(c.box.left() * across);
    hit.y = (int32_t)std::lround(c.box.top() * down);
    hit.width = (int32_t)std::lround(c.box.width() * across);
    hit.height = (int32_t)std::lround(c.box.height() * down);
    hit.score = (float)c.score;
    hits.push_back(hit);
    if (hits.size() >= CV_MAX_HITS) return;
  }
}

void face_profile(const char *name, cv_options &options);
void face_profile(const char *name, cv_options &options) {
  const bool ci = std::string(name) == "ci";
  options.face_side = 1280;
  options.face_side_second = 1920;
  options.face_strong = ci ? 0.3f : 0.1f;
  options.face_weak = ci ? 9.0f : -0.15f;
  options.face_profiles = 0;
}

}  // namespace custody
