// What is kept on the device: read at start, written when a task ends, deleted when settled.
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
constexpr const char* kSessionKey = "state/session";

// Of the pause after a failure: 5 s doubled six times is 5 minutes.
constexpr int kDoublingsMax = 6;

// In the long run one put in this time, and four of them at once (docs/adr/0002).
constexpr int64_t kGatherMs = 50;
constexpr int64_t kPaidAheadMs = 3 * kGatherMs;
// More would only take memory: their bytes stand here several times until the host has them.
constexpr int64_t kGatherEventsMax = 64;

// Bytes from a store are untrusted: what is not JSON counts as absent.
JsonView StoredJson(std::string_view bytes) {
  return CheckJson(bytes).fault == JsonCheck::Fault::kNone ? JsonView(bytes) : JsonView();
}

}  // namespace

void EngineCore::OpenStoreIfAllowed() {
  if (store_phase_ != StorePhase::kClosed || consent_.forgetting) return;
  if (!AnyLane(GateVerdict::kDeidentify, true)) return;
  store_phase_ = StorePhase::kReadingState;
  clear_again_ = false;
  // Whoever comes later under another policy must see that something was allowed.
  if (record_.empty()) PutConsentRecord();
  if (leading_) adopt_again_ms_ = 0;  // as soon as it is open
  Claim();
  Read(kStatePrefix, {}, StoreUse::kState);
}

// Before anything is written under a name, its host is asked to hold it; that of the delivery state
// is one of those that are held.
void EngineCore::Claim() {
  if (!delivery_put_) home_ = outbox_.writer();
  for (const Record& record : outbox_.records()) {
    if (record.storable && record.segment == kNoSegment) ClaimName(outbox_.WriterOf(record));
  }
  ClaimName(&outbox_.writers().back());
}

void EngineCore::ClaimName(Writer* writer) {
  if (writer->claimed || !writer->own) return;
  writer->claimed = true;
  names_.emplace_back() = writer->name;
  Emit(EffectType::kClaim).name = writer->name;
}

void EngineCore::CloseStore() {
  // Should it stand there yet when the store is opened again, then it is replaced by the next one.
  if (delivery_put_) {
    Taken& own = taken_.emplace_back();
    own.key = DocumentKey();
    own.document = document_;
  }
  CloseForNow();
  ForgetOperations(StoreUse::kDeliveryPut);
  ForgetOperations(StoreUse::kLeft);
  document_ = left_ = String();
}

// What this engine had put down of the collectors stays known.
void EngineCore::CloseForNow() {
  store_phase_ = StorePhase::kClosed;
  withdrawal_again_ |= withdrawal_reads_;
  taken_calls_.clear();  // from here on they may come back as records
  deliveries_read_ = false;
  segments_left_ = segments_reading_ = delivery_dirty_ = delivery_put_ = withdrawal_reads_ = false;
  adopt_again_ms_ = kNever;
  rereads_ = false;
  if (HasJourney()) CloseJourney();
  deletions_.clear();
  // An answer that is still on its way tells of what has been deleted.
  for (const StoreUse use :
       {StoreUse::kState, StoreUse::kIds, StoreUse::kDeliveries, StoreUse::kSegments,
        StoreUse::kTexts, StoreUse::kStatePut, StoreUse::kDelete}) {
    ForgetOperations(use);
  }
}

// Also what was never read: segments beyond the window, and state of purposes long gone.
// The cookie is that of all hosts of the domain: who only finds nothing allowed here leaves it.
void EngineCore::ClearStore(bool with_cookie) {
  if (with_cookie && config_.shares_id) Delete(EffectType::kStoreDelete, kCookieKey);
  cookie_of_.clear();
  Delete(EffectType::kStoreClear, kStatePrefix);
  Delete(EffectType::kStoreClear, kOutboxPrefix);
  Expect(effects_.back(), StoreUse::kClear);
  clear_again_ = false;
}

// Replies to operations of this use mean nothing any more.
void EngineCore::ForgetOperations(StoreUse use) {
  for (StoreOperation& operation : store_operations_) {
    if (operation.use == use) operation.use = StoreUse::kNone;
  }
}

EngineCore::StoreOperation EngineCore::TakeOperation(int64_t effect_id) {
  StoreOperation found;
  store_operations_.RemoveIf([&](StoreOperation& operation) {
    if (operation.effect_id != effect_id) return false;
    found = std::move(operation);
    return true;
  });
  return found;
}

