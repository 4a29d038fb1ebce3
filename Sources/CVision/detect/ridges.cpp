// Pictures of finger or palm ridges: lines of one period whose direction turns smoothly over the picture.
//
// Stripes, blinds and print have one direction or two; fabrics and fur have none for long; barcodes have no period. What
// is left after all tests is a lead, not a proof: hatching in engravings looks the same.
#include <algorithm>
#include <cmath>
#include <complex>

#include "gray_scaling.hpp"
#include "textures.hpp"

namespace custody {

namespace {

constexpr int kStep = 12, kWindow = 24;     // pixels between blocks, and their size
constexpr int kSamples = 32;                // of a profile across the ridges
constexpr float kLeastContrast = 10;        // standard deviation within a block
constexpr float kLeastCoherence = 0.42f;
constexpr float kLeastPeak = 0.5f;          // share of the profile's energy at one period
constexpr float kShortest = 3.2f, kLongest = 15;

struct Block {
  bool textured = false, ridged = false;
  float angle = 0;   // of the ridges, radians
  float period = 0;  // pixels
};

/// The period of a profile and the share of its energy that lies there.
std::pair<float, float> strongest_period(const float *profile) {
  float mean = 0;
  for (int i = 0; i < kSamples; i++) mean += profile[i];
  mean /= kSamples;
  float total = 0, best = 0, period = 0;
  for (int i = 0; i < kSamples; i++) total += (profile[i] - mean) * (profile[i] - mean);
  if (total < 1) return {0, 0};
  for (float candidate = kShortest; candidate <= kLongest; candidate *= 1.07f) {
    float re = 0, im = 0;
    for (int i = 0; i < kSamples; i++) {
      const float phase = 6.2831853f * i / candidate;
      re += (profile[i] - mean) * std::cos(phase);
      im += (profile[i] - mean) * std::sin(phase);
    }
    const float power = (re * re + im * im) * 2 / kSamples;
    if (power > best) best = power, period = candidate;
  }
  return {period, std::min(1.0f, best / total)};
}

Block look(const GrayPicture &p, int left, int top) {
  Block out;
  float sum = 0, squares = 0, xx = 0, yy = 0, xy = 0;
  for (int y = top; y < top + kWindow; y++) {
    for (int x = left; x < left + kWindow; x++) {
      const float v = p.at(x, y);
      sum += v, squares += v * v;
      const float gx = p.at(x + 1, y) - p.at(x - 1, y), gy = p.at(x, y + 1) - p.at(x, y - 1);
      xx += gx * gx, yy += gy * gy, xy += gx * gy;
    }
  }
  const float n = kWindow * kWindow;
  out.textured = std::sqrt(std::max(0.0f, squares / n - sum / n * sum / n)) >= kLeastContrast;
  const float energy = xx + yy;
  if (!out.textured || energy < 1) return out;
  const float coherence = std::sqrt((xx - yy) * (xx - yy) + 4 * xy * xy) / energy;
  const float across = 0.5f * std::atan2(2 * xy, xx - yy);
  out.angle = across + 1.5707963f;
  if (coherence < kLeastCoherence) return out;
  // A profile across the ridges, each sample a mean over a few pixels along them.
  float profile[kSamples];
  const float cx = left + kWindow / 2.0f, cy = top + kWindow / 2.0f;
  const float ux = std::cos(across), uy = std::sin(across);
  for (int i = 0; i < kSamples; i++) {
    float value = 0;
    for (int j = -2; j <= 2; j++) {
      const float d = i - kSamples / 2.0f;
      const int x = std::clamp((int)std::lround(cx + ux * d - uy * j * 1.5f), 0, p.width - 1);
      const int y = std::clamp((int)std::lround(cy + uy * d + ux * j * 1.5f), 0, p.height - 1);
      value += p.at(x, y);
    }
    profile[i] = value / 5;
  }
  const auto [period, share] = strongest_period(profile);
  out.period = period;
  out.ridged = share >= kLeastPeak && period > kShortest * 1.05f && period < kLongest * 0.95f;
  return out;
}

/// Difference of two directions, 0 to 90 degrees, in radians.
float turn(float a, float b) {
  const float d = std::fabs(std::remainder(a - b, 3.14159265f));
  return d;
}

RidgeFacts measure(const GrayPicture &p) {
  RidgeFacts out;
  const int columns = (p.width - kWindow - 2) / kStep, rows = (p.height - kWindow - 2) / kStep;
  if (columns < 4 || rows < 4) return out;
  std::vector<Block> blocks((size_t)columns * rows);
  int textured = 0;
  std::vector<float> periods;
  std::complex<float> direction = 0;
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      Block &b = blocks[(size_t)r * columns + c];
      b = look(p, 1 + c * kStep, 1 + r * kStep);
      textured += b.textured;
      if (!b.ridged) continue;
      periods.push_back(b.period);
      direction += std::polar(1.0f, 2 * b.angle);
    }
  }
  out.blocks = (int)periods.size();
  if (out.blocks < 12 || textured == 0) return out;
  out.share = (float)out.blocks / textured;
  out.one_direction = std::abs(direction) / out.blocks;
  int pairs = 0, smooth = 0, curved = 0;
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      const Block &b = blocks[(size_t)r * columns + c];
      if (!b.ridged) continue;
      for (const auto &[dr, dc] : {std::pair{0, 1}, std::pair{1, 0}}) {
        if (r + dr >= rows || c + dc >= columns) continue;
        const Block &o = blocks[(size_t)(r + dr) * columns + c + dc];
        if (!o.ridged) continue;
        const float d = turn(b.angle, o.angle);
        pairs++;
        smooth += d < 0.45f;
        curved += d > 0.035f && d < 0.45f;
      }
    }
  }
  if (pairs == 0) return out;
  out.smooth = (float)smooth / pairs;
  out.curved = (float)curved / pairs;
  std::sort(periods.begin(), periods.end());
  const float middle = periods[periods.size() / 2];
  out.spread = (periods[periods.size() * 3 / 4] - periods[periods.size() / 4]) / middle;
  out.period = middle;
  return out;
}

}  // namespace

RidgeFacts ridge_facts(const Frame &frame) {
  // At 500 ppi a print is about 9 pixels a ridge and 400 high; enlarged or denser pictures are reduced to that.
  RidgeFacts best;
  for (const int side : {640, 360}) {
    if (side == 360 && std::max(frame.width, frame.height) < 400) break;
    const RidgeFacts facts = measure(reduced(frame, side));
    if (facts.fits() > best.fits() || (facts.fits() == best.fits() && facts.share > best.share)) best = facts;
  }
  return best;
}

bool RidgeFacts::fits() const {
  return blocks >= 20 && share >= 0.4f && smooth >= 0.72f && curved >= 0.33f && one_direction <= 0.94f && spread <= 0.5f;
}

}  // namespace custody
