// Faces by dlib's frontal detector: histograms of oriented gradients, five views of a head, no model file.
//
// The detector sees faces of about 80 pixels and more in the picture it is given, so pictures are scanned enlarged, and
// once more at a larger scale when the first scan settles nothing. What scores low is verified: the place is cut out
// and looked at six times, at three sizes and mirrored. A face answers all of them alike; chance does not.
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "../vision.hpp"

namespace custody {

void face_profile(const char *name, cv_options &options);

namespace {

using Grey = dlib::array2d<unsigned char>;

constexpr double kSettled = 0.5;         // a score that needs no second look
constexpr double kLowest = -0.6;         // below this nothing is a candidate
constexpr size_t kVerified = 8;          // candidates that are looked at again
constexpr double kLargestSide = 4096;    // of a scan: bounds time and memory
constexpr int kRotatedSide = 800;        // of the looks at pictures that lie on their side
constexpr double kRotatedScore = 0.3;

struct Candidate {
  dlib::drectangle box;  // in pixels of the frame
  double score;
  size_t view;
};

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

double overlap(const dlib::drectangle &a, const dlib::drectangle &b) {
  const double both = a.intersect(b).area();
  return both / std::max(1e-9, a.area() + b.area() - both);
}

/// A square of the picture around `box`, enlarged so that the box is `face` pixels wide; mirrored when asked.
Grey cut_out(const Grey &image, const dlib::drectangle &box, double face, bool mirrored) {
  const double width = std::max(box.width(), 4.0), half = width * 1.1, step = width / face;
  const double left = (box.left() + box.right()) / 2 - half, top = (box.top() + box.bottom()) / 2 - half;
  const int side = (int)(face / width * half * 2);
  Grey out(side, side);
  for (int y = 0; y < side; y++) {
    const double v = std::clamp(top + y * step, 0.0, image.nr() - 1.001);
    const long row = (long)v;
    const double down = v - row;
    for (int x = 0; x < side; x++) {
      const double u = std::clamp(left + (mirrored ? side - 1 - x : x) * step, 0.0, image.nc() - 1.001);
      const long column = (long)u;
      const double across = u - column;
      const double upper = image[row][column] * (1 - across) + image[row][column + 1] * across;
      const double lower = image[row + 1][column] * (1 - across) + image[row + 1][column + 1] * across;
      out[y][x] = (unsigned char)(upper * (1 - down) + lower * down + 0.5);
    }
  }
  return out;
}

}  // namespace

struct FaceFinder::State {
  cv_options options;
  dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();

  /// Scans the frame with its longest side at `side` pixels, enlarged at most `most` times.
  std::vector<Candidate> scan(const Grey &frame, double side, double most) {
    const double scale = std::min(side / (double)std::max(frame.nc(), frame.nr()), most);
    Grey scaled(std::max(1L, std::lround(frame.nr() * scale)), std::max(1L, std::lround(frame.nc() * scale)));
    dlib::resize_image(frame, scaled, dlib::interpolate_bilinear());
    stretch(scaled);
    std::vector<dlib::rect_detection> found;
    detector(scaled, found, kLowest);
    std::vector<Candidate> out;
    for (const auto &f : found) {
      out.push_back({dlib::drectangle(f.rect.left() / scale, f.rect.top() / scale, f.rect.right() / scale,
                                      f.rect.bottom() / scale),
                     f.detection_confidence, (size_t)f.weight_index});
    }
    return out;
  }

  /// Mean score of six looks at the place; a look that sees nothing there counts as -1.
  double verify(const Grey &frame, const dlib::drectangle &box) {
    double sum = 0;
    for (const double face : {92.0, 110.0, 135.0}) {
      for (const bool mirrored : {false, true}) {
        Grey part = cut_out(frame, box, face, mirrored);
        stretch(part);
        std::vector<dlib::rect_detection> found;
        detector(part, found, -0.9);
        const double middle = part.nc() / 2.0;
        const dlib::drectangle wanted(middle - face / 2, middle - face / 2, middle + face / 2, middle + face / 2);
        double best = -1;
        for (const auto &f : found) {
          if (overlap(f.rect, wanted) > 0.35) best = std::max(best, f.detection_confidence);
        }
        sum += best;
      }
    }
    return sum / 6;
  }

  static bool settles(const std::vector<Candidate> &all) {
    return std::any_of(all.begin(), all.end(), [](const auto &c) { return c.score >= kSettled; });
  }

  /// Everything that may be a face, at one or two scales.
  std::vector<Candidate> candidates(const Grey &frame) {
    std::vector<Candidate> all = scan(frame, options.face_side, 2);
    if (options.face_side_second == 0 || settles(all)) return all;
    const double longest = (double)std::max(frame.nc(), frame.nr());
    const double side = std::max((double)options.face_side_second, std::min(longest, kLargestSide));
    for (const auto &c : scan(frame, side, 4)) {
      auto same = std::find_if(all.begin(), all.end(), [&](const auto &d) { return overlap(c.box, d.box) > 0.4; });
      if (same == all.end()) {
        all.push_back(c);
      } else {
        same->score = std::max(same->score, c.score);
      }
    }
    return all;
  }

