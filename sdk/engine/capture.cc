// An event's way into the outbox: validate, gate, privacy, identity, session, record.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "base/utf8.h"
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

// Of an id that came from elsewhere only a mark tells whose it is.
bool IsOneUser(const Identity& identity, const Event& event) {
  if (event.user_id.empty()) return true;
  if (!identity.user_id.empty()) return identity.user_id == event.user_id;
  return identity.user_mark.empty() || identity.user_mark == UserMark(event.user_id);
}

// A name for everybody who has it: it must not look like a mail address, which is personal data in
// every log that it gets into.
bool IsMail(std::string_view id) {
  const size_t at = IndexOf(id, '@');
  return at > 0 && at + 1 < id.size() && IndexOf(id.substr(at), '.') < id.size() - at;
}

// What the caller says, by the names under which collectors find it.
void WriteProperties(const Event& event, ContactSet hashed, JsonWriter* writer) {
  const bool traits = HasTraits(event.type);
  if (traits && hashed != 0 && !event.properties.empty())
    writer->FieldRaw("traits", WithHashedContacts(event.properties, hashed));
  else
    writer->FieldRaw(traits ? "traits" : "properties", event.properties);
  if (event.other_id.empty()) return;
  const bool alias = event.type == EventType::kAlias;
  writer->Key("properties").Begin('{');
  writer->Field(alias ? "previous_id" : "group_id", event.other_id);
  if (!event.evidence.empty()) writer->Raw(event.evidence);
  writer->End('}');
}

}  // namespace

Event ReadEvent(InputType type, JsonView fields, int64_t time_ms) {
  Event event;
  std::string_view of[9];
  FindMembers(fields, "name,user_id,properties,traits,context,priority,needs,previous_id,group_id",
              of);
  event.type = static_cast<EventType>(type);
  event.given_name = JsonView(of[0]);
  const bool alias = event.type == EventType::kAlias;
  if (alias || event.type == EventType::kIdentify) event.given_user_id = JsonView(of[1]);
  if (event.type >= EventType::kAlias) event.given_other_id = JsonView(of[alias ? 7 : 8]);
  event.name = event.given_name.AsString();
  event.user_id = event.given_user_id.AsString();
  event.other_id = event.given_other_id.AsString();
  event.properties = of[HasTraits(event.type) ? 3 : 2];
  if (alias || Is(event.properties, "null")) event.properties = {};
  event.context = of[4];
  event.needs = of[6];
  event.time_ms = time_ms;
  event.priority = PriorityOf(event, JsonView(of[5]).AsName());
  return event;
}

void EngineCore::OnCapture(const Input& input, uint32_t refused) {
  if (off_) return;  // the kill switch: it was never accepted
  const Event event = ReadEvent(input.type, input.fields, input.now.wall_ms);
  const Status valid = ValidateEvent(event);
  if (!valid.ok()) {
    losses_.Add(Loss::kInvalid);
    view_dirty_ = true;
    return Report(valid.problem());
  }
  List<Problem> unknown;
  if (!event.needs.empty()) {
    CheckPurposeIds(config_.policy, JsonView(event.needs), "/needs", &unknown);
  }
  if (!unknown.empty()) {
    losses_.Add(Loss::kInvalid);
    view_dirty_ = true;
    const Problem& problem = unknown[0];
    return Report(problem.code, problem.pointer, "an unknown purpose", problem.allowed);
  }
  if (IsMail(event.user_id)) {
    Report("personal_data", "/user_id", "a mail address", "an id that only you can resolve");
  }
  if (config_.parts.rules()) return OnCallByParts(input, event, refused);
  OnCall(input, event, input.fields.text(), RouteBut(event, refused));
}

// `refused`: collectors that are not to have it, whatever the gate says.
EngineCore::Routing EngineCore::RouteBut(const Event& event, uint32_t refused) const {
  Routing routing = Route(event, refused);
  routing.drop |= refused;
  return routing;
}

