// Inputs: all that enters the engine. docs/input.md describes each; the bytes form is read in capi/.
//
// Views in an input must stay valid until Handle() returns, and their text must have passed CheckJson().
#ifndef WAYMARK_INCLUDE_WAYMARK_INPUT_H_
#define WAYMARK_INCLUDE_WAYMARK_INPUT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json_view.h"
#include "base/status.h"
#include "base/time.h"
#include "event/event.h"

namespace waymark {

// What the engine is opened with.
struct Start {
  Now now;
  std::string_view entropy;  // 32 bytes of the platform's secure generator
  JsonView config;
  JsonView consent;          // value of `consent/record`; missing: nobody decided yet
  std::string sdk_name;
  std::string sdk_version;
};

// Commands: what a caller wants.
struct Capture {  // track, page, screen, identify
  Event event;
};
struct Reset {
  std::string_view entropy;
};
struct SetConsent {
  JsonView choices;
  std::string source;
  std::string_view entropy;
};
struct SetContext {
  JsonView context;
};
struct Flush {};
struct Forget {
  std::string_view entropy;
};
struct Refused {  // a call that could not be read: the face could not turn it into JSON, or it is no input
  Problem problem;
};

// Facts: what the world did.
struct Wake {};
struct HttpDone {
  int64_t effect_id = 0;
  int status = 0;           // 0: no answer
  std::string error;        // network, timeout, aborted, refused, queued
  std::string retry_after;  // the header, where readable
};
struct StoreEntry {
  std::string key;
  std::string_view value;
};
struct StoreRead {
  int64_t effect_id = 0;
  std::vector<StoreEntry> entries;
  bool more = false;
};
struct StoreDone {
  int64_t effect_id = 0;
};
struct StoreFailed {
  int64_t effect_id = 0;
  std::string reason;
};
struct StoreChanged {
  std::string key;
  std::string_view value;  // empty: deleted
};
enum class LifecycleState : uint8_t { kVisible, kHidden, kClosing, kFrozen, kResumed };
struct Lifecycle {
  LifecycleState state = LifecycleState::kVisible;
};
struct Connectivity {
  bool online = true;
};
struct Signal {
  std::string name;
  std::string value;  // as JSON text
  std::string source;
};

struct Input {
  Now now;
  std::variant<Capture, Reset, SetConsent, SetContext, Flush, Forget, Refused, Wake, HttpDone,
               StoreRead, StoreDone, StoreFailed, StoreChanged, Lifecycle, Connectivity, Signal>
      body;
};

}  // namespace waymark

#endif  // WAYMARK_INCLUDE_WAYMARK_INPUT_H_
