// What a host may put down before the engine has seen it.
//
// Hosts with threads let callers append to a log of their own, and hand it over later. What may lie
// there is decided here and published as a table, so that no host judges consent.
#include "base/json_writer.h"
#include "delivery/batcher.h"
#include "engine/engine_core.h"
#include "event/validate.h"

namespace waymark {
namespace {

// What becomes of a call, by its strictness: it may lie on the device; it is handed over in memory,
// and the engine decides; nobody wants it.
constexpr const char* kStore = "store";
constexpr const char* kWait = "wait";
constexpr const char* kDrop = "drop";

// The members of an array of strings, as they stand in their text, each once.
void AddNames(std::string_view array, List<std::string_view>* names) {
  for (JsonItems item{JsonView(array)}; item.Next();) {
    const std::string_view name = item.value().AsName();
    bool known = name.empty();
    for (const std::string_view other : *names) known |= other == name;
    if (!known) names->push_back(name);
  }
}

}  // namespace

const char* EngineCore::PlaceOf(EventType type, JsonView name) const {
  Event event;
  event.type = type;
  event.name = name.AsString();
  const Routing routing = Route(event, 0);
  if (off_ || !routing.wanted) return kDrop;
  // Nothing is kept under a decision that is not kept itself, nor while all is being deleted.
  const bool settled = KeepsDecision() && !consent_.forgetting && !withdrawing_here_;
  // Whose sample the visitor is in may not be known yet.
  return settled && MayStore(Sampled(routing.admit, JsonView())) ? kStore : kWait;
}

void EngineCore::Admission(JsonWriter* writer) const {
  writer->Field("generation", static_cast<int64_t>(consent_.generation));
  List<std::string_view> names;
  for (const Lane& lane : lanes_) {
    AddNames(lane.policy.only, &names);
    AddNames(lane.narrowed.only, &names);
  }
  if (!narrow_.empty()) AddNames(JsonView(narrow_)["drop_events"].text(), &names);
  writer->Key("types").Begin('{');
  for (int type = 0; type <= static_cast<int>(EventType::kGroup); ++type) {
    const auto event_type = static_cast<EventType>(type);
    writer->Key(EventTypeName(event_type)).Text(PlaceOf(event_type, JsonView()));
  }
  writer->End('}').Key("names").Begin('{');
  for (const std::string_view name : names) {
    // As it stands between its quotes.
    String quoted = "\"";
    quoted.append(name).push_back('"');
    writer->Key(name).Text(PlaceOf(EventType::kTrack, JsonView(quoted)));
  }
  writer->End('}').Key("purposes").Begin('{');
  for (size_t i = 0; i < config_.policy.purposes.size(); ++i) {
    const GateVerdict verdict = Judge(config_.policy, consent_, PurposeSet{1} << i);
    writer->Key(config_.policy.purposes[i].id);
    writer->Text(verdict == GateVerdict::kAdmit ? kStore : kWait);
  }
  writer->End('}');
}

// Collectors for which something was withdrawn since do not get it, whatever was granted again.
uint32_t EngineCore::RefusedSince(uint32_t generation, JsonView needs) const {
  const PurposeSet own = config_.policy.NeedsOf(needs);
  uint32_t refused = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (IsWithdrawn(lanes_[i].policy.needs | own, generation, consent_)) refused |= 1u << i;
  }
  return refused;
}

bool EngineCore::HasUnstored() const {
  return outbox_.has_unstored() || ReadsIds() || identity_dirty_ || session_dirty_;
}

}  // namespace waymark
