// Finds lines of print along and across the picture and keeps those that are spaced like a typewriter's.
//
// A machine readable zone is printed in OCR-B at 10 characters an inch (ICAO Doc 9303-3): characters of equal height,
// about as far apart as they are high, in two or three lines of equal length, 30 to 44 of them.
#include "mrz_bands.hpp"

#include <algorithm>
#include <cmath>

#include "components.hpp"

namespace custody {

namespace {

constexpr int kSide = 1600;          // longest side of the scaled picture
constexpr int kMinHeight = 6, kMaxHeight = 64;
constexpr size_t kMaxParts = 40000;
constexpr size_t kMaxLooks = 96;
constexpr int kCell = 32;
constexpr size_t kMaxLines = 1500;   // of one direction; a newspaper page has fewer

struct Part {
  float x0, x1, y0, y1;
  float height() const { return y1 - y0; }
  float width() const { return x1 - x0; }
  float cx() const { return (x0 + x1) / 2; }
  float cy() const { return (y0 + y1) / 2; }
};

struct Line {
  std::vector<Part> parts;
  float x0 = 0, x1 = 0, height = 0, slope = 0, intercept = 0;
  float y(float x) const { return slope * x + intercept; }
  float length() const { return x1 - x0; }
};

float median(std::vector<float> values) {
  if (values.empty()) return 0;
  const size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + long(middle), values.end());
  return values[middle];
}

void fit(Line &line) {
  std::vector<float> heights;
  double sx = 0, sy = 0, sxx = 0, sxy = 0, n = 0;
  line.x0 = line.parts.front().x0;
  line.x1 = line.parts.front().x1;
  for (const Part &p : line.parts) {
    heights.push_back(p.height());
    sx += p.cx(), sy += p.cy(), sxx += double(p.cx()) * p.cx(), sxy += double(p.cx()) * p.cy(), n += 1;
    line.x0 = std::min(line.x0, p.x0);
    line.x1 = std::max(line.x1, p.x1);
  }
  line.height = median(heights);
  const double d = n * sxx - sx * sx;
  line.slope = n > 1 && d > 1 ? float((n * sxy - sx * sy) / d) : 0;
  line.intercept = float((sy - line.slope * sx) / n);
}

float follows(const Part &a, const Part &b) {
  const float h = std::max(a.height(), b.height());
  const float ratio = a.height() / b.height();
  if (ratio < 0.6f || ratio > 1.67f) return -1;
  const float gap = b.x0 - a.x1;
  if (gap > 1.7f * h || gap < -0.3f * h || b.cx() <= a.cx()) return -1;
  const float dy = std::fabs(b.cy() - a.cy()), dx = b.cx() - a.cx();
  if (dy > 0.2f * h + 0.15f * dx) return -1;
  return dx + 4 * dy + std::fabs(a.height() - b.height());
}

std::vector<Line> lines_of(const std::vector<Part> &parts, float width, float height) {
  const size_t n = parts.size();
  const int columns = int(width) / kCell + 1, rows = int(height) / kCell + 1;
  std::vector<std::vector<uint32_t>> grid(size_t(columns) * size_t(rows));
  // By left edge, because merged characters make wide parts.
  for (size_t i = 0; i < n; ++i) {
    const size_t cell = size_t(int(parts[i].cy()) / kCell) * size_t(columns) + size_t(int(parts[i].x0) / kCell);
    grid[cell].push_back(uint32_t(i));
  }
  constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> right(n, kNone), left(n, kNone);
  std::vector<float> left_distance(n, 0);
  for (size_t i = 0; i < n; ++i) {
    const Part &a = parts[i];
    const float h = a.height();
    const int cx0 = std::max(0, int(a.x1 - h) / kCell), cx1 = std::min(columns - 1, int(a.x1 + 2 * h) / kCell);
    const int cy0 = std::max(0, int(a.cy() - h) / kCell), cy1 = std::min(rows - 1, int(a.cy() + h) / kCell);
    float best = -1;
    size_t looks = 0;
    for (int cx = cx0; cx <= cx1 && looks < kMaxLooks; ++cx) {
      for (int cy = cy0; cy <= cy1 && looks < kMaxLooks; ++cy) {
        for (uint32_t j : grid[size_t(cy) * size_t(columns) + size_t(cx)]) {
          if (j == i) continue;
          if (++looks > kMaxLooks) break;
          const float d = follows(a, parts[j]);
          if (d >= 0 && (best < 0 || d < best)) best = d, right[i] = j;
        }
      }
    }
    const uint32_t j = right[i];
    if (j != kNone && (left[j] == kNone || best < left_distance[j])) left[j] = uint32_t(i), left_distance[j] = best;
  }
  std::vector<Line> lines;
  for (size_t i = 0; i < n && lines.size() < kMaxLines; ++i) {
    if (left[i] != kNone && right[left[i]] == i) continue;
    Line line;
    uint32_t at = uint32_t(i);
    for (size_t steps = 0; steps < 400; ++steps) {
      line.parts.push_back(parts[at]);
      const uint32_t next = right[at];
      if (next == kNone || left[next] != at) break;
      at = next;
    }
    if (line.parts.size() < 3) continue;
    fit(line);
    if (line.length() < 3 * line.height) continue;
    lines.push_back(std::move(line));
  }
  // Pieces of one line that a smudge or a printed ground has parted.
  std::sort(lines.begin(), lines.end(), [](const Line &a, const Line &b) { return a.x0 < b.x0; });
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].parts.empty()) continue;
    for (size_t j = i + 1; j < lines.size(); ++j) {
      Line &a = lines[i], &b = lines[j];
      if (b.parts.empty()) continue;
      const float h = std::max(a.height, b.height);
      if (b.x0 > a.x1 + 5 * h) continue;
      if (b.x0 < a.x1 - 0.5f * h || a.height / b.height > 1.4f || b.height / a.height > 1.4f) continue;
      const float middle = (a.x1 + b.x0) / 2;
      const Line &longer = a.length() > b.length() ? a : b, &other = a.length() > b.length() ? b : a;
      const float where = (other.x0 + other.x1) / 2;
      if (std::fabs(longer.y(where) - other.y(where)) > 0.4f * h + 0.02f * std::fabs(where - middle)) continue;
      a.parts.insert(a.parts.end(), b.parts.begin(), b.parts.end());
      b.parts.clear();
      fit(a);
    }
  }
  lines.erase(std::remove_if(lines.begin(), lines.end(), [](const Line &l) { return l.parts.empty(); }), lines.end());
  return lines;
}

