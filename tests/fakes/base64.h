// base64 with padding, by Abseil: a judge apart from the core's own base64url.
#ifndef WAYMARK_TESTS_FAKES_BASE64_H_
#define WAYMARK_TESTS_FAKES_BASE64_H_

#include <string>

#include "absl/strings/escaping.h"

namespace waymark_test {

inline std::string ToBase64(const std::string& bytes) { return absl::Base64Escape(bytes); }

// Empty when the text is not base64.
inline std::string FromBase64(const std::string& text) {
  std::string bytes;
  return absl::Base64Unescape(text, &bytes) ? bytes : std::string();
}

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_FAKES_BASE64_H_
