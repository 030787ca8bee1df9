// An event's way into the outbox: validate, gate, privacy, identity, session, record.
#include <algorithm>
#include <utility>

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "engine/engine_core.h"
#include "event/validate.h"

namespace waymark {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr size_t kRetiredIdsMax = 32;        // users that one page may see come and go
constexpr size_t kFrameOfRecordBytes = 384;  // all but the properties, nearly always
constexpr int64_t kRefusedMax = 1'000'000;   // calls that one input may report

// Fine time tells people apart; an hour does not.
int64_t CoarseTime(int64_t time_ms) { return time_ms - time_ms % kHourMs; }

const char* PropertiesKey(EventType type) {
  return type == EventType::kIdentify ? "traits" : "properties";
}

bool IsOneUser(const Identity& identity, const Event& event) {
  return identity.user_id.empty() || identity.user_id == event.user_id;
}

}  // namespace

Event ReadEvent(InputType type, JsonView fields, int64_t time_ms) {
  Event event;
  std::string_view of[7];
  FindMembers(fields, "name,user_id,properties,traits,context,priority,needs", of);
  event.type = static_cast<EventType>(type);
  event.given_name = JsonView(of[0]);
  event.given_user_id = JsonView(of[1]);
  event.name = event.given_name.AsString();
  event.user_id = event.given_user_id.AsString();
  event.properties = of[event.type == EventType::kIdentify ? 3 : 2];
  if (Is(event.properties, "null")) event.properties = {};
  event.context = of[4];
  event.needs = of[6];
  event.time_ms = time_ms;
  event.priority = PriorityOf(event, JsonView(of[5]).AsName());
  return event;
}

void EngineCore::OnCapture(const Input& input) {
  if (off_) return;  // the kill switch: it was never accepted
  const Event event = ReadEvent(input.type, input.fields, input.now.wall_ms);
  const Status valid = ValidateEvent(event);
  if (!valid.ok()) {
    losses_.Add(Loss::kInvalid);
    view_dirty_ = true;
    return Report(valid.problem());
  }
  List<Problem> unknown;
  CheckPurposeIds(config_.policy, JsonView(event.needs), "/needs", &unknown);
  if (!unknown.empty()) {
    losses_.Add(Loss::kInvalid);
    view_dirty_ = true;
    const Problem& problem = unknown[0];
    return Report(problem.code, problem.pointer, "an unknown purpose", problem.allowed);
  }
  const Routing routing = Route(event, 0);
  Routing at_once = routing;
  // Ids and session are not known before the store has answered; what goes without them may go.
  const bool reading = store_phase_ == StorePhase::kReadingState;
  if (reading) at_once.admit = 0;
  const uint32_t served = Admit(event, context_, at_once, input.now);
  const uint32_t open = reading ? routing.admit | routing.hold : routing.hold;
  if (open != 0) return Hold(input.type, input.fields.text(), event.time_ms, routing, served);
  CountRefused(routing, served);
}

void EngineCore::OnRefused(const Input& input) {
  const JsonView count = input.fields["count"];
  losses_.Add(input.fields["lost"].AsBool() ? Loss::kQuota : Loss::kInvalid,
              std::clamp<int64_t>(count.IntegerOr(1), 0, kRefusedMax));
  view_dirty_ = true;
  if (!input.refusal.ok()) return Report(input.refusal.problem());
  if (input.fields["lost"].AsBool()) return;  // the face has said so itself
  Report("not_json", input.fields["pointer"].AsString(), input.fields["found"].AsString(),
         input.fields["allowed"].AsString());
}

void EngineCore::OnSetContext(const Input& input) {
  const JsonView changes = input.fields["context"];
  if (!changes.is(JsonType::kObject)) {
    return Report("wrong_type", "/context", JsonTypeName(changes.type()), "an object");
  }
  const String scrubbed = ScrubContext(config_.url_rules, changes);
  String merged = MergeObjects(JsonView(context_), JsonView(scrubbed));
  if (merged.size() > kContextBytesMax) {
    return Report(TooBig("/context", merged.size(), kContextBytesMax).problem());
  }
  context_ = std::move(merged);
}

