// How Netpbm pictures are recognized: two letters are not enough, the header must make sense.
#ifndef CUSTODY_DECODE_PNM_HPP
#define CUSTODY_DECODE_PNM_HPP

#include "job.hpp"

namespace custody::decoding {

bool is_pnm(Bytes file);

}  // namespace custody::decoding
#endif
