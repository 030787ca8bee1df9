// Consent: decisions, their withdrawal in three steps, and forgetting.
//
// A withdrawal (1) puts the decision down with the note that it is not carried out yet, and from
// that input on nothing of the purpose is sent; (2) when the store has it, aborts and deletes; (3)
// puts the decision without the note. Stopped anywhere, it goes on at the next start, because the
// note is in the record the engine is opened with.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "engine/engine_core.h"
#include "event/validate.h"

namespace waymark {
namespace {

constexpr const char* kConsentPrefix = "consent/";
constexpr const char* kConsentKey = "consent/record";

}  // namespace

bool EngineCore::AnyLane(GateVerdict worst, bool with_storage) const {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].for_records || (with_storage && !MayStore(1u << i))) continue;
    if (Judge(config_.policy, consent_, lanes_[i].policy.needs) <= worst) return true;
  }
  return false;
}

bool EngineCore::MayStore(uint32_t lanes) const {
  const PurposeSet with_storage = config_.policy.WithStorage() & consent_.Allowed();
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if ((lanes >> i & 1) && (lanes_[i].policy.needs & with_storage) != 0) return true;
  }
  return false;
}

// Also one that a collector has already, and that lay there for it, goes on lying there for another
// that alone could not have it kept: out of the store it would be lost with the page.
bool EngineCore::MayLie(const Record& record) const {
  uint32_t lanes = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const bool was_for = (record.pending | record.closed) >> i & 1;
    if (was_for && MayGo(lanes_[i], record, Rules())) lanes |= 1u << i;
  }
  return MayStore(lanes);
}

void EngineCore::OnSetConsent(const Input& input, const Now& now) {
  const std::string_view by = input.fields["source"].AsName();
  auto decided = Decide(config_.policy, consent_, input.fields["choices"], by, now);
  if (!decided.ok()) return Report(decided.status().problem());
  ConsentState next = *std::move(decided);
  Reconsider(config_.policy, &next, now);  // an account knows nothing of this browser's signals
  Decision decision;
  decision.was = consent_.Allowed();
  decision.by = by.empty() ? ReasonName(Reason::kPerson) : by;
  decision.shown = input.fields["shown"];
  decision.entropy = input.Body(input.fields["entropy"]);
  if (decision.shown.text().size() > kShownBytesMax) {
    Report(TooBig("/shown", decision.shown.text().size(), kShownBytesMax).problem());
    decision.shown = JsonView();
  }
  TakeDecision(decision, std::move(next), now);
}

// A fact of the host. What is allowed because of it is written down like a decision, and what is
// not any more is withdrawn like one: also what an earlier page kept under other facts.
void EngineCore::OnSignal(const Input& input, const Now& now) {
  KeepSignal(input);
  ConsentState next = consent_;
  const std::string_view name = input.fields["name"].AsName();
  if (!TakeFact(config_.policy, name, input.fields["value"], &next.facts)) return;
  const PurposeSet denied = Reconsider(config_.policy, &next, now);
  Decision decision;
  decision.was = consent_.Allowed();
  if (config_.policy.KnowsRules(next.facts.region)) decision.was |= consent_.effective;
  // Not to be sure is no decision: nothing is sent until it is known where the person is.
  const bool same = (next.Allowed() | (decision.was & next.unsure)) == decision.was;
  if (denied == 0 && same) {
    consent_ = std::move(next);
    PutInAppKeys();  // of the rules of another place
    // What lies there is neither read nor judged before it is known by which rules.
    if (consent_.unsure != 0 && store_phase_ == StorePhase::kReadingState) CloseForNow();
    OpenStoreIfAllowed();
    return ReleaseHeld(now);
  }
  decision.by = denied != 0 ? ReasonName(next.WhoDenied(denied)) : name;
  TakeDecision(decision, std::move(next), now);
}

