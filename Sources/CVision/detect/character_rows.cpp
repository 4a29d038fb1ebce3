// Links neighbouring blobs into rows and measures how regular each row is.
#include "character_rows.hpp"

#include <algorithm>
#include <cmath>

namespace custody {

namespace {

constexpr size_t kMaxParts = 40000;    // candidates of one picture and polarity; texture has more, text never
constexpr size_t kMaxLooks = 64;       // neighbours one blob is compared with
constexpr int kCell = 32;              // of the grid in which neighbours are looked up

bool could_be_character(const Component &c, const RowLimits &limits) {
  const int h = c.height(), w = c.width();
  if (h < limits.min_height || h > limits.max_height) return false;
  if (float(w) > 3.2f * float(h) || float(w) < 0.07f * float(h) || w < 2) return false;
  const float fill = float(c.area) / float(w * h);
  return fill > 0.15f && (fill < 0.92f || float(w) < 0.42f * float(h));
}

// How well `b` follows `a` to the right: a distance, or a negative number when it does not.
float distance(const Component &a, const Component &b) {
  const float h = 0.5f * float(a.height() + b.height());
  const float ratio = float(a.height()) / float(b.height());
  if (ratio < 0.78f || ratio > 1.28f) return -1;
  const float dx = b.center_x() - a.center_x();
  if (dx < 0.12f * h || dx > 4.0f * h) return -1;
  const float gap = float(b.x0 - a.x1);
  if (gap > 1.25f * h || gap < -0.2f * h) return -1;
  const float dy = std::fabs(b.center_y() - a.center_y());
  if (dy > 0.14f * h + 0.3f * dx) return -1;
  return dx + 3 * dy + 2 * std::fabs(float(a.height() - b.height()));
}

float median(std::vector<float> values) {
  if (values.empty()) return 0;
  const size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + long(middle), values.end());
  return values[middle];
}

void fit_line(const std::vector<Component> &parts, float &slope, float &intercept) {
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  const double n = double(parts.size());
  for (const Component &c : parts) {
    sx += c.center_x();
    sy += c.center_y();
    sxx += double(c.center_x()) * c.center_x();
    sxy += double(c.center_x()) * c.center_y();
  }
  const double d = n * sxx - sx * sx;
  slope = d > 1 ? float((n * sxy - sx * sy) / d) : 0;
  intercept = float((sy - slope * sx) / n);
}

// Drops parts off the line or of another height, worst first, until all agree.
bool settle(CharacterRow &row, const RowLimits &limits) {
  for (;;) {
    if (int(row.parts.size()) < limits.min_parts) return false;
    std::vector<float> heights;
    for (const Component &c : row.parts) heights.push_back(float(c.height()));
    row.height = median(heights);
    fit_line(row.parts, row.slope, row.intercept);
    float worst = 0;
    size_t at = 0;
    for (size_t i = 0; i < row.parts.size(); ++i) {
      const Component &c = row.parts[i];
      // The box of an upright character on a slanted line grows with its width.
      const float off = std::fabs(c.center_y() - row.slope * c.center_x() - row.intercept) / row.height;
      const float size = std::fabs(float(c.height()) - row.height) / row.height;
      const float error = std::max(off / 0.13f, size / 0.2f);
      if (error > worst) worst = error, at = i;
    }
    if (worst <= 1) break;
    row.parts.erase(row.parts.begin() + long(at));
  }
  row.characters = 0;
  for (const Component &c : row.parts) {
    row.characters += std::max(1, int(std::lround(float(c.width()) / (0.62f * row.height))));
  }
  return row.characters >= limits.min_characters && std::fabs(row.slope) < 0.45f;
}

void measure(PlaneView source, const Components &blobs, CharacterRow &row) {
  const float n = float(row.parts.size());
  row.x0 = row.parts.front().x0;
  row.x1 = row.parts.back().x1;
  row.y0 = row.parts.front().y0;
  row.y1 = row.parts.front().y1;
  float edges = 0;
  std::vector<float> widths, steps, strokes;
  for (const Component &c : row.parts) {
    row.x0 = std::min(row.x0, c.x0);
    row.x1 = std::max(row.x1, c.x1);
    row.y0 = std::min(row.y0, c.y0);
    row.y1 = std::max(row.y1, c.y1);
    const float line = row.slope * c.center_x() + row.intercept;
    const float top = float(c.y0) - (line - row.height / 2), bottom = float(c.y1) - (line + row.height / 2);
    edges += top * top + bottom * bottom;
    widths.push_back(float(c.width()) / row.height);
    strokes.push_back(float(c.area) / float(std::max<uint32_t>(1, c.runs)));
  }
  row.edge_error = std::sqrt(edges / (2 * n)) / row.height;
  row.width_ratio = median(widths);
  for (size_t i = 1; i < row.parts.size(); ++i) {
    steps.push_back(row.parts[i].center_x() - row.parts[i - 1].center_x());
  }
  const float pitch = median(steps);
  float off = 0;
  for (float step : steps) off += std::min(1.0f, std::fabs(step - pitch) / pitch);
  row.pitch_error = off / float(steps.size());
  const float stroke = median(strokes);
  float uneven = 0;
  for (float s : strokes) uneven += std::min(1.0f, std::fabs(s - stroke) / stroke);
  row.stroke_error = uneven / n;

  // Ink and ground inside the row, and what lies in a strip above and below it.
  const int pad = std::max(1, int(row.height * 0.14f));
  const int y0 = std::max(0, row.y0 - pad), y1 = std::min(source.height, row.y1 + pad);
  const int x0 = std::max(0, row.x0 - pad), x1 = std::min(source.width, row.x1 + pad);
  std::vector<uint8_t> ink(size_t(x1 - x0) * size_t(y1 - y0), 0);
  for (int y = y0; y < y1; ++y) {
    for (size_t k = blobs.first_of_row[size_t(y)]; k < blobs.first_of_row[size_t(y) + 1]; ++k) {
      const Run &run = blobs.runs[k];
      if (run.x1 <= x0 || run.x0 >= x1) continue;
      bool own = false;
      for (const Component &c : row.parts) own = own || c.id == run.id;
      for (int x = std::max(x0, run.x0); x < std::min(x1, run.x1); ++x) {
        ink[size_t(y - y0) * size_t(x1 - x0) + size_t(x - x0)] = own ? 1 : 2;
      }
    }
  }
  double sum[2] = {}, squares[2] = {}, count[2] = {};
  double strip = 0, strange = 0;
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const uint8_t kind = ink[size_t(y - y0) * size_t(x1 - x0) + size_t(x - x0)];
      const float line = row.slope * (float(x) + 0.5f) + row.intercept;
      const float away = std::fabs(float(y) + 0.5f - line);
      if (away > row.height / 2 + float(pad)) continue;
      if (away > row.height / 2 + 1) {
        strip += 1;
        if (kind == 2) strange += 1;
      }
      if (kind == 2) continue;
      const double v = source.row(y)[x];
      sum[kind] += v;
      squares[kind] += v * v;
      count[kind] += 1;
    }
  }
  row.margin_error = strip > 0 ? float(strange / strip) : 1;
  if (count[0] < 1 || count[1] < 1) {
    row.contrast = 0;
    row.ground_error = row.ink_error = 1;
    return;
  }
  const double ground = sum[0] / count[0], mark = sum[1] / count[1];
  row.contrast = float(std::fabs(ground - mark));
  const double scale = std::max(1.0f, row.contrast);
  row.ground_error = float(std::sqrt(std::max(0.0, squares[0] / count[0] - ground * ground)) / scale);
  row.ink_error = float(std::sqrt(std::max(0.0, squares[1] / count[1] - mark * mark)) / scale);
}

}  // namespace

