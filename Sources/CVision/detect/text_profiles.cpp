// What the two operating points mean for plates and documents.
#include <cstring>

#include "../vision.hpp"

namespace custody {

/// Sets the fields of `options` that this part reads; "audit" or "ci". Called by `cv_profile`.
void text_profile(const char *name, cv_options &options) {
  options.plate_weak = std::strcmp(name, "audit") == 0 ? 1 : 0;
}

}  // namespace custody