void EngineCore::TakeDecision(const Decision& decision, ConsentState&& next, const Now& now) {
  const PurposeSet denied = (next.denied & ~consent_.denied) | (decision.was & ~next.Allowed());
  // Before an answer nothing but what is de-identified was kept, and that only with a purpose that
  // may: a first refusal has nothing to delete where no store is open.
  const bool kept = store_phase_ != StorePhase::kClosed;
  const PurposeSet revoked = denied & (kept ? denied : decision.was);
  withdrawing_here_ |= revoked != 0;
  const uint32_t generation = consent_.generation;
  consent_ = std::move(next);
  if (consent_.generation == generation) ++consent_.generation;
  if (revoked != 0) {
    consent_.withdrawing = true;
    consent_.Withdraw(revoked, consent_.generation);
    KeepWithdrawing();  // there is more to delete
  }
  LogDecision(decision.by, decision.shown, now);
  if (revoked != 0) AnnounceDeletion(revoked, now);
  consent_.retired |= revoked & decision.was;
  // At once: a grant that follows brings nothing back.
  if (denied != 0) DiscardForbidden();
  const PurposeSet regained = consent_.retired & consent_.Allowed();
  consent_.retired &= ~regained;
  PutConsentRecord();
  if (regained != 0) ForgetPerson();
  NewGeneration(decision.entropy, now);
  // Where nobody ever decided nothing can lie in the store: events need not wait for it to be read.
  if (generation == 0 && store_phase_ == StorePhase::kClosed && !consent_.forgetting &&
      AnyLane(GateVerdict::kDeidentify, true)) {
    store_phase_ = StorePhase::kOpen;
    Claim();
  }
  OpenStoreIfAllowed();
  ReleaseHeld(now);
}

void EngineCore::PutConsentRecord() {
  consent_unput_ = false;
  // Under rules that are not known yet what was allowed before may still lie there.
  const bool known = config_.policy.KnowsRules(consent_.facts.region);
  consent_.effective = consent_.Allowed() | (known ? 0 : consent_.effective & ~consent_.denied);
  const bool spill = AnyLane(GateVerdict::kAdmit, true);
  PutLog();
  record_ = WriteConsentRecord(config_.policy, consent_, spill);
  Put(kConsentKey, String(std::string_view(record_)), StoreUse::kConsent);
  PutInAppKeys();
}

// Once the last version of the record is there so are the entries of the log that were put with it.
void EngineCore::OnRecordPut(const Now& now) {
  bool more = consent_unput_;
  for (const StoreOperation& operation : store_operations_) {
    more |= operation.use == StoreUse::kConsent;
  }
  if (!more && !consent_.forgetting) log_unput_.clear();
  CarryOut(now);
}

// What the record notes as not carried out yet.
void EngineCore::CarryOut(const Now& now) {
  withdrawal_again_ = false;
  if (consent_.forgetting) {
    Delete(EffectType::kStoreClear, kLogPrefix);
    Expect(effects_.back(), StoreUse::kLogClear);
    ClearStore();
    withdrawal_ends_ = true;
  } else if (withdrawing_here_) {
    CarryOutWithdrawal(now);
  }
}

void EngineCore::CarryOutWithdrawal(const Now& now) {
  EndForbidden(true);
  ReleaseHeld(now);
  FinishWithdrawal();
}

// `clear`: the store, also when this engine has it closed.
void EngineCore::EndForbidden(bool clear) {
  AbortForbidden();
  DiscardForbidden();
  if (!AnyLane(GateVerdict::kDeidentify, true)) {
    if (clear || store_phase_ != StorePhase::kClosed) {
      ClearStore();
      deleted_.store_cleared = true;
    }
    outbox_.ForgetEmptied();
    CloseStore();
  }
  if (AnyLane(GateVerdict::kAdmit, false)) return;
  deleted_.ids += !identity_.empty();
  ForgetPerson();
}

// The note goes when nothing is left to delete: segments of others, and those that were never read,
// may hold what must not stay. What is to be taken over is taken over first: only so it is put down
// for whom a record that stays may not go any more.
void EngineCore::FinishWithdrawal() {
  withdrawal_reads_ = store_phase_ != StorePhase::kClosed;
  withdrawal_ends_ = !withdrawal_reads_;
  segments_left_ = false;
  segments_after_.clear();
  if (withdrawal_reads_) adopt_again_ms_ = 0;
}

