// Looks into JSON text that CheckJson() has passed, without building a tree.
//
// A JsonView is a piece of that text, and lives as long as it. Looking up a member walks the object's text:
// right for config and for the dozen members of an input, not for large objects in a loop.
#ifndef WAYMARK_BASE_JSON_VIEW_H_
#define WAYMARK_BASE_JSON_VIEW_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/string.h"

namespace waymark {

enum class JsonType : uint8_t { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };

// "an object", "a number" …: for problems.
const char* JsonTypeName(JsonType type);

class JsonView {
 public:
  JsonView() = default;  // kMissing
  // `text`: one JSON value, maybe with space around it.
  explicit JsonView(std::string_view text);

  JsonType type() const;
  bool is(JsonType type) const { return this->type() == type; }
  explicit operator bool() const { return !text_.empty(); }

  // The value as it stands in the text, for splicing.
  std::string_view text() const { return text_; }

  // The first member of that name; kMissing when there is none, or this is no object.
  JsonView operator[](std::string_view key) const;

  // The string with its escapes undone; empty when this is no string.
  String AsString() const;
  // The string as it stands between its quotes; empty when this is no string. For names that never need an escape.
  std::string_view AsName() const;
  // A whole number inside int64; nothing for fractions, exponents, other types.
  std::optional<int64_t> AsInteger() const;
  bool AsBool(bool otherwise = false) const;

 private:
  std::string_view text_;
};

// Walks an object's members or an array's elements in order.
//
//   for (JsonItems item(view); item.Next();) Use(item.key(), item.value());
class JsonItems {
 public:
  explicit JsonItems(const JsonView& view);

  bool Next();
  // As it stands between its quotes, escapes and all; empty for elements of an array.
  std::string_view key() const { return key_; }
  const JsonView& value() const { return value_; }
  int index() const { return index_; }

 private:
  std::string_view rest_;
  bool object_ = false;
  int index_ = -1;
  std::string_view key_;
  JsonView value_;
};

// Undoes the escapes of what stands between the quotes of a JSON string.
String Unescape(std::string_view escaped);

// A decimal number as a whole number of 10^-decimals units, rounded half away from zero: "19.99", 2 -> 1999.
// Nothing for exponents, other text, and more than 15 digits. strtod alone would cost 6.6 KB of the page module.
std::optional<int64_t> ParseFixed(std::string_view number, int decimals);

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_VIEW_H_