// Share of the distances between neighbours that are close to a whole multiple of the best pitch.
void spacing(const std::vector<const Line *> &lines, float &regularity, float &pitch) {
  std::vector<float> steps;
  float h = 0;
  for (const Line *line : lines) {
    h = std::max(h, line->height);
    for (size_t i = 1; i < line->parts.size(); ++i) {
      const Part &a = line->parts[i - 1], &b = line->parts[i];
      if (a.width() > 1.15f * line->height || b.width() > 1.15f * line->height) continue;
      steps.push_back(b.cx() - a.cx());
    }
  }
  regularity = 0;
  pitch = h;
  if (steps.size() < 10) return;
  float first = h, last = h;
  for (float p = 0.55f * h; p < 1.5f * h; p += 0.02f * h) {
    float good = 0;
    for (float step : steps) {
      const float multiple = std::max(1.0f, std::round(step / p));
      if (multiple <= 3 && std::fabs(step - multiple * p) < 0.16f * p) good += 1;
    }
    good /= float(steps.size());
    if (good > regularity) regularity = good, first = p;
    if (good == regularity) last = p;
  }
  pitch = (first + last) / 2;  // many serve equally well; the middle one is nearest the truth
}

void bands_of(const std::vector<Line> &lines, bool across, float scale, std::vector<MrzBand> &bands) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const Line &main = lines[i];
    const float h = main.height;
    if (main.length() < 13 * h || main.length() > 70 * h || std::fabs(main.slope) > 0.35f) continue;
    // Other print parallel to this line, by its distance below.
    std::vector<const Line *> group = {&main};
    std::vector<float> offsets = {0};
    for (size_t j = 0; j < lines.size(); ++j) {
      const Line &other = lines[j];
      if (j == i || other.height < 0.62f * h || other.height > 1.6f * h) continue;
      const float middle = (other.x0 + other.x1) / 2;
      if (middle < main.x0 - 2 * h || middle > main.x1 + 2 * h) continue;
      const float overlap = std::min(main.x1, other.x1) - std::max(main.x0, other.x0);
      if (overlap < 0.6f * other.length()) continue;
      const float off = other.y(middle) - main.y(middle);
      if (std::fabs(off) < 1.2f * h || std::fabs(off) > 5.2f * h) continue;
      group.push_back(&other);
      offsets.push_back(off);
    }
    if (group.size() < 2) continue;
    // The nearest parallel print decides the distance of the lines.
    float step = 0;
    size_t nearest = 0;
    for (size_t k = 1; k < group.size(); ++k) {
      if (group[k]->length() < 0.3f * main.length() || std::fabs(offsets[k]) > 3.3f * h) continue;
      if (!nearest || std::fabs(offsets[k]) < std::fabs(step)) step = offsets[k], nearest = k;
    }
    if (!nearest) continue;
    const float down = std::fabs(step);
    // Slots of the grid of lines around the main one.
    float from = main.x0, to = main.x1;
    int lowest = 0, highest = 0;
    std::vector<const Line *> used = {&main};
    float extent[5] = {};
    extent[2] = main.length();
    for (size_t k = 1; k < group.size(); ++k) {
      const int slot = int(std::lround(offsets[k] / down));
      if (slot < -2 || slot > 2 || std::fabs(offsets[k] - float(slot) * down) > 0.35f * h) continue;
      extent[slot + 2] += group[k]->length();
      used.push_back(group[k]);
    }
    const float needed = 0.45f * main.length();
    while (highest < 2 && extent[highest + 3] >= needed) ++highest;
    while (lowest > -2 && extent[lowest + 1] >= needed) --lowest;
    if (highest - lowest < 1) continue;
    for (size_t k = 1; k < group.size(); ++k) {
      const int slot = int(std::lround(offsets[k] / down));
      if (slot < lowest || slot > highest || std::fabs(offsets[k] - float(slot) * down) > 0.35f * h) continue;
      from = std::min(from, group[k]->x0);
      to = std::max(to, group[k]->x1);
    }
    if (to - from > 1.35f * main.length()) continue;  // a longer neighbour will be the main line of its own band
    MrzBand band;
    float pitch = h;
    spacing(used, band.regularity, pitch);
    band.columns = (to - from) / pitch;
    if (band.regularity < 0.65f || band.columns < 22 || band.columns > 52) continue;
    const float fill = main.length() / (to - from);
    float count = 6;
    for (float exact : {30.0f, 36.0f, 44.0f}) count = std::min(count, std::fabs(band.columns - exact));
    const int surplus = std::max(0, highest - lowest - 2);
    band.score = band.regularity + 0.2f * fill - 0.02f * count - 0.05f * float(surplus);
    // Fillers are lower than letters and may be the majority.
    float tall = h;
    for (const Line *line : used) tall = std::max(tall, std::min(line->height, 1.5f * h));
    for (int slot = lowest; slot <= highest; ++slot) {
      // Each line's own course when it was seen, the grid's otherwise.
      float slope = main.slope, intercept = main.intercept + float(slot) * down;
      for (size_t k = 1; k < group.size(); ++k) {
        if (slot == 0) break;
        if (std::fabs(offsets[k] - float(slot) * down) < 0.35f * h && group[k]->length() > 0.6f * main.length()) {
          slope = group[k]->slope;
          intercept = group[k]->intercept;
        }
      }
      Patch patch;
      const float pad = 0.6f * h;
      const float x = from - pad, y = slope * x + intercept - tall / 2, length = to - from + 2 * pad;
      if (!across) {
        patch.x = x, patch.y = y, patch.right_x = length, patch.right_y = length * slope, patch.down_y = tall;
      } else {  // x and y were exchanged: along the picture's columns, downwards, its lines stacked from right to left
        patch.x = y + tall, patch.y = x, patch.right_x = length * slope, patch.right_y = length;
        patch.down_x = -tall;
      }
      for (float *v : {&patch.x, &patch.y, &patch.right_x, &patch.right_y, &patch.down_x, &patch.down_y}) *v /= scale;
      band.lines.push_back(patch);
    }
    if (across) std::reverse(band.lines.begin(), band.lines.end());
    bands.push_back(std::move(band));
  }
}

