// What the start-up needs to know of metadata.cpp.
#ifndef CUSTODY_METADATA_HPP
#define CUSTODY_METADATA_HPP

#include <string>

namespace custody::metadata {

/// Once, before read_metadata and before the sandbox closes.
void initialize();
std::string version();

}  // namespace custody::metadata
#endif