// `call`: as it may wait for an answer.
void EngineCore::OnCall(const Input& input, const Event& event, std::string_view call,
                        const Routing& routing) {
  Routing at_once = routing;
  // Ids and session are not known before the store has answered; what goes without them may go.
  RereadIds(event, input.now);
  const bool reading = ReadsIds();
  if (reading) at_once.admit = 0;
  const uint32_t served = Admit(event, context_, at_once, input.now);
  const uint32_t open = reading ? routing.admit | routing.hold : routing.hold;
  if (open == 0) return CountRefused(routing, served);
  Hold(input.type, call, event.time_ms, routing, served);
  if (HasJourney() && !reading) held_.back().served |= TouchedBit();
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
  String scrubbed = HasJourney() ? ScrubWithCampaign(changes, input.now)
                                 : ScrubContext(config_.url_rules, changes);
  if (config_.parts.rules()) ScrubStanding(&scrubbed);
  String merged = MergeObjects(JsonView(context_), JsonView(scrubbed));
  if (merged.size() > kContextBytesMax) {
    return Report(TooBig("/context", merged.size(), kContextBytesMax).problem());
  }
  context_ = std::move(merged);
}

void EngineCore::OnReset(const Input& input, const Now& now) {
  NewGeneration(input.Body(input.fields["entropy"]), now);
  if (!ReadsIds()) return PartFromPerson(now);
  // What was called before may still be admitted for the one who leaves: the logout waits in its
  // place.
  Hold(InputType::kReset, {}, 0, Routing(), 0);
}

// Before the first user is named: another tab may have named somebody else with the same id since
// this one read it, or have gone on with a new one.
void EngineCore::RereadIds(const Event& event, const Now& now) {
  const bool names = IsAboutIds(event.type) && event.type != EventType::kGroup;
  if (!names || event.user_id.empty() || !identity_.user_id.empty() || rereads_) return;
  const bool alone = leading_ && IsAlone();
  if (alone || asleep_ || StorePaused(now) || !AnyLane(GateVerdict::kAdmit, true)) return;
  if (identity_dirty_) PutWhatIsNew(now);
  rereads_ = true;
  Read(kIdentityKey, {}, StoreUse::kIds);
}

void EngineCore::OnIdsRead(const Input& input, const Now& now) {
  if (!rereads_) return;
  Identity stored;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    if (!entry.value()["key"].IsName(kIdentityKey)) continue;
    const std::string_view bytes = input.Body(entry.value()["value"]);
    if (CheckJson(bytes).fault != JsonCheck::Fault::kNone) continue;
    stored = ReadIdentity(JsonView(bytes));
    LearnWhoLeft(JsonView(bytes));
  }
  const bool other = !(stored.anonymous_id == identity_.anonymous_id);
  if (other) session_ = Session();
  if (HasJourney() && other) {
    ClearJourney();
    ReadOthersJourney();
  }
  identity_ = std::move(stored);
  for (const String& retired : retired_ids_) {
    if (retired == identity_.anonymous_id) identity_ = Identity();
  }
  EndReread(now);
}

// What is known counts.
void EngineCore::EndReread(const Now& now) {
  if (!std::exchange(rereads_, false)) return;
  ForgetOperations(StoreUse::kIds);
  ReleaseHeld(now);
}

// Events that wait for an answer go: the answer would be somebody else's.
void EngineCore::PartFromPerson(const Now& now) {
  parted_ms_ = now.wall_ms;
  AnswerStitches(GateVerdict::kDrop, now);
  losses_.Add(Loss::kConsent, static_cast<int64_t>(held_.size()));
  held_.clear();
  ForgetPerson();
  identity_dirty_ = true;  // when that was stays
}

// Another tab that has not heard may put the id down again.
void EngineCore::RetireId() {
  if (identity_.user_id.empty()) return;
  if (retired_ids_.size() == kRetiredIdsMax) retired_ids_.clear();
  retired_ids_.push_back(identity_.anonymous_id);
}

