// A document is a machine readable zone that could be read, or a portrait beside one that could not, or, as weak
// evidence only, a portrait beside a block of small print.
#include "documents.hpp"

#include <algorithm>
#include <cmath>

namespace custody {

namespace {

constexpr size_t kMinLines = 5;  // of print beside a portrait

cv_hit document(const cv_hit &zone, PlaneView frame, uint8_t strength) {
  // The zone runs along the lower edge of a page that is 1.42 (passport) to 1.58 (card) times as wide as high.
  cv_hit hit = {};
  hit.what = CV_DOCUMENT;
  hit.strength = strength;
  hit.score = zone.score;
  const bool upright = zone.width >= zone.height;
  const int side = std::max(zone.width, zone.height), depth = int(float(side) * 0.7f);
  hit.x = upright ? zone.x : std::max(0, zone.x - depth);
  hit.y = upright ? std::max(0, zone.y - depth) : zone.y;
  hit.width = std::min(frame.width - hit.x, upright ? zone.width : 2 * depth + zone.width);
  hit.height = std::min(frame.height - hit.y, upright ? zone.height + depth : zone.height);
  return hit;
}

bool beside(const cv_hit &face, const cv_hit &zone) {
  const int side = std::max(zone.width, zone.height);
  const int dx = std::abs(face.x + face.width / 2 - zone.x - zone.width / 2);
  const int dy = std::abs(face.y + face.height / 2 - zone.y - zone.height / 2);
  return std::max(dx, dy) < side && face.width * 2 < side && face.width * 20 > side;
}

// Lines of print to one side of a face that are small against it, straight, and begin one below the other.
size_t lines_beside(const cv_hit &face, const std::vector<PrintLine> &print) {
  const float size = float(face.width), middle = float(face.y) + 0.5f * float(face.height);
  const float left = float(face.x) - 0.3f * size, right = float(face.x + face.width) + 0.3f * size;
  size_t best = 0;
  for (int side = 0; side < 2; ++side) {
    std::vector<const PrintLine *> lines;
    for (const PrintLine &line : print) {
      const bool there = side == 0 ? line.x0 > right && line.x0 < right + 2.5f * size
                                   : line.x1 < left && line.x1 > left - 2.5f * size;
      if (!there || std::fabs(line.y - middle) > 1.5f * size) continue;
      if (line.height > 0.22f * size || line.height < 0.03f * size) continue;
      if (line.parts < 5 || line.unevenness > 0.2f) continue;
      lines.push_back(&line);
    }
    // Each at its own height.
    std::sort(lines.begin(), lines.end(), [](const PrintLine *a, const PrintLine *b) { return a->y < b->y; });
    size_t rows = 0;
    float last = -1e9f;
    for (const PrintLine *line : lines) {
      if (line->y - last < 0.8f * line->height) continue;
      ++rows;
      last = line->y;
    }
    best = std::max(best, rows);
  }
  return best;
}

}  // namespace

void find_documents(PlaneView frame, const std::vector<PrintLine> &print, const std::vector<cv_hit> &faces, bool weak,
                    std::vector<cv_hit> &hits) {
  for (const cv_hit &zone : hits) {
    if (zone.what != CV_MRZ) continue;
    if (zone.strength >= CV_STRONG) {
      hits.push_back(document(zone, frame, CV_STRONG));
      return;
    }
    for (const cv_hit &face : faces) {
      if (face.what != CV_FACE || face.strength < CV_STRONG || !beside(face, zone)) continue;
      hits.push_back(document(zone, frame, CV_WEAK));
      return;
    }
  }
  if (!weak) return;
  // A card shows one portrait, at times a second, smaller one.
  const cv_hit *portrait = nullptr;
  size_t count = 0;
  for (const cv_hit &face : faces) {
    if (face.what != CV_FACE || face.strength < CV_STRONG) continue;
    ++count;
    if (!portrait || face.width > portrait->width) portrait = &face;
  }
  if (!portrait || count > 2) return;
  const int longest = std::max(frame.width, frame.height);
  if (portrait->width * 3 > longest || portrait->width * 20 < longest) return;
  if (lines_beside(*portrait, print) < kMinLines) return;
  cv_hit hit = {};
  hit.what = CV_DOCUMENT;
  hit.strength = CV_WEAK;
  hit.x = std::max(0, portrait->x - portrait->width);
  hit.y = std::max(0, portrait->y - portrait->height);
  hit.width = std::min(frame.width - hit.x, 5 * portrait->width);
  hit.height = std::min(frame.height - hit.y, 3 * portrait->height);
  hits.push_back(hit);
}

}  // namespace custody
