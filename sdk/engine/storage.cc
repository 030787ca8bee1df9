// What is kept on the device: read at start in bounded pages, written when a task ends, deleted when settled.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

constexpr std::string_view kStatePrefix = "state/";
constexpr std::string_view kIdentityKey = "state/identity";
constexpr std::string_view kSessionKey = "state/session";
constexpr std::string_view kDeliveryKey = "state/delivery";

// Bytes from a store are untrusted: what is not JSON counts as absent.
JsonView StoredJson(std::string_view bytes) {
  return CheckJson(bytes).fault == JsonCheck::Fault::kNone ? JsonView(bytes) : JsonView();
}

}  // namespace

void EngineCore::OpenStoreIfAllowed() {
  if (store_phase_ != StorePhase::kClosed) return;
  if (!AnyLane(GateVerdict::kAdmit, true) && !AnyLane(GateVerdict::kDeidentify, true)) return;
  store_phase_ = StorePhase::kReadingState;
  const int64_t id = Emit(StoreGet{std::string(kStatePrefix), "", kStorePageBytesMax});
  store_operations_.push_back({id, StoreUse::kState});
}

bool EngineCore::TakeOperation(int64_t effect_id, StoreUse* use) {
  for (size_t i = 0; i < store_operations_.size(); ++i) {
    if (store_operations_[i].effect_id != effect_id) continue;
    *use = store_operations_[i].use;
    store_operations_.erase(store_operations_.begin() + static_cast<ptrdiff_t>(i));
    return true;
  }
  return false;
}

void EngineCore::OnStoreRead(const StoreRead& fact, Now now) {
  StoreUse use;
  if (!TakeOperation(fact.effect_id, &use)) return;
  if (use == StoreUse::kState) ReadState(fact, now);
  if (use == StoreUse::kSegments) ReadSegments(fact, now);
}

void EngineCore::ReadState(const StoreRead& fact, Now now) {
  // A withdrawal may have closed the store while the answer was on its way.
  if (store_phase_ != StorePhase::kReadingState) return;
  store_phase_ = StorePhase::kOpen;
  for (const StoreEntry& entry : fact.entries) {
    const JsonView json = StoredJson(entry.value);
    if (!json) losses_.Add(Loss::kCorrupt);
    else if (entry.key == kIdentityKey && identity_.empty()) identity_ = ReadIdentity(json);
    else if (entry.key == kSessionKey && session_.id.empty()) session_ = ReadSession(json);
    else if (entry.key == kDeliveryKey) ReadDelivery(json);
  }
  segments_left_ = true;
  segments_after_.clear();
  ReleaseHeld(now);
}

void EngineCore::ReadDelivery(const JsonView& json) {
  losses_.AddFrom(json["losses"]);
  for (JsonItems collector(json["settled"]); collector.Next();) {
    for (JsonItems writer(collector.value()); writer.Next();) {
      const auto sequence = writer.value().AsInteger();
      if (!sequence || *sequence < 0) continue;
      cursors_.push_back({collector.key(), writer.key(), static_cast<uint64_t>(*sequence)});
    }
  }
}

void EngineCore::ReadMoreSegments() {
  const bool room = outbox_.bytes() < static_cast<int64_t>(kOutboxWindowBytesMax) / 2;
  if (store_phase_ != StorePhase::kOpen || !segments_left_ || segments_reading_ || !room) return;
  segments_reading_ = true;
  const int64_t id =
      Emit(StoreGet{std::string(kOutboxPrefix), segments_after_, kStorePageBytesMax});
  store_operations_.push_back({id, StoreUse::kSegments});
}

void EngineCore::ReadSegments(const StoreRead& fact, Now now) {
  segments_reading_ = false;
  if (store_phase_ != StorePhase::kOpen) return;
  for (const StoreEntry& entry : fact.entries) {
    RestoreSegment(entry, now);
    segments_after_ = entry.key;
  }
  segments_left_ = fact.more && !fact.entries.empty();
  outbox_.Sweep();
  for (Lane& lane : lanes_) lane.due_ms = now.mono_ms;
  view_dirty_ = true;
}

void EngineCore::RestoreSegment(const StoreEntry& entry, Now now) {
  const std::string writer = WriterFromKey(entry.key);
  // This run's own segments are in memory already.
  if (writer.empty() || writer == outbox_.writer()) return;
  DecodedSegment decoded = DecodeSegment(entry.value);
  losses_.Add(Loss::kCorrupt, decoded.corrupt);
  bool rewrite = false;
  std::vector<Record> records;
  for (StoredRecord& stored : decoded.records) {
    Record record;
    record.sequence = stored.sequence;
    record.generation = stored.generation;
    record.deidentified = stored.deidentified;
    record.context = std::move(stored.context);
    record.event = std::move(stored.event);
    record.storable = true;
    record.queued_mono_ms = now.mono_ms;
    const JsonView event(record.event);
    record.time_ms = event["time_ms"].AsInteger().value_or(0);
    record.captured = PurposesFromJson(config_.policy, event["consent"]);
    bool forbidden = false;
    record.pending = LanesFor(record, event, &forbidden);
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (CursorOf(lanes_[i].id, writer) >= record.sequence) record.pending &= ~(1u << i);
    }
    if (forbidden) {
      losses_.Add(Loss::kConsent);
      rewrite = true;
    }
    records.push_back(std::move(record));
  }
  outbox_.Restore(entry.key, std::move(records), rewrite);
}

