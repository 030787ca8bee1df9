#include "base/json_view.h"

#include "base/json_walk.h"
#include "base/name_table.h"
#include "base/utf8.h"

namespace waymark {
namespace {

// The functions below stay inside their value: checked text closes what it opens, and something
// other than space follows.

const char* SkipSpace(const char* at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') ++at;
  return at;
}

// `at`: the opening quote.
const char* EndOfString(const char* at) {
  while (*(at = SkipText(at + 1)) != '"') {
    if (*at == '\\') ++at;
  }
  return at + 1;
}

// Of a number, true, false or null. What may follow stands below or at the comma in ASCII, save the
// brackets.
const char* EndOfWord(const char* at) {
  while (*at == '+' || (*at > ',' && *at != ']' && *at != '}')) ++at;
  return at;
}

const char* EndOfValue(const char* at) {
  int depth = 0;
  do {
    const char c = *at;
    if (c == '"') {
      at = EndOfString(at);
      continue;
    }
    if (c == '{' || c == '[')
      ++depth;
    else if (c == '}' || c == ']')
      --depth;
    else if (depth == 0)
      return EndOfWord(at);
    ++at;
  } while (depth > 0);
  return at;
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
  const size_t at = IndexOf(kKinds, kind);
  return at == kKinds.size() ? kind : "\b\f\n\r\t"[at];
}

}  // namespace

std::string_view JsonTypeName(JsonType type) {
  return NameAt("nothing,null,a boolean,a number,a string,an array,an object",
                static_cast<int>(type));
}

JsonView::JsonView(std::string_view text) {
  for (const char& c : text) {
    if (IndexOf(" \n\r\t", c) < 4) continue;
    at_ = &c;
    if (c == '{') LearnEnd(text);
    return;
  }
}

std::string_view JsonView::text() const {
  if (const char* end = known_end()) return std::string_view(at_, static_cast<size_t>(end - at_));
  return at_ ? std::string_view(at_, static_cast<size_t>(EndOfValue(at_) - at_))
             : std::string_view();
}

JsonType JsonView::type() const {
  if (!at_) return JsonType::kMissing;
  switch (*at_) {
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

JsonView JsonView::operator[](const char* key) const {
  if (!is(JsonType::kObject)) return JsonView();
  for (JsonItems item(*this); item.Next();) {
    if (Is(item.key(), key)) return item.value();
  }
  return JsonView();
}

String JsonView::AsString() const { return Unescape(AsName()); }

std::string_view JsonView::AsName() const {
  if (!is(JsonType::kString)) return std::string_view();
  return std::string_view(at_ + 1, static_cast<size_t>(EndOfString(at_) - at_) - 2);
}

bool JsonView::IsName(const char* name) const { return Is(AsName(), name); }

std::optional<int64_t> JsonView::AsInteger() const {
  const int64_t number = IntegerOr(INT64_MIN);  // which has more digits than are read
  return number == INT64_MIN ? std::nullopt : std::optional(number);
}

int64_t JsonView::IntegerOr(int64_t otherwise) const {
  if (!is(JsonType::kNumber)) return otherwise;
  const std::string_view number = text();
  return IndexOf(number, '.') == number.size() ? FixedOr(number, 0, otherwise) : otherwise;
}

bool JsonView::AsBool(bool otherwise) const {
  return is(JsonType::kBool) ? *at_ == 't' : otherwise;
}

JsonItems::JsonItems(JsonView view) : object_(view.is(JsonType::kObject)) {
  next_ = object_ || view.is(JsonType::kArray) ? view.at_ + 1 : "]";
}

std::string_view JsonItems::text() {
  const std::string_view text = value_.text();
  next_ = text.data() + text.size();
  return text;
}

bool JsonItems::Next() {
  if (!next_) text();
  const char* at = SkipSpace(next_);
  if (*at == ',') at = SkipSpace(at + 1);
  if (*at == '}' || *at == ']') {
    next_ = at;
    return false;
  }
  if (object_) {
    const char* end = EndOfString(at);
    key_ = std::string_view(at + 1, static_cast<size_t>(end - at) - 2);
    at = SkipSpace(SkipSpace(end) + 1);  // the colon
  }
  value_ = JsonView::At(at);
  next_ = nullptr;
  ++index_;
  return true;
}

void FindMembers(JsonView object, const char* names, std::string_view* texts) {
  if (!object.is(JsonType::kObject)) return;
  for (JsonItems item(object); item.Next();) {
    const int place = FindName(names, item.key());
    if (place >= 0 && texts[place].empty()) texts[place] = item.text();
  }
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
  const int64_t units = FixedOr(number, decimals, INT64_MIN);
  return units == INT64_MIN ? std::nullopt : std::optional(units);
}

int64_t FixedOr(std::string_view number, int decimals, int64_t otherwise) {
  constexpr int kDigitsMax = 15;
  const bool negative = !number.empty() && number[0] == '-';
  if (negative) number.remove_prefix(1);
  if (number.empty()) return otherwise;
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
    if (c < '0' || c > '9') return otherwise;
    if (fraction && missing == 0) {
      if (digits <= kDigitsMax) round_up = c >= '5';
      digits = kDigitsMax + 1;  // only the first digit behind the last kept one rounds
      continue;
    }
    if (digits > kDigitsMax || (value > 0 && ++digits > kDigitsMax)) return otherwise;
    value = value * 10 + (c - '0');
    if (fraction) --missing;
  }
  for (; missing > 0; --missing) value *= 10;
  value += round_up ? 1 : 0;
  return negative ? -value : value;
}

}  // namespace waymark
