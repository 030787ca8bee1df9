// Writes JSON text, compact, in the order of the calls.
//
// The caller keeps the grammar: a key before each value of an object, as many ends as beginnings.
// Commas and escapes are the writer's.
#ifndef WAYMARK_BASE_JSON_WRITER_H_
#define WAYMARK_BASE_JSON_WRITER_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/string.h"

namespace waymark {

class JsonWriter {
 public:
  // Appends to `out`, which must live longer.
  explicit JsonWriter(String* out) : out_(out) {}

  JsonWriter& Begin(char bracket);  // '{' or '['
  JsonWriter& End(char bracket);    // '}' or ']'
  // `key` needs no escapes: it is ours, or stood as a key in JSON text.
  JsonWriter& Key(std::string_view key);

  JsonWriter& Text(std::string_view text);
  JsonWriter& Integer(int64_t number);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // Text that is JSON already.
  JsonWriter& Raw(std::string_view json);
  // The members of an object's text, without its braces, into the object that is open here.
  JsonWriter& Members(JsonView object);

  // Key and value in one; an absent string or value writes nothing.
  JsonWriter& Field(const char* key, std::string_view text);
  JsonWriter& Field(const char* key, int64_t number);
  JsonWriter& FieldRaw(const char* key, std::string_view json);
  // The value as it stands in its text; a missing one writes nothing.
  JsonWriter& Field(const char* key, JsonView value);
  // Only when it is a string.
  JsonWriter& FieldText(const char* key, JsonView value);
  JsonWriter& FieldBool(const char* key, bool value);

 private:
  void Comma();

  String* out_;
  bool comma_ = false;
};

// Appends `text` with quotes and escapes. Only what JSON demands is escaped.
void AppendJsonString(String* out, std::string_view text);

// Appends the digits of a whole number.
void AppendInteger(String* out, int64_t number);
String IntegerText(int64_t number);
// "/collectors/", 2, "/id" -> /collectors/2/id: a pointer, or a count with its unit.
String Numbered(const char* before, int64_t number, const char* after = "");

// Appends a number of 10^-decimals units: 1999, 2 -> 19.99.
void AppendFixed(String* out, int64_t units, int decimals);

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_WRITER_H_
