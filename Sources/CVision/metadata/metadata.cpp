// Facts of EXIF, XMP and IPTC through Exiv2: presence, numbers and dates. Values that could name a person or a place
// are only counted. What Exiv2 throws or logs stays here.
#include "metadata.hpp"

#include <exiv2/exiv2.hpp>

#include <algorithm>
#include <cstring>
#include <map>

#include "../decode/quiet.hpp"
#include "../vision.hpp"
#include "dates.hpp"

namespace custody {

namespace metadata {

namespace {

enum Kind : uint8_t { kTruth = 0, kNumber = 1, kWord = 2 };

class Facts {
 public:
  void add(const char *name, Kind kind, int64_t number, const std::string &word = {}) {
    if (facts_.size() >= CV_MAX_FACTS || word.size() >= CV_WORD_LENGTH) return;
    cv_fact fact = {};
    memcpy(fact.name, name, std::min(strlen(name), sizeof fact.name - 1));
    fact.kind = kind;
    fact.number = number;
    memcpy(fact.word, word.data(), word.size());
    facts_.push_back(fact);
  }
  void truth(const char *name, bool holds) {
    if (holds) add(name, kTruth, 1);
  }
  void count(const char *name, int64_t number) {
    if (number > 0) add(name, kNumber, number);
  }
  void date(const char *name, const std::string &word) {
    if (!word.empty()) add(name, kWord, 0, word);
  }
  std::vector<cv_fact> take() { return std::move(facts_); }

 private:
  std::vector<cv_fact> facts_;
};

bool filled(const std::string &text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != '0'; });
}

/// Text of an EXIF value, empty when there is none; long values are cut.
std::string exif_text(const Exiv2::ExifData &exif, const char *key) {
  auto found = exif.findKey(Exiv2::ExifKey(key));
  if (found == exif.end() || found->size() > 4096) return {};
  return found->toString();
}

bool exif_has(const Exiv2::ExifData &exif, std::initializer_list<const char *> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const char *key) { return filled(exif_text(exif, key)); });
}

std::string xmp_text(const Exiv2::XmpData &xmp, const char *key) {
  auto found = xmp.findKey(Exiv2::XmpKey(key));
  return found == xmp.end() || found->size() > 4096 ? std::string() : found->toString();
}

bool ends_with(const std::string &text, const char *tail) {
  size_t length = strlen(tail);
  return text.size() >= length && text.compare(text.size() - length, length, tail) == 0;
}

/// A position is set when both coordinates are there and not both zero.
bool has_position(const Exiv2::ExifData &exif) {
  for (const char *key : {"Exif.GPSInfo.GPSLatitude", "Exif.GPSInfo.GPSLongitude"}) {
    auto found = exif.findKey(Exiv2::ExifKey(key));
    if (found == exif.end() || found->count() == 0) return false;
  }
  return exif_has(exif, {"Exif.GPSInfo.GPSLatitude"}) || exif_has(exif, {"Exif.GPSInfo.GPSLongitude"});
}

/// Body serial numbers stand in standard tags or in the maker's own.
bool has_serial(const Exiv2::ExifData &exif) {
  for (const Exiv2::Exifdatum &datum : exif) {
    std::string tag = datum.tagName();
    bool serial = tag == "BodySerialNumber" || tag == "CameraSerialNumber" || tag == "SerialNumber" ||
                  tag == "SerialNO" || tag == "InternalSerialNumber";
    if (serial && datum.size() <= 4096 && filled(datum.toString())) return true;
  }
  return false;
}

struct Regions {
  int64_t faces = 0, named = 0;
};

/// Face regions of the Metadata Working Group ("Guidelines for Handling Image Metadata" 2.0) and of Microsoft's People
/// tags. Programs write both for the same faces, so the larger count is taken.
Regions count_regions(const Exiv2::XmpData &xmp) {
  struct Region {
    bool face = false, typed = false, named = false, area = false;
  };
  std::map<std::string, Region> working_group, microsoft;
  for (const Exiv2::Xmpdatum &datum : xmp) {
    std::string key = datum.key();
    size_t list = key.find("mwg-rs:RegionList["), people = key.find("MPRI:Regions[");
    if (list != std::string::npos) {
      Region &region = working_group[key.substr(0, key.find(']', list))];
      if (ends_with(key, "mwg-rs:Type")) {
        region.typed = true;
        region.face = datum.toString() == "Face";
      }
      if (ends_with(key, "mwg-rs:Name")) region.named = filled(datum.toString());
      if (key.find("mwg-rs:Area") != std::string::npos) region.area = true;
      if (ends_with(key, ":FaceID")) region.face = region.typed = true;  // Apple's extension
    } else if (people != std::string::npos) {
      Region &region = microsoft[key.substr(0, key.find(']', people))];
      if (ends_with(key, "MPReg:Rectangle")) region.face = true;
      if (ends_with(key, "MPReg:PersonDisplayName") || ends_with(key, "MPReg:PersonEmailDigest") ||
          ends_with(key, "MPReg:PersonLiveIdCID"))
        region.named |= filled(datum.toString());
    }
  }
  Regions first, second;
  for (const auto &[key, region] : working_group) {
    bool face = region.face || (!region.typed && region.named && region.area);
    first.faces += face;
    first.named += face && region.named;
  }
  for (const auto &[key, region] : microsoft) {
    second.faces += region.face;
    second.named += region.named;
  }
  return {std::max(first.faces, second.faces), std::max(first.named, second.named)};
}