void EngineCore::OnStoreRead(const Input& input, const Now& now) {
  StoreOperation operation = TakeOperation(input.Integer("effect_id"));
  const StoreUse use = operation.use;
  if (use == StoreUse::kLog) ReadLog(input, std::move(operation));
  if (use == StoreUse::kRecord) OnRecordRead(input, now);
  if (use == StoreUse::kPerson) OnPersonRead(input, now);
  if (use == StoreUse::kIds) OnIdsRead(input, now);
  if (kHasParts && use == StoreUse::kJourney) OnJourneyRead(input, now);
  if (use == StoreUse::kState) ReadState(input, now);
  if (use == StoreUse::kDeliveries) ReadDeliveries(input);
  if (use == StoreUse::kSegments) ReadSegments(input, now);
  if (use == StoreUse::kTexts) FillTexts(input, now);
}

// Its ids are made already: what is stored of another visit is read only for what was left there.
void EngineCore::Reopen() {
  store_phase_ = StorePhase::kClosed;
  OpenStoreIfAllowed();
}

void EngineCore::ReadState(const Input& input, const Now& now) {
  // A withdrawal may have closed the store while the answer was on its way.
  if (store_phase_ != StorePhase::kReadingState) return;
  store_phase_ = StorePhase::kOpen;
  JsonView identity;
  JsonView session;
  JsonView journey;
  std::string_view cookie;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    const std::string_view key = entry.value()["key"].AsName();
    if (Is(key, kCookieKey)) cookie = input.Body(entry.value()["value"]);
    if (HasJourney() && Is(key, kJourneyKey)) {
      journey = StoredJson(input.Body(entry.value()["value"]));
    }
    const bool is_identity = Is(key, kIdentityKey);
    if (!is_identity && !Is(key, kSessionKey)) continue;
    const JsonView json = StoredJson(input.Body(entry.value()["value"]));
    if (!json) losses_.Add(Loss::kCorrupt);
    (is_identity ? identity : session) = json;
  }
  if (person_gone_)
    DeletePerson();
  else
    TakePerson(ReadIdentity(identity), session);
  if (HasJourney() && !person_gone_) TakeJourney(journey);
  LearnWhoLeft(identity);
  if (!person_gone_ && SharesId()) TakeCookie(ReadIdCookie(cookie), now);
  TellWhoItWas(ReadIdentity(identity), now);
  person_gone_ = ids_stale_ = false;
  delivery_dirty_ |= delivery_put_;  // it may hold calls that are released now
  losses_dirty_ |= delivery_put_;
  // Ids that an earlier run kept with a consent that is gone.
  const bool old = identity_.made_ms != 0 &&
                   now.wall_ms - identity_.made_ms > config_.policy.storage_days * kDayMs;
  if (old || !AnyLane(GateVerdict::kAdmit, true)) ForgetPerson();
  if (HasJourney()) RecordSilences(now);  // before who comes back hides them
  ReleaseHeld(now);
}

// Ids that were seen with one user here go with no other, whatever another tab has put down.
void EngineCore::TakePerson(Identity&& stored, JsonView session) {
  const bool own = !ids_stale_ && !identity_.empty();
  if (own && !(stored.anonymous_id == identity_.anonymous_id)) return;
  const bool same = stored.anonymous_id == identity_.anonymous_id && !identity_.user_id.empty();
  const bool unput = same && stored.user_id.empty();
  if (unput) stored.user_id = identity_.user_id;
  if (own && stored.group_id.empty()) stored.group_id = identity_.group_id;
  bool anothers = same && !(stored.user_id == identity_.user_id);
  for (const String& retired : retired_ids_) anothers |= stored.anonymous_id == retired;
  if (anothers) {
    stored.anonymous_id.clear();
    if (own) stored.user_id = identity_.user_id;
  }
  identity_dirty_ |= unput;
  if (!same || anothers) RetireId();
  identity_ = std::move(stored);
  if (own && !anothers) return;
  session_ = Session();
  const bool theirs = session["anonymous_id"].AsName() == identity_.anonymous_id;
  if (theirs && !identity_.anonymous_id.empty()) session_ = ReadSession(session);
}

void EngineCore::OnStoreDone(const Input& input, const Now& now) {
  store_failed_ = false;
  store_failures_ = 0;
  StoreOperation operation = TakeOperation(input.Integer("effect_id"));
  const bool left = operation.use == StoreUse::kLeft;
  if (left || operation.use == StoreUse::kDeliveryPut) {
    OnDocumentPut(operation.effect_id, std::move(operation.key));
  }
  if (left) EndLeft(now);
  if (operation.use == StoreUse::kSegmentPut) outbox_.OnStored(operation.segment);
  if (operation.use == StoreUse::kConsent) OnRecordPut(now);
  if (operation.ends_withdrawal) EndWithdrawal(now);
}

