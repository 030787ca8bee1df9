// base64 (RFC 4648): with padding as section 4 has it, or for URLs as section 5 does, without.
#ifndef WAYMARK_CODEC_BASE64_H_
#define WAYMARK_CODEC_BASE64_H_

#include <string_view>

#include "base/string.h"

namespace waymark {

String Base64(std::string_view bytes);
String Base64Url(std::string_view bytes);
// Empty when it is none: another character, a length that no bytes have, bits that say nothing.
String DecodeBase64Url(std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_CODEC_BASE64_H_
