// The config document, read once into types that cannot be wrong.
#ifndef WAYMARK_ENGINE_CONFIG_H_
#define WAYMARK_ENGINE_CONFIG_H_

#include "base/list.h"
#include "collector/collector.h"
#include "consent/policy.h"
#include "delivery/batcher.h"
#include "delivery/lane.h"
#include "journey/session.h"
#include "outbox/outbox.h"
#include "privacy/field_rules.h"
#include "privacy/url_scrub.h"

namespace waymark {

struct Config {
  Policy policy;
  List<Lane> lanes;
  List<FieldRule> fields;
  UrlRules url_rules;
  SessionRules session_rules;
  BatchLimits batch;
  OutboxLimits outbox;
  String in_app;  // the policy's text, where an app keeps the IAB's keys; empty: it does not
  bool has_records = false;      // a lane gets the records of consent
  int64_t flush_ms = 5000;       // how long an event waits for company
  int64_t events_per_s_max = 0;  // to one collector; 0: no limit
};

// Checks the document against the schema, then what no schema can say: that names refer to
// something. With problems the config must not be used. `sdk`: the face that sends, {name,
// version}.
Config ReadConfig(JsonView json, JsonView sdk, List<Problem>* problems);

// A share of the events in millionths; all when it is no number.
uint32_t SamplePpm(JsonView share);

}  // namespace waymark

#endif  // WAYMARK_ENGINE_CONFIG_H_
