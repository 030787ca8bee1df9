// The layouts of the GPP sections of the United States: which fields, in which order, how many
// bits.
//
// A field is a letter; behind a letter, a number says how many values of it follow one another. A
// dot begins the next sub-section. So all 21 layouts are 600 bytes, and one reader, one printer and
// one writer serve them.
#ifndef WAYMARK_CONSENT_IAB_GPP_LAYOUTS_H_
#define WAYMARK_CONSENT_IAB_GPP_LAYOUTS_H_

#include <cstdint>
#include <string_view>

namespace waymark {

struct UsLayout {
  uint8_t id;
  const char* prefix;  // the section's name in the client-side API
  const char* fields;
};

// The layout of a section, as it is written now; null when it is none of the United States.
const UsLayout* FindUsLayout(int id);
// Version 1 of usnat: twelve kinds of sensitive data and two of children's.
const UsLayout& UsNatV1();
inline constexpr int kTcfEuropeSection = 2;
inline constexpr int kUsNat = 7;
// From this one on a section may begin with a header of its own.
inline constexpr int kFirstWithHeader = 24;

// The prefix of any known section; empty for others.
std::string_view GppPrefix(int id);
// Its id; 0 for others.
int GppSectionId(std::string_view prefix);

std::string_view UsFieldName(char letter);

// Sensitive data has up to 16 values, consents for children up to 5.
inline constexpr int kUsValuesMax = 16;
// Where the values of a field lie among those of a section, and how many there are in all.
int UsSlot(char letter);
inline constexpr int kUsSlots = 23 + (kUsValuesMax - 1) + (5 - 1);

// Walks the fields of a layout.
//
//   for (UsFields field(layout); field.Next();) Use(field.letter(), field.count());
class UsFields {
 public:
  explicit UsFields(const UsLayout& layout) : next_(layout.fields) {}

  bool Next();
  char letter() const { return letter_; }
  int bits() const;                       // of each value
  int count() const { return count_; }    // how many values
  bool is_list() const { return list_; }  // and whether these are a list, also if it is one
  bool is_bool() const { return letter_ == 'G'; }
  int subsection() const { return subsection_; }  // from 0

 private:
  const char* next_;
  char letter_ = 0;
  int count_ = 1;
  bool list_ = false;
  int subsection_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_GPP_LAYOUTS_H_
