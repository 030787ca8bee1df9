#include "base/json_writer.h"

#include "base/json_walk.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace waymark {

void AppendJsonString(String* out, std::string_view text) {
  out->push_back('"');
  size_t clean = 0;  // start of what needs no escape and is not copied yet
  for (size_t i = 0; (i = SkipUnescaped(text, i)) < text.size(); ++i) {
    const uint8_t c = static_cast<uint8_t>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text.substr(clean, i - clean));
    clean = i + 1;
    if (c >= 0x20) {
      out->push_back('\\');
      out->push_back(text[i]);
    } else {
      *out += "\\u";
      AppendHex(out, c, 4);
    }
  }
  out->append(text.substr(clean));
  out->push_back('"');
}

void AppendInteger(String* out, int64_t number) {
  char digits[20];
  int at = sizeof digits;
  const bool negative = number < 0;
  uint64_t rest = negative ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  do {
    digits[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (negative) out->push_back('-');
  out->append(digits + at, sizeof digits - static_cast<size_t>(at));
}

String IntegerText(int64_t number) { return Numbered("", number); }

String Numbered(const char* before, int64_t number, const char* after) {
  String text(before);
  AppendInteger(&text, number);
  text += after;
  return text;
}

void AppendFixed(String* out, int64_t units, int decimals) {
  int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  if (units < 0) {
    out->push_back('-');
    units = -units;
  }
  AppendInteger(out, units / scale);
  if (decimals == 0) return;
  out->push_back('.');
  for (scale /= 10; scale > 0; scale /= 10) {
    out->push_back(static_cast<char>('0' + units / scale % 10));
  }
}

void JsonWriter::Comma() {
  if (comma_) out_->push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::Begin(char bracket) {
  Comma();
  out_->push_back(bracket);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::End(char bracket) {
  out_->push_back(bracket);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  Comma();
  out_->push_back('"');
  out_->append(key);
  out_->append("\":");
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Text(std::string_view text) {
  Comma();
  AppendJsonString(out_, text);
  return *this;
}

JsonWriter& JsonWriter::Integer(int64_t number) {
  Comma();
  AppendInteger(out_, number);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) { return Raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::Null() { return Raw("null"); }

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Comma();
  out_->append(json);
  return *this;
}

JsonWriter& JsonWriter::Members(JsonView object) {
  const std::string_view text = object.text();
  const size_t begin = IndexOf(text, '"');  // of the first key
  if (begin == text.size()) return *this;
  return Raw(text.substr(begin, text.size() - begin - 1));
}

JsonWriter& JsonWriter::Field(const char* key, std::string_view text) {
  return text.empty() ? *this : Key(key).Text(text);
}

JsonWriter& JsonWriter::Field(const char* key, JsonView value) {
  return FieldRaw(key, value.text());
}

JsonWriter& JsonWriter::FieldText(const char* key, JsonView value) {
  return value.is(JsonType::kString) ? Field(key, value) : *this;
}

JsonWriter& JsonWriter::FieldBool(const char* key, bool value) { return Key(key).Bool(value); }

JsonWriter& JsonWriter::Field(const char* key, int64_t number) { return Key(key).Integer(number); }

JsonWriter& JsonWriter::FieldRaw(const char* key, std::string_view json) {
  return json.empty() ? *this : Key(key).Raw(json);
}

}  // namespace waymark