void EngineCore::OnReset(const Input& input, const Now& now) {
  NewGeneration(input.Body(input.fields["entropy"]), now);
  if (store_phase_ != StorePhase::kReadingState) return PartFromPerson();
  // What was called before may still be admitted for the one who leaves: the logout waits in its
  // place.
  Hold(InputType::kReset, {}, 0, Routing(), 0);
}

// Events that wait for an answer go: the answer would be somebody else's.
void EngineCore::PartFromPerson() {
  losses_.Add(Loss::kConsent, static_cast<int64_t>(held_.size()));
  held_.clear();
  ForgetPerson();
}

// Another tab that has not heard may put the id down again.
void EngineCore::RetireId() {
  if (identity_.user_id.empty()) return;
  if (retired_ids_.size() == kRetiredIdsMax) retired_ids_.clear();
  retired_ids_.push_back(identity_.anonymous_id);
}

void EngineCore::ForgetPerson() {
  RetireId();
  identity_ = Identity();
  session_ = Session();
  identity_dirty_ = session_dirty_ = false;
  view_dirty_ = true;
  person_gone_ = store_phase_ == StorePhase::kReadingState || store_phase_ == StorePhase::kFailed;
  if (store_phase_ == StorePhase::kOpen) DeletePerson();
}

void EngineCore::Hold(InputType type, std::string_view fields, int64_t time_ms,
                      const Routing& routing, uint32_t served) {
  while (HeldIsFull(fields) && DropOldestHeld()) {
  }
  Held& held = held_.emplace_back();
  held.type = type;
  held.fields = fields;
  held.standing = context_;
  held.time_ms = time_ms;
  held.generation = consent_.generation;
  held.served = served;
  held.refused = routing.drop;
  view_dirty_ = true;
}

// What waits for the store waits for milliseconds, as part of the outbox; what waits for a person
// may wait for ever.
bool EngineCore::HeldIsFull(std::string_view fields) const {
  if (held_.empty()) return false;
  if (store_phase_ != StorePhase::kReadingState) return held_.size() >= kHeldEventsMax;
  size_t bytes = fields.size() + context_.size() + kFrameOfRecordBytes;
  for (const Held& held : held_) {
    bytes += held.fields.size() + held.standing.size() + kFrameOfRecordBytes;
  }
  const OutboxLimits& limits = config_.outbox;
  return held_.size() >= static_cast<size_t>(limits.events_max) ||
         bytes > static_cast<size_t>(limits.bytes_max);
}

// The first call goes; of the logouts before that, one is enough. False when there is no call.
bool EngineCore::DropOldestHeld() {
  bool parted = false;
  bool dropped = false;
  held_.RemoveIf([&](const Held& held) {
    if (dropped) return false;
    if (held.type == InputType::kReset) return std::exchange(parted, true);
    return dropped = true;
  });
  if (dropped) losses_.Add(Loss::kQuota);
  return dropped;
}

void EngineCore::ReleaseHeld(const Now& now) {
  if (store_phase_ == StorePhase::kReadingState) return;
  List<Held> waiting = std::move(held_);
  held_.clear();
  for (Held& held : waiting) {
    if (held.type == InputType::kReset) {
      PartFromPerson();
      NewGeneration({}, now);  // what stood before it was put down under the last name
      continue;
    }
    Event event = ReadEvent(held.type, JsonView(held.fields), held.time_ms);
    event.message_id = held.message_id;
    const Routing routing = Route(event, held.served | held.refused);
    held.served |= Admit(event, held.standing, routing, now);
    if (routing.hold == 0) CountRefused(routing, held.served);
    held.refused |= routing.drop;
    if (routing.hold != 0) held_.push_back(std::move(held));
  }
  view_dirty_ = true;
}

