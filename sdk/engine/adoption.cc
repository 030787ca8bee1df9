// What others left in the store: engines of an earlier page, of a tab that was closed, that crashed
// or that sleeps.
//
// Every engine writes under names of its own and sends what it wrote itself. The one that has the
// lead takes over what belongs to nobody who is awake: first how far the others had come and what
// they had counted, then their segments. Invariant: a name is written by one engine only, and what
// is written anew is written only where it still stands; so an engine that slept cannot bring back
// what was taken from it.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/limits.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

// The name of an engine that has just been opened may stand in the store before its host holds it.
constexpr int64_t kYoungMs = 250;

// The name of the event as a collector's `only` knows it.
String SelectorFrom(JsonView event) {
  const std::string_view type = event["type"].AsName();
  return type == EventTypeName(EventType::kTrack) ? event["name"].AsString() : String(type);
}

bool Contains(const List<String>& names, std::string_view name) {
  for (const String& one : names) {
    if (one == name) return true;
  }
  return false;
}

// When a writer began, from its name; 0 when it is none of ours.
int64_t BeganMs(std::string_view writer) {
  return static_cast<int64_t>(ParseHex(writer.substr(0, kWriterTimeDigits)));
}

}  // namespace

void EngineCore::OnLead(const Input& input, const Now& now) {
  List<String> live;
  for (JsonItems name(input.fields["live"]); name.Next();) {
    live.emplace_back() = name.value().AsName();
  }
  // There is something to take over when somebody has gone; where nothing has changed somebody came
  // and went.
  bool gone = !leading_ || live.size() == live_.size();
  for (const String& name : live_) {
    if (Contains(live, name)) continue;
    gone = true;
    gone_.emplace_back() = name;
  }
  const bool first = !leading_;
  live_ = std::move(live);
  leading_ = true;
  // Who has gone may have been about to delete, which the record says.
  const bool deletes = gone && (consent_.withdrawing || consent_.forgetting);
  if (deletes) TakeDeletionOver();
  if (deletes || !KeepsNothing())
    gone_.clear();
  else if (!gone_.empty() || (first && IsAlone()))
    Read(kConsentKey, {}, StoreUse::kRecord);
  if (gone) {
    adopt_again_ms_ = now.mono_ms;
    deliveries_read_ = false;
    ReadDeliveriesAnew();
  }
  view_dirty_ = true;
}

// Where it is not known by which rules, what lies there may be allowed.
bool EngineCore::KnowsRules() const {
  return config_.policy.KnowsRules(consent_.facts.region) && consent_.unsure == 0;
}

bool EngineCore::KeepsNothing() const {
  return store_phase_ == StorePhase::kClosed && KnowsRules();
}

// Who has gone may have done so before it heard that nothing is kept any more; or it wrote under a
// grant of which this engine has not heard.
void EngineCore::OnRecordRead(const Input& input, const Now& now) {
  std::string_view record;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    if (entry.value()["key"].IsName(kConsentKey)) record = input.Body(entry.value()["value"]);
  }
  if (KeepsDecision() && !(record_ == record)) HearRecord(record, now);
  if (KeepsNothing() && IsAlone()) {
    ClearStore(false);
  } else if (KeepsNothing()) {
    for (const String& name : gone_) ClearWriter(name);
  }
  gone_.clear();
}

// Whether it leads, and nobody else holds a name.
bool EngineCore::IsAlone() const {
  for (const String& name : live_) {
    if (!Contains(names_, name)) return false;
  }
  return leading_;
}

void EngineCore::ClearWriter(std::string_view name) {
  String segments(kOutboxPrefix);
  segments += name;
  segments.push_back('/');
  Delete(EffectType::kStoreClear, segments);
  String document(kDeliveryPrefix);
  document += name;
  Delete(EffectType::kStoreDelete, document);
}

// What is on its way was read while somebody who has gone since may still have written, or before
// what was taken over was deleted.
void EngineCore::ReadDeliveriesAnew() {
  for (StoreOperation& operation : store_operations_) {
    if (operation.use != StoreUse::kDeliveries) continue;
    operation.use = StoreUse::kNone;
    segments_reading_ = false;
    adopt_again_ms_ = 0;
  }
}

void EngineCore::AdoptIfDue(const Now& now) {
  if (adopt_again_ms_ > now.mono_ms || store_phase_ != StorePhase::kOpen) return;
  if (segments_reading_ || segments_left_ || !left_.empty()) return;
  adopt_again_ms_ = kNever;
  if (!leading_ && !withdrawal_reads_) return;
  segments_reading_ = true;
  Read(kDeliveryPrefix, {}, StoreUse::kDeliveries);
}