std::vector<CharacterRow> character_rows(PlaneView source, const Components &blobs, bool light,
                                         const RowLimits &limits) {
  std::vector<CharacterRow> rows;
  std::vector<Component> parts;
  for (const Component &c : blobs.all) {
    if (could_be_character(c, limits)) parts.push_back(c);
    if (parts.size() >= kMaxParts) break;
  }
  const size_t n = parts.size();
  const int columns = source.width / kCell + 1, lines = source.height / kCell + 1;
  std::vector<std::vector<uint32_t>> grid(size_t(columns) * size_t(lines));
  for (size_t i = 0; i < n; ++i) {
    grid[size_t(int(parts[i].center_y()) / kCell) * size_t(columns) + size_t(int(parts[i].center_x()) / kCell)]
        .push_back(uint32_t(i));
  }
  constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> right(n, kNone), left(n, kNone);
  std::vector<float> left_distance(n, 0);
  for (size_t i = 0; i < n; ++i) {
    const Component &a = parts[i];
    const float h = float(a.height());
    const int cx0 = int(a.center_x()) / kCell, cx1 = std::min(columns - 1, int(a.center_x() + 4.0f * h) / kCell);
    const int cy0 = std::max(0, int(a.center_y() - 0.8f * h) / kCell);
    const int cy1 = std::min(lines - 1, int(a.center_y() + 0.8f * h) / kCell);
    float best = -1;
    size_t looks = 0;
    for (int cx = cx0; cx <= cx1 && looks < kMaxLooks; ++cx) {
      for (int cy = cy0; cy <= cy1 && looks < kMaxLooks; ++cy) {
        for (uint32_t j : grid[size_t(cy) * size_t(columns) + size_t(cx)]) {
          if (j == i) continue;
          if (++looks > kMaxLooks) break;
          const float d = distance(a, parts[j]);
          if (d >= 0 && (best < 0 || d < best)) best = d, right[i] = j;
        }
      }
    }
    if (right[i] != kNone) {
      const uint32_t j = right[i];
      if (left[j] == kNone || best < left_distance[j]) left[j] = uint32_t(i), left_distance[j] = best;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    if (left[i] != kNone && right[left[i]] == i) continue;  // not the start of a chain
    CharacterRow row;
    row.light = light;
    uint32_t at = uint32_t(i);
    for (size_t steps = 0; steps < 200; ++steps) {
      row.parts.push_back(parts[at]);
      const uint32_t next = right[at];
      if (next == kNone || left[next] != at) break;
      at = next;
    }
    if (int(row.parts.size()) < limits.min_parts || !settle(row, limits)) continue;
    if (int(row.parts.size()) > limits.max_parts) {
      row.x0 = row.parts.front().x0;
      row.x1 = row.parts.back().x1;
    } else {
      measure(source, blobs, row);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace custody
