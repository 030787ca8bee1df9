#include "collector/collector.h"

namespace waymark {

std::unique_ptr<Collector> MakeCollector(JsonView entry, const SenderFacts& sender,
                                         const String& pointer, List<Problem>* problems) {
  // The schema lets no third protocol through.
  if (!entry["protocol"].IsName("segment")) return MakeSnowplow(entry, sender);
  if (entry["options"]["write_key"]) return MakeSegment(entry, sender);
  AddProblem(problems, "required", pointer + "/options/write_key", "nothing",
             "the write key of a Segment source");
  return nullptr;
}

String JoinUrl(std::string_view url, std::string_view path) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  String joined(url);
  joined += path;
  return joined;
}

}  // namespace waymark