bool EngineCore::MayAdopt(std::string_view writer, const Now& now) {
  if (!leading_ || Contains(live_, writer)) return false;
  if (!deliveries_read_) return false;  // how far its collectors are is not known yet
  const Writer* known = outbox_.FindWriter(writer);
  if (known) return !known->own;
  const int64_t age_ms = now.wall_ms - BeganMs(writer);
  if (age_ms >= kYoungMs || age_ms <= -kYoungMs) return true;
  adopt_again_ms_ = std::min(adopt_again_ms_, now.mono_ms + kYoungMs);
  return false;
}

// This engine's document gains what the others' lose.
void EngineCore::ReadDeliveries(const Input& input) {
  segments_reading_ = false;
  if (store_phase_ != StorePhase::kOpen) return;
  deliveries_read_ = true;
  const size_t before = taken_.size();
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    const std::string_view key = entry.value()["key"].AsName();
    if (key.size() <= kDeliveryPrefix.size()) continue;
    const std::string_view home = key.substr(kDeliveryPrefix.size());
    if (home == home_ || IsBeingDeleted(key)) continue;
    const std::string_view bytes = input.Body(entry.value()["value"]);
    const bool whole = CheckJson(bytes).fault == JsonCheck::Fault::kNone;
    if (!MayAdopt(home, input.now)) {
      if (withdrawal_reads_ && whole) CleanDocument(key, JsonView(bytes));
      continue;
    }
    Taken& taken = taken_.emplace_back();
    taken.key = key;
    if (!whole) {
      losses_.Add(Loss::kCorrupt);
      continue;
    }
    taken.document = bytes;
    TakeOver(JsonView(bytes), true, input.now);
  }
  // In one transaction: what is told of, this engine's document, and the end of the others'.
  if (taken_.size() != before) delivery_dirty_ = losses_dirty_ = true;
  ReleaseHeld(input.now);
  if (leading_ && input.fields["more"].AsBool()) adopt_again_ms_ = input.now.mono_ms + kYoungMs;
  view_dirty_ = true;
  // A document that could not be taken over yet may say of any writer how far it has come.
  deliveries_read_ = adopt_again_ms_ == kNever;
  if (!deliveries_read_) return;
  segments_left_ = true;
  segments_after_.clear();
}

// `positions`: also how far the collectors were, and not only what was lost.
void EngineCore::TakeOver(JsonView document, bool positions, const Now& now) {
  const List<std::string_view> ids = LaneIds();
  for (JsonItems of(document["writers"]); of.Next();) {
    Writer* writer = outbox_.AdoptWriter(of.key());
    if (writer->own && !writer->name.empty()) continue;
    ReadSettlements(of.value(), ids, positions, outbox_.NextChange(), &writer->lanes);
  }
  losses_.AddFrom(document["losses"]);
  TakeHeld(document["held"], now);
}

// The opposite, for one's own document that others find in the store.
void EngineCore::Disown(JsonView document) {
  const List<std::string_view> ids = LaneIds();
  List<Settlement>& nameless = outbox_.writers()[0].lanes;
  for (JsonItems of(document["writers"]); of.Next();) {
    Writer* writer = outbox_.FindWriter(of.key());
    List<Settlement>& lanes = writer ? writer->lanes : nameless;
    for (size_t i = 0; i < lanes.size(); ++i) {
      lanes[i].lost.Subtract(of.value()[ids[i]]["lost"], &nameless[i].lost);
    }
  }
  losses_.Subtract(document["losses"], &losses_);
  for (JsonItems item(document["held"]); item.Next();) {
    DisownCall(item.value()["message_id"].AsName(), LanesNamed(item.value()["to"]));
  }
}

// It may have become a record since, when the ids could not be read.
void EngineCore::DisownCall(std::string_view message_id, uint32_t lanes) {
  for (Held& held : held_) {
    if (held.message_id == message_id) held.served |= lanes;
  }
  for (Record& record : outbox_.records()) {
    if (!(JsonView(record.event)["message_id"].AsName() == message_id)) continue;
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes >> i & 1) outbox_.Settle(&record, static_cast<int>(i));
    }
  }
}

uint32_t EngineCore::LanesNamed(JsonView ids) const {
  uint32_t lanes = 0;
  for (JsonItems id(ids); id.Next();) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes_[i].id == id.value().AsName()) lanes |= 1u << i;
    }
  }
  return lanes;
}

