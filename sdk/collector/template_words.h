// The words of templates, for those who check and those who write them.
#ifndef WAYMARK_COLLECTOR_TEMPLATE_WORDS_H_
#define WAYMARK_COLLECTOR_TEMPLATE_WORDS_H_

#include <cstdint>

namespace waymark {

// What `as` makes of a value, in the order of the names.
enum class Filter : uint8_t {
  kIso,  // these four of whole milliseconds
  kMilliseconds,
  kSeconds,
  kMicroseconds,
  kString,
  kNumber,
  kLowercase,
  kTrim,
  kBase64,
  kBase64Url,
  kSha256,
};

inline constexpr const char* kFilterNames =
    "iso,ms,s,us,string,number,lowercase,trim,base64,base64url,sha256";

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_TEMPLATE_WORDS_H_
