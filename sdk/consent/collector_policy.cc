#include "consent/collector_policy.h"

#include "base/hash.h"

namespace waymark {
bool CollectorPolicy::Wants(std::string_view selector) const {
  for (JsonItems name((JsonView(only))); name.Next();) {
    if (name.value().AsName() == selector) return true;
  }
  return only.empty();
}

bool CollectorPolicy::Samples(std::string_view id) const {
  return sample_ppm >= kSampleAll || (!id.empty() && HashOf(id) % kSampleAll < sample_ppm);
}

std::string_view SampledBy(JsonView event) {
  const JsonView visitor = event["anonymous_id"];
  return (visitor ? visitor : event["message_id"]).AsName();
}

}  // namespace waymark
