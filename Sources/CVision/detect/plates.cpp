// Reads the best rows several times and takes as a plate what is read alike and fits a registration format.
//
// Tesseract's own confidence says nothing on such small lines. What does: two readings of one row, from other scales
// or crops, that agree, with as many characters as the row has parts.
#include "plates.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "plate_patterns.hpp"

namespace custody {

namespace {

constexpr size_t kMaxLines = 16;       // readings of one frame
constexpr size_t kMaxCandidates = 6;   // rows read in one frame
constexpr size_t kDocumentRows = 12;   // a scale with more rows shows a document or a screen
constexpr size_t kMaxWeak = 3;
constexpr float kMinScore = 0.5f;      // of a row worth a reading
constexpr float kMinHeight = 7.5f;     // of a character, in pixels of the frame

struct Readings {
  std::vector<std::string> texts;
  ~Readings() {
    for (std::string &text : texts) wipe(text);
  }
};

size_t longest_of(const Readings &readings) {
  size_t longest = 0;
  for (const std::string &text : readings.texts) longest = std::max(longest, text.size());
  return longest;
}

// Cut out upright, dark on light, with the ground's grey around it: frames and bolts beside the row would be read.
Plane cut(PlaneView frame, const CharacterRow &row, float s, float pad_x, float pad_y, int body, bool border) {
  const float h = row.height;
  const float x0 = float(row.parts.front().x0) - pad_x * h, x1 = float(row.parts.back().x1) + pad_x * h;
  Patch patch;
  patch.x = x0 / s;
  patch.y = (row.slope * x0 + row.intercept - h / 2 - pad_y * h) / s;
  patch.right_x = (x1 - x0) / s;
  patch.right_y = (x1 - x0) * row.slope / s;
  patch.down_y = (1 + 2 * pad_y) * h / s;
  const int height = int(float(body) * (1 + 2 * pad_y));
  const int width = std::clamp(int((x1 - x0) * float(body) / h), 16, 1200);
  Plane line = sampled(frame, patch, width, height);
  if (row.light) {
    for (uint8_t &v : line.pixels) v = uint8_t(255 - v);
  }
  stretch(line);
  if (!border) return line;
  size_t counts[256] = {};
  for (uint8_t v : line.pixels) ++counts[v];
  int ground = 255;
  for (size_t seen = 0; ground > 0 && (seen += counts[ground]) < line.pixels.size() * 3 / 10;) --ground;
  const int edge = body * 3 / 10;
  Plane framed(width + 2 * edge, height + 2 * edge, uint8_t(ground));
  for (int y = 0; y < height; ++y) std::memcpy(framed.row(y + edge) + edge, line.row(y), size_t(width));
  return framed;
}

Readings read_all(PlaneView frame, const PlateCandidate &candidate, LineReader &reader, size_t &lines) {
  Readings out;
  const auto take = [&](const Sighting &sighting, float pad_x, float pad_y, int body, bool border) {
    if (lines + (sighting.two_rows() ? 2 : 1) > kMaxLines) return;
    ++lines;
    out.texts.push_back(
        reader.read(cut(frame, sighting.row, sighting.scale, pad_x, pad_y, body, border), Alphabet::plate));
    if (!sighting.two_rows()) return;
    ++lines;
    std::string second =
        reader.read(cut(frame, sighting.lower, sighting.scale, pad_x, pad_y, body, border), Alphabet::plate);
    out.texts.back() += second;
    wipe(second);
  };
  size_t seen = 0;
  for (const Sighting &sighting : candidate.sightings) {
    if (seen++ == (sighting.two_rows() ? 2 : 3)) break;
    // Texture reads as nothing; a plate hardly does so twice.
    if (seen > 1 && longest_of(out) < 2) return out;
    take(sighting, 0.12f, 0.10f, 36, true);
  }
  if (longest_of(out) < 2) return out;
  take(candidate.sightings.front(), 0.14f, 0.12f, 48, true);
  if (seen < 3 && !candidate.sightings.front().two_rows()) take(candidate.sightings.front(), 0.3f, 0.2f, 40, false);
  return out;
}

struct Verdict {
  int grade = -1;  // as cv_hit.strength
  uint8_t region = CV_REGION_NONE;
  std::string reading;
  ~Verdict() { wipe(reading); }
};

bool digit(char c) { return c >= '0' && c <= '9'; }

// Letters that no digit resembles.
size_t certain_letters(const std::string &text) {
  std::string plain = folded(text);
  const size_t digits = size_t(std::count_if(plain.begin(), plain.end(), digit));
  wipe(plain);
  return text.size() - digits;
}

// Letters and digits, and not only such letters as a digit is mistaken for: two of them, or one of the others.
bool mixed(const std::string &text) {
  const size_t digits = size_t(std::count_if(text.begin(), text.end(), digit));
  return digits > 0 && (certain_letters(text) > 0 || text.size() - digits >= 2);
}

// A digit within, or several: one at either end is often the edge of a frame.
bool with_digits(const std::string &text) {
  size_t digits = 0, within = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    digits += digit(text[i]);
    within += digit(text[i]) && i > 0 && i + 1 < text.size();
  }
  return within > 0 || digits > 1;
}

// Readings of `a` and `b` as of the same print.
int difference(const std::string &a, const std::string &b) {
  std::string x = folded(a), y = folded(b);
  const int d = edit_distance(x, y);
  wipe(x);
  wipe(y);
  return d;
}

int parts_of(const PlateCandidate &candidate, bool most) {
  int n = candidate.sightings.front().characters();
  for (const Sighting &s : candidate.sightings) {
    n = most ? std::max(n, s.characters()) : std::min(n, s.characters());
  }
  return n;
}

void judge(const PlateCandidate &candidate, const Readings &readings, Verdict &verdict) {
  const int most = parts_of(candidate, true), least = parts_of(candidate, false);
  int best_cost = 100;
  for (size_t i = 0; i < readings.texts.size(); ++i) {
    const std::string &raw = readings.texts[i];
    if (raw.size() < 4 || raw.size() > 11 || looks_like_stamp(raw)) continue;
    const int length = int(raw.size());
    int nearest = 100, alike = 0;
    for (size_t j = 0; j < readings.texts.size(); ++j) {
      if (j == i) continue;
      const int d = difference(raw, readings.texts[j]);
      nearest = std::min(nearest, d);
      alike += d == 0;
    }
    if (length >= least - 1 && length <= most + 1 && mixed(raw) && nearest <= 1) {
      PlateFit fit = fit_plate(raw, 1);
      const int cost = fit.substitutions * 2 + nearest;
      // Five characters are soon found in any print: then three readings have to be the same.
      const bool enough = length > 5 || (alike >= 2 && fit.substitutions == 0);
      if (fit.fits && enough && cost < best_cost && cost <= (certain_letters(raw) >= 2 ? 3 : 2)) {
        best_cost = cost;
        verdict.grade = CV_STRONG;
        verdict.region = fit.region;
        wipe(verdict.reading);
        verdict.reading = fit.normalized;
      }
      wipe(fit.normalized);
    }
    if (verdict.grade < 0 && length >= 5 && with_digits(raw) && length >= least - 2 && length <= most + 2 &&
        nearest <= length / 2 && candidate.score > 0.6f) {
      verdict.grade = CV_WEAK;
    }
  }
}

// A row that nobody could read as a plate but that is as regular as print on one, at more than one scale. A word that
// is read twice alike is a word.
bool regular(const PlateCandidate &candidate, const Readings &readings) {
  const CharacterRow &row = candidate.sightings.front().row;
  const int n = parts_of(candidate, true);
  if (candidate.sightings.front().two_rows() || candidate.sightings.size() < 2 || n < 5 || n > 9) return false;
  if (candidate.score < 0.73f || row.edge_error > 0.07f || row.width_ratio < 0.3f || row.width_ratio > 0.8f) {
    return false;
  }
  bool long_enough = false;
  for (size_t i = 0; i < readings.texts.size(); ++i) {
    const std::string &text = readings.texts[i];
    long_enough = long_enough || int(text.size()) >= std::max(3, n - 2);
    if (text.size() < 4 || std::any_of(text.begin(), text.end(), digit)) continue;
    for (size_t j = 0; j < i; ++j) {
      if (readings.texts[j] == text) return false;
    }
  }
  return long_enough;
}

cv_hit hit_of(const PlateCandidate &candidate) {
  cv_hit hit = {};
  hit.what = CV_PLATE;
  const float pad = 0.3f * candidate.height;
  hit.x = int32_t(std::lround(candidate.x0 - pad));
  hit.y = int32_t(std::lround(candidate.y0 - pad));
  hit.width = int32_t(std::lround(candidate.x1 - candidate.x0 + 2 * pad));
  hit.height = int32_t(std::lround(candidate.y1 - candidate.y0 + 2 * pad));
  hit.score = candidate.score;
  return hit;
}

// Drawn letters stand on one exact grey; in a photograph the ground varies, if only with the sensor's noise. Measured:
// at least 0.45 of the pixels are of one grey in drawings, at most 0.16 on photographed plates.
bool drawn(PlaneView frame, const PlateCandidate &candidate) {
  const int pad = int(0.3f * candidate.height);
  const int x0 = std::max(0, int(candidate.x0) - pad), x1 = std::min(frame.width, int(candidate.x1) + pad);
  const int y0 = std::max(0, int(candidate.y0) - pad), y1 = std::min(frame.height, int(candidate.y1) + pad);
  size_t counts[256] = {};
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) ++counts[frame.row(y)[x]];
  }
  const size_t most = *std::max_element(counts, counts + 256);
  return most * 3 > size_t(std::max(1, x1 - x0)) * size_t(std::max(1, y1 - y0));
}