// `done`: collectors that have had it, or may not.
EngineCore::Routing EngineCore::Route(const Event& event, uint32_t done) const {
  Routing routing;
  const std::string_view selector = SelectorOf(event);
  if (IsDropped(selector)) return routing;
  const PurposeSet own = config_.policy.NeedsOf(JsonView(event.needs));
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const uint32_t bit = 1u << i;
    const CollectorPolicy& policy = lanes_[i].policy;
    if (lanes_[i].for_records || !policy.Wants(selector)) continue;
    if (!lanes_[i].narrowed.Wants(selector)) continue;
    routing.wanted = true;
    if (done & bit) continue;
    GateVerdict verdict = Judge(config_.policy, consent_, policy.needs | own);
    // Without an id nothing is left of an identify.
    const bool empty = verdict == GateVerdict::kDeidentify && event.type == EventType::kIdentify;
    if (empty) verdict = GateVerdict::kDrop;
    if (verdict == GateVerdict::kAdmit) routing.admit |= bit;
    if (verdict == GateVerdict::kHold) routing.hold |= bit;
    if (verdict == GateVerdict::kDeidentify) routing.deidentify |= bit;
    if (verdict == GateVerdict::kDrop) routing.drop |= bit;
  }
  return routing;
}

uint32_t EngineCore::Admit(const Event& event, std::string_view standing, const Routing& routing,
                           const Now& now) {
  if (routing.deidentify != 0) KeepDeidentified(event, standing, routing.deidentify, now);
  if (routing.admit != 0) Keep(event, standing, routing.admit, now);
  return routing.admit | routing.deidentify;
}

// An event that some collector wanted and none got.
void EngineCore::CountRefused(const Routing& routing, uint32_t served) {
  if (!routing.wanted || served != 0) return;
  losses_.Add(Loss::kConsent);
  view_dirty_ = true;
}

void EngineCore::Keep(const Event& event, std::string_view standing, uint32_t lanes,
                      const Now& now) {
  if (event.type == EventType::kIdentify && !event.user_id.empty()) {
    // Two known users are never joined, also when the page forgot to log the first one out.
    if (!IsOneUser(identity_, event)) {
      ForgetPerson();
      NewGeneration({}, now);
    }
    identity_.user_id = event.user_id;
    identity_dirty_ = true;
  }
  identity_dirty_ |= identity_.Ensure(&prng_, event.time_ms);
  session_.Touch(config_.session_rules, event.time_ms, &prng_);
  session_dirty_ = true;

  const String message_id =
      event.message_id.empty() ? message_ids_.Next() : String(event.message_id);
  Record record;
  record.captured = consent_.Allowed();
  record.event.reserve(event.properties.size() + kFrameOfRecordBytes);
  JsonWriter writer(&record.event);
  writer.Begin('{').Field("type", EventTypeName(event.type)).Field("name", event.name);
  writer.Field("message_id", message_id).Field("time_ms", event.time_ms);
  writer.Field("anonymous_id", identity_.anonymous_id).Field("user_id", identity_.user_id);
  writer.Key("session").Begin('{').Field("id", session_.id).Field("index", session_.index);
  writer.Field("event_index", session_.event_index).Field("started_ms", session_.started_ms);
  writer.End('}');
  writer.FieldRaw("consent", PurposesAsJson(config_.policy, record.captured));
  writer.FieldRaw("needs", event.needs);
  writer.FieldRaw(PropertiesKey(event.type), event.properties);
  if (!event.context.empty()) {
    writer.FieldRaw("context", ScrubContext(config_.url_rules, JsonView(event.context)));
  }
  writer.End('}');
  if (config_.fields.empty()) {
    record.context = outbox_.AddContext(standing);
  } else {
    ApplyFieldRules(config_.fields, record.captured, &record.event);
    String whole = R"({"context":)";
    whole.append(standing).push_back('}');
    ApplyFieldRules(config_.fields, record.captured, &whole);
    record.context = outbox_.AddContext(JsonView(whole)["context"].text());
  }
  DropFields(&record.event);
  record.time_ms = event.time_ms;
  record.priority = event.priority;
  Enqueue(std::move(record), lanes, event, message_id, now);
}

void EngineCore::KeepDeidentified(const Event& event, std::string_view standing, uint32_t lanes,
                                  const Now& now) {
  const String message_id = RandomUuid(&prng_);
  Record record;
  record.deidentified = true;
  record.priority = event.priority;
  record.time_ms = CoarseTime(event.time_ms);
  record.captured = consent_.Allowed();
  JsonWriter writer(&record.event);
  writer.Begin('{').Field("type", EventTypeName(event.type));
  // A page's name is free text; a touchpoint's is the developer's.
  if (event.type != EventType::kPage) writer.Field("name", event.name);
  writer.Field("message_id", message_id).Field("time_ms", record.time_ms);
  writer.FieldRaw("consent", PurposesAsJson(config_.policy, record.captured));
  writer.FieldRaw("needs", event.needs);
  writer.Key("context").Begin('{').Key("page").Begin('{');
  writer.FieldText("path", JsonView(standing)["page"]["path"]).End('}').End('}').End('}');
  Enqueue(std::move(record), lanes, event, message_id, now);
}

