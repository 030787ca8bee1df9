#include "consent/collector_policy.h"

#include "base/hash.h"

namespace waymark {

bool CollectorPolicy::Wants(std::string_view selector) const {
  for (JsonItems name((JsonView(only))); name.Next();) {
    if (name.value().AsName() == selector) return true;
  }
  return only.empty();
}

bool CollectorPolicy::Samples(JsonView event) const {
  if (sample_ppm >= kSampleAll) return true;
  const JsonView visitor = event["anonymous_id"];
  const std::string_view id = (visitor ? visitor : event["message_id"]).AsName();
  return !id.empty() && HashOf(id) % kSampleAll < sample_ppm;
}

}  // namespace waymark
