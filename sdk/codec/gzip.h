// gzip (RFC 1952) around zlib's deflate.
//
// The header and the checksum are written here: zlib's gzip layer would cost 5 KB of the page
// module. The header has no time and no system, so equal bodies give equal bytes on every face.
#ifndef WAYMARK_CODEC_GZIP_H_
#define WAYMARK_CODEC_GZIP_H_

#include <string_view>

#include "base/string.h"

namespace waymark {

// Empty when memory is short: the caller then sends the body as it is.
String Gzip(std::string_view body);

}  // namespace waymark

#endif  // WAYMARK_CODEC_GZIP_H_
