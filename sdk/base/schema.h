// Judges a JSON value by a schema, and says what is wrong in words for people.
//
// The schema is a text that scripts/embed_schema.mjs makes of the published JSON Schema, so that
// the editor, `waymark lint` and the engine's own errors can never disagree. Written as JSON it was
// three times as long and 0.4 KB more to download (docs/adr/0003). Grammar:
//
//   schema  = "{" [member {"," member}] "}"   an object
//           | "[" bounds schema "]"           an array; bounds of its size
//           | "s" bounds [format]             a string; bounds in characters
//           | "n" bounds | "d" bounds         a whole number; any number. Both bounds are there
//           | "b" | "?"                       a boolean; anything
//           | "|" schema                      a boolean, or what follows
//           | "(" json {"," json} ")"         one of these scalars, as it stands in the document
//   member  = key (":" | "!") schema          "!": required. The key * stands last, for all others;
//                                             + does so, too, when their names are ids
//           | key ":@" key                    the schema that the caller has for the value of the
//                                             second key, which stands beside the first
//   bounds  = [digits] ["-" digits] ["#" source "#"]    least and most; where a number's come from
//   format  = "i" | "u" | "p" | "g" | "r" | "h"   an id, an http URL, a JSON pointer, an Iglu URI,
//                                             a URI reference, the value of an HTTP header
//
//   {id!s1-64i,channel:("web","app"),sample:d0-1,tags:[-10s],other:{*:?}}
//   {kind!("a","b"),options:@kind}
#ifndef WAYMARK_BASE_SCHEMA_H_
#define WAYMARK_BASE_SCHEMA_H_

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"

namespace waymark {

// Whether the build has what only options of some protocols and `capture` have: the formats "r" and
// "h", the key "+", and "|". A constant of the link, beside the list of protocols.
extern const bool kHasOptionFormats;

// The schema for a value of the key that an "@" names; null: nobody knows one, and anything fits.
using ChosenSchema = const char* (*)(std::string_view name);

// All problems in document order, at most kProblemsMax. Empty: the value fits.
List<Problem> CheckSchema(JsonView value, const char* schema, ChosenSchema chosen = nullptr);

// The value of a config as a problem may quote it: short text as it is, longer text cut.
String QuoteForProblem(JsonView value);

}  // namespace waymark

#endif  // WAYMARK_BASE_SCHEMA_H_