// The last thing that was asked of the store stands for all of them.
void EngineCore::AwaitDeletions(const Now& now) {
  withdrawal_ends_ = false;
  int64_t last = 0;
  for (const StoreOperation& operation : store_operations_) {
    const bool changes =
        operation.use == StoreUse::kSegmentPut || operation.use == StoreUse::kDelete;
    if (changes) last = operation.effect_id;
  }
  for (const Effect& effect : effects_) {
    const bool changes = effect.type >= EffectType::kStorePut;
    if (changes && effect.type <= EffectType::kStoreClear) last = effect.effect_id;
  }
  if (last == 0) return EndWithdrawal(now);
  for (StoreOperation& operation : store_operations_) {
    if (operation.effect_id != last) continue;
    operation.ends_withdrawal = true;
    return;
  }
  StoreOperation& operation = store_operations_.emplace_back();
  operation.effect_id = last;
  operation.ends_withdrawal = true;
}

void EngineCore::KeepWithdrawing() {
  for (StoreOperation& operation : store_operations_) operation.ends_withdrawal = false;
}

void EngineCore::EndWithdrawal(const Now& now) {
  const bool forgotten = consent_.forgetting;
  withdrawing_here_ = forgets_here_ = false;
  consent_.withdrawing = consent_.forgetting = false;
  // After a forget there is no record.
  if (!forgotten) LogDeletion(now);
  if (!forgotten || consent_.answered()) PutConsentRecord();
  if (!consent_.answered() && forgotten) {
    ++consent_.generation;  // as other tabs count that hear of it
    consent_unput_ = false;
    record_ = String();
    Delete(EffectType::kStoreClear, kConsentPrefix);
    Expect(effects_.back(), StoreUse::kConsent);
  }
  OpenStoreIfAllowed();
  view_dirty_ = true;
}

void EngineCore::AbortForbidden() {
  for (const Lane& lane : lanes_) {
    const GateVerdict verdict = Judge(config_.policy, consent_, lane.policy.needs);
    if (verdict < GateVerdict::kHold) continue;
    for (const Flight& flight : lane.flights) {
      deleted_.may_have_left += static_cast<int64_t>(flight.record_ids.size());
    }
    Abort(lane);
  }
}

void EngineCore::Abort(const Lane& lane) {
  for (const Flight& flight : lane.flights) {
    Emit(EffectType::kHttpAbort).target = flight.effect_id;
  }
}

void EngineCore::DiscardForbidden() {
  for (Record& record : outbox_.records()) {
    if (record.pending == 0) continue;
    for (size_t i = 0; i < lanes_.size(); ++i) {
      const bool forbidden = record.pending >> i & 1 && !MayGo(lanes_[i], record, Rules());
      if (forbidden) outbox_.Settle(&record, static_cast<int>(i));
    }
    if (!MayLie(record)) outbox_.TakeFromStore(&record);
    if (record.pending != 0) continue;
    losses_.Add(Loss::kConsent);
    ++deleted_.events;
  }
  // A call that waits may be released only after another grant, which is not for it.
  for (Held& held : held_) {
    if (held.type == InputType::kReset) continue;
    const Event event = ReadEvent(held.type, JsonView(held.fields), held.time_ms);
    held.refused |= Route(event, held.served | held.refused).drop;
  }
  outbox_.RewriteWorn();
  losses_dirty_ = true;
  DropDrafts();
  delivery_dirty_ |= outbox_.Sweep();
}

// Like a withdrawal of everything: noted, carried out, and the note taken away last.
void EngineCore::OnForget(const Input& input, const Now& now) {
  ForgetHere(input.Body(input.fields["entropy"]), now);
  consent_.forgetting = forgets_here_ = true;
  PutConsentRecord();
}

// All that this engine has in memory. Its store stays closed until what lies there is gone.
void EngineCore::ForgetHere(std::string_view entropy, const Now& now) {
  for (const Lane& lane : lanes_) Abort(lane);
  losses_.Add(Loss::kConsent, outbox_.events() + static_cast<int64_t>(held_.size()));
  outbox_.Clear();
  held_.clear();
  const uint32_t generation = consent_.generation;
  consent_unput_ = withdrawal_reads_ = withdrawal_ends_ = withdrawing_here_ = false;
  forgets_here_ = false;
  KeepWithdrawing();
  ConsentState undecided;
  undecided.facts = consent_.facts;
  Reconsider(config_.policy, &undecided, now);
  consent_ = std::move(undecided);
  log_unput_.clear();  // it goes with all else
  deleted_ = Deletion();
  consent_.generation = generation + 1;
  CloseStore();
  ForgetPerson();
  NewGeneration(entropy, now);
}