  static void by_score(std::vector<Candidate> &all) {
    std::sort(all.begin(), all.end(), [](const Candidate &a, const Candidate &b) {
      if (a.score != b.score) return a.score > b.score;
      return a.box.left() != b.box.left() ? a.box.left() < b.box.left() : a.box.top() < b.box.top();
    });
  }

  /// Faces with their strength, best first.
  std::vector<std::pair<Candidate, bool>> judge(const Grey &frame, std::vector<Candidate> all) {
    by_score(all);
    std::vector<std::pair<Candidate, bool>> out;
    size_t looked = 0;
    for (auto &c : all) {
      if (c.score >= kSettled) {
        out.emplace_back(c, true);
        continue;
      }
      if (looked++ >= kVerified) break;
      const double again = verify(frame, c.box);
      const bool strong = c.score >= options.face_strong && again >= options.face_strong;
      const bool weak = options.face_weak <= options.face_strong && again >= options.face_weak;
      c.score = again;
      if (strong || weak) out.emplace_back(c, strong);
    }
    return out;
  }

  /// Pictures stored on their side or upside down without saying so: a coarse look at each of the three turns.
  std::vector<std::pair<Candidate, bool>> turned(const Grey &frame) {
    const double scale = std::min(1.0, (double)kRotatedSide / (double)std::max(frame.nc(), frame.nr()));
    Grey small(std::max(2L, std::lround(frame.nr() * scale)), std::max(2L, std::lround(frame.nc() * scale)));
    dlib::resize_image(frame, small, dlib::interpolate_bilinear());
    std::vector<std::pair<Candidate, bool>> out;
    const double w = small.nc(), h = small.nr();
    for (int quarter = 1; quarter <= 3 && out.empty(); quarter++) {
      Grey turned(quarter == 2 ? small.nr() : small.nc(), quarter == 2 ? small.nc() : small.nr());
      for (long y = 0; y < small.nr(); y++) {
        for (long x = 0; x < small.nc(); x++) {
          if (quarter == 1) turned[x][small.nr() - 1 - y] = small[y][x];
          if (quarter == 2) turned[small.nr() - 1 - y][small.nc() - 1 - x] = small[y][x];
          if (quarter == 3) turned[small.nc() - 1 - x][y] = small[y][x];
        }
      }
      auto all = scan(turned, kRotatedSide, 2);
      by_score(all);
      for (size_t i = 0; i < std::min(all.size(), kVerified) && all[i].score >= kRotatedScore; i++) {
        const double again = verify(turned, all[i].box);
        if (again < kRotatedScore) continue;
        const auto &b = all[i].box;
        dlib::drectangle box = b;  // back to the picture as it lies
        if (quarter == 1) box = dlib::drectangle(b.top(), h - b.right(), b.bottom(), h - b.left());
        if (quarter == 2) box = dlib::drectangle(w - b.right(), h - b.bottom(), w - b.left(), h - b.top());
        if (quarter == 3) box = dlib::drectangle(w - b.bottom(), b.left(), w - b.top(), b.right());
        out.push_back({{dlib::drectangle(box.left() / scale, box.top() / scale, box.right() / scale,
                                         box.bottom() / scale), again, all[i].view},
                       again >= kSettled});
      }
    }
    return out;
  }
};

FaceFinder::FaceFinder(const cv_options &options) : state_(new State{options}) {}
FaceFinder::~FaceFinder() = default;

void FaceFinder::find(const Frame &frame, std::vector<cv_hit> &hits) {
  if (frame.width < 16 || frame.height < 16) return;
  Grey grey(frame.height, frame.width);
  for (int y = 0; y < frame.height; y++) {
    std::copy_n(&frame.gray[(size_t)y * frame.width], frame.width, &grey[y][0]);
  }
  auto faces = state_->judge(grey, state_->candidates(grey));
  if (faces.empty() && state_->options.face_rotated) faces = state_->turned(grey);
  const double across = (double)frame.full_width / frame.width, down = (double)frame.full_height / frame.height;
  for (const auto &[face, strong] : faces) {
    cv_hit hit = {};
    hit.what = CV_FACE;
    hit.strength = strong ? CV_STRONG : CV_WEAK;
    // Two of the five views look to the sides.
    hit.detail = face.view == 1 || face.view == 2 ? CV_PROFILE : CV_FRONTAL;
    hit.frame = frame.index;
    hit.x = (int32_t)std::lround(face.box.left() * across);
    hit.y = (int32_t)std::lround(face.box.top() * down);
    hit.width = (int32_t)std::lround(face.box.width() * across);
    hit.height = (int32_t)std::lround(face.box.height() * down);
    hit.score = (float)face.score;
    hits.push_back(hit);
    if (hits.size() >= CV_MAX_HITS) return;
  }
}

void face_profile(const char *name, cv_options &options) {
  const bool ci = std::strcmp(name, "ci") == 0;
  options.face_side = 1280;
  options.face_side_second = ci ? 0 : 2560;
  options.face_strong = ci ? 0.1f : 0.45f;
  options.face_weak = ci ? 9.0f : -0.08f;
  options.face_rotated = ci ? 0 : 1;
}

}  // namespace custody
