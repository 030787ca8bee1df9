// An event's way into the outbox: validate, gate, privacy, identity, session, record.
#include <utility>

#include "base/json_writer.h"
#include "base/limits.h"
#include "engine/engine_core.h"
#include "event/validate.h"

namespace waymark {
namespace {

constexpr int64_t kHourMs = 3'600'000;

// Fine time tells people apart; an hour does not.
int64_t CoarseTime(int64_t time_ms) { return time_ms - time_ms % kHourMs; }

std::string_view PropertiesKey(EventType type) {
  return type == EventType::kIdentify ? "traits" : "properties";
}

}  // namespace

void EngineCore::OnCapture(const Event& event, Now now) {
  if (const Status valid = ValidateEvent(event); !valid.ok()) {
    losses_.Add(Loss::kInvalid);
    view_dirty_ = true;
    return Report(valid.problem());
  }
  const auto standing = context_.Text();
  // Ids and session are not known before the store has answered.
  if (store_phase_ == StorePhase::kReadingState) return Hold(event, standing, 0);
  const Routing routing = Route(event, 0);
  const uint32_t served = Admit(event, standing, 0, now);
  if (routing.hold != 0) Hold(event, standing, served);
}

void EngineCore::OnRefused(const Refused& refused) {
  losses_.Add(Loss::kInvalid);
  view_dirty_ = true;
  Report(refused.problem);
}

void EngineCore::OnSetContext(const SetContext& command) {
  if (!command.context.is(JsonType::kObject)) {
    return Report({"wrong_type", "/context", JsonTypeName(command.context.type()), "an object"});
  }
  if (command.context.text().size() > kContextBytesMax) {
    return Report({"too_big", "/context", std::to_string(command.context.text().size()) + " bytes",
                   "at most " + std::to_string(kContextBytesMax) + " bytes"});
  }
  const std::string scrubbed = ScrubContext(config_.url_rules, command.context);
  context_.Merge(JsonView(scrubbed));
}

void EngineCore::OnReset(const Reset& reset) {
  prng_.Reseed(reset.entropy);
  message_ids_.NewPrefix(&prng_);
  if (store_phase_ != StorePhase::kReadingState) return PartFromPerson();
  // What was called before may still be admitted for the one who leaves: the logout waits in its place.
  Held marker;
  marker.reset = true;
  held_.push_back(std::move(marker));
}

// Events that wait for an answer go: the answer would be somebody else's.
void EngineCore::PartFromPerson() {
  losses_.Add(Loss::kConsent, static_cast<int64_t>(held_.size()));
  held_.clear();
  ForgetPerson();
}

void EngineCore::ForgetPerson() {
  identity_ = Identity();
  session_ = Session();
  identity_dirty_ = session_dirty_ = false;
  view_dirty_ = true;
  if (store_phase_ != StorePhase::kOpen) return;
  Delete("state/identity", "");
  Delete("state/session", "");
}

void EngineCore::Hold(const Event& event, std::shared_ptr<const std::string> standing,
                      uint32_t served) {
  if (held_.size() >= kHeldEventsMax) {
    losses_.Add(Loss::kQuota);
    held_.erase(held_.begin());
  }
  Held held;
  held.type = event.type;
  held.name = event.name;
  held.user_id = event.user_id;
  held.properties = event.properties.text();
  held.context = event.context.text();
  held.standing = std::move(standing);
  held.time_ms = event.time_ms;
  held.served = served;
  held_.push_back(std::move(held));
  view_dirty_ = true;
}

void EngineCore::ReleaseHeld(Now now) {
  std::vector<Held> waiting = std::move(held_);
  held_.clear();
  for (Held& held : waiting) {
    if (held.reset) {
      PartFromPerson();
      continue;
    }
    Event event;
    event.type = held.type;
    event.name = held.name;
    event.user_id = held.user_id;
    event.properties = JsonView(held.properties);
    event.context = JsonView(held.context);
    event.time_ms = held.time_ms;
    const Routing routing = Route(event, held.served);
    held.served |= Admit(event, held.standing, held.served, now);
    if (routing.hold != 0) held_.push_back(std::move(held));
  }
  view_dirty_ = true;
}

EngineCore::Routing EngineCore::Route(const Event& event, uint32_t served) const {
  Routing routing;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const uint32_t bit = 1u << i;
    const Lane& lane = lanes_[i];
    if (!lane.policy.Wants(SelectorOf(event))) continue;
    routing.wanted = true;
    if (served & bit) continue;
    switch (Judge(config_.policy, consent_, lane.policy.needs)) {
      case GateVerdict::kAdmit:
        routing.admit |= bit;
        break;
      case GateVerdict::kDeidentify:
        // Without an id nothing is left of an identify.
        if (event.type != EventType::kIdentify) routing.deidentify |= bit;
        break;
      case GateVerdict::kHold:
        routing.hold |= bit;
        break;
      case GateVerdict::kDrop:
        break;
    }
  }
  return routing;
}