int64_t count_persons(const Exiv2::XmpData &xmp) {
  int64_t plain = 0, detailed = 0;
  for (const Exiv2::Xmpdatum &datum : xmp) {
    std::string key = datum.key();
    if (key == "Xmp.iptcExt.PersonInImage") plain += int64_t(datum.count());
    if (key.find("iptcExt.PersonInImageWDetails[") != std::string::npos && ends_with(key, "]")) ++detailed;
  }
  return std::max(plain, detailed);
}

int64_t count_keywords(const Exiv2::XmpData &xmp, const Exiv2::IptcData &iptc) {
  int64_t subjects = 0, keywords = 0;
  for (const Exiv2::Xmpdatum &datum : xmp)
    if (datum.key() == "Xmp.dc.subject") subjects += int64_t(datum.count());
  for (const Exiv2::Iptcdatum &datum : iptc) keywords += datum.key() == "Iptc.Application2.Keywords";
  return std::max(subjects, keywords);
}

std::string first_date(std::initializer_list<std::string> candidates) {
  for (const std::string &text : candidates) {
    std::string word = date_word(text);
    if (!word.empty()) return word;
  }
  return {};
}

void collect(Exiv2::Image &image, Facts &facts) {
  const Exiv2::ExifData &exif = image.exifData();
  const Exiv2::XmpData &xmp = image.xmpData();
  const Exiv2::IptcData &iptc = image.iptcData();
  facts.truth("exif", !exif.empty());
  facts.truth("xmp", !xmp.empty());
  facts.truth("iptc", !iptc.empty());
  facts.date("capturedAt", first_date({exif_text(exif, "Exif.Photo.DateTimeOriginal"),
                                       exif_text(exif, "Exif.Image.DateTimeOriginal"),
                                       xmp_text(xmp, "Xmp.exif.DateTimeOriginal"),
                                       xmp_text(xmp, "Xmp.photoshop.DateCreated")}));
  int offset = 0;
  if (offset_minutes(exif_text(exif, "Exif.Photo.OffsetTimeOriginal"), offset))
    facts.add("capturedUTCOffsetMinutes", kNumber, offset);
  facts.date("digitizedAt", first_date({exif_text(exif, "Exif.Photo.DateTimeDigitized"),
                                        xmp_text(xmp, "Xmp.exif.DateTimeDigitized"),
                                        xmp_text(xmp, "Xmp.xmp.CreateDate")}));
  facts.date("modifiedAt", first_date({exif_text(exif, "Exif.Image.DateTime"), xmp_text(xmp, "Xmp.xmp.ModifyDate")}));
  facts.truth("cameraMake", exif_has(exif, {"Exif.Image.Make"}) || filled(xmp_text(xmp, "Xmp.tiff.Make")));
  facts.truth("cameraModel", exif_has(exif, {"Exif.Image.Model", "Exif.Image.UniqueCameraModel"}) ||
                                 filled(xmp_text(xmp, "Xmp.tiff.Model")));
  facts.truth("cameraSerial", has_serial(exif) || filled(xmp_text(xmp, "Xmp.aux.SerialNumber")));
  facts.truth("cameraOwner", exif_has(exif, {"Exif.Photo.CameraOwnerName"}) ||
                                 filled(xmp_text(xmp, "Xmp.aux.OwnerName")));
  facts.truth("lens", exif_has(exif, {"Exif.Photo.LensModel", "Exif.Photo.LensMake", "Exif.Photo.LensSpecification"}) ||
                          filled(xmp_text(xmp, "Xmp.aux.Lens")));
  facts.truth("gps", has_position(exif) || (filled(xmp_text(xmp, "Xmp.exif.GPSLatitude")) &&
                                            filled(xmp_text(xmp, "Xmp.exif.GPSLongitude"))));
  Regions regions = count_regions(xmp);
  facts.count("faceRegions", regions.faces);
  facts.count("namedRegions", regions.named);
  facts.count("personsInImage", count_persons(xmp));
  facts.count("keywords", count_keywords(xmp, iptc));
  facts.truth("software", exif_has(exif, {"Exif.Image.Software"}) || filled(xmp_text(xmp, "Xmp.xmp.CreatorTool")));
  facts.truth("author", exif_has(exif, {"Exif.Image.Artist", "Exif.Image.XPAuthor"}) ||
                            xmp.findKey(Exiv2::XmpKey("Xmp.dc.creator")) != xmp.end() ||
                            iptc.findKey(Exiv2::IptcKey("Iptc.Application2.Byline")) != iptc.end());
  facts.truth("uniqueImageIdentifier", exif_has(exif, {"Exif.Photo.ImageUniqueID"}));
}

}  // namespace

void initialize() {
  Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
  Exiv2::LogMsg::setHandler(nullptr);
  Exiv2::XmpParser::initialize();
#ifdef EXV_ENABLE_BMFF
  Exiv2::enableBMFF(true);
#endif
  // The library's first error looks up where the program lies, to find translations of its messages.
  try {
    const Exiv2::byte nothing[16] = {};
    Exiv2::ImageFactory::open(nothing, sizeof nothing)->readMetadata();
  } catch (...) {
  }
}

std::string version() { return Exiv2::versionString(); }

}  // namespace metadata

std::vector<cv_fact> read_metadata(Bytes file) {
  decoding::Quiet quiet;
  metadata::Facts facts;
  if (file.size < 16 || file.size > size_t(INT32_MAX)) return {};
  try {
    Exiv2::Image::AutoPtr image = Exiv2::ImageFactory::open(file.data, long(file.size));
    if (image.get()) {
      image->readMetadata();
      metadata::collect(*image, facts);
    }
  } catch (...) {
    // Damaged metadata are no metadata: what was collected before stands.
  }
  try {
    // Namespaces a file brings along are kept by the library for ever, and would colour what the next file says.
    Exiv2::XmpProperties::unregisterNs();
  } catch (...) {
  }
  return facts.take();
}

}  // namespace custody
