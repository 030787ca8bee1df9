#include "base/schema.h"

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
  const size_t scheme = Is(text.substr(0, 8), "https://") ? 8 : 7;
  if (scheme == 7 && !Is(text.substr(0, 7), "http://")) return false;
  std::string_view host = text.substr(scheme);
  host = host.substr(0, IndexOf(host, '/'));
  host = host.substr(0, IndexOf(host, '?'));
  constexpr std::string_view kNever = " \"#<>\\^`{|}";
  for (const char c : text) {
    if (IndexOf(kNever, c) < kNever.size()) return false;
  }
  return !host.empty() && ConsistsOf(host, "-.:[]");
}

bool IsJsonPointer(std::string_view text) { return !text.empty() && text[0] == '/'; }

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

bool IsIgluUri(std::string_view text) { return Matches(text, "iglu:@/@/@/#-#-#"); }

struct Format {
  const char* name;
  bool (*fits)(std::string_view);
  const char* allowed;
};

constexpr Format kFormats[] = {
    {"id", IsId, "letters, digits, _ . - and a letter or digit first"},
    {"http-url", IsHttpUrl, "a URL that begins with https:// or http://"},
    {"json-pointer", IsJsonPointer, "a JSON pointer such as /user/id"},
    {"iglu-uri", IsIgluUri, "iglu:vendor/name/jsonschema/1-0-0"},
};

JsonType TypeOf(JsonView name) {
  const std::string_view text = name.text();
  if (Is(text, "\"object\"")) return JsonType::kObject;
  if (Is(text, "\"array\"")) return JsonType::kArray;
  if (Is(text, "\"string\"")) return JsonType::kString;
  if (Is(text, "\"boolean\"")) return JsonType::kBool;
  return JsonType::kNumber;  // number and integer
}

class SchemaWalk {
 public:
  explicit SchemaWalk(JsonView schema) : definitions_(schema["$defs"]) {}

  List<Problem> TakeProblems() { return std::move(problems_); }

  void Check(JsonView value, JsonView schema) {
    if (const JsonView reference = schema["$ref"]) schema = Definition(reference.AsName());
    if (!CheckType(value, schema) || !CheckValues(value, schema)) return;
    switch (value.type()) {
      case JsonType::kObject:
        return CheckObject(value, schema);
      case JsonType::kArray:
        return CheckArray(value, schema);
      case JsonType::kString:
        return CheckString(value, schema);
      case JsonType::kNumber:
        return CheckNumber(value, schema);
      default:
        return;
    }
  }

 private:
  void Add(const char* code, std::string_view found, std::string_view allowed) {
    if (problems_.size() >= kProblemsMax) return;
    AddProblem(&problems_, code, pointer_, found, allowed);
  }

  JsonView Definition(std::string_view reference) const {
    return definitions_[reference.substr(sizeof("#/$defs/") - 1)];
  }

  bool CheckType(JsonView value, JsonView schema) {
    const JsonView name = schema["type"];
    if (!name) return true;
    const JsonType type = TypeOf(name);
    if (!value.is(type)) {
      Add("wrong_type", JsonTypeName(value.type()), JsonTypeName(type));
      return false;
    }
    if (!Is(name.text(), "\"integer\"") || value.AsInteger()) return true;
    Add("wrong_type", QuoteForProblem(value), "a whole number");
    return false;
  }

  bool CheckValues(JsonView value, JsonView schema) {
    if (const JsonView constant = schema["const"]; constant && constant.text() != value.text()) {
      Add("not_allowed", QuoteForProblem(value), constant.text());
      return false;
    }
    const JsonView choices = schema["enum"];
    if (!choices) return true;
    String allowed;
    for (JsonItems choice(choices); choice.Next();) {
      if (choice.value().text() == value.text()) return true;
      if (!allowed.empty()) allowed += ", ";
      allowed += choice.value().text();
    }
    Add("not_allowed", QuoteForProblem(value), allowed);
    return false;
  }

