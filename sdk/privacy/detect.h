// Finds personal data inside a text: addresses, numbers of people, accounts and cards, and keys to
// a session.
//
// One pass with a table of byte classes; what is looked at more closely is bounded, so the time
// grows as the text does. A finding is what has the form and, where there is one, the check digit:
// docs/privacy.md says what each kind takes and what it leaves.
#ifndef WAYMARK_PRIVACY_DETECT_H_
#define WAYMARK_PRIVACY_DETECT_H_

#include <cstdint>
#include <string_view>

#include "base/list.h"
#include "privacy/pattern.h"

namespace waymark {

// In the order of kDataKinds. From kOwn on: the config's own patterns, in their order.
enum class DataKind : uint8_t { kEmail, kPhone, kCard, kIban, kToken, kOwn };
inline constexpr size_t kDataKinds = 5;
inline constexpr const char* kDataKindNames = "email,phone,card,iban,token";
inline constexpr size_t kDataKindsMax = kDataKinds + kPatternsMax;

using DataKindSet = uint32_t;
inline constexpr DataKindSet BitOf(DataKind kind) { return 1u << static_cast<unsigned>(kind); }

// Classes of bytes: bits.
inline constexpr uint8_t kDigitByte = 1;  // first: so that digits can be counted by adding
inline constexpr uint8_t kUpperByte = 2;
inline constexpr uint8_t kLowerByte = 4;
inline constexpr uint8_t kJoinByte = 8;     // - and _
inline constexpr uint8_t kHighByte = 16;    // of a character beyond ASCII
inline constexpr uint8_t kAtByte = 32;      // @
inline constexpr uint8_t kEscapeByte = 64;  // \ and %: other bytes may be meant
inline constexpr uint8_t kEndByte = 128;    // " and \ : a JSON string may end
extern const uint8_t* const kByteClass;     // of 256 bytes

inline uint8_t ByteClass(char c) { return kByteClass[static_cast<uint8_t>(c)]; }

// A pattern of the config.
struct OwnPattern {
  TextPattern pattern;
  bool luhn = false;  // and its digits have that check digit
};

struct DataMatch {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint8_t kind = 0;
};

// What is looked for, and what is known of where the text stands.
struct DataSearch {
  DataKindSet kinds = 0;
  const List<OwnPattern>* patterns = nullptr;
  std::string_view harmless;  // names of fields and URL parameters whose long values are no tokens:
                              // a JSON list, or nothing
  std::string_view name;      // of the field that has the text
};

// Appends the findings in their order; none overlaps another.
void FindData(const DataSearch& search, std::string_view text, List<DataMatch>* matches);

// Whether a field of this name has phone numbers: then one needs no form that only they have.
bool NamesPhone(std::string_view name);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_DETECT_H_
