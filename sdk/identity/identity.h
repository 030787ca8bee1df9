// Who the events are from: a random id for the unknown visitor, the owner's id once known.
//
// Invariant: no id exists before the gate has admitted an identified event.
#ifndef WAYMARK_IDENTITY_IDENTITY_H_
#define WAYMARK_IDENTITY_IDENTITY_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/prng.h"
#include "base/string.h"

namespace waymark {

struct Identity {
  String anonymous_id;  // empty: none made yet
  String user_id;       // empty: not identified
  int64_t made_ms = 0;  // when the anonymous id was made: it is not prolonged; 0: nobody knows

  bool empty() const { return anonymous_id.empty() && user_id.empty(); }
  // Makes the anonymous id when there is none; true when it did.
  bool Ensure(Prng* prng, int64_t now_ms);
};

// The value of the key `state/identity`.
String WriteIdentity(const Identity& identity);
Identity ReadIdentity(JsonView json);

}  // namespace waymark

#endif  // WAYMARK_IDENTITY_IDENTITY_H_
