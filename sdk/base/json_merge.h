// Objects of JSON text, put together.
#ifndef WAYMARK_BASE_JSON_MERGE_H_
#define WAYMARK_BASE_JSON_MERGE_H_

#include <string_view>

#include "base/json_view.h"
#include "base/string.h"

namespace waymark {

// One object with the members of `base`, those of `changes` in place of equal names and behind the
// others. A change to null takes the member away.
String MergeObjects(JsonView base, JsonView changes);

// Appends what stands in the place of a value; nothing: it stays; false: it goes. `with` is handed
// on.
using PathChange = bool (*)(JsonView value, const String* with, String* out);

// `value` with a change of what the JSON pointer names.
String WithPath(JsonView value, std::string_view pointer, PathChange change,
                const String* with = nullptr);

// An object or array with a change of each of its items.
String WithEach(JsonView value, PathChange change);

// `value` without what the JSON pointer names.
String WithoutPath(JsonView value, std::string_view pointer);

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_MERGE_H_
