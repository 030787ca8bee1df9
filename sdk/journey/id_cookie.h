// The cookie `waymark_id`: who visits, and the session, for all hosts of a domain and the owner's
// server. docs/hand_over.md has its form.
//
// It names no user: eight digits tell whether two hosts speak of the same one.
#ifndef WAYMARK_JOURNEY_ID_COOKIE_H_
#define WAYMARK_JOURNEY_ID_COOKIE_H_

#include <cstdint>
#include <string_view>

#include "base/string.h"
#include "identity/identity.h"
#include "journey/session.h"

namespace waymark {

inline constexpr size_t kIdCookieBytesMax = 400;

struct IdCookie {
  Identity identity;  // without the user, of whom it has a mark
  Session session;
};

// Empty where the id has characters that no cookie may have, as other kits' ids may.
String WriteIdCookie(const Identity& identity, const Session& session);
// An empty identity where the text is none.
IdCookie ReadIdCookie(std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_ID_COOKIE_H_
