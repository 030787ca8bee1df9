// Reads untrusted text once and says whether it is JSON (RFC 8259) that the core may hold.
//
// After CheckJson() has said yes, JsonView walks the text without looking for errors again:
// untrusted bytes are judged once, at the edge. Strict: UTF-8 only, no comments, no trailing
// commas, one value.
#ifndef WAYMARK_BASE_JSON_CHECK_H_
#define WAYMARK_BASE_JSON_CHECK_H_

#include <cstddef>
#include <string_view>

#include "base/limits.h"
#include "base/string.h"

namespace waymark {

struct JsonCheck {
  enum class Fault { kNone, kSyntax, kNotUtf8, kTooDeep };

  Fault fault = Fault::kNone;
  size_t offset = 0;            // of the fault, in bytes
  bool lone_surrogate = false;  // has an escape such as \ud800 without its partner
};

JsonCheck CheckJson(std::string_view text, int depth_max = kJsonDepthMax);

// The JSON pointer of the innermost member or element that contains `offset`. `text` is JSON up to
// there.
String PointerAt(std::string_view text, size_t offset);

// Appends one step to a JSON pointer, escaped.
void AppendPointerStep(String* pointer, std::string_view step);

// Writes each lone surrogate escape as \ufffd, in place: both have six bytes. No collector could
// read the former, and one such event would poison its batch.
void RepairSurrogates(String* json_text);

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_CHECK_H_
