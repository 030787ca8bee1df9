// A remote document that switches things off: the owner's brake for a site that is out there.
//
//   {"off": true,
//    "collectors": {"ads": {"off": true, "sample": 0.1, "only": ["order_completed"]}},
//    "drop_events": ["debug"], "drop_fields": ["/properties/note"]}
//
// Invariant: it can only reduce. What the config does not allow, it cannot allow; what it does not
// name stays as the config has it. What was accepted before stays in the queue.
#include "base/json_merge.h"
#include "base/limits.h"
#include "engine/config.h"
#include "engine/engine_core.h"
#include "event/validate.h"

namespace waymark {

void EngineCore::OnNarrow(const Input& input) {
  const JsonView document = input.fields["document"];
  if (!document.is(JsonType::kObject)) {
    return Report("wrong_type", "/document", JsonTypeName(document.type()), "an object");
  }
  if (document.text().size() > kNarrowBytesMax) {
    return Report(TooBig("/document", document.text().size(), kNarrowBytesMax).problem());
  }
  narrow_ = document.text();
  narrow_.push_back('\n');  // ends what stands last, should that ever be a number
  off_ = document["off"].AsBool();
  for (Lane& lane : lanes_) {
    const JsonView entry = document["collectors"][lane.id];
    lane.off = entry["off"].AsBool();
    lane.narrowed = CollectorPolicy();
    if (entry["only"].is(JsonType::kArray)) lane.narrowed.only = entry["only"].text();
    lane.narrowed.sample_ppm = SamplePpm(entry["sample"]);
  }
  view_dirty_ = true;
}

bool EngineCore::IsDropped(std::string_view selector) const {
  if (narrow_.empty()) return false;
  const JsonView document(narrow_);
  for (JsonItems name(document["drop_events"]); name.Next();) {
    if (name.value().AsString() == selector) return true;
  }
  return false;
}

void EngineCore::DropFields(String* event) const {
  if (narrow_.empty()) return;
  const JsonView document(narrow_);
  for (JsonItems path(document["drop_fields"]); path.Next();) {
    *event = WithoutPath(JsonView(*event), path.value().AsString());
  }
}

}  // namespace waymark
