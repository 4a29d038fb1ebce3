// Strict reading of dates (see dates.hpp): a date that does not exist is no date, and nothing but digits gets through.
#include "dates.hpp"

#include <cstdio>

namespace custody::metadata {

namespace {

/// `count` digits at `at`, or -1.
int digits(const std::string &text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

int days_of(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && leap);
}

}  // namespace

std::string date_word(const std::string &text) {
  int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  // XMP may leave seconds out.
  if (text.size() >= 16 && second < 0 && (text.size() == 16 || text[16] != ':')) second = 0;
  if (year < 1800 || year > 2200 || month < 1 || month > 12 || day < 1 || day > days_of(year, month)) return {};
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return {};
  bool separated = (text[4] == ':' || text[4] == '-') && text[7] == text[4] && (text[10] == ' ' || text[10] == 'T') &&
                   text[13] == ':';
  if (!separated) return {};
  char word[32];
  snprintf(word, sizeof word, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour, minute, second);
  return word;
}

bool offset_minutes(const std::string &text, int &minutes) {
  if (text == "Z") {
    minutes = 0;
    return true;
  }
  if (text.size() < 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  int hours = digits(text, 1, 2), rest = digits(text, 4, 2);
  if (hours < 0 || hours > 14 || rest < 0 || rest > 59) return false;
  minutes = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
  return true;
}

}  // namespace custody::metadata
