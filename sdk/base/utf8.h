// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef WAYMARK_BASE_UTF8_H_
#define WAYMARK_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/string.h"

namespace waymark {

// Size of the well-formed sequence at the start of `text`; 0 when there is none.
size_t Utf8SequenceSize(std::string_view text);

// Appends one code point. Surrogates and numbers above U+10FFFF become U+FFFD.
void AppendUtf8(String* out, uint32_t code_point);

// The longest start of `text` with at most `bytes_max` bytes that does not cut a character.
std::string_view Utf8Prefix(std::string_view text, size_t bytes_max);

// The first place of a byte; the size of the text when it is not there. The library's find() brings
// a memchr() for long texts, which ours are not.
size_t IndexOf(std::string_view text, char c);

// With the letters A to Z small; others stay.
String AsciiLowercase(std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_BASE_UTF8_H_