PrintLine print_of(const Line &line, float scale) {
  PrintLine out;
  out.x0 = line.x0 / scale;
  out.x1 = line.x1 / scale;
  out.y = line.y((line.x0 + line.x1) / 2) / scale;
  out.height = line.height / scale;
  out.parts = line.parts.size();
  float sum = 0;
  for (const Part &p : line.parts) {
    const float off = p.cy() - line.y(p.cx()), size = p.height() - line.height;
    sum += off * off + size * size;
  }
  out.unevenness = std::sqrt(sum / float(line.parts.size())) / line.height;
  return out;
}

bool same_place(const MrzBand &a, const MrzBand &b) {
  const auto middle = [](const MrzBand &m, float &x, float &y, float &h) {
    x = y = 0;
    for (const Patch &p : m.lines) {
      x += (p.x + p.right_x / 2 + p.down_x / 2) / float(m.lines.size());
      y += (p.y + p.right_y / 2 + p.down_y / 2) / float(m.lines.size());
    }
    h = std::hypot(m.lines[0].down_x, m.lines[0].down_y);
  };
  float ax, ay, ah, bx, by, bh;
  middle(a, ax, ay, ah);
  middle(b, bx, by, bh);
  const bool a_across = std::fabs(a.lines[0].right_y) > std::fabs(a.lines[0].right_x);
  const bool b_across = std::fabs(b.lines[0].right_y) > std::fabs(b.lines[0].right_x);
  return a_across == b_across && std::hypot(ax - bx, ay - by) < 3.5f * std::max(ah, bh);
}

}  // namespace

