// What one collector may get: the purposes it needs, the events it wants, the share it samples.
#ifndef WAYMARK_CONSENT_COLLECTOR_POLICY_H_
#define WAYMARK_CONSENT_COLLECTOR_POLICY_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/string.h"
#include "consent/policy.h"

namespace waymark {

inline constexpr uint32_t kSampleAll = 1'000'000;

struct CollectorPolicy {
  PurposeSet needs = 0;  // closed under what they require
  String only;           // selectors of events, as an array of JSON text; empty: all
  uint32_t sample_ppm = kSampleAll;

  // Whether an event of this name is meant for the collector at all; the gate is asked besides.
  bool Wants(std::string_view selector) const;
  // Whether an event document is in the sample: alike on every face and at every try. A visitor is
  // in it or out of it, with all events; a de-identified event, which belongs to nobody, goes by
  // its own id. Missing: it is not known, and only who takes all has it.
  bool Samples(JsonView event) const;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_COLLECTOR_POLICY_H_
