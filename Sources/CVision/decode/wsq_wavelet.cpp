// Wavelet packet synthesis for WSQ (see wsq_wavelet.hpp).
//
// Each split filters a rectangle along both directions and keeps every other sample; low-pass samples stand for the
// even places, high-pass samples for the odd ones. A high-pass band comes out with its frequencies in reverse, so that
// within it the high-pass half is the lower one: in the rectangles to the right (or below) the halves are therefore
// swapped.
#include "wsq_wavelet.hpp"

#include <algorithm>

namespace custody::decoding {

WsqWavelet::WsqWavelet(uint32_t width, uint32_t height)
    : width_(width), height_(height), plane_(size_t(width) * height, 0.0f) {
  Node root = {0, 0, width, height, false, false}, first[4], second[4];
  splits_.push_back(root);
  quarters(root, first);
  splits_.push_back(first[0]);
  quarters(first[0], second);
  // Upper left: 16 rectangles of which the first is split once more (bands 0 to 18). Right and below it: 16 each (19 to
  // 34, 35 to 50). Diagonal: not split (51). Then the three outer quarters, in four each.
  Node inner[4];
  splits_.push_back(second[0]);
  quarters(second[0], inner);
  Node innermost[4];
  splits_.push_back(inner[0]);
  quarters(inner[0], innermost);
  int next = place(innermost[0], 1, 0);
  for (int i = 1; i < 4; ++i) next = place(innermost[i], 0, next);
  for (int i = 1; i < 4; ++i) next = place(inner[i], 1, next);
  next = place(second[1], 2, next);
  next = place(second[2], 2, next);
  next = place(second[3], 0, next);
  for (int i = 1; i < 4; ++i) next = place(first[i], 1, next);
}

void WsqWavelet::quarters(const Node &node, Node out[4]) {
  uint32_t left = node.right ? node.width / 2 : (node.width + 1) / 2;
  uint32_t upper = node.lower ? node.height / 2 : (node.height + 1) / 2;
  out[0] = {node.x, node.y, left, upper, false, false};
  out[1] = {node.x + left, node.y, node.width - left, upper, true, false};
  out[2] = {node.x, node.y + upper, left, node.height - upper, false, true};
  out[3] = {node.x + left, node.y + upper, node.width - left, node.height - upper, true, true};
}

/// Gives numbers to the bands of `node` split `level` times; returns the next free number.
int WsqWavelet::place(const Node &node, int level, int next) {
  if (level == 0) {
    bands_[next] = {node.x, node.y, node.width, node.height};
    return next + 1;
  }
  splits_.push_back(node);
  Node parts[4];
  quarters(node, parts);
  for (const Node &part : parts) next = place(part, level - 1, next);
  return next;
}

void WsqWavelet::synthesize(const std::vector<float> &low_analysis, const std::vector<float> &high_analysis) {
  // Synthesis filters are the analysis filters of the other kind with every other sign changed.
  low_ = high_analysis;
  high_ = low_analysis;
  for (size_t i = 1; i < low_.size(); i += 2) low_[i] = -low_[i];
  for (size_t i = 1; i < high_.size(); i += 2) high_[i] = -high_[i];
  line_.assign(std::max(width_, height_) + 2 * size_t(kReach), 0.0f);
  for (auto node = splits_.rbegin(); node != splits_.rend(); ++node) join(*node);
}

void WsqWavelet::join(const Node &node) {
  uint32_t first = node.y * width_ + node.x;
  join_lines(first, node.width, 1, node.height, width_, node.lower);
  join_lines(first, node.height, width_, node.width, 1, node.right);
}

void WsqWavelet::join_lines(uint32_t first, uint32_t lines, uint32_t line_step, uint32_t length, uint32_t step,
                            bool swapped) {
  if (length < 2) return;
  const int reach = kReach, count = int(length);
  const uint32_t lows = (length + 1) / 2, low_at = swapped ? length / 2 : 0, high_at = swapped ? 0 : lows;
  float *middle = line_.data() + reach;
  for (uint32_t line = 0; line < lines; ++line) {
    float *samples = plane_.data() + first + size_t(line) * line_step;
    for (int i = 0; i < count; ++i)
      middle[i] = samples[size_t((i % 2 ? high_at : low_at) + uint32_t(i) / 2) * step];
    // The signal goes on as its mirror image about the first and the last sample.
    const int period = 2 * (count - 1);
    for (int i = 1; i <= reach; ++i) {
      int before = i % period, after = (count - 1 + i) % period;
      middle[-i] = middle[before < count ? before : period - before];
      middle[count - 1 + i] = middle[after < count ? after : period - after];
    }
    for (int i = 0; i < count; ++i) {
      float sum = 0;
      // Taps at even distance meet samples of the same kind as place i, those at odd distance the other kind.
      const std::vector<float> &same = i % 2 ? high_ : low_, &other = i % 2 ? low_ : high_;
      sum = middle[i] * same[0];
      for (size_t k = 2; k < same.size(); k += 2) sum += (middle[i - int(k)] + middle[i + int(k)]) * same[k];
      for (size_t k = 1; k < other.size(); k += 2) sum += (middle[i - int(k)] + middle[i + int(k)]) * other[k];
      samples[size_t(i) * step] = sum;
    }
  }
}

}  // namespace custody::decoding
