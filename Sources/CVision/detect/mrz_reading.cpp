// Check digits and layout of ICAO Doc 9303 parts 3 to 7, for lines in which characters may be mistaken, lost or
// doubled.
//
// All five layouts hold the same core: date of birth, its check digit, sex, date of expiry, its check digit. Two check
// digits and two dates in one place do not happen by chance, so the core is looked for first, wherever in the line it
// may have slipped; the other fields lie at fixed distances from it.
#include "mrz_reading.hpp"

#include <algorithm>
#include <cstring>

#include "../vision.hpp"
#include "line_reader.hpp"

namespace custody {

namespace {

constexpr size_t kCore = 15;       // birth 6, check, sex, expiry 6, check
constexpr size_t kMaxLine = 64;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return c >= 'A' && c <= 'Z'; }

// A character read where only a digit can stand.
char as_digit(char c) {
  static const char pairs[] = "O0Q0D0U0C0I1L1J1Z2A4S5G6T7B8P9";
  for (const char *p = pairs; *p; p += 2) {
    if (*p == c) return p[1];
  }
  return c;
}

char as_letter(char c) {
  static const char pairs[] = "0O1I2Z4A5S6G8B";
  for (const char *p = pairs; *p; p += 2) {
    if (*p == c) return p[1];
  }
  return c;
}

int value(char c) { return digit(c) ? c - '0' : letter(c) ? c - 'A' + 10 : 0; }

// Weights 7, 3, 1 (Doc 9303-3, 4.9).
class CheckSum {
 public:
  void add(const std::string &text, size_t from, size_t count) {
    static const int weights[3] = {7, 3, 1};
    for (size_t i = from; i < from + count && i < text.size(); ++i) sum_ += value(text[i]) * weights[position_++ % 3];
  }
  char result() const { return char('0' + sum_ % 10); }