uint32_t EngineCore::Admit(const Event& event, std::shared_ptr<const std::string> standing,
                           uint32_t served, Now now) {
  const Routing routing = Route(event, served);
  const uint32_t taken = routing.admit | routing.deidentify;
  if (routing.wanted && (taken | routing.hold | served) == 0) {
    losses_.Add(Loss::kConsent);
    view_dirty_ = true;
  }
  if (routing.deidentify != 0) KeepDeidentified(event, *standing, routing.deidentify, now);
  if (routing.admit != 0) Keep(event, std::move(standing), routing.admit, now);
  return taken;
}

void EngineCore::Keep(const Event& event, std::shared_ptr<const std::string> standing,
                      uint32_t lanes, Now now) {
  if (event.type == EventType::kIdentify && !event.user_id.empty()) {
    // Two known users are never joined, also when the page forgot to log the first one out.
    if (!identity_.user_id.empty() && identity_.user_id != event.user_id) ForgetPerson();
    identity_.user_id = event.user_id;
    identity_dirty_ = true;
  }
  if (identity_.anonymous_id.empty()) identity_dirty_ = true;
  identity_.Ensure(&prng_);
  session_.Touch(config_.session_rules, event.time_ms, &prng_);
  session_dirty_ = true;

  const PurposeSet allowed = consent_.Allowed();
  const std::string message_id = message_ids_.Next();
  Record record;
  JsonWriter writer(&record.event);
  writer.Begin('{').Field("type", EventTypeName(event.type)).Field("name", event.name);
  writer.Field("message_id", message_id).Field("time_ms", event.time_ms);
  writer.Field("anonymous_id", identity_.anonymous_id).Field("user_id", identity_.user_id);
  writer.Key("session").Begin('{').Field("id", session_.id).Field("index", session_.index);
  writer.Field("event_index", session_.event_index).End('}');
  writer.FieldRaw("consent", PurposesAsJson(config_.policy, allowed));
  writer.FieldRaw(PropertiesKey(event.type), event.properties.text());
  if (event.context) {
    writer.FieldRaw("context", ScrubContext(config_.url_rules, event.context));
  }
  writer.End('}');
  if (const auto dropped = DroppedPaths(config_.fields, allowed); !dropped.empty()) {
    record.event = DropPaths(JsonView(record.event), dropped);
    const std::string whole = "{\"context\":" + *standing + "}";
    const std::string left = DropPaths(JsonView(whole), dropped);
    standing = std::make_shared<const std::string>(JsonView(left)["context"].text());
    if (standing->empty()) standing = std::make_shared<const std::string>("{}");
  }
  record.context = std::move(standing);
  record.time_ms = event.time_ms;
  record.captured = allowed;
  Enqueue(std::move(record), Sampled(lanes, message_id), now);
}

void EngineCore::KeepDeidentified(const Event& event, const std::string& standing, uint32_t lanes,
                                  Now now) {
  const std::string message_id = RandomUuid(&prng_);
  Record record;
  record.deidentified = true;
  record.time_ms = CoarseTime(event.time_ms);
  record.captured = consent_.Allowed();
  JsonWriter writer(&record.event);
  writer.Begin('{').Field("type", EventTypeName(event.type));
  // A page's name is free text; a touchpoint's is the developer's.
  if (event.type != EventType::kPage) writer.Field("name", event.name);
  writer.Field("message_id", message_id).Field("time_ms", record.time_ms);
  writer.FieldRaw("consent", PurposesAsJson(config_.policy, record.captured));
  const JsonView path = JsonView(standing)["page"]["path"];
  if (path.is(JsonType::kString)) {
    writer.Key("context").Begin('{').Key("page").Begin('{');
    writer.FieldRaw("path", path.text()).End('}').End('}');
  }
  writer.End('}');
  Enqueue(std::move(record), Sampled(lanes, message_id), now);
}

void EngineCore::Enqueue(Record record, uint32_t lanes, Now now) {
  if (lanes == 0) return;
  record.generation = consent_.generation;
  record.pending = lanes;
  record.storable = MayStore(lanes);
  record.queued_mono_ms = now.mono_ms;
  outbox_.Append(std::move(record));
  while (Record* oldest = outbox_.OverBound()) {
    losses_.Add(Loss::kQuota);
    Report({"queue_full", "", "more events than may wait", "raise delivery.outbox_events_max or outbox_bytes_max"});
    outbox_.Discard(oldest, false);
  }
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes >> i & 1) Schedule(i, now);
  }
  view_dirty_ = true;
}

uint32_t EngineCore::Sampled(uint32_t lanes, const std::string& message_id) const {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].policy.Samples(message_id)) lanes &= ~(1u << i);
  }
  return lanes;
}

bool EngineCore::MayStore(uint32_t lanes) const {
  const PurposeSet with_storage = config_.policy.WithStorage();
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if ((lanes >> i & 1) && (lanes_[i].policy.needs & with_storage) != 0) return true;
  }
  return false;
}

}  // namespace waymark
