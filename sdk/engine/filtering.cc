// What parts of the engine make of a call before anything is kept of it: the tracking plan, its
// purposes and what becomes of it when it breaks the plan; the detectors, a call without personal
// data.
#include <utility>

#include "base/json_merge.h"
#include "engine/engine_core.h"
#include "event/plan.h"

namespace waymark {
namespace {

// [{"pointer": "/properties/total", "code": "wrong_type"}]: never a value.
void WriteBreaches(const List<Problem>& problems, JsonWriter* writer) {
  writer->Key("breaches").Begin('[');
  for (const Problem& problem : problems) {
    writer->Begin('{').Field("pointer", problem.pointer);
    writer->Field("code", std::string_view(problem.code)).End('}');
  }
  writer->End(']');
}

// The members of both lists of ids, as one.
void WriteNeeds(std::string_view own, std::string_view planned, JsonWriter* writer) {
  writer->Key("needs").Begin('[');
  for (const std::string_view list : {own, planned}) {
    if (list.empty()) continue;
    for (JsonItems id((JsonView(list))); id.Next();) writer->Raw(id.text());
  }
  writer->End(']');
}

}  // namespace

void EngineCore::OnCallByParts(const Input& input, const Event& event, uint32_t refused) {
  std::string_view call = input.fields.text();
  String planned;
  if (config_.parts.rules()->plan.given && !FollowPlan(event, call, &planned)) return;
  if (!planned.empty()) call = planned;
  const int64_t time_ms = input.now.wall_ms;
  const Routing routing = RouteBut(ReadEvent(input.type, JsonView(call), time_ms), refused);
  String scrubbed;
  // What nobody may have is not looked at.
  const bool goes_on = (routing.admit | routing.deidentify | routing.hold) != 0;
  if (goes_on && Scrub({}, call, &scrubbed)) call = scrubbed;
  OnCall(input, ReadEvent(input.type, JsonView(call), time_ms), call, routing);
}

void EngineCore::ScrubStanding(String* context) {
  String scrubbed;
  if (Scrub("/context", *context, &scrubbed)) *context = std::move(scrubbed);
}

// A call, or what stands at this place of an event, without personal data. False: there was none.
bool EngineCore::Scrub(std::string_view at, std::string_view object, String* scrubbed) {
  const PartRules& rules = *config_.parts.rules();
  const ScrubbedPart part{at, &rules.left_fields, &rules.named_fields};
  const bool changed = ScrubData(rules.detectors, part, object, scrubbed, &redactions_);
  view_dirty_ |= changed;
  return changed;
}

// False: it is dropped. Nothing in `planned`: the call stays as it is.
bool EngineCore::FollowPlan(const Event& event, std::string_view call, String* planned) {
  List<Problem> problems;
  const BreachAction action = CheckPlan(config_.parts.rules()->plan, event, &problems);
  for (const Problem& problem : problems) Report(problem);
  if (action == BreachAction::kDrop) {
    losses_.Add(Loss::kInvalid);
    view_dirty_ = true;
    return false;
  }
  const PlannedEvent* row = FindPlanned(config_.parts.rules()->plan, SelectorOf(event));
  const bool needs = row && !row->needs.empty();
  if (action != BreachAction::kFlag && !needs) return true;
  String changes;
  JsonWriter writer(&changes);
  writer.Begin('{');
  if (needs) WriteNeeds(event.needs, row->needs, &writer);
  if (action == BreachAction::kFlag) {
    writer.Key("context").Begin('{');
    if (!event.context.empty()) {
      for (JsonItems item((JsonView(event.context))); item.Next();) {
        if (item.key() != "plan") writer.Key(item.key()).Raw(item.text());
      }
    }
    writer.Key("plan").Begin('{');
    WriteBreaches(problems, &writer);
    writer.End('}').End('}');
  }
  writer.End('}');
  *planned = MergeObjects(JsonView(call), JsonView(changes));
  return true;
}

}  // namespace waymark
