// Outputs: all that leaves the engine. docs/effect.md describes each; the bytes form is written in
// capi/.
#ifndef WAYMARK_INCLUDE_WAYMARK_EFFECT_H_
#define WAYMARK_INCLUDE_WAYMARK_EFFECT_H_

#include <cstddef>
#include <cstdint>

#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "base/time.h"
#include "delivery/transport_planner.h"

namespace waymark {

enum class EffectType : uint8_t {
  kStoreGet,
  kStorePut,
  kStoreDelete,
  kStoreClear,  // deletes all keys below a prefix
  kHttpSend,
  kHttpAbort,
  kClaim,   // hold a writer's name, and wait for the lead
  kAnswer,  // to an input that asked
  kNotify,
};

// Plain data: each type uses the members that its line names, the others stay empty.
struct Effect {
  EffectType type = EffectType::kNotify;
  int64_t effect_id = 0;  // only grows; 0 for kNotify
  String name;     // kStorePut, kStoreDelete: key. kStoreGet, kStoreClear: prefix. kHttpSend: URL.
                   // kClaim: writer
  String after;    // kStoreGet: exclusive; empty: from the start
  String bytes;    // kStorePut: value. kHttpSend: body. kAnswer: an object of JSON text
  String headers;  // kHttpSend: an object of JSON text
  Transport transport = Transport::kFetch;
  bool credentials = false;
  bool get = false;             // kHttpSend: without a body
  size_t answer_bytes_max = 0;  // kHttpSend: of the answer's body; 0: nobody wants to see it
  bool replace = false;         // kStorePut: only where the key exists
  int64_t target = 0;           // kHttpAbort: effect_id of the request. kAnswer: request_id
};

struct Output {
  List<Effect> effects;         // to be started in this order
  int64_t wake_at_ms = kNever;  // on the monotonic clock
  List<Problem> problems;
  bool refused = false;  // the start was refused; nothing else will ever come
  bool nothing = false;  // nothing to do, and the last wake_at_ms still holds
};

}  // namespace waymark

#endif  // WAYMARK_INCLUDE_WAYMARK_EFFECT_H_
