// The innermost loops over JSON text: a byte at a time, in as few bytes of code as can be.
//
// What is not built for pages finds fast/base/json_scan.h under this name.
#ifndef WAYMARK_BASE_JSON_SCAN_H_
#define WAYMARK_BASE_JSON_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace waymark {

// Not `inline`, which is a wish that the compiler heeds: 160 bytes of the page module.

// Behind the end of a checked string. `at`: the opening quote.
[[maybe_unused]] static const char* EndOfString(const char* at) {
  while (*++at != '"') {
    if (*at == '\\') ++at;
  }
  return at + 1;
}

// How many of the bytes from `at` on, of `size`, surely stand for themselves in a string; 0 says
// nothing.
[[maybe_unused]] static size_t PlainBytes(const char*, size_t) { return 0; }

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_SCAN_H_
