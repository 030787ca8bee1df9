#include "privacy/numbers.h"

#include <algorithm>

namespace waymark {
namespace {

constexpr size_t kCardDigitsMin = 14;
constexpr size_t kCardDigitsMax = 19;
constexpr size_t kCardGroupMin = 3;

// Country and length, of the IBAN registry.
constexpr std::string_view kIbanLengths =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24"
    "FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32"
    "LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24"
    "RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";
constexpr size_t kIbanEntry = 4;
constexpr unsigned kIbanModulus = 97;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool IsWord(char c) { return IsDigit(c) || IsLetter(c) || c == '_' || (c & 0x80) != 0; }

unsigned Value(char digit) { return static_cast<unsigned>(digit - '0'); }

char At(std::string_view text, size_t at) { return at < text.size() ? text[at] : '\0'; }

bool IsBetween(char c) {
  return c == ' ' || c == '-' || c == '.' || c == '/' || c == '+' || c == ')' || c == '(';
}

// What may stand between two groups: at most three signs, such as ") (" and " - ".
size_t SkipBetween(std::string_view text, size_t at, DigitGroups* number) {
  constexpr size_t kBetweenMax = 3;
  size_t end = at;
  while (end - at < kBetweenMax && IsBetween(At(text, end))) {
    number->bracket |= text[end] == '(';
    ++end;
  }
  return IsDigit(At(text, end)) ? end : at;
}

// Digits, doubled from the last but one on, every second.
bool IsLuhn(const char* digit, size_t count) {
  unsigned sum = 0;
  for (size_t i = 0; i < count; ++i) {
    unsigned value = Value(digit[count - 1 - i]);
    if (i % 2 == 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

unsigned Beginning(const char* digit, size_t count) {
  unsigned number = 0;
  for (size_t i = 0; i < count; ++i) number = number * 10 + Value(digit[i]);
  return number;
}

// Whether cards that begin so have so many digits: the ranges of Visa, Mastercard, American
// Express, Diners, Discover, JCB, UnionPay, Maestro and Mir.
bool IsIssued(const char* digit, size_t count) {
  struct Range {
    uint16_t from;
    uint16_t to;
    uint8_t least;
    uint8_t most;
  };
  constexpr Range kRanges[] = {
      {4000, 4999, 16, 16}, {4000, 4999, 19, 19}, {5100, 5599, 16, 16}, {2221, 2720, 16, 16},
      {3400, 3499, 15, 15}, {3700, 3799, 15, 15}, {3000, 3059, 14, 19}, {3600, 3699, 14, 19},
      {3800, 3999, 14, 19}, {3528, 3589, 16, 19}, {6000, 6999, 16, 19}, {5000, 5099, 16, 19},
      {5600, 5899, 16, 19}, {2200, 2204, 16, 19},
  };
  const unsigned first = Beginning(digit, 4);
  return std::any_of(std::begin(kRanges), std::end(kRanges), [&](const Range& range) {
    return first >= range.from && first <= range.to && count >= range.least && count <= range.most;
  });
}

bool IsAll(const DigitGroups& number, char separator) {
  for (size_t i = 1; i < number.groups; ++i) {
    if (number.group[i].before != separator) return false;
  }
  return true;
}

// 01.02.2026, with or without the time.
bool IsDate(const DigitGroups& number) {
  return number.groups >= 3 && number.group[0].size <= 2 && number.group[1].size <= 2 &&
         number.group[2].size == 4;
}

// (212) 555-0123, 1-212-555-0123: the form of North America.
bool IsAmerican(const DigitGroups& number) {
  const bool one = number.groups == 4 && number.group[0].size == 1 && number.digit[0] == '1';
  if (number.groups != 3 + static_cast<size_t>(one)) return false;
  const DigitGroups::Group* area = number.group + one;
  const char* digits = number.digit + one;
  return area[0].size == 3 && area[1].size == 3 && area[2].size == 4 && digits[0] >= '2' &&
         digits[3] >= '2';
}

// 030 901820, 0170/1234567, 020 7946 0958: an area with the zero that stands before it at home.
bool IsNational(const DigitGroups& number) {
  constexpr size_t kLeast = 9;
  constexpr size_t kMost = 12;
  constexpr size_t kAreaMax = 6;
  if (number.digit[0] != '0' || number.digit[1] == '0' || number.groups < 2) return false;
  if (number.digits < kLeast || number.digits > kMost || IsDate(number)) return false;
  if (number.group[0].size < 2 || number.group[0].size > kAreaMax) return false;
  // 0815-4711-99 is something that is sold.
  const bool dashes = number.groups > 2 && IsAll(number, '-');
  return !dashes || number.group[number.groups - 1].size >= 4;
}

bool IsInternational(const DigitGroups& number) {
  constexpr size_t kLeast = 8;
  if (number.plus) return number.digits >= kLeast && number.digit[0] != '0';
  // 00…: with nothing between, it is a number with zeros before it.
  const bool zeros = number.digit[0] == '0' && number.digit[1] == '0' && number.digit[2] != '0';
  return zeros && number.groups > 1 && number.digits >= kLeast + 2 && !IsDate(number);
}

}  // namespace

DigitGroups ReadDigits(std::string_view text, size_t begin) {
  DigitGroups number;
  size_t at = begin;
  if (At(text, at) == '+') {
    number.plus = true;
    ++at;
  }
  if (At(text, at) == '(') {
    number.bracket = true;
    ++at;
  }
  char before = '\0';
  while (number.groups < kDigitGroupsMax && IsDigit(At(text, at))) {
    size_t end = at;
    while (IsDigit(At(text, end))) ++end;
    // 12GB is no group; more digits than any number has are none either.
    const bool fits = number.digits + (end - at) <= kDigitsMax;
    if (IsWord(At(text, end)) || !fits) break;
    DigitGroups::Group& group = number.group[number.groups++];
    group = {static_cast<uint8_t>(end - at), before, end};
    while (at < end) number.digit[number.digits++] = text[at++];
    at = SkipBetween(text, end, &number);
    if (at == end) break;
    before = text[end];
  }
  if (number.groups == 0) return number;
  const size_t end = number.group[number.groups - 1].end;
  number.decimal = At(text, end) == ',' && IsDigit(At(text, end + 1));
  return number;
}

size_t CardEnd(const DigitGroups& number) {
  size_t digits = 0;
  for (size_t i = 0; i < number.groups; ++i) {
    const DigitGroups::Group& group = number.group[i];
    const bool joined = i == 0 || group.before == ' ' || group.before == '-' || group.before == '+';
    if (!joined || group.size < kCardGroupMin) return 0;
    digits += group.size;
    if (digits > kCardDigitsMax) return 0;
    if (digits < kCardDigitsMin || !IsIssued(number.digit, digits)) continue;
    if (IsLuhn(number.digit, digits)) return group.end;
  }
  return 0;
}

size_t PhoneEnd(const DigitGroups& number, bool called) {
  constexpr size_t kMost = kPhoneDigitsMax + 2;  // 00, or (0)
  if (number.digits > kMost || number.decimal) return 0;
  const bool phone = called || IsInternational(number) || IsNational(number) || IsAmerican(number);
  return phone ? number.group[number.groups - 1].end : 0;
}

size_t IbanSize(std::string_view text) {
  if (text.size() < kIbanEntry || !IsLetter(text[0]) || !IsLetter(text[1])) return 0;
  if (!IsDigit(text[2]) || !IsDigit(text[3])) return 0;
  size_t length = 0;
  for (size_t i = 0; i < kIbanLengths.size() && length == 0; i += kIbanEntry) {
    const bool same =
        kIbanLengths[i] == (text[0] & ~0x20) && kIbanLengths[i + 1] == (text[1] & ~0x20);
    if (same) length = Value(kIbanLengths[i + 2]) * 10 + Value(kIbanLengths[i + 3]);
  }
  if (length == 0) return 0;
  char sign[34];
  size_t count = 0;
  size_t at = 0;
  for (; at < text.size() && count < length; ++at) {
    const char c = text[at];
    if (IsDigit(c) || IsLetter(c))
      sign[count++] = c;
    else if ((c != ' ' && c != '-' && c != '+') || !IsWord(At(text, at + 1)))
      return 0;
  }
  if (count < length || IsWord(At(text, at))) return 0;
  unsigned rest = 0;
  for (size_t i = 0; i < length; ++i) {
    const char c = sign[(i + kIbanEntry) % length];
    rest = IsDigit(c) ? rest * 10 + Value(c)
                      : rest * 100 + static_cast<unsigned>((c | 0x20) - 'a') + 10;
    rest %= kIbanModulus;
  }
  return rest == 1 ? at : 0;
}

bool HasLuhnDigit(std::string_view text) {
  char digit[64];
  size_t count = 0;
  for (const char c : text) {
    if (IsDigit(c) && count < sizeof(digit)) digit[count++] = c;
  }
  return count > 1 && IsLuhn(digit, count);
}

}  // namespace waymark