// What the record says, under the facts that this engine was told.
ConsentState EngineCore::ReadRecord(JsonView record, bool opening, const Now& now) const {
  ConsentState read = ReadConsentRecord(config_.policy, record, now);
  const AgeFact age = read.facts.age;
  const SignalSet signals = read.facts.signals;
  read.facts = consent_.facts;
  if (read.facts.age == AgeFact::kUnknown) read.facts.age = age;
  if (opening) read.facts.signals = signals;
  Reconsider(config_.policy, &read, now);
  return read;
}

// May have been denied by a decision that this tab never heard of.
void EngineCore::LetGoOfUntold() {
  for (Record& record : outbox_.records()) record.captured &= consent_.always_on;
  losses_.Add(Loss::kConsent, static_cast<int64_t>(held_.size()));
  held_.clear();
}

void EngineCore::OnStoreChanged(const Input& input, const Now& now) {
  if (!input.fields["key"].IsName(kConsentKey)) return;
  const std::string_view value = input.Body(input.fields["value"]);
  const bool readable = CheckJson(value).fault == JsonCheck::Fault::kNone;
  const uint32_t generation = consent_.generation;
  const PurposeSet denied_before = consent_.denied;
  const PurposeSet before = consent_.Allowed();
  const ConsentState old = consent_;
  const ConsentState now_stored = ReadRecord(readable ? JsonView(value) : JsonView(), false, now);
  // Tabs that have not heard of each other count alike: who is told to forget once more shall.
  const bool heard = record_ == value;
  record_ = value;
  const bool equal =
      now_stored.generation == generation && now_stored.granted == consent_.granted &&
      now_stored.denied == consent_.denied && now_stored.forgetting == consent_.forgetting;
  const bool same = now_stored.forgetting ? heard : equal;
  if (equal && !withdrawing_here_) consent_ = now_stored;  // its withdrawal may be done
  if (same) return;
  if (now_stored.forgetting) {
    const bool open = store_phase_ != StorePhase::kClosed;
    ForgetHere({}, now);
    // Also what this tab wrote before it heard; the other one may go before it comes to that.
    if (open) ClearStore();
  }
  const bool missed = now_stored.generation > generation + 1;
  consent_ = now_stored;
  // Of a tab that had not heard of what was refused here: the refusal stands.
  if (now_stored.generation <= generation && !now_stored.forgetting && consent_.answered()) {
    consent_unput_ |= KeepRefusals(old, &consent_);
  }
  // Somebody has decided who had not heard that all is to be forgotten: what was before goes still.
  if (std::exchange(forgets_here_, false)) {
    consent_.Withdraw(~PurposeSet{0}, generation);
    withdrawing_here_ = person_gone_ = true;
  }
  // The other tab carries its withdrawal out in the whole store; here what this tab has is put in
  // order, in memory and under its own names. A withdrawal that this tab has not finished stays
  // noted.
  const bool more = consent_.last_withdrawn > old.last_withdrawn;
  if (consent_.answered()) {
    for (int i = 0; i < kPurposesMax; ++i) {
      consent_.Withdraw(PurposeSet{1} << i, old.withdrawn_at[i]);
    }
  }
  // Who was granted again what had been withdrawn is somebody new, in every tab.
  const PurposeSet regained = old.retired & ~consent_.retired & consent_.Allowed();
  if (regained != 0 || (missed && more)) {
    RetireId();
    identity_ = Identity();
    session_ = Session();
  }
  const bool unnoted = withdrawing_here_ && !consent_.withdrawing;
  consent_.withdrawing |= withdrawing_here_;
  if (unnoted && consent_.answered()) PutConsentRecord();
  if (consent_.generation <= generation) consent_.generation = generation + 1;
  NewGeneration({}, now);
  // Of several decisions this tab heard the last one only. What was called before may have been
  // denied in between.
  if (missed) LetGoOfUntold();
  const PurposeSet lost = (before & ~consent_.Allowed()) | (consent_.denied & ~denied_before);
  if (missed || lost != 0) EndForbidden(false);  // also what this tab wrote before it heard
  // Who ends its own withdrawal takes the note of all others with it, so it carries them out, too.
  if (withdrawing_here_ && more) {
    KeepWithdrawing();
    withdrawal_again_ = true;
    withdrawal_ends_ = false;
  }
  OpenStoreIfAllowed();
  ReleaseHeld(now);
}

}  // namespace waymark
