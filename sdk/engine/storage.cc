// What is kept on the device: read at start in bounded pages, written when a task ends, deleted
// when settled.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

constexpr const char* kStatePrefix = "state/";
constexpr const char* kIdentityKey = "state/identity";
constexpr const char* kSessionKey = "state/session";
constexpr const char* kDeliveryKey = "state/delivery";

// Bytes from a store are untrusted: what is not JSON counts as absent.
JsonView StoredJson(std::string_view bytes) {
  return CheckJson(bytes).fault == JsonCheck::Fault::kNone ? JsonView(bytes) : JsonView();
}

}  // namespace

void EngineCore::OpenStoreIfAllowed() {
  if (store_phase_ != StorePhase::kClosed || !AnyLane(GateVerdict::kDeidentify, true)) return;
  store_phase_ = StorePhase::kReadingState;
  Read(kStatePrefix, {}, StoreUse::kState);
}

void EngineCore::CloseStore() {
  store_phase_ = StorePhase::kClosed;
  segments_left_ = segments_reading_ = delivery_dirty_ = withdrawal_reads_ = false;
  // An answer that is still on its way tells of what has been deleted.
  ForgetOperations(StoreUse::kState);
  ForgetOperations(StoreUse::kSegments);
  for (Lane& lane : lanes_) lane.cursors.clear();
}

// Also what was never read: segments beyond the window, and state of purposes long gone.
void EngineCore::ClearStore() {
  Delete(EffectType::kStoreClear, kStatePrefix);
  Delete(EffectType::kStoreClear, kOutboxPrefix);
}

// Replies to operations of this use mean nothing any more.
void EngineCore::ForgetOperations(StoreUse use) {
  for (StoreOperation& operation : store_operations_) {
    if (operation.use == use) operation.use = StoreUse::kNone;
  }
}

EngineCore::StoreUse EngineCore::TakeOperation(int64_t effect_id) {
  for (StoreOperation& operation : store_operations_) {
    if (operation.effect_id != effect_id) continue;
    const StoreUse use = operation.use;
    operation = store_operations_.back();
    store_operations_.pop_back();
    return use;
  }
  return StoreUse::kNone;
}

void EngineCore::OnStoreRead(const Input& input, Now now) {
  const StoreUse use = TakeOperation(input.Integer("effect_id"));
  if (use == StoreUse::kState) ReadState(input, now);
  if (use == StoreUse::kSegments) ReadSegments(input, now);
}

void EngineCore::ReadState(const Input& input, Now now) {
  // A withdrawal may have closed the store while the answer was on its way.
  if (store_phase_ != StorePhase::kReadingState) return;
  store_phase_ = StorePhase::kOpen;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    const std::string_view key = entry.value()["key"].AsName();
    const JsonView json = StoredJson(input.Body(entry.value()["value"]));
    if (!json)
      losses_.Add(Loss::kCorrupt);
    else if (Is(key, kIdentityKey) && identity_.empty())
      identity_ = ReadIdentity(json);
    else if (Is(key, kSessionKey) && session_.id.empty())
      session_ = ReadSession(json);
    else if (Is(key, kDeliveryKey))
      ReadDelivery(json);
  }
  segments_left_ = true;
  segments_after_.clear();
  // Ids that an earlier run kept with a consent that is gone.
  if (!AnyLane(GateVerdict::kAdmit, true)) ForgetPerson();
  ReleaseHeld(now);
}

void EngineCore::ReadDelivery(JsonView json) {
  losses_.AddFrom(json["losses"]);
  for (Lane& lane : lanes_) {
    for (JsonItems writer(json["settled"][lane.id]); writer.Next();) {
      const int64_t sequence = writer.value().IntegerOr(0);
      if (sequence > 0) lane.MoveCursor(writer.key(), static_cast<uint64_t>(sequence));
    }
  }
}

void EngineCore::ReadMoreSegments() {
  const bool room =
      withdrawal_reads_ || outbox_.bytes() < static_cast<int64_t>(kOutboxWindowBytesMax) / 2;
  if (store_phase_ != StorePhase::kOpen || !segments_left_ || segments_reading_ || !room) return;
  segments_reading_ = true;
  Read(kOutboxPrefix, segments_after_, StoreUse::kSegments);
}

void EngineCore::ReadSegments(const Input& input, Now now) {
  segments_reading_ = false;
  if (store_phase_ != StorePhase::kOpen) return;
  segments_left_ = false;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    segments_after_ = entry.value()["key"].AsName();
    RestoreSegment(segments_after_, input.Body(entry.value()["value"]), now);
    segments_left_ = input.fields["more"].AsBool();
  }
  if (withdrawal_reads_) FinishWithdrawal();
  for (Lane& lane : lanes_) lane.due_ms = now.mono_ms;
  view_dirty_ = true;
}

void EngineCore::RestoreSegment(std::string_view key, std::string_view bytes, Now now) {
  const String writer = WriterFromKey(key);
  // This run's own segments are in memory already.
  if (writer == outbox_.writer()) return;
  if (writer.empty())
    return Delete(EffectType::kStoreDelete, key);  // nobody's, and nobody would delete it
  DecodedSegment decoded = DecodeSegment(bytes);
  losses_.Add(Loss::kCorrupt, decoded.corrupt);
  bool rewrite = false;
  List<Record> records;
  for (StoredRecord& stored : decoded.records) {
    rewrite |= RestoreRecord(&stored, writer, now, &records.emplace_back());
  }
  outbox_.Restore(key, std::move(records), rewrite);
}

