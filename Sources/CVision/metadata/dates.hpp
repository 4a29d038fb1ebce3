// Dates as metadata write them, as a word of fixed form: "yyyy-MM-ddTHH:mm:ss".
#ifndef CUSTODY_METADATA_DATES_HPP
#define CUSTODY_METADATA_DATES_HPP

#include <string>

namespace custody::metadata {

/// From "2019:05:03 11:22:33" (EXIF) or "2019-05-03T11:22:33+02:00" (XMP; the zone is left out); empty when it is none.
std::string date_word(const std::string &text);
/// From "+02:00" or "Z".
bool offset_minutes(const std::string &text, int &minutes);

}  // namespace custody::metadata
#endif
