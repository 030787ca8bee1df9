#include "form.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "collector_limits.h"

namespace waymark::collector {
namespace {

int HexDigit(char c) {
  if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return -1;
  return absl::ascii_isdigit(static_cast<unsigned char>(c)) ? c - '0'
                                                            : absl::ascii_tolower(c) - 'a' + 10;
}

// The byte of an escape such as "%2F" at `at`; -1 where there is none.
int EscapedByte(absl::string_view text, size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return -1;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// In forms a plus stands for a blank.
std::string Unescape(absl::string_view text) {
  return PercentDecode(absl::StrReplaceAll(text, {{"+", " "}}));
}

}  // namespace

std::string PercentDecode(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const int byte = EscapedByte(text, i);
    if (byte >= 0) i += 2;
    plain += byte >= 0 ? static_cast<char>(byte) : text[i];
  }
  return plain;
}

Form ParseForm(absl::string_view text) {
  Form form;
  for (const absl::string_view pair : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    if (form.size() == kFormFieldsMax) break;
    const size_t equals = pair.find('=');
    const absl::string_view value =
        equals == absl::string_view::npos ? absl::string_view() : pair.substr(equals + 1);
    form.emplace_back(Unescape(pair.substr(0, equals)), Unescape(value));
  }
  return form;
}

std::string FormValue(const Form& form, absl::string_view name) {
  for (const auto& [known, value] : form) {
    if (known == name) return value;
  }
  return "";
}

bool HasField(const Form& form, absl::string_view name) {
  for (const auto& [known, value] : form) {
    if (known == name) return true;
  }
  return false;
}

Json FormJson(const Form& form) {
  Json json = Json::object();
  for (const auto& [name, value] : form) json[CleanUtf8(name)] = CleanUtf8(value);
  return json;
}

}  // namespace waymark::collector
