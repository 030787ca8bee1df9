// SHA-256 (FIPS 180-4), by libsodium.
//
// A build may do without: then nothing may ask for it, and the config is refused that would.
#ifndef WAYMARK_CODEC_SHA256_H_
#define WAYMARK_CODEC_SHA256_H_

#include <string_view>

#include "base/string.h"

namespace waymark {

extern const bool kHasSha256;

// 64 lower-case hexadecimal digits.
String Sha256Hex(std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_CODEC_SHA256_H_
