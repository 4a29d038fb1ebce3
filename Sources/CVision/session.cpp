// Puts decoders and detectors in a row behind the C header, and keeps every exception inside.
#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "include/cvision.h"
#include "vision.hpp"

namespace custody {

// Each part sets its own fields of a profile; `ci` is false for `audit`.
void face_profile(const char *name, cv_options &options);
void text_profile(const char *name, cv_options &options);
void texture_profile(const char *name, cv_options &options);
// Whatever the libraries read from the disk or set up on first use.
void decode_initialize();
void video_initialize();
std::string decode_libraries();

namespace {

void copy_word(char *out, size_t size, const std::string &text) {
  const size_t n = std::min(size - 1, text.size());
  std::memcpy(out, text.data(), n);
  out[n] = 0;
}

void add_note(cv_verdict &verdict, const std::string &note) {
  if (verdict.note_count >= CV_MAX_NOTES) return;
  copy_word(verdict.notes[verdict.note_count++], CV_NOTE_LENGTH, note);
}

void set_disposition(cv_verdict &verdict, uint8_t disposition, const std::string &reason) {
  verdict.disposition = disposition;
  copy_word(verdict.reason, CV_WORD_LENGTH, disposition == CV_EXAMINED ? std::string() : reason);
}

// Room for each kind of hit, so that a video full of faces cannot hide the one plate in it.
constexpr uint32_t quota[] = {0, 64, 32, 8, 8, 8, 8};
static_assert(64 + 32 + 8 + 8 + 8 + 8 <= CV_MAX_HITS, "all kinds fit");

void add_hit(cv_verdict &verdict, const cv_hit &hit) {
  uint32_t count = 0;
  cv_hit *weakest = nullptr;
  for (uint32_t i = 0; i < verdict.hit_count; i++) {
    cv_hit &other = verdict.hits[i];
    if (other.what != hit.what) continue;
    count++;
    // The latest of the weakest: what was seen first stays.
    if (!weakest || other.strength <= weakest->strength) weakest = &other;
  }
  if (count < quota[hit.what]) {
    verdict.hits[verdict.hit_count++] = hit;
    return;
  }
  verdict.dropped[hit.what]++;
  if (weakest && weakest->strength < hit.strength) *weakest = hit;
}

void add_hits(cv_verdict &verdict, const std::vector<cv_hit> &hits, uint32_t frame) {
  for (cv_hit hit : hits) {
    if (hit.what < CV_FACE || hit.what > CV_IRIS) continue;
    hit.frame = frame;
    add_hit(verdict, hit);
  }
}

}  // namespace
}  // namespace custody

struct cv_session {
  cv_options options;
  custody::FaceFinder faces;
  custody::TextFinder text;

  explicit cv_session(const cv_options &o) : options(o), faces(options), text(options) {}

  // One frame through all detectors.
  void look(const custody::Frame &frame, bool hash, cv_verdict &verdict) {
    if (verdict.frames_examined == 0) {
      verdict.width = static_cast<uint32_t>(std::max(frame.full_width, 0));
      verdict.height = static_cast<uint32_t>(std::max(frame.full_height, 0));
    }
    const custody::Glance seen = custody::glance(frame);
    if (!seen.blank) {
      std::vector<cv_hit> found;
      if (seen.face_possible) faces.find(frame, found);
      const std::vector<cv_hit> only_faces = found;
      if (seen.text_possible) text.find(frame, only_faces, found);
      custody::find_textures(frame, options, only_faces, found);
      custody::add_hits(verdict, found, frame.index);
    }
    if (hash && verdict.hash_quality < 0) {
      const custody::PerceptualHash h = custody::perceptual_hash(frame);
      std::memcpy(verdict.hash, h.bits, sizeof verdict.hash);
      verdict.hash_quality = std::clamp(h.quality, 0, 100);
    }
    verdict.frames_examined++;
  }

  void take(const custody::Decoded &decoded, cv_verdict &verdict) {
    custody::set_disposition(verdict, decoded.disposition, decoded.reason);
    custody::copy_word(verdict.format, CV_WORD_LENGTH, decoded.format);
    verdict.frames = std::max(decoded.frames, verdict.frames_examined);
    for (const cv_child &child : decoded.children) {
      if (verdict.child_count >= CV_MAX_CHILDREN) break;
      cv_child &copy = verdict.children[verdict.child_count++];
      copy = child;
      copy.role[CV_WORD_LENGTH - 1] = 0;
    }
    for (const std::string &note : decoded.notes) custody::add_note(verdict, note);
  }
};

