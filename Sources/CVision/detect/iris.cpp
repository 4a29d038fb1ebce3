// Close-ups of an eye: a dark disc within a larger, lighter one whose edge is a circle too.
//
// After Daugman's test ("High confidence visual recognition of persons by a test of statistical independence", 1993): the
// circle across which the mean grey jumps most. The arcs above and below are left out, since lids cover them.
#include <algorithm>
#include <array>
#include <cmath>

#include "gray_scaling.hpp"
#include "textures.hpp"

namespace custody {

namespace {

constexpr int kSide = 144;
constexpr int kArcs = 24;  // samples of a circle, to the left and right

struct Directions {
  std::array<float, kArcs> x, y;
  Directions() {
    for (int i = 0; i < kArcs; i++) {
      // 45 degrees up and 50 down on either side.
      const float t = (i % (kArcs / 2)) / (float)(kArcs / 2 - 1);
      const float angle = (-45 + 95 * t) * 0.01745329f;
      x[i] = std::cos(angle) * (i < kArcs / 2 ? 1 : -1);
      y[i] = std::sin(angle);
    }
  }
};

/// Mean grey on a circle's side arcs, and how even it is; -1 when too much of it lies outside the picture.
float ring(const GrayPicture &p, const Directions &d, float cx, float cy, float r) {
  float sum = 0;
  int inside = 0;
  for (int i = 0; i < kArcs; i++) {
    const int x = (int)(cx + d.x[i] * r + 0.5f), y = (int)(cy + d.y[i] * r + 0.5f);
    if (x < 0 || y < 0 || x >= p.width || y >= p.height) continue;
    sum += p.at(x, y);
    inside++;
  }
  return inside >= kArcs * 3 / 4 ? sum / inside : -1;
}

/// Share of the directions in which it is lighter just outside the circle than just inside.
float agreement(const GrayPicture &p, const Directions &d, float cx, float cy, float r, float step) {
  int lighter = 0, inside = 0;
  for (int i = 0; i < kArcs; i++) {
    const int x0 = (int)(cx + d.x[i] * (r - step) + 0.5f), y0 = (int)(cy + d.y[i] * (r - step) + 0.5f);
    const int x1 = (int)(cx + d.x[i] * (r + step) + 0.5f), y1 = (int)(cy + d.y[i] * (r + step) + 0.5f);
    if (std::min({x0, y0, x1, y1}) < 0 || std::max(x0, x1) >= p.width || std::max(y0, y1) >= p.height) continue;
    inside++;
    lighter += p.at(x1, y1) > p.at(x0, y0) + 3;
  }
  return inside >= kArcs / 2 ? (float)lighter / inside : 0;
}

}  // namespace

IrisFacts iris_facts(const Frame &frame) {
  static const Directions directions;
  IrisFacts best;
  const GrayPicture p = reduced(frame, kSide);
  if (std::min(p.width, p.height) < 48) return best;
  const int most = std::min(p.width, p.height) / 2 + 8;
  std::vector<float> means(most + 4);
  for (int cy = p.height / 5; cy < p.height * 4 / 5; cy += 3) {
    for (int cx = p.width / 5; cx < p.width * 4 / 5; cx += 3) {
      const float centre = p.at(cx, cy);
      if (centre > 110) continue;
      for (int r = 2; r < most; r++) means[r] = ring(p, directions, (float)cx, (float)cy, (float)r);
      // The outer edge: iris to white.
      int outer = 0;
      float jump = 0;
      for (int r = 14; r < most - 3; r++) {
        if (means[r - 2] < 0 || means[r + 2] < 0) break;
        const float step = means[r + 2] - means[r - 2];
        if (step > jump) jump = step, outer = r;
      }
      if (outer == 0 || jump < 14) continue;
      // The inner one: pupil to iris.
      int inner = 0;
      float step_in = 0;
      for (int r = std::max(4, outer / 7); r < outer * 3 / 4; r++) {
        const float step = means[r + 2] - means[r - 2];
        if (step > step_in) step_in = step, inner = r;
      }
      if (inner == 0 || step_in < 5) continue;
      const float around = agreement(p, directions, (float)cx, (float)cy, (float)outer, 3);
      const float within = agreement(p, directions, (float)cx, (float)cy, (float)inner, 2);
      const float score = around + within + std::min(jump, 60.0f) / 60 + std::min(step_in, 30.0f) / 30;
      if (score > best.score) {
        best.score = score;
        best.x = cx * (float)frame.width / p.width;
        best.y = cy * (float)frame.height / p.height;
        best.radius = outer * (float)frame.width / p.width;
        best.around = around, best.within = within, best.jump = jump, best.step = step_in;
        best.share = 2.0f * outer / std::min(p.width, p.height);
      }
    }
  }
  return best;
}

}  // namespace custody