MrzSearch mrz_bands(PlaneView frame, size_t most) {
  MrzSearch search;
  std::vector<MrzBand> bands;
  const int longest = std::max(frame.width, frame.height);
  if (longest < 160 || std::min(frame.width, frame.height) < 24) return search;
  const float scale = std::min(2.0f, float(kSide) / float(longest));
  const int width = std::max(8, int(std::lround(float(frame.width) * scale)));
  const int height = std::max(8, int(std::lround(float(frame.height) * scale)));
  const Plane scaled = resized(frame, width, height);
  const Plane map = local_contrast(scaled, 14, 4);
  const Components blobs = components(map, 1);
  for (int direction = 0; direction < 2; ++direction) {
    std::vector<Part> parts;
    for (const Component &c : blobs.all) {
      Part p{float(c.x0), float(c.x1), float(c.y0), float(c.y1)};
      if (direction == 1) p = Part{float(c.y0), float(c.y1), float(c.x0), float(c.x1)};
      const float h = p.height(), w = p.width();
      if (h < kMinHeight || h > kMaxHeight || w > 36 * h || w < 0.1f * h || c.area < 6) continue;
      parts.push_back(p);
      if (parts.size() >= kMaxParts) break;
    }
    const float across = float(direction ? height : width), along = float(direction ? width : height);
    const std::vector<Line> lines = lines_of(parts, across, along);
    bands_of(lines, direction == 1, scale, bands);
    for (const Line &line : lines) {
      if (direction == 1 || line.parts.size() < 4) continue;
      search.print.push_back(print_of(line, scale));
    }
  }
  std::stable_sort(bands.begin(), bands.end(), [](const MrzBand &a, const MrzBand &b) { return a.score > b.score; });
  std::vector<MrzBand> &best = search.bands;
  for (MrzBand &band : bands) {
    if (best.size() >= most) break;
    bool known = false;
    for (const MrzBand &other : best) known = known || same_place(band, other);
    if (!known) best.push_back(std::move(band));
  }
  return search;
}

}  // namespace custody
