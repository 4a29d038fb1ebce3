// Settles limits and verdicts for all decoders (see job.hpp).
#include "job.hpp"

namespace custody::decoding {

bool Job::admit(uint64_t width, uint64_t height) {
  if (width == 0 || height == 0) {
    damaged("corrupt");
    return false;
  }
  if (width > kLargestSide || height > kLargestSide || width * height > options.max_pixels) {
    limited("pixel-limit");
    return false;
  }
  if (pixels_ + width * height > options.max_pixels * kTotalPixelsFactor) {
    limited("frame-limit");
    return false;
  }
  pixels_ += width * height;
  return true;
}

bool Job::fits(uint64_t bytes) {
  if (bytes <= options.max_memory) return true;
  limited("memory-limit");
  return false;
}

bool Job::wants_more() {
  if (stopped_) return false;
  if (delivered_ < options.max_frames) return true;
  limited("frame-limit");
  return false;
}

bool Job::deliver(Frame &&frame) {
  if (stopped_) return false;
  ++delivered_;
  if (!sink_(std::move(frame))) stopped_ = true;
  return !stopped_;
}

void Job::note(const std::string &text) {
  for (const std::string &known : result.notes)
    if (known == text) return;
  if (result.notes.size() < CV_MAX_NOTES) result.notes.push_back(text.substr(0, CV_NOTE_LENGTH - 1));
}

void Job::child(uint64_t offset, uint64_t length, const char *role) {
  if (length == 0 || offset >= file.size || length > file.size - offset) return;
  for (const cv_child &known : result.children)
    if (known.offset == offset) return;
  if (result.children.size() >= CV_MAX_CHILDREN) {
    partial("child-limit");
    return;
  }
  cv_child child = {};
  child.offset = offset;
  child.length = length;
  for (size_t i = 0; role[i] && i + 1 < sizeof child.role; ++i) child.role[i] = role[i];
  result.children.push_back(child);
}

void Job::settle() {
  if (result.frames < delivered_) result.frames = delivered_;
  if (limit_) {
    result.disposition = CV_LIMITED;
    result.reason = limit_;
  } else if (damage_) {
    result.disposition = delivered_ ? CV_PARTIAL : CV_FAILED;
    result.reason = damage_;
  } else if (unsupported_) {
    result.disposition = delivered_ ? CV_PARTIAL : CV_OPAQUE;
    result.reason = unsupported_;
  } else if (!delivered_ && !stopped_) {
    result.disposition = CV_FAILED;
    result.reason = "corrupt";
  } else if (partial_) {
    result.disposition = CV_PARTIAL;
    result.reason = partial_;
  } else {
    result.disposition = CV_EXAMINED;
    result.reason.clear();
  }
}

}  // namespace custody::decoding