void EngineCore::TakeHeld(JsonView list, const Now& now) {
  for (JsonItems item(list); item.Next();) {
    const JsonView entry = item.value();
    const int64_t type = entry["type"].IntegerOr(-1);
    if (type == static_cast<int64_t>(InputType::kReset)) {
      ReleaseHeld(now);  // what was called before is still for the one who leaves
      ForgetPerson();
      NewGeneration({}, now);
    }
    const bool whole =
        entry["fields"].is(JsonType::kObject) && entry["standing"].is(JsonType::kObject);
    if (type < 0 || type > static_cast<int64_t>(InputType::kGroup) || !whole) continue;
    Held& held = held_.emplace_back();
    held.type = static_cast<InputType>(type);
    held.fields = entry["fields"].text();
    held.standing = entry["standing"].text();
    held.time_ms = entry["time_ms"].IntegerOr(0);
    held.message_id = entry["message_id"].AsName();
    taken_calls_.emplace_back() = held.message_id;
    held.generation = static_cast<uint32_t>(entry["generation"].IntegerOr(0));
    held.refused = ~LanesNamed(entry["to"]);
    const PurposeSet own = config_.policy.NeedsOf(entry["fields"]["needs"]);
    for (size_t i = 0; i < lanes_.size(); ++i) {
      const PurposeSet needs = lanes_[i].policy.needs | own;
      if (IsWithdrawn(needs, held.generation, consent_)) held.refused |= 1u << i;
    }
  }
}

void EngineCore::ReadMoreSegments() {
  if (store_phase_ != StorePhase::kOpen || segments_reading_) return;
  // A segment that must be written anew, and whose texts are not here.
  if (const uint32_t segment = outbox_.RewriteToRead()) return ReadTexts(segment);
  if (texts_wanted_ != kNoSegment) return ReadTexts(texts_wanted_);
  if (!segments_left_) return;
  segments_reading_ = true;
  Read(kOutboxPrefix, segments_after_, StoreUse::kSegments);
}

// Asks for a page that begins with this segment.
void EngineCore::ReadTexts(uint32_t id) {
  texts_wanted_ = kNoSegment;
  const Segment* segment = outbox_.FindSegment(id);
  if (!segment) return;
  segments_reading_ = true;
  texts_of_ = id;
  const size_t prefix = kOutboxPrefix.size() + WriterFromKey(segment->key).size() + 1;
  const String before(outbox_.KeyBefore(*segment));
  Read(std::string_view(segment->key).substr(0, prefix), before, StoreUse::kTexts);
}

void EngineCore::ReadSegments(const Input& input, const Now& now) {
  segments_reading_ = segments_left_ = false;
  if (store_phase_ != StorePhase::kOpen) return;
  const int64_t events = outbox_.events();
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    segments_after_ = entry.value()["key"].AsName();
    ReadSegment(segments_after_, input.Body(entry.value()["value"]), now);
    segments_left_ = input.fields["more"].AsBool();
  }
  if (outbox_.events() != events) SendSoon(now);
  KeepBound();
  if (withdrawal_reads_ && !segments_left_ && !AdoptsSoon()) {
    withdrawal_reads_ = false;
    withdrawal_ends_ = true;
  }
}

void EngineCore::FillTexts(const Input& input, const Now& now) {
  segments_reading_ = false;
  if (store_phase_ != StorePhase::kOpen) return;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    const std::string_view key = entry.value()["key"].AsName();
    const Segment* segment = outbox_.FindSegment(key);
    if (!segment || !segment->partial) continue;
    if (segment->id != texts_of_ && outbox_.window_full()) break;
    DecodedSegment decoded = DecodeSegment(input.Body(entry.value()["value"]));
    outbox_.Fill(segment->id, &decoded);
  }
  // It is not in the store any more, though nobody here has taken it out.
  const Segment* segment = outbox_.FindSegment(texts_of_);
  if (segment && segment->partial) {
    DecodedSegment nothing;
    outbox_.Fill(texts_of_, &nothing);
  }
  SendSoon(now);
}

void EngineCore::SendSoon(const Now& now) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (PendingOf(i) != 0) lanes_[i].due_ms = now.mono_ms;
  }
  view_dirty_ = true;
}

void EngineCore::ReadSegment(std::string_view key, std::string_view bytes, const Now& now) {
  // It is in the queue already, or has left it and is still to be deleted.
  if (outbox_.FindSegment(key) || IsBeingDeleted(key)) return;
  const String writer = WriterFromKey(key);
  if (writer.empty()) {
    if (leading_) Delete(EffectType::kStoreDelete, key);  // nobody's, and nobody would delete it
    return;
  }
  const bool adopt = MayAdopt(writer, now);
  if (!adopt && !withdrawal_reads_) return;
  DecodedSegment decoded = DecodeSegment(bytes);
  if (adopt)
    RestoreSegment(key, writer, &decoded, now);
  else
    CleanSegment(key, &decoded, now);
}

