// Reads the bands that could be machine readable zones, either way up, and grades what came out.
#include "mrz.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "mrz_reading.hpp"

namespace custody {

namespace {

constexpr size_t kMaxLines = 20;     // readings of one frame
constexpr size_t kLinesOfBand = 3;   // the lowest of a band with more
constexpr int kBody = 36;            // height of a character in the line to be read

Patch turned(const Patch &p) {
  return {p.x + p.right_x + p.down_x, p.y + p.right_y + p.down_y, -p.right_x, -p.right_y, -p.down_x, -p.down_y};
}

Plane cut(PlaneView frame, Patch p, int body, float pad) {
  const float height = std::hypot(p.down_x, p.down_y), length = std::hypot(p.right_x, p.right_y);
  p.x -= pad * p.down_x;
  p.y -= pad * p.down_y;
  p.down_x *= 1 + 2 * pad;
  p.down_y *= 1 + 2 * pad;
  const int width = std::clamp(int(length * float(body) / std::max(1.0f, height)), 16, 2600);
  Plane line = sampled(frame, p, width, int(float(body) * (1 + 2 * pad)));
  stretch(line);
  return line;
}

struct Attempt {
  MrzReading reading;
  size_t lines_with_fillers = 0;
};

Attempt attempt(PlaneView frame, const MrzBand &band, bool upside_down, int body, float pad, LineReader &reader,
                size_t &lines) {
  std::vector<Patch> patches = band.lines;
  if (upside_down) {
    std::reverse(patches.begin(), patches.end());
    for (Patch &p : patches) p = turned(p);
  }
  if (patches.size() > kLinesOfBand) patches.erase(patches.begin(), patches.end() - long(kLinesOfBand));
  std::vector<std::string> texts;
  Attempt out;
  int fillers = 0;
  for (const Patch &p : patches) {
    // Ordinary print: a zone of any type has fillers in its first line, or at least in its second.
    if (fillers == 0 && texts.size() >= (upside_down ? 1u : 2u)) break;
    if (lines >= kMaxLines) break;
    ++lines;
    texts.push_back(reader.read(cut(frame, p, body, pad), Alphabet::mrz));
    // A run of fillers, some of them read as the letters they resemble.
    int run = 0, longest = 0, real = 0;
    for (char c : texts.back()) {
      const bool filler = c == '<' || c == 'K' || c == 'S' || c == 'E' || c == 'C';
      run = filler ? run + 1 : 0;
      longest = std::max(longest, run);
      real += c == '<';
    }
    fillers += real;
    if (longest >= 4 && real >= 3 && texts.back().size() >= 18) ++out.lines_with_fillers;
  }
  out.reading = understand_mrz(texts, band.columns);
  for (std::string &text : texts) wipe(text);
  return out;
}

cv_hit hit_of(const MrzBand &band) {
  float x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f;
  for (const Patch &p : band.lines) {
    for (int corner = 0; corner < 4; ++corner) {
      const float x = p.x + (corner & 1 ? p.right_x : 0) + (corner & 2 ? p.down_x : 0);
      const float y = p.y + (corner & 1 ? p.right_y : 0) + (corner & 2 ? p.down_y : 0);
      x0 = std::min(x0, x), x1 = std::max(x1, x), y0 = std::min(y0, y), y1 = std::max(y1, y);
    }
  }
  cv_hit hit = {};
  hit.what = CV_MRZ;
  hit.x = int32_t(std::lround(x0));
  hit.y = int32_t(std::lround(y0));
  hit.width = int32_t(std::lround(x1 - x0));
  hit.height = int32_t(std::lround(y1 - y0));
  hit.score = band.score;
  return hit;
}

bool enough(const MrzReading &r) { return r.checks >= 3 && (r.composite || r.checks >= r.possible); }

// Strength, or -1 when nothing is to be reported.
int grade(const MrzReading &r, size_t lines_with_fillers) {
  if (r.format && enough(r)) return CV_PROOF;
  if (r.checks >= 2 || (r.format && r.checks >= 1)) return CV_STRONG;
  if (lines_with_fillers >= 1 && r.fillers >= 5) return CV_WEAK;
  return -1;
}

}  // namespace

void find_mrz(PlaneView frame, const std::vector<MrzBand> &bands, bool weak, LineReader &reader,
              std::vector<cv_hit> &hits) {
  size_t lines = 0;
  for (const MrzBand &band : bands) {
    if (lines >= kMaxLines) break;
    Attempt best = attempt(frame, band, false, kBody, 0.25f, reader, lines);
    bool upside_down = false;
    if (best.reading.checks < 2 && best.lines_with_fillers == 0) {
      const Attempt other = attempt(frame, band, true, kBody, 0.25f, reader, lines);
      if (better(other.reading, best.reading) || other.lines_with_fillers > best.lines_with_fillers) {
        best = other;
        upside_down = true;
      }
    }
    const bool promising = best.reading.type != 0 || best.lines_with_fillers > 0;
    if (promising && !enough(best.reading)) {
      // Another size and margin, because one mistaken character in a hundred is enough to lose a check digit.
      const Attempt other = attempt(frame, band, upside_down, 28, 0.35f, reader, lines);
      const size_t seen = std::max(best.lines_with_fillers, other.lines_with_fillers);
      if (better(other.reading, best.reading)) best = other;
      best.lines_with_fillers = seen;
    }
    const int strength = grade(best.reading, best.lines_with_fillers);
    if (strength < 0 || (strength == CV_WEAK && !weak)) continue;
    cv_hit hit = hit_of(band);
    hit.strength = uint8_t(strength);
    hit.detail = strength == CV_WEAK ? uint8_t(CV_MRZ_UNREAD) : best.reading.type;
    hit.checks = strength == CV_WEAK ? 0 : best.reading.checks;
    hits.push_back(hit);
    if (strength >= CV_STRONG) break;
  }
}

}  // namespace custody