// What could not be done is asked for again after a while; meanwhile all goes on in memory.
void EngineCore::OnStoreFailed(const Input& input, const Now& now) {
  store_failed_ = true;
  store_reason_ = input.fields["reason"].AsName();
  StoreOperation operation = TakeOperation(input.Integer("effect_id"));
  Report("store_failed", "", store_reason_, "a store that takes events; they wait in memory");
  const StoreUse use = operation.use;
  if (use == StoreUse::kLog) return AnswerRecords(operation);
  consent_unput_ |= use == StoreUse::kConsent;
  if (use == StoreUse::kPerson) OnPersonUnread(now);
  if (use == StoreUse::kIds) EndReread(now);
  if (kHasParts && use == StoreUse::kJourney) GoOnWithJourney(now);
  record_again_ |= use == StoreUse::kRecord;
  if (use != StoreUse::kNone || operation.ends_withdrawal) {
    store_retry_ms_ = now.mono_ms + (kStoreRetryMs << std::min(store_failures_++, kDoublingsMax));
  }
  if (use == StoreUse::kSegmentPut && outbox_.OnNotStored(operation.segment)) SendSoon(now);
  // The other one may have been put down anew by another tab.
  if (use == StoreUse::kStatePut) {
    const bool identity = operation.key == kIdentityKey;
    identity_dirty_ |= identity && !identity_.empty();
    session_dirty_ |= !identity && !session_.id.empty();
    if (HasJourney() && operation.key == kJourneyKey) GoOnWithJourney(now);
  }
  if (use == StoreUse::kDeliveryPut) delivery_dirty_ = losses_dirty_ = true;
  if (use == StoreUse::kLeft) EndLeft(now);
  if (use == StoreUse::kLogClear) {
    KeepWithdrawing();
    withdrawal_ends_ = false;
    withdrawal_again_ = true;
  }
  if (use == StoreUse::kClear) clear_again_ = store_phase_ == StorePhase::kClosed;
  if (use == StoreUse::kDelete && !IsBeingDeleted(operation.key)) {
    deletions_.push_back(std::move(operation.key));
  }
  if (use == StoreUse::kDeliveries || use == StoreUse::kSegments) {
    segments_reading_ = segments_left_ = false;
    adopt_again_ms_ = store_retry_ms_;
    withdrawal_again_ |= withdrawal_reads_;
  }
  if (use == StoreUse::kTexts) {
    segments_reading_ = false;
    SendSoon({now.wall_ms, store_retry_ms_});
  }
  // A decision holds whether or not it could be put down.
  if (use == StoreUse::kConsent) CarryOut(now);
  withdrawal_again_ |= operation.ends_withdrawal;
  if (store_phase_ == StorePhase::kReadingState && use == StoreUse::kState) {
    store_phase_ = StorePhase::kFailed;
    reopen_ms_ = store_retry_ms_;
    if (ids_stale_) {
      RetireId();
      identity_ = Identity();
      session_ = Session();
      if (kHasParts) ClearJourney();
    }
    ids_stale_ = false;
    ReleaseHeld(now);
  }
  view_dirty_ = true;
}

// The reply to this effect matters.
EngineCore::StoreOperation& EngineCore::Expect(const Effect& effect, StoreUse use) {
  StoreOperation& operation = store_operations_.emplace_back();
  operation.effect_id = effect.effect_id;
  operation.use = use;
  return operation;
}

void EngineCore::Read(std::string_view prefix, std::string_view after, StoreUse use) {
  Effect& effect = Emit(EffectType::kStoreGet);
  effect.name = prefix;
  effect.after = after;
  Expect(effect, use);
}

Effect& EngineCore::Put(std::string_view key, String&& value, StoreUse use, uint32_t segment) {
  deletions_.RemoveIf([&](const String& deletion) { return deletion == key; });
  Effect& effect = Emit(EffectType::kStorePut);
  effect.name = key;
  effect.bytes = std::move(value);
  Expect(effect, use).segment = segment;
  return effect;
}

void EngineCore::PutState(std::string_view key, String&& value) {
  Put(key, std::move(value), StoreUse::kStatePut);
  store_operations_.back().key = key;
}

