// base64url without padding (RFC 4648, section 5).
#ifndef WAYMARK_CODEC_BASE64URL_H_
#define WAYMARK_CODEC_BASE64URL_H_

#include <string_view>

#include "base/string.h"

namespace waymark {

String Base64Url(std::string_view bytes);

}  // namespace waymark

#endif  // WAYMARK_CODEC_BASE64URL_H_
