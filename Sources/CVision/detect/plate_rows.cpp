// Finds rows of characters at three scales and says how much each looks like a plate.
#include <algorithm>
#include <cmath>

#include "plates.hpp"

namespace custody {

namespace {

constexpr int kRadius = 12;         // of the local mean; strokes up to half of it stay whole
constexpr int kMargin = 3;          // grey levels
constexpr size_t kMaxRows = 400;    // kept of one picture
constexpr size_t kMaxHalves = 300;  // of plates of two rows, at one scale and polarity
constexpr float kDeviations = 0.4f; // share of the local standard deviation that parts ink from ground

float falling(float value, float zero_at) { return std::clamp(1 - value / zero_at, 0.0f, 1.0f); }

float plausibility(const CharacterRow &row) {
  const float n = float(row.characters);
  const float count = n >= 5 && n <= 8 ? 1.0f : 0.5f;
  const float width = falling(std::fabs(row.width_ratio - 0.52f), 0.45f);
  return 0.22f * falling(row.edge_error, 0.10f) + 0.12f * falling(row.pitch_error, 0.6f) +
         0.16f * falling(row.ground_error, 0.9f) + 0.12f * falling(row.ink_error, 0.7f) +
         0.12f * falling(row.stroke_error, 0.45f) + 0.12f * width + 0.08f * std::min(1.0f, row.contrast / 60) +
         0.06f * count;
}

bool possible(const CharacterRow &row) {
  return row.edge_error < 0.1f && row.contrast >= 12 && row.characters <= 11;
}

void add(std::vector<PlateCandidate> &all, Sighting sighting) {
  const CharacterRow &row = sighting.row;
  const bool two = sighting.two_rows();
  PlateCandidate fresh;
  fresh.x0 = float(row.x0) / sighting.scale;
  fresh.x1 = float(row.x1) / sighting.scale;
  fresh.y0 = float(row.y0) / sighting.scale;
  fresh.y1 = float(row.y1) / sighting.scale;
  fresh.height = row.height / sighting.scale;
  fresh.score = plausibility(row);
  if (two) {
    const CharacterRow &lower = sighting.lower;
    fresh.x0 = std::min(fresh.x0, float(lower.x0) / sighting.scale);
    fresh.x1 = std::max(fresh.x1, float(lower.x1) / sighting.scale);
    fresh.y1 = std::max(fresh.y1, float(lower.y1) / sighting.scale);
    fresh.score = (fresh.score + plausibility(lower)) / 2 + 0.03f;  // neither has the count of a whole plate
  }
  for (PlateCandidate &old : all) {
    const float ratio = fresh.height / old.height;
    const float dx = std::fabs(fresh.x0 + fresh.x1 - old.x0 - old.x1) / 2;
    const float dy = std::fabs(fresh.y0 + fresh.y1 - old.y0 - old.y1) / 2;
    if (ratio < 0.65f || ratio > 1.55f || dx > 0.5f * std::max(fresh.x1 - fresh.x0, old.x1 - old.x0) ||
        dy > 0.6f * old.height || old.sightings.front().row.light != row.light ||
        old.sightings.front().two_rows() != two) {
      continue;
    }
    old.sightings.push_back(std::move(sighting));
    if (fresh.score > old.score) {
      std::swap(old.sightings.front(), old.sightings.back());
      old.score = fresh.score;
      old.x0 = fresh.x0, old.x1 = fresh.x1, old.y0 = fresh.y0, old.y1 = fresh.y1, old.height = fresh.height;
    }
    return;
  }
  fresh.sightings.push_back(std::move(sighting));
  all.push_back(std::move(fresh));
}

// Half of a plate of two rows.
bool possible_half(const CharacterRow &row) {
  const float width = float(row.x1 - row.x0);
  return row.characters >= 2 && row.characters <= 5 && row.edge_error < 0.08f && row.contrast >= 20 &&
         row.stroke_error < 0.4f && row.width_ratio > 0.2f && row.width_ratio < 1.0f && width > 0.9f * row.height &&
         width < 4.5f * row.height;
}

bool stacked(const CharacterRow &upper, const CharacterRow &lower) {
  const float h = (upper.height + lower.height) / 2, ratio = upper.height / lower.height;
  const float x = float(upper.x0 + upper.x1 + lower.x0 + lower.x1) / 4;
  const float down = (lower.slope - upper.slope) * x + lower.intercept - upper.intercept;
  const float aside = std::fabs(float(upper.x0 + upper.x1 - lower.x0 - lower.x1)) / 2;
  const float narrow = float(std::min(upper.x1 - upper.x0, lower.x1 - lower.x0));
  const float wide = float(std::max(upper.x1 - upper.x0, lower.x1 - lower.x0));
  const int characters = upper.characters + lower.characters;
  return ratio > 0.75f && ratio < 1.33f && down > 1.05f * h && down < 1.8f * h &&
         aside < 0.8f * h + 0.3f * down * std::fabs(upper.slope) && narrow > 0.4f * wide &&
         std::fabs(upper.slope - lower.slope) < 0.2f && characters >= 5 && characters <= 9;
}

}  // namespace

PlateSearch plate_candidates(PlaneView frame, uint32_t side) {
  PlateSearch search;
  const int longest = std::max(frame.width, frame.height);
  if (longest < 48 || std::min(frame.width, frame.height) < 16) return search;
  const float fine = std::min(2.0f, float(side) / float(longest));
  const float scales[3] = {fine, std::min(1.0f, 1280.0f / float(longest)), std::min(1.0f, 640.0f / float(longest))};
  RowLimits limits;
  limits.min_parts = 2;
  limits.min_characters = 2;
  Plane previous;
  for (int pass = 0; pass < 3; ++pass) {
    const float scale = scales[pass];
    if (pass > 0 && scale > 0.8f * scales[pass - 1]) continue;
    const int width = std::max(8, int(std::lround(float(frame.width) * scale)));
    const int height = std::max(8, int(std::lround(float(frame.height) * scale)));
    // Coarser pictures come from the one before when that still holds all detail of the frame's.
    const bool from_frame = previous.pixels.empty() || scales[pass - 1] > 1;
    Plane scaled = resized(from_frame ? frame : PlaneView(previous), width, height);
    stretch(scaled, 128);
    const Plane map = local_contrast(scaled, kRadius, kMargin, kDeviations);
    for (uint8_t polarity = 1; polarity <= 2; ++polarity) {
      const Components blobs = components(map, polarity);
      std::vector<CharacterRow> rows = character_rows(scaled, blobs, polarity == 2, limits);
      size_t longer = 0, kept = 0, even = 0;
      std::vector<const CharacterRow *> halves;
      for (const CharacterRow &row : rows) {
        if (halves.size() < kMaxHalves && possible_half(row)) halves.push_back(&row);
      }
      for (const CharacterRow *upper : halves) {
        for (const CharacterRow *lower : halves) {
          if (search.candidates.size() >= kMaxRows || !stacked(*upper, *lower)) continue;
          Sighting sighting;
          sighting.row = *upper;
          sighting.lower = *lower;
          sighting.scale = scale;
          sighting.pass = pass;
          add(search.candidates, std::move(sighting));
        }
      }
      for (CharacterRow &row : rows) {
        if (row.parts.size() < 3 || row.characters < 4) continue;
        if (int(row.parts.size()) > limits.max_parts) {
          ++longer;
        } else if (kept < kMaxRows && possible(row)) {
          ++kept;
          if (row.parts.size() >= 5 && row.edge_error < 0.05f) ++even;
          Sighting sighting;
          sighting.row = std::move(row);
          sighting.scale = scale;
          sighting.pass = pass;
          add(search.candidates, std::move(sighting));
        }
      }
      search.rows = std::max(search.rows, even + longer);
      search.long_rows = std::max(search.long_rows, longer);
    }
    previous = std::move(scaled);
  }
  for (PlateCandidate &candidate : search.candidates) {
    bool seen[3] = {};
    for (const Sighting &s : candidate.sightings) seen[s.pass] = true;
    candidate.score += 0.08f * float(seen[0] + seen[1] + seen[2] - 1);
  }
  std::stable_sort(search.candidates.begin(), search.candidates.end(),
                   [](const PlateCandidate &a, const PlateCandidate &b) { return a.score > b.score; });
  return search;
}

}  // namespace custody
