// What the image worker can do, behind one C header: decode one picture within limits and look at it.
//
// Everything here runs in a process of its own, without keys, files or network (see CSandbox). Nothing throws, nothing
// exits, nothing writes to a file or to the terminal. What comes back is numbers and words of this program's own
// vocabulary: never a pixel, a reading, a name or any other value taken from the picture.
#ifndef CVISION_H
#define CVISION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CV_MAX_HITS 128
#define CV_MAX_CHILDREN 16
#define CV_MAX_NOTES 8
#define CV_NOTE_LENGTH 160
#define CV_WORD_LENGTH 40
#define CV_MAX_FACTS 24

// What a hit shows.
enum {
  CV_FACE = 1,
  CV_PLATE = 2,
  CV_MRZ = 3,
  CV_DOCUMENT = 4,
  CV_RIDGES = 5,
  CV_IRIS = 6,
};

// As in CustodyCore: Strength.
enum { CV_WEAK = 0, CV_STRONG = 1, CV_PROOF = 2 };

// As in CustodyCore: Disposition.
enum { CV_EXAMINED = 0, CV_PARTIAL = 1, CV_OPAQUE = 2, CV_FAILED = 3, CV_LIMITED = 4 };

// How a face is seen.
enum { CV_FRONTAL = 0, CV_PROFILE = 1 };

// Which family of patterns a plate's reading fits; CV_REGION_NONE when nothing was read.
enum { CV_REGION_NONE = 0, CV_REGION_US = 1, CV_REGION_EU = 2, CV_REGION_BR = 3, CV_REGION_OTHER = 4 };

// Machine readable zones of ICAO Doc 9303.
enum { CV_MRZ_UNREAD = 0, CV_MRZ_TD1 = 1, CV_MRZ_TD2 = 2, CV_MRZ_TD3 = 3, CV_MRZ_MRVA = 4, CV_MRZ_MRVB = 5 };

// One thing seen in one frame.
typedef struct {
  uint8_t what;      // CV_FACE …
  uint8_t strength;  // CV_WEAK …
  uint8_t detail;    // faces: CV_FRONTAL …; plates: CV_REGION_…; MRZ: CV_MRZ_…
  uint8_t checks;    // MRZ: check digits that hold
  uint8_t has_mac;   // plates: `mac` is set
  uint8_t mac[16];   // plates: first half of HMAC-SHA-256 of the reading under the operator's link key
  uint32_t frame;    // frame, page or picture of the file, from 0
  int32_t x, y, width, height;  // pixels of the upright full-size picture
  float score;       // the detector's own, comparable only within one detector
} cv_hit;

// A picture inside the picture's file, to be examined as an entry of its own.
typedef struct {
  uint64_t offset, length;     // bytes of the file
  char role[CV_WORD_LENGTH];   // "thumbnail", "preview", "picture" …
} cv_child;

// A fact of the metadata: a name of the program's vocabulary with a number, a truth value or a date.
typedef struct {
  char name[CV_WORD_LENGTH];   // letters and digits, lowerCamelCase
  uint8_t kind;                // 0 truth value, 1 number, 2 word (date, or a word of our own)
  int64_t number;              // truth value or number
  char word[CV_WORD_LENGTH];
} cv_fact;

typedef struct {
  uint8_t disposition;               // CV_EXAMINED …
  char reason[CV_WORD_LENGTH];       // empty when examined; a word of CustodyCore's Reason otherwise
  char format[CV_WORD_LENGTH];       // decoder used: "jpeg", "png" …
  uint32_t width, height;            // upright, of the first frame
  uint32_t frames;                   // frames or pages the file holds, as far as known
  uint32_t frames_examined;
  uint32_t hit_count;                // at most CV_MAX_HITS; what did not fit is counted in `dropped`
  uint32_t dropped[8];               // by CV_FACE …
  cv_hit hits[CV_MAX_HITS];
  uint32_t child_count;
  cv_child children[CV_MAX_CHILDREN];
  uint32_t fact_count;
  cv_fact facts[CV_MAX_FACTS];
  uint32_t note_count;
  char notes[CV_MAX_NOTES][CV_NOTE_LENGTH];
  int32_t hash_quality;              // 0 to 100; -1 when there is no perceptual hash
  uint8_t hash[32];                  // PDQ, of the first frame
} cv_verdict;

// How to look. Each field is documented with its default in docs/vision-profiles.md.
typedef struct {
  // limits of decoding
  uint64_t max_pixels;        // of one frame as stored
  uint64_t max_memory;        // bytes one picture may take while it is looked at
  uint32_t max_frames;        // frames or pages looked at in one file
  uint32_t max_scans;         // scans of one progressive JPEG
  uint32_t max_video_frames;  // pictures looked at in one video
  uint32_t video_interval_ms; // least time between two of them
  // faces
  float face_strong;          // score from which a face is strong
  float face_weak;            // score from which a face is weak; above face_strong: no weak faces are reported
  uint32_t face_side;         // longest side in pixels at which pictures are scanned
  uint32_t face_side_second;  // of a second look when the first found nothing strong; 0: none
  uint8_t face_rotated;       // look at the picture turned by 90, 180 and 270 degrees when no face was found
  // plates, documents, ridges
  uint8_t plate_weak;         // report plates nobody could read, as weak
  uint8_t texture_weak;       // report ridge and iris textures, as weak
  // key for cv_hit.mac; length 0: no MAC
  uint8_t link_key[32];
  uint8_t link_key_length;
} cv_options;

// The two operating points. `cv_profile("audit", …)` or "ci"; 0 on success, -1 for an unknown name.
int cv_profile(const char *name, cv_options *out);

typedef struct cv_session cv_session;

// Loads all models and tables. Nothing is read from the disk afterwards.
// Returns NULL with a reason in `error` when something is missing.
cv_session *cv_open(const cv_options *options, char *error, size_t error_size);
void cv_close(cv_session *session);

// Looks at one picture. Always fills `verdict`.
void cv_examine(cv_session *session, const uint8_t *bytes, size_t size, cv_verdict *verdict);

// Reads `size` bytes at `offset` into `out`; the number of bytes read, 0 at the end, negative on failure.
typedef int64_t (*cv_read)(void *context, uint64_t offset, uint8_t *out, size_t size);

// Looks at pictures of one video of `size` bytes, which is read through `read`.
void cv_examine_video(cv_session *session, cv_read read, void *context, uint64_t size, cv_verdict *verdict);

// Versions of the libraries in use, for `custody doctor`: "libjpeg-turbo 2.1.5, dlib 19.24, …".
const char *cv_libraries(void);

#ifdef __cplusplus
}
#endif
#endif