// Gives the record its place in the queue of each collector that still is to get it. True when it
// may not stay on the device.
bool EngineCore::RestoreRecord(StoredRecord* stored, std::string_view writer, Now now,
                               Record* record) {
  record->sequence = stored->sequence;
  record->generation = stored->generation;
  record->deidentified = stored->deidentified;
  if (!stored->context.empty()) record->context = outbox_.AddContext(stored->context);
  record->event = std::move(stored->event);
  record->storable = true;
  record->queued_mono_ms = now.mono_ms;
  const JsonView json(record->event);
  record->time_ms = json["time_ms"].IntegerOr(0);
  record->captured = PurposesFromJson(config_.policy, json["consent"]);
  const std::string_view type = json["type"].AsName();
  const String name =
      type == EventTypeName(EventType::kTrack) ? json["name"].AsString() : String(type);
  bool wanted = false;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const CollectorPolicy& policy = lanes_[i].policy;
    if (!policy.Wants(name) || !policy.Samples(json["message_id"].AsName())) continue;
    wanted = true;
    if (MayGo(lanes_[i], *record, Rules())) record->pending |= 1u << i;
  }
  const bool forbidden = wanted && record->pending == 0;
  if (forbidden) losses_.Add(Loss::kConsent);
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].SettledOf(writer) >= record->sequence) record->pending &= ~(1u << i);
  }
  return forbidden;
}

void EngineCore::OnStoreDone(const Input& input, Now now) {
  store_failed_ = false;
  const StoreUse use = TakeOperation(input.Integer("effect_id"));
  if (use == StoreUse::kConsent && consent_.withdrawing) CarryOutWithdrawal(now);
  if (use == StoreUse::kWithdrawal) EndWithdrawal();
}

void EngineCore::OnStoreFailed(const Input& input, Now now) {
  store_failed_ = true;
  const StoreUse use = TakeOperation(input.Integer("effect_id"));
  Report("store_failed", "", input.fields["reason"].AsString(),
         "a store that takes events; they wait in memory");
  if (use == StoreUse::kSegments) segments_reading_ = segments_left_ = false;
  // A decision holds whether or not it could be put down.
  if (use == StoreUse::kConsent && consent_.withdrawing) CarryOutWithdrawal(now);
  if (store_phase_ == StorePhase::kReadingState && use == StoreUse::kState) {
    store_phase_ = StorePhase::kFailed;
    ReleaseHeld(now);
  }
  view_dirty_ = true;
}

void EngineCore::Read(std::string_view prefix, std::string_view after, StoreUse use) {
  Effect& effect = Emit(EffectType::kStoreGet);
  effect.name = prefix;
  effect.after = after;
  store_operations_.push_back({effect.effect_id, use});
}

void EngineCore::Put(std::string_view key, String&& value, StoreUse use) {
  Effect& effect = Emit(EffectType::kStorePut);
  effect.name = key;
  effect.bytes = std::move(value);
  if (use != StoreUse::kNone) store_operations_.push_back({effect.effect_id, use});
}

void EngineCore::Delete(EffectType type, std::string_view name) { Emit(type).name = name; }

void EngineCore::StoreWhatIsNew() {
  outbox_.Sweep();
  if (store_phase_ != StorePhase::kOpen) return;
  Outbox::NewSegment segment = outbox_.TakeUnstored();
  if (!segment.key.empty()) Put(segment.key, std::move(segment.bytes));
  if (AnyLane(GateVerdict::kAdmit, true)) {
    if (identity_dirty_) Put(kIdentityKey, WriteIdentity(identity_));
    if (session_dirty_) Put(kSessionKey, WriteSession(session_));
  }
  identity_dirty_ = session_dirty_ = false;
}

void EngineCore::EmitStoreChanges() {
  outbox_.Sweep();
  if (store_phase_ != StorePhase::kOpen) return;
  for (Outbox::NewSegment& segment : outbox_.TakeRewrites()) {
    Put(segment.key, std::move(segment.bytes));
  }
  for (const String& key : outbox_.TakeDeletions()) Delete(EffectType::kStoreDelete, key);
  // Positions matter only while segments are left, losses always.
  if (!delivery_dirty_ || !(losses_dirty_ || outbox_.has_segments())) return;
  Put(kDeliveryKey, DeliveryState());
  delivery_dirty_ = losses_dirty_ = false;
}

String EngineCore::DeliveryState() const {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Key("settled").Begin('{');
  for (const Lane& lane : lanes_) {
    writer.Key(lane.id).Begin('{');
    for (const Cursor& cursor : lane.cursors) {
      // Matters only while segments of that writer are left for another collector.
      if (!outbox_.HasSegmentOf(cursor.writer)) continue;
      writer.Key(cursor.writer).Integer(static_cast<int64_t>(cursor.sequence));
    }
    writer.End('}');
  }
  writer.End('}').FieldRaw("losses", losses_.Json()).End('}');
  return json;
}

}  // namespace waymark
