// Identity documents, from what else was found in the picture.
#ifndef CUSTODY_DOCUMENTS_HPP
#define CUSTODY_DOCUMENTS_HPP

#include <vector>

#include "../vision.hpp"
#include "gray_plane.hpp"
#include "mrz_bands.hpp"

namespace custody {

/// Adds at most one hit for CV_DOCUMENT. `hits` holds the zones of the same frame; all in pixels of the frame.
/// `weak` also reports a portrait laid out beside print like that of a card, without a zone.
void find_documents(PlaneView frame, const std::vector<PrintLine> &print, const std::vector<cv_hit> &faces, bool weak,
                    std::vector<cv_hit> &hits);

}  // namespace custody
#endif