void EngineCore::DeletePerson() {
  Delete(EffectType::kStoreDelete, kIdentityKey);
  Delete(EffectType::kStoreDelete, kSessionKey);
  if (HasJourney()) Delete(EffectType::kStoreDelete, kJourneyKey);
  if (config_.shares_id) Delete(EffectType::kStoreDelete, kCookieKey);
  cookie_of_.clear();
}

void EngineCore::Delete(EffectType type, std::string_view name) {
  Effect& effect = Emit(type);
  effect.name = name;
  if (type == EffectType::kStoreDelete) Expect(effect, StoreUse::kDelete).key = name;
}

// Nothing is kept under a decision that is not kept itself.
bool EngineCore::KeepsDecision() const {
  bool undecided = consent_unput_;
  for (const StoreOperation& operation : store_operations_) {
    undecided |= operation.use == StoreUse::kConsent;
  }
  return !undecided;
}

bool EngineCore::StorePaused(const Now& now) const {
  return !KeepsDecision() || store_phase_ != StorePhase::kOpen || store_retry_ms_ > now.mono_ms;
}

// Nothing is deleted, and no position put, as long as nobody knows where the last ones are.
bool EngineCore::ChangesPaused(const Now& now) const { return StorePaused(now) || !left_.empty(); }

// When what is new goes into the store: at the end of its task, save in a long burst.
int64_t EngineCore::StoreDue(const Now& now) const {
  const bool waits = page_ == Leaving::kNo && outbox_.unstored() < kGatherEventsMax;
  return waits ? std::max(store_paid_ms_ - kPaidAheadMs, now.mono_ms) : now.mono_ms;
}

void EngineCore::StoreWhatIsNew(const Now& now) {
  if (store_phase_ == StorePhase::kFailed && reopen_ms_ <= now.mono_ms) Reopen();
  if (store_retry_ms_ <= now.mono_ms) {
    if (consent_unput_) PutConsentRecord();
    if (withdrawal_again_ && WithdrawalDue() <= now.mono_ms) CarryOut(now);
    if (clear_again_ && store_phase_ == StorePhase::kClosed) ClearStore();
    if (std::exchange(record_again_, false)) Read(kConsentKey, {}, StoreUse::kRecord);
  }
  delivery_dirty_ |= outbox_.Sweep();
  if (!StorePaused(now) && StoreDue(now) <= now.mono_ms) PutWhatIsNew(now);
}

void EngineCore::PutWhatIsNew(const Now& now) {
  const bool journey = HasJourney() && JourneyIsDirty();
  if (!outbox_.has_unstored() && !identity_dirty_ && !session_dirty_ && !journey) return;
  store_paid_ms_ = std::max(store_paid_ms_, now.mono_ms) + kGatherMs;
  for (Outbox::NewSegment& segment : outbox_.TakeUnstored()) {
    Put(segment.key, std::move(segment.bytes), StoreUse::kSegmentPut, segment.id);
  }
  if (AnyLane(GateVerdict::kAdmit, true)) {
    if (identity_dirty_) PutState(kIdentityKey, WriteIdentity(identity_, used_marks_, parted_ms_));
    PutCookie(now);
    if (session_dirty_) PutState(kSessionKey, WriteSession(session_, identity_.anonymous_id));
    if (journey) PutJourney();
  }
  identity_dirty_ = session_dirty_ = false;
}

// How far the collectors are goes into the store with, and before, what is deleted because of it.
void EngineCore::EmitStoreChanges(const Now& now) {
  delivery_dirty_ |= outbox_.Sweep();
  if (ChangesPaused(now)) return;
  outbox_.RewriteDead();
  // Positions and losses speak of all that there is: nothing of it is still to be put.
  if (delivery_dirty_ || outbox_.has_rewrites()) PutWhatIsNew(now);
  List<Outbox::NewSegment> rewrites = outbox_.TakeRewrites();
  delivery_dirty_ |= outbox_.Sweep();
  if (delivery_dirty_ && (!asleep_ || falls_asleep_)) UpdateDelivery();
  for (Outbox::NewSegment& segment : rewrites) {
    Put(segment.key, std::move(segment.bytes), StoreUse::kSegmentPut, segment.id).replace = true;
  }
  for (const String& key : outbox_.TakeDeletions()) Delete(EffectType::kStoreDelete, key);
  for (const String& key : deletions_) Delete(EffectType::kStoreDelete, key);
  deletions_.clear();
  uint32_t telling = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].collector->rules().tells_losses) telling |= 1u << i;
  }
  // Another tab, which slept, may have losses that are yet to be added to those of one writer.
  if (!MayReturn()) outbox_.DropDoneWriters(telling, IsAlone());
}

