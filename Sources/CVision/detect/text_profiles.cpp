// What the two operating points mean for plates and documents.
#include <cstring>

#include "../vision.hpp"

namespace custody {

void text_profile(const char *name, cv_options &options) {
  options.plate_weak = std::strcmp(name, "audit") == 0 ? 1 : 0;
}

}  // namespace custody
