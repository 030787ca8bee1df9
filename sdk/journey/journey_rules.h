// The member `journey` of the config: what is kept of a journey, for how long it counts, and the
// rules of silence and segments.
#ifndef WAYMARK_JOURNEY_JOURNEY_RULES_H_
#define WAYMARK_JOURNEY_JOURNEY_RULES_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "consent/policy.h"
#include "journey/channel.h"

namespace waymark {

// After `after`, nothing for so long, and no `without`: the customer has fallen silent.
struct SilenceRule {
  String name;     // of the event that is recorded
  String after;    // an event's name; empty: any
  String without;  // the same
  String at_step;  // the step at which it counts; empty: anywhere
  int64_t within_ms = 0;
};

struct SegmentRule {
  String id;
  String when;  // JSON text
};

struct JourneyRules {
  PurposeSet needs = 0;  // besides those of a collector that gets the events
  String needs_text;     // the same, as events name them; empty: none
  List<String> conversions;
  List<String> traits;  // that segments ask for
  List<SilenceRule> silence;
  List<SegmentRule> segments;
  int64_t lookback_ms = 0;
  int64_t half_life_ms = 0;
  bool context = false;  // conversions tell of the journey, and events of the touch they begin
  String own_hosts;      // arrays of JSON text
  String partners;
  String ignored;

  SiteRules sites() const { return {JsonView(own_hosts), JsonView(partners), JsonView(ignored)}; }
};

// Reads a config that fits the schema. Adds a problem for names that stand twice, for purposes that
// are not declared, and for what is no rule.
JourneyRules ReadJourneyRules(JsonView config, const Policy& policy, List<Problem>* problems);

// A rule that the engine takes and that can never come true.
struct DeadRule {
  String pointer;
  String why;
};
List<DeadRule> FindDeadRules(JsonView config, const Policy& policy);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_JOURNEY_RULES_H_