// Whether the store may hold segments of which this queue has nothing: still to be read, or not
// deleted after all.
bool EngineCore::MayReturn() const {
  bool open = segments_reading_ || segments_left_ || AdoptsSoon() || !deletions_.empty();
  for (const StoreOperation& operation : store_operations_) {
    open |= operation.use == StoreUse::kDelete;
  }
  return open;
}

// Positions matter only while segments are left, losses always.
void EngineCore::UpdateDelivery() {
  const bool changed = losses_dirty_ || stored_changes_ != outbox_.changes();
  if (changed || outbox_.has_live_segments()) return PutDelivery();
  if (MayReturn()) return;
  delivery_dirty_ = false;
  if (stored_changes_ != 0 || !delivery_put_) return;
  delivery_put_ = false;
  document_ = String();
  Delete(EffectType::kStoreDelete, DocumentKey());
}

String EngineCore::DocumentKey() const {
  String key(kDeliveryPrefix);
  key += home_;
  return key;
}

// One document an engine, so that tabs never overwrite each other.
void EngineCore::PutDelivery() {
  const String key = DocumentKey();
  const Effect& put = Put(key, DeliveryState(), StoreUse::kDeliveryPut);
  const int64_t version = put.effect_id;
  store_operations_.back().key = put.bytes;
  outbox_.LossesTold(version);
  for (Taken& taken : taken_) {
    if (taken.since == 0) taken.since = version;
    if (!(taken.key == key)) Delete(EffectType::kStoreDelete, taken.key);
  }
  delivery_put_ = true;
  delivery_dirty_ = losses_dirty_ = false;
  stored_changes_ = outbox_.changes();
}

// Earlier versions do not matter any more, nor what became of them.
void EngineCore::OnDocumentPut(int64_t effect_id, String&& document) {
  document_ = std::move(document);
  outbox_.LossesStored(effect_id);
  const size_t before = taken_.size();
  taken_.RemoveIf([&](const Taken& taken) { return taken.since != 0 && taken.since <= effect_id; });
  if (taken_.size() != before) ReadDeliveriesAnew();
  for (StoreOperation& operation : store_operations_) {
    const bool puts = operation.use == StoreUse::kDeliveryPut || operation.use == StoreUse::kLeft;
    if (puts && operation.effect_id < effect_id) operation.use = StoreUse::kNone;
  }
}

List<std::string_view> EngineCore::LaneIds() const {
  List<std::string_view> ids;
  for (const Lane& lane : lanes_) ids.push_back(lane.id);
  return ids;
}

String EngineCore::DeliveryState() {
  const List<std::string_view> ids = LaneIds();
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Key("writers").Begin('{');
  for (const Writer& of : outbox_.writers()) {
    writer.Key(of.name);
    WriteSettlements(&writer, of.lanes, ids);
  }
  writer.End('}').FieldRaw("losses", losses_.Json());
  if (store_phase_ == StorePhase::kReadingState) WriteHeld(&writer);
  writer.End('}');
  return json;
}

// Calls that came before the ids were read: a page that goes by then leaves them to the next one,
// which judges them as if they came there.
void EngineCore::WriteHeld(JsonWriter* writer) {
  writer->Key("held").Begin('[');
  for (Held& held : held_) {
    const bool call = held.type != InputType::kReset;
    const Event event = ReadEvent(held.type, JsonView(held.fields), held.time_ms);
    // Whoever sends it, and if two do: it is one event.
    if (call && held.message_id.empty()) held.message_id = message_ids_.Next();
    const uint32_t lanes = call ? Route(event, held.served | held.refused).admit : 0;
    // Whose sample the visitor is in is not known: nothing is stored for a collector with one.
    if (call && !MayStore(Sampled(lanes, JsonView()))) continue;
    writer->Begin('{').Field("type", static_cast<int64_t>(held.type));
    writer->Field("time_ms", held.time_ms);
    if (call) {
      writer->Field("generation", held.generation);
      writer->Field("message_id", held.message_id);
      writer->FieldRaw("fields", held.fields).FieldRaw("standing", held.standing);
      writer->Key("to").Begin('[');
      for (size_t i = 0; i < lanes_.size(); ++i) {
        if (lanes >> i & 1) writer->Text(lanes_[i].id);
      }
      writer->End(']');
    }
    writer->End('}');
  }
  writer->End(']');
}

}  // namespace waymark
