#include "base/json_view.h"

#include "base/utf8.h"

namespace waymark {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view TrimStart(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// Size of the string at the start of `text`, both quotes included.
size_t StringSize(std::string_view text) {
  size_t i = 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i < text.size() ? i + 1 : text.size();
}

// Size of the array or object at the start of `text`.
size_t NestedSize(std::string_view text) {
  int depth = 0;
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') {
      i += StringSize(text.substr(i));
      continue;
    }
    ++i;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return i;
  }
  return text.size();
}

size_t ValueSize(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '"') return StringSize(text);
  if (text[0] == '{' || text[0] == '[') return NestedSize(text);
  const size_t end = text.find_first_of(" \t\r\n,]}");
  return end == std::string_view::npos ? text.size() : end;
}

uint32_t HexUnit(std::string_view digits) {
  uint32_t unit = 0;
  for (const char c : digits) {
    unit = unit << 4 | static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return unit;
}

// Reads the \uXXXX at escaped[i], with the partner of a surrogate; moves i behind what was read.
uint32_t ReadUnicodeEscape(std::string_view escaped, size_t* i) {
  const uint32_t unit = HexUnit(escaped.substr(*i + 2, 4));
  *i += 6;
  if (unit < 0xd800 || unit >= 0xdc00 || escaped.substr(*i, 2) != "\\u") return unit;
  const uint32_t low = HexUnit(escaped.substr(*i + 2, 4));
  if (low < 0xdc00 || low >= 0xe000) return unit;
  *i += 6;
  return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

char SimpleEscape(char kind) {
  constexpr std::string_view kKinds = "bfnrt";
  const size_t at = kKinds.find(kind);
  return at == std::string_view::npos ? kind : "\b\f\n\r\t"[at];
}

}  // namespace

const char* JsonTypeName(JsonType type) {
  static constexpr const char* kNames[] = {"nothing",  "null",     "a boolean", "a number",
                                           "a string", "an array", "an object"};
  return kNames[static_cast<int>(type)];
}

JsonView::JsonView(std::string_view text) : text_(TrimStart(text)) {
  text_ = text_.substr(0, ValueSize(text_));
}

JsonType JsonView::type() const {
  if (text_.empty()) return JsonType::kMissing;
  switch (text_[0]) {
    case '{':
      return JsonType::kObject;
    case '[':
      return JsonType::kArray;
    case '"':
      return JsonType::kString;
    case 't':
    case 'f':
      return JsonType::kBool;
    case 'n':
      return JsonType::kNull;
    default:
      return JsonType::kNumber;
  }
}

JsonView JsonView::operator[](std::string_view key) const {
  if (!is(JsonType::kObject)) return JsonView();
  for (JsonItems item(*this); item.Next();) {
    if (item.key() == key) return item.value();
  }
  return JsonView();
}

String JsonView::AsString() const { return Unescape(AsName()); }

std::string_view JsonView::AsName() const {
  return is(JsonType::kString) ? text_.substr(1, text_.size() - 2) : std::string_view();
}

std::optional<int64_t> JsonView::AsInteger() const {
  if (!is(JsonType::kNumber) || text_.find_first_of(".eE") != std::string_view::npos) {
    return std::nullopt;
  }
  return ParseFixed(text_, 0);
}

bool JsonView::AsBool(bool otherwise) const {
  return is(JsonType::kBool) ? text_[0] == 't' : otherwise;
}

JsonItems::JsonItems(const JsonView& view) {
  object_ = view.is(JsonType::kObject);
  if (object_ || view.is(JsonType::kArray)) rest_ = view.text().substr(1);
}

bool JsonItems::Next() {
  rest_ = TrimStart(rest_);
  if (!rest_.empty() && rest_[0] == ',') rest_ = TrimStart(rest_.substr(1));
  if (rest_.empty() || rest_[0] == '}' || rest_[0] == ']') return false;
  if (object_) {
    const size_t size = StringSize(rest_);
    key_ = rest_.substr(1, size - 2);
    rest_ = TrimStart(rest_.substr(size));
    rest_ = rest_.substr(rest_.empty() ? 0 : 1);  // the colon
  }
  value_ = JsonView(rest_);
  rest_ = rest_.substr(static_cast<size_t>(value_.text().data() - rest_.data()) +
                       value_.text().size());
  ++index_;
  return true;
}

String Unescape(std::string_view escaped) {
  String out;
  out.reserve(escaped.size());
  size_t i = 0;
  while (i < escaped.size()) {
    if (escaped[i] != '\\' || i + 1 >= escaped.size()) {
      out.push_back(escaped[i++]);
    } else if (escaped[i + 1] == 'u') {
      AppendUtf8(&out, ReadUnicodeEscape(escaped, &i));
    } else {
      out.push_back(SimpleEscape(escaped[i + 1]));
      i += 2;
    }
  }
  return out;
}

std::optional<int64_t> ParseFixed(std::string_view number, int decimals) {
  constexpr int kDigitsMax = 15;
  const bool negative = !number.empty() && number[0] == '-';
  if (negative) number.remove_prefix(1);
  if (number.empty()) return std::nullopt;
  int64_t value = 0;
  int digits = 0;
  int missing = decimals;  // decimals still to come
  bool fraction = false;
  bool round_up = false;
  for (const char c : number) {
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (fraction && missing == 0) {
      if (digits <= kDigitsMax) round_up = c >= '5';
      digits = kDigitsMax + 1;  // only the first digit behind the last kept one rounds
      continue;
    }
    if (digits > kDigitsMax || (value > 0 && ++digits > kDigitsMax)) return std::nullopt;
    value = value * 10 + (c - '0');
    if (fraction) --missing;
  }
  for (; missing > 0; --missing) value *= 10;
  value += round_up ? 1 : 0;
  return negative ? -value : value;
}

}  // namespace waymark
