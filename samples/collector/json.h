// JSON that came from outside, parsed once at the edge into trees that are safe to walk.
//
// Invariant: a tree from ParseJson is at most kJsonDepthMax deep, no object has more than
// kJsonObjectKeysMax members, and all text is valid UTF-8.
#ifndef WAYMARK_SAMPLES_COLLECTOR_JSON_H_
#define WAYMARK_SAMPLES_COLLECTOR_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace waymark::collector {

// Keeps the order of members, so that people see an event as it was sent.
using Json = nlohmann::ordered_json;

// Parses `text`; InvalidArgument names the byte, or the bound, at which it failed.
absl::StatusOr<Json> ParseJson(absl::string_view text);

// Compact text. Bytes that are not UTF-8 become U+FFFD, so that this never fails.
std::string ToText(const Json& value);

// `text` with U+FFFD in the place of bytes that are not UTF-8.
std::string CleanUtf8(absl::string_view text);

// The member `key` of `object`, or null when `object` is no object or has no such member.
const Json* Find(const Json& object, absl::string_view key);

// The member as text: strings as they are, integers as digits; empty for anything else.
std::string FindText(const Json& object, absl::string_view key);

// How deep objects and arrays lie in one another: 0 for a scalar, 1 for {} and {"a":1}.
int Depth(const Json& value);

// `text` as a JSON string, or null where it is empty.
Json TextOrNull(absl::string_view text);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_JSON_H_
