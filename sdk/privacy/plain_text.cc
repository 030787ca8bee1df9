#include "privacy/plain_text.h"

#include <utility>

#include "base/utf8.h"

namespace waymark {
namespace {

constexpr uint32_t kNoDigit = 16;

uint32_t HexValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<uint32_t>(lower - 'a') + 10 : kNoDigit;
}

// The number of so many hexadecimal digits at a place; -1: they are not there.
int32_t HexAt(std::string_view text, size_t at, size_t digits) {
  if (at + digits > text.size()) return -1;
  uint32_t number = 0;
  for (size_t i = 0; i < digits; ++i) {
    const uint32_t value = HexValue(text[at + i]);
    if (value == kNoDigit) return -1;
    number = number << 4 | value;
  }
  return static_cast<int32_t>(number);
}

// One sign of a text, and how many bytes it takes there.
struct Sign {
  int32_t code = 0;  // of a byte, or of a character where `wide`
  bool wide = false;
  size_t size = 1;
};

// \n, \", \u0040; anything else behind the \ stands for itself.
Sign ReadBackslash(std::string_view text, size_t at) {
  if (at + 1 >= text.size()) return {'\\', false, 1};
  const char c = text[at + 1];
  const int32_t code = c == 'u' ? HexAt(text, at + 2, 4) : -1;
  if (code >= 0) return {code, true, 6};
  const bool space = c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f';
  return {space ? ' ' : static_cast<uint8_t>(c), false, 2};
}

// %40, %2540, %252540 …
Sign ReadPercent(std::string_view text, size_t at) {
  size_t digits = at + 1;
  while (text.substr(digits).starts_with("25") && HexAt(text, digits + 2, 2) >= 0) digits += 2;
  const int32_t code = HexAt(text, digits, 2);
  if (code < 0) return {'%', false, 1};
  return {code, false, digits + 2 - at};
}

// One layer of escapes off. `place` of what is read: null, as they stand.
void Undo(std::string_view text, const List<uint32_t>* place, char escape, PlainText* plain) {
  const auto from = [&](size_t at) { return place ? (*place)[at] : static_cast<uint32_t>(at); };
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    Sign sign{static_cast<uint8_t>(text[at]), false, 1};
    if (text[at] == '\\' && escape == '\\') sign = ReadBackslash(text, at);
    if (text[at] == '%' && escape == '%') sign = ReadPercent(text, at);
    at += sign.size;
    if (sign.wide)
      AppendUtf8(&plain->text, static_cast<uint32_t>(sign.code));
    else
      plain->text.push_back(static_cast<char>(sign.code));
    while (plain->place.size() < plain->text.size()) plain->place.push_back(from(begin));
  }
  plain->place.push_back(from(text.size()));
}

}  // namespace

void ReadPlainText(std::string_view escaped, PlainText* plain) {
  PlainText before;
  plain->text.clear();
  plain->place.clear();
  Undo(escaped, nullptr, '\\', plain);
  // JSON that was in it as a text; URLs.
  for (const char escape : {'\\', '%'}) {
    if (IndexOf(plain->text, escape) == plain->text.size()) continue;
    std::swap(before, *plain);
    plain->text.clear();
    plain->place.clear();
    Undo(before.text, &before.place, escape, plain);
  }
}

}  // namespace waymark
