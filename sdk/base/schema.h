// Judges a JSON value by a JSON Schema (draft 2020-12), and says what is wrong in words for people.
//
// Both are JsonViews: the schema is the published one with its prose taken out, so that the editor,
// `waymark lint` and the engine's own errors can never disagree. Known keywords: $ref (to #/$defs),
// type, const, enum, required, properties, additionalProperties, items, minItems, maxItems,
// minLength, maxLength, minimum, maximum, format (id, http-url, iglu-uri, json-pointer). $comment
// of a bound is its source and is quoted in the problem.
#ifndef WAYMARK_BASE_SCHEMA_H_
#define WAYMARK_BASE_SCHEMA_H_

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"

namespace waymark {

// All problems in document order, at most kProblemsMax. Empty: the value fits.
List<Problem> CheckSchema(JsonView value, JsonView schema);

// The value of a config as a problem may quote it: short text as it is, longer text cut.
String QuoteForProblem(JsonView value);

// Appends one step to a JSON pointer, escaped.
void AppendPointerStep(String* pointer, std::string_view step);

}  // namespace waymark

#endif  // WAYMARK_BASE_SCHEMA_H_