void EngineCore::RestoreSegment(std::string_view key, std::string_view name,
                                DecodedSegment* decoded, const Now& now) {
  Writer* writer = outbox_.AdoptWriter(name);
  bool rewrite = decoded->corrupt != 0;  // so that it is counted once
  List<Record> records;
  for (StoredRecord& stored : decoded->records) {
    Record& record = records.emplace_back();
    rewrite |= RestoreRecord(&stored, now, &record);
    if (!record.storable && record.pending == 0) {
      losses_.Add(Loss::kConsent);
      losses_dirty_ = true;
    }
    for (size_t i = 0; i < lanes_.size(); ++i) {
      const Settlement& settlement = writer->lanes[i];
      const uint32_t through = settlement.through[static_cast<size_t>(record.priority)];
      if (through < record.sequence) continue;
      record.closed = With(record.closed, record.pending & Only(i));
      record.pending = Without(record.pending, Only(i));
    }
    if (!record.deidentified) rewrite |= LeaveOutTwin(name, &record);
  }
  delivery_dirty_ = true;
  const uint32_t segment = outbox_.Restore(key, name, std::move(records), rewrite);
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (decoded->corrupt == 0) break;
    outbox_.CountLost(writer, i, Loss::kCorrupt, decoded->corrupt, segment);
  }
}

// Its writer had made a record of a call, and stopped before its document could say so; or whoever
// had taken the call over made one, too, and stopped before it had deleted the first. Such a record
// does not begin as its writer's name ends. What either has delivered is delivered. True when
// nothing of it is left: it goes from the store, or it would be sent from there when the other one
// has gone.
bool EngineCore::LeaveOutTwin(std::string_view writer, Record* record) {
  const String id(JsonView(record->event)["message_id"].AsName());
  const size_t prefix = std::min(writer.size(), kWriterTimeDigits);
  const bool taken = Contains(taken_calls_, id);
  const bool own = std::string_view(id).starts_with(writer.substr(prefix));
  const LaneSet pending = record->pending;
  if (With(pending, record->closed) == 0 || (own && !taken)) return false;
  if (!taken) taken_calls_.push_back(id);
  LaneSet twins = 0;
  for (const Record& twin : outbox_.records()) {
    const bool same = JsonView(twin.event)["message_id"].AsName() == id;
    if (same) twins = With(twins, twin.pending | twin.closed);
  }
  DisownCall(id, record->closed);
  if (taken && twins == 0) twins = pending;  // it is done with already
  record->closed = With(record->closed, pending & twins);
  record->pending = Without(pending, twins);
  return pending != 0 && record->pending == 0;
}

// Gives the record its place in the queue of each collector that may get it. True when it must not
// stay on the device.
bool EngineCore::RestoreRecord(StoredRecord* stored, const Now& now, Record* record) {
  record->sequence = stored->sequence;
  record->generation = stored->generation;
  record->deidentified = stored->deidentified;
  record->priority = stored->priority;
  record->event = std::move(stored->event);
  record->queued_mono_ms = now.mono_ms;
  const JsonView json(record->event);
  record->time_ms = json["time_ms"].IntegerOr(0);
  record->captured = PurposesFromJson(config_.policy, json["consent"]);
  record->needs = config_.policy.NeedsOf(json["needs"]);
  const String selector = SelectorFrom(json);
  const JsonView route = json["sequence"];
  bool wanted = false;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const CollectorPolicy& policy = lanes_[i].policy;
    if (lanes_[i].for_records || !policy.Wants(selector) || !policy.Samples(json)) continue;
    if (route.is(JsonType::kObject) && !route[lanes_[i].id]) continue;
    wanted = true;
    if (MayGo(lanes_[i], *record, Rules())) record->pending = With(record->pending, Only(i));
  }
  if (!stored->context.empty() && record->pending != 0) {
    record->context = outbox_.AddContext(stored->context);
  }
  record->storable = !wanted || MayStore(record->pending);
  return !record->storable;
}

bool EngineCore::IsBeingDeleted(std::string_view key) const {
  for (const StoreOperation& operation : store_operations_) {
    if (operation.use == StoreUse::kDelete && operation.key == key) return true;
  }
  for (const Taken& taken : taken_) {
    if (taken.key == key) return true;
  }
  return Contains(deletions_, key);
}

