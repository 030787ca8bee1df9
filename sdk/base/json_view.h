// Looks into JSON text that CheckJson() has passed, without building a tree.
//
// A JsonView is a place in that text, and lives as long as it. It is one pointer, because checked
// text says itself where a value ends; that, against pointer and size, is worth 3 KB of the page
// module (docs/adr/0003). Looking up a member walks the object's text: right for config and for the
// dozen members of an input, not for large objects in a loop.
#ifndef WAYMARK_BASE_JSON_VIEW_H_
#define WAYMARK_BASE_JSON_VIEW_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json_walk.h"
#include "base/string.h"

namespace waymark {

enum class JsonType : uint8_t { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };

// "an object", "a number" …: for problems.
std::string_view JsonTypeName(JsonType type);

class JsonView : private KnownEnd {
 public:
  JsonView() = default;  // kMissing
  // `text`: one JSON value, maybe with space around it. A number needs something behind it that
  // ends it, as the zero of a literal does; all other values end by themselves.
  explicit JsonView(std::string_view text);

  JsonType type() const;
  bool is(JsonType type) const { return this->type() == type; }
  explicit operator bool() const { return at_ != nullptr; }

  // The value as it stands in the text, for splicing.
  std::string_view text() const;

  // The first member of that name; kMissing when there is none, or this is no object.
  JsonView operator[](std::string_view key) const;
  JsonView operator[](const char* key) const;

  // The string with its escapes undone; empty when this is no string.
  String AsString() const;
  // The string as it stands between its quotes; empty when this is no string. For names that never
  // need an escape.
  std::string_view AsName() const;
  // Whether that is `name`.
  bool IsName(const char* name) const;
  // A whole number inside int64; nothing, or `otherwise`, for fractions, exponents, other types.
  std::optional<int64_t> AsInteger() const;
  int64_t IntegerOr(int64_t otherwise) const;
  bool AsBool(bool otherwise = false) const;

 private:
  friend class JsonItems;
  static JsonView At(const char* at) {
    JsonView view;
    view.at_ = at;
    return view;
  }

  const char* at_ = nullptr;  // first byte of the value
};

// Walks an object's members or an array's elements in order.
//
//   for (JsonItems item(view); item.Next();) Use(item.key(), item.value());
class JsonItems {
 public:
  explicit JsonItems(JsonView view);

  bool Next();
  // As it stands between its quotes, escapes and all; empty for elements of an array.
  std::string_view key() const { return key_; }
  JsonView value() const { return value_; }
  // The value as value().text() gives it, in one walk with that to the next.
  std::string_view text();
  int index() const { return index_; }

 private:
  const char* next_;  // what follows the value, or the opening bracket; null: not looked for yet
  bool object_;
  int index_ = -1;
  std::string_view key_;
  JsonView value_;
};

// The values of some members, as they stand in the text, in one walk over the object. `names`: as
// name_table.h has them. `texts`: one for each; those that are not there stay empty.
void FindMembers(JsonView object, const char* names, std::string_view* texts);

// Undoes the escapes of what stands between the quotes of a JSON string.
String Unescape(std::string_view escaped);

// A decimal number as a whole number of 10^-decimals units, rounded half away from zero: "19.99", 2
// -> 1999. Nothing for exponents, other text, and more than 15 digits. strtod alone would cost 6.6
// KB of the page module.
std::optional<int64_t> ParseFixed(std::string_view number, int decimals);
// The same; `otherwise` in place of nothing.
int64_t FixedOr(std::string_view number, int decimals, int64_t otherwise);

}  // namespace waymark

#endif  // WAYMARK_BASE_JSON_VIEW_H_
