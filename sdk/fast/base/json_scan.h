// The innermost loops over JSON text, where time counts before bytes of code: eight bytes at a
// time.
//
// Stands in the place of base/json_scan.h (sdk/CMakeLists.txt). What they answer is the same.
#ifndef WAYMARK_FAST_BASE_JSON_SCAN_H_
#define WAYMARK_FAST_BASE_JSON_SCAN_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace waymark {

// Behind the end of a checked string. `at`: the opening quote.
inline const char* EndOfString(const char* at) {
  while (true) {
    // The text is checked: there is one, and nothing behind it is read.
    const char* quote = static_cast<const char*>(std::memchr(at + 1, '"', PTRDIFF_MAX / 2));
    const char* escapes = quote;
    while (escapes - 1 > at && escapes[-1] == '\\') --escapes;
    if ((quote - escapes) % 2 == 0) return quote + 1;
    at = quote;
  }
}

// How many of the bytes from `at` on, of `size`, surely stand for themselves in a string: no
// control, quote, backslash or byte of a longer character. 0 says nothing.
inline size_t PlainBytes(const char* at, size_t size) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = kOnes << 7;
  size_t plain = 0;
  for (; size - plain >= sizeof(uint64_t); plain += sizeof(uint64_t)) {
    uint64_t bytes;
    std::memcpy(&bytes, at + plain, sizeof bytes);
    const uint64_t quote = bytes ^ kOnes * '"';
    const uint64_t escape = bytes ^ kOnes * '\\';
    const uint64_t found =
        ((quote - kOnes) & ~quote) | ((escape - kOnes) & ~escape) | (bytes - kOnes * 0x20) | bytes;
    if ((found & kTops) == 0) continue;
    // A borrow may mark bytes behind the first that counts, never before it.
    if (std::endian::native != std::endian::little) break;
    return plain + static_cast<size_t>(std::countr_zero(found & kTops)) / 8;
  }
  return plain;
}

}  // namespace waymark

#endif  // WAYMARK_FAST_BASE_JSON_SCAN_H_
