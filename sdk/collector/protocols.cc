// The protocols of this build.
#include "base/name_table.h"
#include "collector/collector.h"

namespace waymark {
namespace {

struct Protocol {
  const char* name;
  std::unique_ptr<Collector> (*make)(const CollectorEntry& entry);
};

constexpr Protocol kProtocols[] = {
    {"amplitude", MakeAmplitude}, {"ga4", MakeGa4},           {"matomo", MakeMatomo},
    {"mixpanel", MakeMixpanel},   {"posthog", MakePostHog},   {"rudderstack", MakeRudderStack},
    {"segment", MakeSegment},     {"snowplow", MakeSnowplow},
};

}  // namespace

std::unique_ptr<Collector> MakeCollector(const CollectorEntry& entry) {
  const std::string_view name = entry.json["protocol"].AsName();
  for (const Protocol& protocol : kProtocols) {
    if (Is(name, protocol.name)) return protocol.make(entry);
  }
  entry.Refuse("not_allowed", "/protocol", name, "a protocol of this build");
  return nullptr;
}

}  // namespace waymark
