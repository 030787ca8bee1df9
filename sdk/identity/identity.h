// Who the events are from: a random id for the unknown visitor, the owner's id once known.
//
// Invariant: no id exists before the gate has admitted an identified event.
#ifndef WAYMARK_IDENTITY_IDENTITY_H_
#define WAYMARK_IDENTITY_IDENTITY_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/list.h"
#include "base/prng.h"
#include "base/string.h"

namespace waymark {

struct Identity {
  String anonymous_id;  // empty: none made yet
  String user_id;       // empty: not identified
  String user_mark;     // tells whose an id is that came from elsewhere; empty: nobody's
  String group_id;      // the company, team or household; empty: none
  int64_t made_ms = 0;  // when the anonymous id was made: it is not prolonged; 0: nobody knows

  bool empty() const { return anonymous_id.empty() && user_id.empty(); }
  // Makes the anonymous id when there is none; true when it did.
  bool Ensure(Prng* prng, int64_t now_ms);
};

inline constexpr int kUserMarkDigits = 8;
// Digits that tell one user from another and name nobody; empty for none.
String UserMark(std::string_view user_id);

// More than a visitor walks between sites in the time in which a token is good.
inline constexpr size_t kUsedMarksMax = 16;

// The value of the key `state/identity`.
// `used`: what stands for tokens and foreign ids that were taken here or given away.
// `parted_ms`: when somebody left this device.
String WriteIdentity(const Identity& identity, const List<String>& used, int64_t parted_ms);
Identity ReadIdentity(JsonView json);

}  // namespace waymark

#endif  // WAYMARK_IDENTITY_IDENTITY_H_