void EngineCore::ForgetPerson() {
  // What is being read is what goes; whoever has us forget lets the calls go on.
  if (std::exchange(rereads_, false)) ForgetOperations(StoreUse::kIds);
  RetireId();
  identity_ = Identity();
  session_ = Session();
  identity_dirty_ = session_dirty_ = false;
  if (kHasParts) ClearJourney();
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
  if (!ReadsIds()) return held_.size() >= kHeldEventsMax;
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
  if (ReadsIds()) return;
  List<Held> waiting = std::move(held_);
  held_.clear();
  for (Held& held : waiting) {
    if (held.type == InputType::kReset) {
      PartFromPerson(now);
      NewGeneration({}, now);  // what stood before it was put down under the last name
      continue;
    }
    Event event = ReadEvent(held.type, JsonView(held.fields), held.time_ms);
    event.message_id = held.message_id;
    if (HasJourney()) SkipTouch(held.served & kTouchedBit);
    const Routing routing = Route(event, held.served | held.refused);
    held.served |= Admit(event, held.standing, routing, now);
    if (routing.hold == 0) CountRefused(routing, held.served & ~TouchedMask());
    if (HasJourney()) held.served |= TouchedBit();
    if (HasJourney()) SkipTouch(false);
    held.refused |= routing.drop;
    if (routing.hold != 0) held_.push_back(std::move(held));
  }
  ReleaseStitches(now);
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
    // Other devices are not known there under the ids that this one was told.
    if (!event.evidence.empty() && HasOwnIds(lanes_[i])) continue;
    routing.wanted = true;
    if (done & bit) continue;
    GateVerdict verdict = Judge(config_.policy, consent_, policy.needs | own);
    // Without an id nothing is left of it.
    const bool empty = verdict == GateVerdict::kDeidentify && IsAboutIds(event.type);
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
  if (routing.admit != 0) {
    Keep(event, standing, routing.admit, now);
  } else if (HasJourney() && !ReadsIds()) {
    TouchJourney(event);
  }
  return routing.admit | routing.deidentify;
}

// An event that some collector wanted and none got.
void EngineCore::CountRefused(const Routing& routing, uint32_t served) {
  if (!routing.wanted || served != 0) return;
  losses_.Add(Loss::kConsent);
  view_dirty_ = true;
}

// Who the event says that this is. False: it would join two of whom it is not known that they are
// one, and is refused.
bool EngineCore::TakeIds(const Event& event, const Now& now) {
  const bool alias = event.type == EventType::kAlias;
  identity_dirty_ |= identity_.Ensure(&prng_, event.time_ms);
  const bool one = IsOneUser(identity_, event);
  const bool previous =
      event.other_id.empty() || event.other_id == identity_.anonymous_id || !event.evidence.empty();
  if (alias && !(one && previous)) {
    losses_.Add(Loss::kInvalid);
    Report("conflict", one ? "/previous_id" : "/user_id", "the id of somebody else",
           one ? "this device's anonymous id" : "a first user id; identify() begins with another");
    return false;
  }
  // Two known users are never joined, also when the page forgot to log the first one out.
  if (!one) {
    ForgetPerson();
    NewGeneration({}, now);
    identity_dirty_ |= identity_.Ensure(&prng_, event.time_ms);
  }
  if (event.type == EventType::kGroup) identity_.group_id = event.other_id;
  if (!event.user_id.empty()) identity_.user_id = event.user_id;
  identity_dirty_ |= IsAboutIds(event.type);
  return true;
}

void EngineCore::Keep(const Event& event, std::string_view standing, uint32_t lanes,
                      const Now& now) {
  if (!TakeIds(event, now)) return;
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
  if (event.type != EventType::kGroup) writer.Field("group_id", identity_.group_id);
  writer.Key("session").Begin('{').Field("id", session_.id).Field("index", session_.index);
  writer.Field("event_index", session_.event_index).Field("started_ms", session_.started_ms);
  writer.End('}');
  writer.FieldRaw("consent", PurposesAsJson(config_.policy, record.captured));
  writer.FieldRaw("needs", event.needs);
  WriteProperties(event, config_.hashed, &writer);
  if (HasJourney()) {
    writer.FieldRaw("context", TouchJourney(event));
  } else if (!event.context.empty()) {
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
