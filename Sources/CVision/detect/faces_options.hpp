// The face detector's parameters at each operating point.
#ifndef CUSTODY_FACES_OPTIONS_HPP
#define CUSTODY_FACES_OPTIONS_HPP

#include <string>

#include "../include/cvision.h"

namespace custody {
void face_profile(const std::string &name, cv_options &options);
}
#endif
