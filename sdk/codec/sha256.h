// SHA-256 (FIPS 180-4), by libsodium.
#ifndef WAYMARK_CODEC_SHA256_H_
#define WAYMARK_CODEC_SHA256_H_

#include <string_view>

#include "base/string.h"

namespace waymark {

// 64 lower-case hexadecimal digits.
String Sha256Hex(std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_CODEC_SHA256_H_