namespace custody {
namespace {

// What went wrong while a frame was looked at; decoding itself never throws.
struct Trouble {
  uint8_t disposition = CV_EXAMINED;
  std::string reason, note;

  // Runs `body`; false after an exception.
  template <class Body>
  bool guard(const Body &body) noexcept {
    try {
      body();
      return true;
    } catch (const std::bad_alloc &) {
      set("memory-limit");
    } catch (const std::exception &e) {
      set("detector-error");
      // The message is a library's: it may quote the picture's text.
      (void)e;
    } catch (...) {
      set("detector-error");
    }
    return false;
  }

 private:
  void set(const char *why) noexcept {
    disposition = CV_FAILED;
    try {
      reason = why;
    } catch (...) {
    }
  }
};

void prepare(cv_verdict &verdict) {
  std::memset(&verdict, 0, sizeof verdict);
  verdict.hash_quality = -1;
  // Replaced at the end; stands when even that fails.
  verdict.disposition = CV_FAILED;
  copy_word(verdict.reason, CV_WORD_LENGTH, "memory-limit");
}

}  // namespace
}  // namespace custody

extern "C" {

int cv_profile(const char *name, cv_options *out) {
  try {
    const std::string wanted = name ? name : "";
    if (wanted != "audit" && wanted != "ci") return -1;
    cv_options o;
    std::memset(&o, 0, sizeof o);
    o.max_pixels = 100'000'000;
    o.max_memory = 384u << 20;
    o.max_frames = 32;
    o.max_scans = 64;
    o.max_video_frames = 600;
    o.video_interval_ms = 1000;
    custody::face_profile(name, o);
    custody::text_profile(name, o);
    custody::texture_profile(name, o);
    *out = o;
    return 0;
  } catch (...) {
    return -1;
  }
}

cv_session *cv_open(const cv_options *options, char *error, size_t error_size) {
  const auto complain = [&](const char *text) -> cv_session * {
    if (error_size > 0) {
      const size_t n = std::min(error_size - 1, std::strlen(text));
      std::memcpy(error, text, n);
      error[n] = 0;
    }
    return nullptr;
  };
  try {
    custody::decode_initialize();
    custody::video_initialize();
    return new cv_session(*options);
  } catch (const std::exception &e) {
    return complain(e.what());
  } catch (...) {
    return complain("unknown failure");
  }
}

void cv_close(cv_session *session) { delete session; }

void cv_examine(cv_session *session, const uint8_t *bytes, size_t size, cv_verdict *verdict) {
  custody::prepare(*verdict);
  custody::Trouble trouble;
  trouble.guard([&] {
    const custody::Bytes file{bytes, size};
    const auto sink = [&](custody::Frame &&frame) {
      return verdict->frames_examined < session->options.max_frames &&
             trouble.guard([&] { session->look(frame, true, *verdict); });
    };
    session->take(custody::decode(file, session->options, sink), *verdict);
    for (const cv_fact &fact : custody::read_metadata(file)) {
      if (verdict->fact_count >= CV_MAX_FACTS) break;
      cv_fact &copy = verdict->facts[verdict->fact_count++];
      copy = fact;
      copy.name[CV_WORD_LENGTH - 1] = copy.word[CV_WORD_LENGTH - 1] = 0;
    }
  });
  if (trouble.disposition != CV_EXAMINED) {
    custody::set_disposition(*verdict, trouble.disposition, trouble.reason);
  }
}

void cv_examine_video(cv_session *session, cv_read read, void *context, uint64_t size, cv_verdict *verdict) {
  custody::prepare(*verdict);
  custody::Trouble trouble;
  trouble.guard([&] {
    const auto sink = [&](custody::Frame &&frame) {
      return verdict->frames_examined < session->options.max_video_frames &&
             trouble.guard([&] { session->look(frame, true, *verdict); });
    };
    session->take(custody::decode_video(read, context, size, session->options, sink), *verdict);
  });
  if (trouble.disposition != CV_EXAMINED) {
    custody::set_disposition(*verdict, trouble.disposition, trouble.reason);
  }
}

const char *cv_libraries(void) {
  static std::string all;
  try {
    if (all.empty()) all = custody::decode_libraries();
    return all.c_str();
  } catch (...) {
    return "";
  }
}

}  // extern "C"
