// Inputs: all that enters the engine. docs/input.md describes each.
//
// An input is a checked JSON object and the raw bodies that it points at; its stage reads the
// members it needs. One plain struct instead of a variant of twenty: that was worth 6 KB of the
// page module (docs/adr/0004).
#ifndef WAYMARK_INCLUDE_WAYMARK_INPUT_H_
#define WAYMARK_INCLUDE_WAYMARK_INPUT_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/status.h"
#include "base/time.h"

namespace waymark {

// In the order of kInputTypeNames in capi/input_reader.cc.
enum class InputType : uint8_t {
  // Commands: what a caller wants. The first six are events and stand in the order of EventType.
  kTrack,
  kPage,
  kScreen,
  kIdentify,
  kAlias,
  kGroup,
  kReset,
  kSetConsent,
  kSetContext,
  kFlush,
  kForget,
  kNarrow,
  kRecords,
  kHandOver,  // the three about others' ids, in this order
  kAcceptHandOver,
  kImportId,
  kRefused,  // a call that could not be read: the face could not turn it into JSON, or it is no
             // input
  // Facts: what the world did.
  kWake,
  kHttpDone,
  kStoreRead,
  kStoreDone,
  kStoreFailed,
  kStoreChanged,
  kLifecycle,
  kConnectivity,
  kSignal,
  kLead,
};

struct Input {
  InputType type = InputType::kWake;
  Now now;
  JsonView fields;  // the whole object; its text has passed CheckJson()
  std::string_view bodies;
  Status refusal;  // for kRefused

  // The raw body that a member {"offset": n, "size": n} points at; empty when it leads outside.
  std::string_view Body(JsonView place) const;
  int64_t Integer(const char* member) const { return fields[member].IntegerOr(0); }
};

// What an engine is opened with: an input without a type, with the members of docs/input.md under
// Start.
using Start = Input;

}  // namespace waymark

#endif  // WAYMARK_INCLUDE_WAYMARK_INPUT_H_