  void CheckObject(JsonView value, JsonView schema) {
    for (JsonItems name(schema["required"]); name.Next();) {
      const std::string_view key = name.value().AsName();
      if (!value[key]) AddAt(key, "required", "nothing", "a value: the key is required");
    }
    const JsonView properties = schema["properties"];
    const JsonView others = schema["additionalProperties"];
    for (JsonItems member(value); member.Next();) {
      if (const JsonView property = properties[member.key()]) {
        Descend(member.key(), member.value(), property);
      } else if (others.is(JsonType::kObject)) {
        Descend(member.key(), member.value(), others);
      } else if (others) {
        AddAt(member.key(), "unknown_key", "an unknown key", KeysOf(properties));
      }
    }
  }

  void CheckArray(JsonView value, JsonView schema) {
    int64_t count = 0;
    for (JsonItems element(value); element.Next(); ++count) {
      if (schema["items"]) {
        Descend(IntegerText(element.index()), element.value(), schema["items"]);
      }
    }
    CheckBounds(schema, count, "minItems", "maxItems", " entries");
  }

  void CheckString(JsonView value, JsonView schema) {
    const String text = value.AsString();
    CheckBounds(schema, static_cast<int64_t>(CountCharacters(text)), "minLength", "maxLength",
                " characters");
    const std::string_view name = schema["format"].AsName();
    for (const Format& format : kFormats) {
      if (Is(name, format.name) && !format.fits(text)) {
        Add("not_allowed", QuoteForProblem(value), format.allowed);
      }
    }
  }

  void CheckNumber(JsonView value, JsonView schema) {
    const JsonView least = schema["minimum"];
    const JsonView most = schema["maximum"];
    if (!least || !most) return;
    const int64_t number = FixedOr(value.text(), kFractionDigits, INT64_MIN);
    const bool fits = number >= FixedOr(least.text(), kFractionDigits, 0) &&
                      number <= FixedOr(most.text(), kFractionDigits, 0);
    if (!fits) AddRange(value.text(), schema, least, most, "");
  }

  void CheckBounds(JsonView schema, int64_t count, const char* least_key, const char* most_key,
                   const char* unit) {
    const JsonView least = schema[least_key];
    const JsonView most = schema[most_key];
    if ((least && count < least.IntegerOr(0)) || (most && count > most.IntegerOr(0))) {
      AddRange(IntegerText(count) + unit, schema, least, most, unit);
    }
  }

  void AddRange(std::string_view found, JsonView schema, JsonView least, JsonView most,
                const char* unit) {
    String allowed;
    if (least) allowed.append("at least ").append(least.text());
    if (least && most) allowed.append(", ");
    if (most) allowed.append("at most ").append(most.text());
    allowed.append(unit);
    if (const JsonView source = schema["$comment"]) {
      allowed.append(" (").append(source.AsName()).append(")");
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

  void Descend(std::string_view step, JsonView value, JsonView schema) {
    const size_t size = pointer_.size();
    AppendPointerStep(&pointer_, step);
    Check(value, schema);
    pointer_.resize(size);
  }

  static String KeysOf(JsonView properties) {
    String keys;
    for (JsonItems item(properties); item.Next();) {
      if (!keys.empty()) keys += ", ";
      keys += item.key();
    }
    return keys;
  }

  JsonView definitions_;
  String pointer_;
  List<Problem> problems_;
};

}  // namespace

List<Problem> CheckSchema(JsonView value, JsonView schema) {
  SchemaWalk walk(schema);
  walk.Check(value, schema);
  return walk.TakeProblems();
}

String QuoteForProblem(JsonView value) {
  const std::string_view text = value.text();
  if (text.size() <= kQuotedBytesMax) return String(text);
  return String(Utf8Prefix(text, kQuotedBytesMax)) + "…";
}

void AppendPointerStep(String* pointer, std::string_view step) {
  pointer->push_back('/');
  for (const char c : step) {
    if (c == '~')
      *pointer += "~0";
    else if (c == '/')
      *pointer += "~1";
    else
      pointer->push_back(c);
  }
}

}  // namespace waymark
