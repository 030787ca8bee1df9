// Numbers that are personal data: telephone numbers, payment cards (ISO/IEC 7812), bank accounts
// (ISO 13616), each by its form and its check digits.
#ifndef WAYMARK_PRIVACY_NUMBERS_H_
#define WAYMARK_PRIVACY_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace waymark {

inline constexpr size_t kPhoneDigitsMin = 7;   // of a subscriber without an area
inline constexpr size_t kPhoneDigitsMax = 15;  // E.164
inline constexpr size_t kDigitsMax = 24;       // that are read of one number
inline constexpr size_t kDigitGroupsMax = 10;

// Digits as people write them: in groups, with blanks, - . / + and brackets between.
struct DigitGroups {
  struct Group {
    uint8_t size = 0;
    char before = '\0';  // what stands between it and the one before; 0: it is the first
    size_t end = 0;      // in the text
  };

  bool plus = false;
  bool bracket = false;  // (0…) before the second group or the first
  bool decimal = false;  // a comma and digits come behind
  uint8_t digits = 0;
  uint8_t groups = 0;
  char digit[kDigitsMax];
  Group group[kDigitGroupsMax];
};

// The number at `begin` of the text, as far as it goes; no digits: none is there, or too many.
DigitGroups ReadDigits(std::string_view text, size_t begin);

// Where the card number ends, or the telephone number, which the digits begin with; 0: it is none.
// `called`: it is known that there is one.
size_t CardEnd(const DigitGroups& number);
size_t PhoneEnd(const DigitGroups& number, bool called);

// The size of the IBAN at the start of the text, blanks between its groups included; 0: there is
// none.
size_t IbanSize(std::string_view text);

// Whether the digits of the text end with the check digit of Luhn's formula.
bool HasLuhnDigit(std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_NUMBERS_H_