// One that somebody else left to be judged later, as somebody's who may get it now.
bool EngineCore::MayLieAsCall(JsonView call) const {
  if (call["type"].IntegerOr(-1) == static_cast<int64_t>(InputType::kReset)) return true;
  const auto generation = static_cast<uint32_t>(call["generation"].IntegerOr(0));
  uint32_t lanes = LanesNamed(call["to"]);
  const PurposeSet own = config_.policy.NeedsOf(call["fields"]["needs"]);
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const PurposeSet needs = lanes_[i].policy.needs | own;
    const GateVerdict verdict = Judge(config_.policy, consent_, needs);
    const bool may_go = verdict == GateVerdict::kAdmit && !IsWithdrawn(needs, generation, consent_);
    if (!may_go) lanes &= ~(1u << i);
  }
  return MayStore(lanes);
}

// The document of somebody else, during a withdrawal: calls that may not lie there any more go.
void EngineCore::CleanDocument(std::string_view key, JsonView document) {
  String kept;
  JsonWriter writer(&kept);
  bool clean = true;
  writer.Begin('{').FieldRaw("writers", document["writers"].text());
  writer.FieldRaw("losses", document["losses"].text()).Key("held").Begin('[');
  for (JsonItems item(document["held"]); item.Next();) {
    if (MayLieAsCall(item.value()))
      writer.Raw(item.value().text());
    else
      clean = false;
  }
  writer.End(']').End('}');
  if (!clean) Put(key, std::move(kept), StoreUse::kNone).replace = true;
}

// A segment that somebody else sends, during a withdrawal: what is no longer allowed goes.
void EngineCore::CleanSegment(std::string_view key, DecodedSegment* decoded, const Now& now) {
  String kept;
  String context;
  bool clean = true;
  for (StoredRecord& stored : decoded->records) {
    Record record;
    const String around = stored.context;
    if (RestoreRecord(&stored, now, &record)) {
      clean = false;
      continue;
    }
    if (!(around == context)) AppendContextFrame(&kept, around);
    context = around;
    AppendEventFrame(&kept, record);
  }
  if (clean) return;
  if (kept.empty()) return Delete(EffectType::kStoreDelete, key);
  Put(key, std::move(kept), StoreUse::kNone).replace = true;
}

// What its document says is for whoever takes over; of all else this engine has to speak itself. As
// long as nobody knows which version the store has, that is open.
void EngineCore::LetGoOfDocument() {
  GiveBack(false, true);
  const bool open = !left_.empty();  // it slept before, and let go of all of them then
  for (StoreOperation& operation : store_operations_) {
    if (operation.use != StoreUse::kDeliveryPut) continue;
    operation.use = StoreUse::kLeft;
    left_ = operation.key;
  }
  if (open) return CloseForNow();
  Disown(JsonView(left_.empty() ? document_ : left_));
  if (!left_.empty()) return CloseForNow();
  GiveBack(true, false);
  delivery_put_ = false;
  CloseStore();
}

// What the store says in other words: others' documents that still stand there, losses of records
// that it brings back. `told`: by a version of this engine's document; `untold`: by none.
void EngineCore::GiveBack(bool told, bool untold) {
  outbox_.RevokeLosses(told, untold);
  taken_.RemoveIf([&](const Taken& taken) {
    const bool goes = taken.since != 0 ? told : untold;
    if (goes) Disown(JsonView(taken.document));
    return goes;
  });
}

// When all versions from before it slept are answered: what the store has not got, and nobody else
// tells, comes back.
void EngineCore::EndLeft(const Now& now) {
  for (const StoreOperation& operation : store_operations_) {
    if (operation.use == StoreUse::kLeft) return;
  }
  if (!(document_ == left_)) {
    List<Held> since = std::move(held_);  // called later than what comes back here
    held_.clear();
    TakeOver(JsonView(left_), false, now);
    for (Held& held : since) held_.push_back(std::move(held));
    Disown(JsonView(document_));
    GiveBack(true, false);
    delivery_dirty_ = losses_dirty_ = true;
    ReleaseHeld(now);
  }
  document_ = left_ = String();
  taken_.clear();
}

// A page that slept: the lead may have gone to another one, and with it what is stored under this
// one's name.
void EngineCore::WakeUp(const Now& now) {
  asleep_ = false;
  page_ = Leaving::kNo;
  DropDrafts();
  if (store_phase_ == StorePhase::kClosed) return;
  outbox_.LetGoOfStored();
  LetGoOfDocument();
  if (withdrawing_here_) {
    withdrawal_again_ = true;
    withdrawal_ends_ = false;
  }
  ids_stale_ = true;
  live_.clear();
  names_.clear();
  message_ids_.NewPrefix(&prng_);
  BeginWriter(now);
  OpenStoreIfAllowed();
}

}  // namespace waymark