uint32_t EngineCore::LanesFor(const Record& record, const JsonView& json, bool* forbidden) const {
  const std::string type = json["type"].AsString();
  const std::string name = json["name"].AsString();
  const std::string message_id = json["message_id"].AsString();
  const bool track = type == EventTypeName(EventType::kTrack);
  uint32_t lanes = 0;
  bool wanted = false;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const CollectorPolicy& policy = lanes_[i].policy;
    if (!policy.Wants(track ? name : type) || !policy.Samples(message_id)) continue;
    wanted = true;
    if (MayGo(lanes_[i], record, Rules())) lanes |= 1u << i;
  }
  *forbidden = wanted && lanes == 0;
  return lanes;
}

void EngineCore::OnStoreDone(const StoreDone& fact, Now now) {
  StoreUse use;
  if (!TakeOperation(fact.effect_id, &use)) return;
  if (use == StoreUse::kConsent && consent_.withdrawing) CarryOutWithdrawal(now);
}

void EngineCore::OnStoreFailed(const StoreFailed& fact, Now now) {
  StoreUse use;
  if (!TakeOperation(fact.effect_id, &use)) return;
  Report({"store_failed", "", fact.reason, "a store that takes " +
          std::string(use == StoreUse::kConsent ? "the decision" : "events")});
  if (use == StoreUse::kSegments) segments_reading_ = segments_left_ = false;
  // A decision holds whether or not it could be put down.
  if (use == StoreUse::kConsent && consent_.withdrawing) CarryOutWithdrawal(now);
  if (store_phase_ == StorePhase::kReadingState && use == StoreUse::kState) {
    store_phase_ = StorePhase::kFailed;
    ReleaseHeld(now);
  }
  view_dirty_ = true;
}

void EngineCore::Put(std::string key, std::string value, StoreUse use) {
  store_operations_.push_back({Emit(StorePut{std::move(key), std::move(value)}), use});
}

void EngineCore::Delete(std::string key, std::string prefix) {
  store_operations_.push_back(
      {Emit(StoreDelete{std::move(key), std::move(prefix)}), StoreUse::kOther});
}

void EngineCore::StoreWhatIsNew() {
  outbox_.Sweep();
  if (store_phase_ != StorePhase::kOpen) return;
  Outbox::NewSegment segment = outbox_.TakeUnstored();
  if (!segment.key.empty()) Put(std::move(segment.key), std::move(segment.bytes), StoreUse::kOther);
  const bool may_keep_ids = AnyLane(GateVerdict::kAdmit, true);
  if (identity_dirty_ && may_keep_ids) {
    Put(std::string(kIdentityKey), WriteIdentity(identity_), StoreUse::kOther);
  }
  if (session_dirty_ && may_keep_ids) {
    Put(std::string(kSessionKey), WriteSession(session_), StoreUse::kOther);
  }
  identity_dirty_ = session_dirty_ = false;
}

void EngineCore::EmitStoreChanges() {
  outbox_.Sweep();
  if (store_phase_ != StorePhase::kOpen) return;
  for (Outbox::NewSegment& segment : outbox_.TakeRewrites()) {
    Put(std::move(segment.key), std::move(segment.bytes), StoreUse::kOther);
  }
  for (std::string& key : outbox_.TakeDeletions()) Delete(std::move(key), "");
  // Cursors matter only while segments are left that one collector has and another has not.
  if (delivery_dirty_) {
    Put(std::string(kDeliveryKey), DeliveryState(), StoreUse::kOther);
    delivery_dirty_ = false;
  }
}

std::string EngineCore::DeliveryState() const {
  std::string json;
  JsonWriter writer(&json);
  writer.Begin('{').Key("settled").Begin('{');
  for (const Lane& lane : lanes_) {
    writer.Key(lane.id).Begin('{');
    for (const Cursor& cursor : cursors_) {
      if (cursor.collector != lane.id) continue;
      writer.Field(cursor.writer, static_cast<int64_t>(cursor.sequence));
    }
    writer.End('}');
  }
  writer.End('}').FieldRaw("losses", losses_.Json()).End('}');
  return json;
}

uint64_t EngineCore::CursorOf(const std::string& collector, const std::string& writer) const {
  for (const Cursor& cursor : cursors_) {
    if (cursor.collector == collector && cursor.writer == writer) return cursor.sequence;
  }
  return 0;
}

void EngineCore::MoveCursor(const std::string& collector, const Record& record) {
  const std::string* writer = outbox_.WriterOf(record);
  if (!writer) return;
  for (Cursor& cursor : cursors_) {
    if (cursor.collector != collector || cursor.writer != *writer) continue;
    cursor.sequence = std::max(cursor.sequence, record.sequence);
    return;
  }
  cursors_.push_back({collector, *writer, record.sequence});
}

}  // namespace waymark
