// The config document, read once into types that cannot be wrong.
#ifndef WAYMARK_ENGINE_CONFIG_H_
#define WAYMARK_ENGINE_CONFIG_H_

#include <memory>
#include <utility>

#include "base/list.h"
#include "collector/collector.h"
#include "consent/policy.h"
#include "delivery/batcher.h"
#include "delivery/lane.h"
#include "engine/parts.h"
#include "event/plan.h"
#include "journey/session.h"
#include "outbox/outbox.h"
#include "privacy/contacts.h"
#include "privacy/detectors.h"
#include "privacy/field_rules.h"
#include "privacy/url_scrub.h"

namespace waymark {

struct JourneyKeeper;

// A build without the part has no code to delete one.
struct DeleteJourney {
  void operator()(JourneyKeeper* keeper) const {
    if (kHasParts) Delete(keeper);
  }
  static void Delete(JourneyKeeper* keeper);
};
using JourneyPointer = std::unique_ptr<JourneyKeeper, DeleteJourney>;
// Null where the config has no journey.
JourneyPointer MakeJourneyKeeper(JsonView config, const Policy& policy, List<Problem>* problems);

// What parts of the engine go by.
struct PartRules {
  Plan plan;
  DetectorRules detectors;
  List<String> left_fields;   // that detectors do not look into: ids
  List<String> named_fields;  // that rules of their own speak of
};

// On the heap, and there only where a build has parts (parts.h): a module without them has none of
// this code.
class Parts {
 public:
  Parts() = default;
  Parts(Parts&& other) noexcept { *this = std::move(other); }
  Parts& operator=(Parts&& other) noexcept {
    std::swap(rules_, other.rules_);
    return *this;
  }
  ~Parts() { delete rules(); }

  PartRules* Make() { return rules_ = new PartRules; }
  // Null: there are none.
  PartRules* rules() const { return kHasParts ? rules_ : nullptr; }

 private:
  PartRules* rules_ = nullptr;
};

struct Config {
  Policy policy;
  List<Lane> lanes;
  List<FieldRule> fields;
  UrlRules url_rules;
  Parts parts;
  SessionRules session_rules;
  BatchLimits batch;
  OutboxLimits outbox;
  String in_app;  // the policy's text, where an app keeps the IAB's keys; empty: it does not
  PurposeSet stitch_needs = 0;   // to hand over, to accept, to import
  String stitch_needs_text;      // the same, as events name them; empty: none
  String seals;                  // the owner's server that seals tokens; empty: they go as they are
  int64_t hand_over_s = 120;     // how long a token is good
  ContactSet hashed = 0;         // contact data that no rule names
  bool shares_id = false;        // with other hosts of a domain, in a cookie
  bool has_records = false;      // a lane gets the records of consent
  int64_t flush_ms = 5000;       // how long an event waits for company
  int64_t events_per_s_max = 0;  // to one collector; 0: no limit
  JourneyPointer journey;        // null: none is kept
};

// Checks the document against the schema, then what no schema can say: that names refer to
// something. With problems the config must not be used. `sdk`: the face that sends, {name,
// version}.
Config ReadConfig(JsonView json, JsonView sdk, List<Problem>* problems);

// A share of the events in millionths; all when it is no number.
uint32_t SamplePpm(JsonView share);

}  // namespace waymark

#endif  // WAYMARK_ENGINE_CONFIG_H_