 private:
  int sum_ = 0;
  size_t position_ = 0;
};

char check_of(const std::string &text, size_t from, size_t count) {
  CheckSum sum;
  sum.add(text, from, count);
  return sum.result();
}

// YYMMDD; unknown day or month may be filled.
bool date(const std::string &text, size_t at) {
  for (size_t i = at; i < at + 6; ++i) {
    if (!digit(text[i]) && !(text[i] == '<' && i >= at + 2)) return false;
  }
  const int month = text[at + 2] == '<' ? 1 : (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  const int day = text[at + 4] == '<' ? 1 : (text[at + 4] - '0') * 10 + (text[at + 5] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

struct Core {
  size_t at = 0;
  int checks = -1;  // of the two dates; -1: no core
};

// `text` gets digits where the core must have them.
Core core_in(const std::string &line, std::string &text) {
  Core best;
  if (line.size() < kCore) return best;
  for (size_t at = 0; at + kCore <= line.size(); ++at) {
    std::string copy = line;
    for (size_t i = at; i < at + kCore; ++i) {
      if (i != at + 7) copy[i] = as_digit(copy[i]);
    }
    char &sex = copy[at + 7];
    if (sex == 'K' || sex == 'C' || sex == 'X') sex = '<';
    if (sex == 'P' || sex == 'E') sex = 'F';
    if (sex == 'H' || sex == 'N' || sex == 'W') sex = 'M';
    const bool fits = (sex == 'M' || sex == 'F' || sex == '<') && date(copy, at) && date(copy, at + 8);
    if (fits) {
      const int checks = int(check_of(copy, at, 6) == copy[at + 6]) + int(check_of(copy, at + 8, 6) == copy[at + 14]);
      if (checks > best.checks) {
        best.at = at;
        best.checks = checks;
        wipe(text);
        text = copy;
      }
    }
    wipe(copy);
  }
  return best;
}

// `text` with `count` characters: fillers are added to or taken from its longest run of them.
std::string fitted(const std::string &text, size_t count) {
  std::string out = text;
  while (out.size() != count) {
    size_t best = out.size() ? out.size() - 1 : 0, length = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      size_t run = 0;
      while (i + run < out.size() && out[i + run] == '<') ++run;
      if (run > length) best = i, length = run;
      i += run;
    }
    if (out.size() < count) {
      out.insert(best, 1, '<');
    } else {
      if (!length) break;
      out.erase(best, 1);
    }
  }
  if (out.size() > count) out.resize(count, '<');
  return out;
}

// The number before the core: nine characters and a check digit, or in a two-line zone also the state behind it.
// Letters and digits that look alike are tried both ways, all of one kind at once.
bool number_holds(std::string &text, size_t at) {
  if (at + 10 > text.size()) return false;
  const char check = as_digit(text[at + 9]);
  if (!digit(check)) return false;
  static const char *kinds[] = {"", "O0", "0O", "I1", "1I", "B8", "8B", "S5", "5S", "Z2", "2Z", "G6", "6G", "K<"};
  for (const char *kind : kinds) {
    std::string copy = text;
    bool changed = !*kind;
    for (size_t i = at; *kind && i < at + 9; ++i) {
      if (copy[i] == kind[0]) copy[i] = kind[1], changed = true;
    }
    if (changed && check_of(copy, at, 9) == check && copy[at] != '<') {
      copy[at + 9] = check;
      wipe(text);
      text = copy;
      wipe(copy);
      return true;
    }
    wipe(copy);
  }
  return false;
}

bool state_at(const std::string &text, size_t at) {
  if (at + 3 > text.size()) return false;
  for (size_t i = at; i < at + 3; ++i) {
    const char c = as_letter(text[i]);
    if (!letter(c) && !(text[i] == '<' && i > at)) return false;
  }
  return true;
}

// How the document code at the start of the first line was read: I, A, C, P, V, or 0.
char kind_of(const std::string &line) {
  for (size_t i = 0; i < line.size() && i < 2; ++i) {
    const char c = line[i] == '1' ? 'I' : line[i];
    if (std::strchr("IACPV", c)) return c;
  }
  return 0;
}

// Two lines of 36 or 44: `first` names, `second` the rest, with the core behind number and state.
MrzReading two_lines(const std::string &first, const std::string &second, bool wide) {
  MrzReading out;
  std::string text;
  const Core core = core_in(second, text);
  if (core.checks < 0) return out;
  const bool visa = kind_of(first) == 'V';
  out.type = visa ? (wide ? CV_MRZ_MRVA : CV_MRZ_MRVB) : (wide ? CV_MRZ_TD3 : CV_MRZ_TD2);
  out.checks = uint8_t(core.checks);
  out.possible = visa ? 3 : wide ? 5 : 4;
  const bool placed = core.at >= 11 && core.at <= 15;
  out.format = placed && state_at(text, core.at - 3);
  if (!placed) {
    wipe(text);
    return out;
  }
  std::string head =
      core.at >= 13 ? text.substr(core.at - 13, 13 + kCore) : fitted(text.substr(0, core.at + kCore), 28);
  if (number_holds(head, 0)) ++out.checks;
  std::string tail = text.substr(core.at + kCore);
  if (!visa) {
    std::string rest = fitted(tail, wide ? 16 : 8);
    const char last = as_digit(rest.back());
    static const char *kinds[] = {"", "O0", "0O", "I1", "1I", "B8", "8B", "S5", "5S", "Z2", "2Z"};
    for (const char *kind : kinds) {
      std::string copy = rest;
      for (size_t i = 0; *kind && i + 1 < copy.size(); ++i) {
        if (copy[i] == kind[0]) copy[i] = kind[1];
      }
      bool personal = false;
      if (wide) {
        copy[14] = copy[14] == '<' ? '<' : as_digit(copy[14]);
        const char check = check_of(copy, 0, 14);
        const bool empty = copy.compare(0, 14, "<<<<<<<<<<<<<<") == 0;
        personal = copy[14] == check || (copy[14] == '<' && empty);
      }
      CheckSum sum;
      sum.add(head, 0, 10);
      sum.add(head, 13, 7);
      sum.add(head, 21, 7);
      sum.add(copy, 0, copy.size() - 1);
      const bool composite = digit(last) && sum.result() == last;
      wipe(copy);
      if (composite || (personal && !*kind)) {
        out.composite = composite;
        out.checks = uint8_t(out.checks + int(composite) + int(personal));
        break;
      }
    }
    wipe(rest);
  }
  wipe(tail);
  wipe(head);
  wipe(text);
  return out;
}

// Three lines of 30: the number in the first, the core at the start of the second, names in the third.
MrzReading three_lines(const std::string &first, const std::string &second) {
  MrzReading out;
  std::string text;
  const Core core = core_in(second, text);
  if (core.checks < 0 || core.at > 2) {
    wipe(text);
    return out;
  }
  out.type = CV_MRZ_TD1;
  out.possible = 4;
  out.checks = uint8_t(core.checks);
  out.format = state_at(text, core.at + kCore);
  std::string body = fitted(text.substr(core.at), 30);
  for (size_t shift = 0; shift < 3; ++shift) {
    // The first line may have lost or gained a character before the number.
    std::string upper = shift == 1 ? "<" + first : shift == 2 && !first.empty() ? first.substr(1) : first;
    upper = fitted(upper, 30);
    const bool number = number_holds(upper, 5);
    CheckSum sum;
    sum.add(upper, 5, 25);
    sum.add(body, 0, 7);
    sum.add(body, 8, 7);
    sum.add(body, 18, 11);
    const bool composite = sum.result() == as_digit(body[29]);
    wipe(upper);
    if (number || composite) {
      out.composite = composite;
      out.checks = uint8_t(out.checks + int(number) + int(composite));
      break;
    }
  }
  wipe(body);
  wipe(text);
  return out;
}

}  // namespace

bool better(const MrzReading &a, const MrzReading &b) {
  const auto rank = [](const MrzReading &r) {
    return 100 * r.checks + 50 * r.composite + 10 * r.format + (r.type ? 1 : 0);
  };
  if (rank(a) != rank(b)) return rank(a) > rank(b);
  return a.fillers > b.fillers;
}

MrzReading understand_mrz(const std::vector<std::string> &lines, float columns) {
  MrzReading best;
  const size_t n = lines.size();
  for (size_t i = 0; i + 1 < n; ++i) {
    if (lines[i].size() > kMaxLine || lines[i + 1].size() > kMaxLine) continue;
    const size_t a = lines[i].size(), b = lines[i + 1].size();
    if (a >= 20 && b >= 28) {
      const MrzReading two = two_lines(lines[i], lines[i + 1], columns > 41);
      if (better(two, best)) best = two;
    }
    if (a >= 18 && b >= 18 && a <= 36 && b <= 36) {
      const MrzReading three = three_lines(lines[i], lines[i + 1]);
      if (better(three, best)) best = three;
    }
  }
  for (const std::string &line : lines) best.fillers += int(std::count(line.begin(), line.end(), '<'));
  return best;
}

}  // namespace custody
