#include "consent/collector_policy.h"

namespace waymark {
namespace {

// FNV-1a, finished by a multiplication that spreads the counter at the end of message ids over all
// bits.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

}  // namespace

bool CollectorPolicy::Wants(std::string_view selector) const {
  for (JsonItems name((JsonView(only))); name.Next();) {
    if (name.value().AsName() == selector) return true;
  }
  return only.empty();
}

bool CollectorPolicy::Samples(std::string_view message_id) const {
  return sample_ppm >= kSampleAll || Hash(message_id) % kSampleAll < sample_ppm;
}

}  // namespace waymark
