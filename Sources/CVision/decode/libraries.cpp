// Start-up of the decoding libraries and their versions.
#include <tiffio.h>

#include "../vision.hpp"

namespace custody {

void decode_initialize() {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
}

}  // namespace custody
