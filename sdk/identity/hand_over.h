// Hand-over tokens: what one device or site gives another so that a journey goes on there.
//
// A token is plain data in URL-safe characters, with a checksum and no key: whoever knows this file
// can write one. So it is weak evidence unless the owner's server has sealed it
// (docs/hand_over.md), and an engine takes little on its word. Invariant: reading any text gives a
// hand-over that was written so, or the reason why it is none; never more than was written.
#ifndef WAYMARK_IDENTITY_HAND_OVER_H_
#define WAYMARK_IDENTITY_HAND_OVER_H_

#include <cstdint>
#include <string_view>

#include "base/string.h"

namespace waymark {

// Campaign and cart that travel in the long form, as text of one JSON object: with more a token
// could have more than 300 characters.
inline constexpr size_t kCarryBytesMax = 140;
// Of an anonymous id that is no UUID, as other kits make them.
inline constexpr size_t kForeignIdBytesMax = 24;
inline constexpr int64_t kHandOverSecondsMax = 3'600;

struct HandOver {
  String anonymous_id;
  String session_id;  // empty: none
  int64_t session_index = 0;
  int64_t event_index = 0;
  int64_t session_started_ms = 0;
  int64_t issued_ms = 0;  // whole seconds
  int64_t ttl_s = 0;
  uint64_t nonce = 0;    // another one in every token
  uint64_t consent = 0;  // stands for the decision under which it was issued; 0: for none
  String user_mark;      // of the user, where a server seals the token; empty: not told
  bool known = false;    // somebody is signed in
  String carry;
};

// For whom it is: a host, and a browser as its text. Empty: for any.
struct Bearer {
  std::string_view host;
  std::string_view browser;
  // A server seals it, and says for which host it is, how long it holds, that it is whole, and that
  // nobody has taken it: none of that is in the token. It tells whose it is.
  bool sealed = false;
};

// Empty where the anonymous id or what is carried is too long.
String WriteHandOver(const HandOver& given, const Bearer& bearer);

// The reason why it is not taken: `token_invalid`, `token_expired`, `token_foreign` (for another
// host), `token_browser` (for another browser). Null: it is, and `read` has it.
const char* ReadHandOver(std::string_view token, const Bearer& bearer, int64_t now_ms,
                         HandOver* read);

}  // namespace waymark

#endif  // WAYMARK_IDENTITY_HAND_OVER_H_
