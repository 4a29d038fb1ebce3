// Start-up of the decoding libraries and their versions. Whatever a library wants to load or ask of the machine, it
// does here: later the sandbox refuses it.
#include <dav1d/dav1d.h>
#include <jxl/decode.h>
#include <libde265/de265.h>
#include <libheif/heif.h>
#include <openjpeg-2.5/openjpeg.h>
#include <tiffio.h>
#include <webp/decode.h>

#include <cstdlib>
#include <vector>

#include "../metadata/metadata.hpp"
#include "job.hpp"
#include "jpeg_codec.h"
#include "png_codec.h"
#include "quiet.hpp"

namespace custody {

namespace {

/// The C library asks how much memory the machine has when it first sorts more than a kilobyte.
void sort_once() {
  std::vector<int> numbers(1024, 0);
  qsort(numbers.data(), numbers.size(), sizeof(int),
        [](const void *a, const void *b) { return *static_cast<const int *>(a) - *static_cast<const int *>(b); });
}

}  // namespace

void decode_initialize() {
  static bool done = false;
  if (done) return;
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  decoding::initialize_heif();
  metadata::initialize();
  sort_once();
  decoding::initialize_quiet();
  done = true;
}

std::string decode_libraries() {
  auto dotted = [](int version) {
    return std::to_string(version >> 16 & 255) + "." + std::to_string(version >> 8 & 255) + "." +
           std::to_string(version & 255);
  };
  std::string tiff = TIFFGetVersion();  // "LIBTIFF, Version 4.5.0\nCopyright …"
  size_t begin = tiff.find_first_of("0123456789");
  tiff = begin == std::string::npos ? "?" : tiff.substr(begin, tiff.find('\n') - begin);
  uint32_t jxl = JxlDecoderVersion();
  return std::string(custody_jpeg_version()) + ", " + custody_png_version() + ", libtiff " + tiff + ", libwebp " +
         dotted(WebPGetDecoderVersion()) + ", openjpeg " + opj_version() + ", libheif " + heif_get_version() +
         ", libde265 " + de265_get_version() + ", dav1d " + dav1d_version() + ", libjxl " +
         std::to_string(jxl / 1000000) + "." + std::to_string(jxl / 1000 % 1000) + "." + std::to_string(jxl % 1000) +
         ", exiv2 " + metadata::version();
}

}  // namespace custody
