// Registration formats as sequences of letters (L) and digits (D).
//
// The formats of the regions overlap: three letters and four digits are a plate of Texas, of Hungary and an old one of
// Brazil. The first list that holds the format names the region, so the region is a hint and no finding.
#include "plate_patterns.hpp"

#include <algorithm>
#include <cstring>

#include "../vision.hpp"
#include "line_reader.hpp"

namespace custody {

namespace {

struct Format {
  const char *shape;
  uint8_t region;
};

constexpr Format kFormats[] = {
    // Mercosul (Brazil; cars), then the format Brazil used before
    {"LLLDLDD", CV_REGION_BR},
    {"LLLDDDD", CV_REGION_BR},
    // United Kingdom; France, Italy; Spain; Netherlands, Portugal and others by blocks; Germany by lengths; Poland;
    // Nordic countries; Romania; Czechia; Slovakia; Belgium; Austria
    {"LLDDLLL", CV_REGION_EU},
    {"LLDDDLL", CV_REGION_EU},
    {"DDDDLLL", CV_REGION_EU},
    {"LLDDLL", CV_REGION_EU},
    {"DDLLDD", CV_REGION_EU},
    {"DDLLLD", CV_REGION_EU},
    {"DLLLDD", CV_REGION_EU},
    {"LDDDLL", CV_REGION_EU},
    {"LLDDDL", CV_REGION_EU},
    {"LLDDDDD", CV_REGION_EU},
    {"LLLDDDDD", CV_REGION_EU},
    {"LLLLDDDD", CV_REGION_EU},
    {"LLLLDDD", CV_REGION_EU},
    {"LLLDDLL", CV_REGION_EU},
    {"LLLDDL", CV_REGION_EU},
    {"LLDDLLLL", CV_REGION_EU},
    {"DLDDDDD", CV_REGION_EU},
    {"LDDDDLL", CV_REGION_EU},
    {"LDDDDDLL", CV_REGION_EU},
    // United States and Canada
    {"DLLLDDD", CV_REGION_US},
    {"LLLDDD", CV_REGION_US},
    {"DDDLLL", CV_REGION_US},
    {"LLDLDL", CV_REGION_US},
    {"LLLDLD", CV_REGION_US},
    {"DDDDLL", CV_REGION_US},
    {"LLDDDD", CV_REGION_US},
    {"LDDDDDD", CV_REGION_US},
    {"LDDDDD", CV_REGION_US},
    {"DDLDDDD", CV_REGION_US},
    {"DLLDDDD", CV_REGION_US},
    {"DDDLLLL", CV_REGION_US},
    // India, China without its first sign, Korea without its sign, Australia, others
    {"LLDDLDDDD", CV_REGION_OTHER},
    {"LLDDLLDDDD", CV_REGION_OTHER},
    {"DDLDDL", CV_REGION_OTHER},
    {"LLDDDDDD", CV_REGION_OTHER},
    {"DLLDLL", CV_REGION_OTHER},
    {"LLLLDD", CV_REGION_OTHER},
    {"LLLDD", CV_REGION_OTHER},
    {"LLDDD", CV_REGION_OTHER},
    {"DDLLL", CV_REGION_OTHER},
};

const char kDigitsLikeLetters[] = "0O1I8B5S2Z6G4A";   // digit, letter
const char kLettersLikeDigits[] = "O0Q0D0I1L1B8S5Z2G6A4";  // letter, digit

char twin(char c, const char *pairs) {
  for (const char *p = pairs; *p; p += 2) {
    if (*p == c) return p[1];
  }
  return 0;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

PlateFit fit_plate(const std::string &reading, int most) {
  PlateFit best;
  for (const Format &format : kFormats) {
    if (std::strlen(format.shape) != reading.size()) continue;
    std::string text = reading;
    int substitutions = 0;
    for (size_t i = 0; i < text.size() && substitutions <= most; ++i) {
      const bool wants_digit = format.shape[i] == 'D';
      if (wants_digit == digit(text[i])) continue;
      const char other = twin(text[i], wants_digit ? kLettersLikeDigits : kDigitsLikeLetters);
      substitutions += other ? 1 : 100;
      if (other) text[i] = other;
    }
    if (substitutions <= most && (!best.fits || substitutions < best.substitutions)) {
      wipe(best.normalized);
      best.fits = true;
      best.region = format.region;
      best.substitutions = substitutions;
      best.normalized = text;
    }
    wipe(text);
  }
  return best;
}

std::string folded(const std::string &reading) {
  std::string out = reading;
  for (char &c : out) {
    const char digit_twin = twin(c, kLettersLikeDigits);
    if (digit_twin) c = digit_twin;
  }
  return out;
}

bool looks_like_stamp(const std::string &reading) {
  std::string text = folded(reading);
  const size_t digits = size_t(std::count_if(text.begin(), text.end(), digit));
  bool stamp = digits == text.size() && text.size() > 7;
  // A year at the start, perhaps behind an edge read as a character, and hardly a letter after it.
  for (size_t at = 0; at < 2 && at + 4 <= text.size() && !stamp; ++at) {
    const bool century = text.compare(at, 2, "20") == 0 || text.compare(at, 2, "19") == 0;
    stamp = century && digit(text[at + 2]) && digit(text[at + 3]) && digits + 1 >= text.size() && text.size() != 7;
    stamp = stamp || (century && digits == text.size());
  }
  wipe(text);
  return stamp;
}

int edit_distance(const std::string &a, const std::string &b) {
  int row[32];
  const size_t m = std::min<size_t>(a.size(), 31), n = std::min<size_t>(b.size(), 31);
  for (size_t j = 0; j <= m; ++j) row[j] = int(j);
  for (size_t i = 1; i <= n; ++i) {
    int diagonal = row[0];
    row[0] = int(i);
    for (size_t j = 1; j <= m; ++j) {
      const int above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[j - 1] != b[i - 1] ? 1 : 0)});
      diagonal = above;
    }
  }
  return row[m];
}

}  // namespace custody
