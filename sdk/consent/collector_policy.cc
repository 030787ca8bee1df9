#include "consent/collector_policy.h"

#include "base/hash.h"

namespace waymark {
bool CollectorPolicy::Wants(std::string_view selector) const {
  for (JsonItems name((JsonView(only))); name.Next();) {
    if (name.value().AsName() == selector) return true;
  }
  return only.empty();
}

bool CollectorPolicy::Samples(std::string_view message_id) const {
  return sample_ppm >= kSampleAll || HashOf(message_id) % kSampleAll < sample_ppm;
}

}  // namespace waymark
