// Only what Swift cannot call by itself (a macro) is wrapped here; everything else is zlib's own API.
#pragma once
#include <zlib.h>

static inline int czlib_inflate_init(z_stream *stream) { return inflateInit2(stream, 15); }
