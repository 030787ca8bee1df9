#include "collector/collector.h"

namespace waymark {

StatusOr<std::shared_ptr<const Collector>> MakeCollector(const JsonView& entry,
                                                         const SenderFacts& sender,
                                                         const std::string& pointer) {
  // The schema lets no third protocol through.
  if (entry["protocol"].AsString() == "segment") return MakeSegment(entry, sender, pointer);
  return MakeSnowplow(entry, sender, pointer);
}

std::string JoinUrl(const std::string& url, std::string_view path) {
  std::string joined = url;
  while (!joined.empty() && joined.back() == '/') joined.pop_back();
  joined += path;
  return joined;
}

}  // namespace waymark