// Cameras print their clock there; a vehicle's plate lies wholly within the outermost twentieth only when cut off.
bool on_the_rim(PlaneView frame, const PlateCandidate &candidate) {
  return candidate.y1 < 0.05f * float(frame.height) || candidate.y0 > 0.95f * float(frame.height);
}

float median_height(const PlateSearch &search) {
  std::vector<float> heights;
  for (const PlateCandidate &candidate : search.candidates) {
    if (!candidate.sightings.front().two_rows()) heights.push_back(candidate.height);
  }
  if (heights.empty()) return 0;
  std::nth_element(heights.begin(), heights.begin() + long(heights.size() / 2), heights.end());
  return heights[heights.size() / 2];
}

}  // namespace

void find_plates(PlaneView frame, const cv_options &options, LineReader &reader, std::vector<cv_hit> &hits) {
  const PlateSearch search = plate_candidates(frame, 2560);
  // Among much print only what stands out by size is worth a reading, and only a good reading counts.
  const bool page = search.rows > kDocumentRows || search.long_rows > 2;
  const float least_height = page ? 2 * median_height(search) : kMinHeight;
  size_t lines = 0, looked = 0, weak = 0;
  for (const PlateCandidate &candidate : search.candidates) {
    if (looked == kMaxCandidates || lines >= kMaxLines) break;
    if (candidate.score < kMinScore || candidate.height < std::max(kMinHeight, least_height)) continue;
    if (on_the_rim(frame, candidate) || drawn(frame, candidate)) continue;
    ++looked;
    const Readings readings = read_all(frame, candidate, reader, lines);
    Verdict verdict;
    judge(candidate, readings, verdict);
    const CharacterRow &row = candidate.sightings.front().row;
    const bool plausible = row.width_ratio <= 0.9f && parts_of(candidate, true) >= 5;
    if (verdict.grade == CV_STRONG && !plausible) verdict.grade = CV_WEAK;
    if (verdict.grade < 0 && regular(candidate, readings)) verdict.grade = CV_WEAK;
    if (verdict.grade < 0 || (verdict.grade == CV_WEAK && (page || !options.plate_weak || weak == kMaxWeak))) continue;
    cv_hit hit = hit_of(candidate);
    hit.strength = uint8_t(verdict.grade);
    if (verdict.grade == CV_STRONG) {
      hit.detail = verdict.region;
      if (options.link_key_length > 0) {
        link_mac(options, verdict.reading, hit.mac);
        hit.has_mac = 1;
      }
    } else {
      ++weak;
    }
    hits.push_back(hit);
  }
}

}  // namespace custody
