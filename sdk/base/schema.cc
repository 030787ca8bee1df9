#include "base/schema.h"

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/utf8.h"

namespace waymark {
namespace {

constexpr size_t kQuotedBytesMax = 60;
constexpr int kFractionDigits = 6;  // finer than any bound in the schema

size_t CountCharacters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<uint8_t>(c) & 0xc0) != 0x80;
  return count;
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool ConsistsOf(std::string_view text, std::string_view others) {
  for (const char c : text) {
    if (!IsAlphanumeric(c) && IndexOf(others, c) == others.size()) return false;
  }
  return true;
}

bool IsId(std::string_view text) {
  return !text.empty() && IsAlphanumeric(text[0]) && ConsistsOf(text, "_.-");
}

// http or https, a host, neither space nor fragment; user names and passwords have no place in a
// public document.
bool IsHttpUrl(std::string_view text) {
  const size_t scheme = text.starts_with("https://") ? 8 : 7;
  if (scheme == 7 && !text.starts_with("http://")) return false;
  std::string_view host = text.substr(scheme);
  host = host.substr(0, IndexOf(host, '/'));
  host = host.substr(0, IndexOf(host, '?'));
  constexpr std::string_view kNever = " \"#<>\\^`{|}";
  for (const char c : text) {
    if (IndexOf(kNever, c) < kNever.size()) return false;
  }
  return !host.empty() && ConsistsOf(host, "-.:[]");
}

// In a pattern @ stands for one or more letters, digits, _ . and -, # for one or more digits, the
// rest for itself.
bool Matches(std::string_view text, const char* pattern) {
  for (; *pattern != '\0'; ++pattern) {
    size_t size = 0;
    while (size < text.size() && (*pattern == '@'   ? ConsistsOf(text.substr(size, 1), "_.-")
                                  : *pattern == '#' ? text[size] >= '0' && text[size] <= '9'
                                                    : text[size] == *pattern && size == 0)) {
      ++size;
    }
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return text.empty();
}

bool IsVisible(std::string_view text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

// What a text of the format must be; null: it is.
const char* Misses(char format, std::string_view text) {
  if (format == 'i' && !IsId(text)) return "letters, digits, _ . - and a letter or digit first";
  if (format == 'u' && !IsHttpUrl(text)) return "a URL that begins with https:// or http://";
  if (format == 'p' && !text.starts_with('/')) return "a JSON pointer such as /user/id";
  if (format == 'g' && !Matches(text, "iglu:@/@/@/#-#-#")) {
    return "iglu:vendor/name/jsonschema/1-0-0";
  }
  if (!kHasOptionFormats) return nullptr;
  if (format == 'r' && (text.empty() || !ConsistsOf(text, "-._~:/?#[]@!$&'()*+,;=%"))) {
    return "a URI, or a path";
  }
  if (format == 'h' && !IsVisible(text)) return "ASCII without control characters";
  return nullptr;
}

// The first byte behind a schema: a comma, or the bracket that closes what it stands in.
const char* EndOf(const char* schema) {
  bool source = false;
  for (int depth = 0;; ++schema) {
    const char c = *schema;
    source ^= c == '#';
    if (source) continue;
    const bool closes = c == ')' || c == ']' || c == '}';
    if (depth == 0 && (closes || c == ',')) return schema;
    depth += (c == '(' || c == '[' || c == '{') - closes;
  }
}

// Walks the members that the schema of an object names.
class Members {
 public:
  // `schema`: behind its bracket.
  explicit Members(const char* schema) : next_(schema) {}

  bool Next() {
    if (*next_ == '}') return false;
    schema_ = next_;
    while (*schema_ != ':' && *schema_ != '!') ++schema_;
    key_ = std::string_view(next_, static_cast<size_t>(schema_ - next_));
    required_ = *schema_++ == '!';
    next_ = EndOf(schema_);
    next_ += *next_ == ',';
    return true;
  }

  std::string_view key() const { return key_; }
  bool required() const { return required_; }
  const char* schema() const { return schema_; }

 private:
  const char* next_;
  const char* schema_ = nullptr;
  std::string_view key_;
  bool required_ = false;
};

// Least and most, as they stand; empty: no such bound.
struct Bounds {
  std::string_view least;
  std::string_view most;
};

std::string_view TakeDigits(const char** at) {
  const char* begin = *at;
  while (**at >= '0' && **at <= '9') ++*at;
  return std::string_view(begin, static_cast<size_t>(*at - begin));
}

Bounds TakeBounds(const char** at) {
  Bounds bounds;
  bounds.least = TakeDigits(at);
  if (**at != '-') return bounds;
  ++*at;
  bounds.most = TakeDigits(at);
  return bounds;
}

JsonType TypeOf(char letter) {
  if (letter == '{') return JsonType::kObject;
  if (letter == '[') return JsonType::kArray;
  if (letter == 's') return JsonType::kString;
  return letter == 'b' ? JsonType::kBool : JsonType::kNumber;
}

class SchemaWalk {
 public:
  explicit SchemaWalk(ChosenSchema chosen) : chosen_(chosen) {}

  List<Problem> TakeProblems() { return std::move(problems_); }

  void Check(JsonView value, const char* schema) {
    const char letter = *schema++;
    if (letter == '?') return;
    if (letter == '(') return CheckChoice(value, schema);
    if (kHasOptionFormats && letter == '|') return CheckEither(value, schema);
    const JsonType type = TypeOf(letter);
    if (!value.is(type)) return Add("wrong_type", JsonTypeName(value.type()), JsonTypeName(type));
    if (letter == 'n' && !value.AsInteger()) {
      return Add("wrong_type", QuoteForProblem(value), "a whole number");
    }
    if (letter == '{') return CheckObject(value, schema);
    if (letter == '[') return CheckArray(value, schema);
    if (letter == 's') return CheckString(value, schema);
    if (letter != 'b') CheckNumber(value, schema);
  }

 private:
  void Add(const char* code, std::string_view found, std::string_view allowed) {
    if (problems_.size() >= kProblemsMax) return;
    AddProblem(&problems_, code, pointer_, found, allowed);
  }

  // A boolean, or what the schema says.
  void CheckEither(JsonView value, const char* schema) {
    const JsonType type = TypeOf(*schema);
    if (value.is(JsonType::kBool)) return;
    if (value.is(type)) return Check(value, schema);
    Add("wrong_type", JsonTypeName(value.type()), String("true, false, or ") + JsonTypeName(type));
  }

  void CheckChoice(JsonView value, const char* schema) {
    String allowed;
    do {
      const char* begin = schema;
      while (*schema != ',' && *schema != ')') ++schema;
      const std::string_view choice(begin, static_cast<size_t>(schema - begin));
      if (choice == value.text()) return;
      if (!allowed.empty()) allowed += ", ";
      allowed += choice;
    } while (*schema++ == ',');
    Add("not_allowed", QuoteForProblem(value), allowed);
  }

  void CheckObject(JsonView value, const char* schema) {
    String keys;
    for (Members member(schema); member.Next();) {
      if (!keys.empty()) keys += ", ";
      keys += member.key();
      if (*member.schema() == '@') CheckChosen(value, member.key(), member.schema() + 1);
      if (!member.required() || value[member.key()]) continue;
      AddAt(member.key(), "required", "nothing", "a value: the key is required");
    }
    for (JsonItems item(value); item.Next();) {
      Members member(schema);
      bool found = false;
      bool named = false;
      while (!found && member.Next()) {
        named = kHasOptionFormats && Is(member.key(), "+");
        found = named || member.key() == item.key() || Is(member.key(), "*");
      }
      if (const char* allowed = named ? Misses('i', item.key()) : nullptr) {
        AddAt(item.key(), "not_allowed", Utf8Prefix(item.key(), kQuotedBytesMax), allowed);
      }
      if (found && *member.schema() != '@')
        Descend(item.key(), item.value(), member.schema());
      else if (!found)
        AddAt(item.key(), "unknown_key", "an unknown key", keys);
    }
  }

  // The member `key` of `object`, whose schema depends on its neighbour of this name. One that is
  // not there may lack what is required.
  void CheckChosen(JsonView object, std::string_view key, const char* neighbour) {
    const std::string_view name(neighbour, static_cast<size_t>(EndOf(neighbour) - neighbour));
    const char* schema = chosen_ ? chosen_(object[name].AsName()) : nullptr;
    const JsonView value = object[key];
    if (schema) Descend(key, value ? value : JsonView("{}"), schema);
  }

  void CheckArray(JsonView value, const char* schema) {
    const Bounds bounds = TakeBounds(&schema);
    int64_t count = 0;
    for (JsonItems element(value); element.Next(); ++count) {
      Descend(IntegerText(element.index()), element.value(), schema);
    }
    CheckCount(count, bounds, " entries");
  }

  void CheckString(JsonView value, const char* schema) {
    const Bounds bounds = TakeBounds(&schema);
    const String text = value.AsString();
    CheckCount(static_cast<int64_t>(CountCharacters(text)), bounds, " characters");
    if (const char* allowed = Misses(*schema, text)) {
      Add("not_allowed", QuoteForProblem(value), allowed);
    }
  }

  void CheckNumber(JsonView value, const char* schema) {
    const Bounds bounds = TakeBounds(&schema);
    const int64_t number = FixedOr(value.text(), kFractionDigits, INT64_MIN);
    const bool fits = number >= FixedOr(bounds.least, kFractionDigits, 0) &&
                      number <= FixedOr(bounds.most, kFractionDigits, 0);
    if (!fits) AddRange(value.text(), bounds, "", schema);
  }

  void CheckCount(int64_t count, const Bounds& bounds, const char* unit) {
    if (count < FixedOr(bounds.least, 0, 0) || count > FixedOr(bounds.most, 0, INT64_MAX)) {
      AddRange(Numbered("", count, unit), bounds, unit, unit);
    }
  }

  // `source`: text between # and #, or anything else.
  void AddRange(std::string_view found, const Bounds& bounds, const char* unit,
                const char* source) {
    String allowed;
    if (!bounds.least.empty()) allowed.append("at least ").append(bounds.least);
    if (!bounds.least.empty() && !bounds.most.empty()) allowed.append(", ");
    if (!bounds.most.empty()) allowed.append("at most ").append(bounds.most);
    allowed.append(unit);
    if (*source == '#') {
      allowed.append(" (");
      while (*++source != '#') allowed.push_back(*source);
      allowed.append(")");
    }
    Add("out_of_range", found, allowed);
  }

  void AddAt(std::string_view step, const char* code, std::string_view found,
             std::string_view allowed) {
    const size_t size = pointer_.size();
    AppendPointerStep(&pointer_, step);
    Add(code, found, allowed);
    pointer_.resize(size);
  }

  void Descend(std::string_view step, JsonView value, const char* schema) {
    const size_t size = pointer_.size();
    AppendPointerStep(&pointer_, step);
    Check(value, schema);
    pointer_.resize(size);
  }

  ChosenSchema chosen_;
  String pointer_;
  List<Problem> problems_;
};

}  // namespace

List<Problem> CheckSchema(JsonView value, const char* schema, ChosenSchema chosen) {
  SchemaWalk walk(chosen);
  walk.Check(value, schema);
  return walk.TakeProblems();
}

String QuoteForProblem(JsonView value) {
  const std::string_view text = value.text();
  if (text.size() <= kQuotedBytesMax) return String(text);
  return String(Utf8Prefix(text, kQuotedBytesMax)) + "…";
}

}  // namespace waymark
