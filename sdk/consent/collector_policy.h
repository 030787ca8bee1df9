// What one collector may get: the purposes it needs, the events it wants, the share it samples.
#ifndef WAYMARK_CONSENT_COLLECTOR_POLICY_H_
#define WAYMARK_CONSENT_COLLECTOR_POLICY_H_

#include <cstdint>
#include <string_view>

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
  // Whether the event is in the sample: alike on every face and at every try.
  bool Samples(std::string_view message_id) const;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_COLLECTOR_POLICY_H_
