// Identifiers of RFC 9562.
#ifndef WAYMARK_BASE_UUID_H_
#define WAYMARK_BASE_UUID_H_

#include <cstdint>
#include <string_view>

#include "base/prng.h"
#include "base/string.h"

namespace waymark {

// A random identifier (version 4).
String RandomUuid(Prng* prng);

// Message ids: version 8, a random prefix and a counter in the last 32 bits, so that the ids of one
// batch differ in a digit or two and compress to one or two bytes each.
class MessageIds {
 public:
  explicit MessageIds(Prng* prng) { NewPrefix(prng); }

  // A new prefix, at each open and at each change of consent: ids from both sides cannot be joined.
  void NewPrefix(Prng* prng);
  String Next();
  // The first eight digits of every id until the next prefix.
  uint32_t prefix() const { return static_cast<uint32_t>(high_ >> 32); }

 private:
  uint64_t high_ = 0;
  uint32_t middle_ = 0;
  uint32_t counter_ = 0;
};

// An identifier for what a hash stands for (version 8): the same for the same hash.
String UuidOf(uint64_t hash);
String UuidOf(uint64_t high, uint64_t low);

// The two halves of a UUID in small letters; false when the text is none.
bool UuidHalves(std::string_view uuid, uint64_t* high, uint64_t* low);
bool IsUuid(std::string_view text);
String UuidFrom(uint64_t high, uint64_t low);

// The counter of a message id; 0 when the text is none.
uint32_t CounterOf(std::string_view message_id);

// The number that lower-case hexadecimal digits stand for; 0 when there is anything else.
uint64_t ParseHex(std::string_view digits);

// `width` lower-case hexadecimal digits, the last ones of `value`.
void AppendHex(String* out, uint64_t value, int width);

}  // namespace waymark

#endif  // WAYMARK_BASE_UUID_H_