// Those of the lanes that have the event in their sample.
uint32_t EngineCore::Sampled(uint32_t lanes, JsonView event) const {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    const bool has = lane.policy.Samples(event) && lane.narrowed.Samples(event);
    if (!has) lanes &= ~(1u << i);
  }
  return lanes;
}

void EngineCore::Enqueue(Record&& record, uint32_t lanes, const Event& event,
                         std::string_view message_id, const Now& now) {
  const std::string_view selector = SelectorOf(event);
  record.needs = config_.policy.NeedsOf(JsonView(event.needs));
  lanes = Sampled(lanes, JsonView(record.event));
  if (lanes == 0) return;
  record.generation = consent_.generation;
  record.pending = static_cast<LaneSet>(lanes);
  record.storable = MayStore(lanes);
  record.queued_mono_ms = now.mono_ms;
  if (record.priority == Priority::kCritical) store_paid_ms_ = 0;
  WriteRoute(record.pending != LanesOf(record, selector), message_id, !event.message_id.empty(),
             &record);
  outbox_.Append(std::move(record));
  KeepBound();
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes >> i & 1) Schedule(i, now);
  }
  view_dirty_ = true;
}

void EngineCore::KeepBound() {
  while (Record* least = outbox_.OverBound()) {
    Report("queue_full", "/delivery", "more events than may wait",
           "outbox_events_max and outbox_bytes_max");
    outbox_.GiveUpAll(least, Loss::kQuota);
  }
}

// Appends to the event document as which of its events each collector gets it: a number when that
// is the same for all, {collector: number} otherwise. `exact`: others would take it, too, when it
// is read back, so it must be said who is meant. A de-identified event has no number: it would tell
// which ones belong together. Nor has a call that was put down before: whoever takes it over makes
// another record of it, and the number of this one would be missed.
void EngineCore::WriteRoute(bool exact, std::string_view message_id, bool put_down,
                            Record* record) {
  const bool counted = !record->deidentified && !put_down;
  List<Settlement>& settlements = outbox_.writers().back().lanes;
  uint32_t all = 0;
  bool same = true;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!(record->pending >> i & 1)) continue;
    const uint32_t number = counted ? ++settlements[i].last_sequence : 0;
    same &= all == 0 || all == number;
    all = number;
  }
  const uint32_t usual = record->deidentified ? 0 : CounterOf(message_id) + uint32_t{1};
  if (same && !exact && all == usual) return;
  String* text = &record->event;
  text->resize(text->size() - 1);  // the final brace
  *text += R"(,"sequence":)";
  JsonWriter writer(text);
  if (same && !exact) {
    writer.Integer(static_cast<int64_t>(all));
  } else {
    writer.Begin('{');
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (!(record->pending >> i & 1)) continue;
      const uint32_t number = counted ? settlements[i].last_sequence : 0;
      writer.Key(lanes_[i].id).Integer(static_cast<int64_t>(number));
    }
    writer.End('}');
  }
  text->push_back('}');
}

// The collectors that a record would go to, read back when everything has been granted since.
uint32_t EngineCore::LanesOf(const Record& record, std::string_view selector) const {
  ConsentState granted = consent_;
  granted.granted = ~PurposeSet{0};
  granted.denied = granted.suspended = 0;
  SendRules rules = rules_;
  rules.consent = &granted;
  uint32_t lanes = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const CollectorPolicy& policy = lanes_[i].policy;
    const bool meant =
        !lanes_[i].for_records && policy.Wants(selector) && policy.Samples(JsonView(record.event));
    if (meant && MayGo(lanes_[i], record, rules)) lanes |= 1u << i;
  }
  return lanes;
}

}  // namespace waymark
