// Consent: decisions, their withdrawal in three steps, and forgetting.
//
// A withdrawal (1) puts the decision down with the note that it is not carried out yet, and from that input on nothing of the
// purpose is sent; (2) when the store has it, aborts and deletes; (3) puts the decision without the note. Stopped anywhere, it
// goes on at the next start, because the note is in the record the engine is opened with.
#include <utility>

#include "base/json_check.h"
#include "engine/engine_core.h"

namespace waymark {

SendRules EngineCore::Rules() const { return {&config_.policy, &consent_, &config_.fields}; }

bool EngineCore::AnyLane(GateVerdict verdict, bool with_storage) const {
  for (const Lane& lane : lanes_) {
    const bool stores = (lane.policy.needs & config_.policy.WithStorage()) != 0;
    if (with_storage && !stores) continue;
    if (Judge(config_.policy, consent_, lane.policy.needs) == verdict) return true;
  }
  return false;
}

void EngineCore::OnSetConsent(const SetConsent& command, Now now) {
  const auto decided =
      Decide(config_.policy, consent_, command.choices, command.source, now);
  if (!decided.ok()) return Report(decided.status().problem());
  const PurposeSet revoked = consent_.Allowed() & ~decided->Allowed();
  const bool unfinished = consent_.withdrawing;
  consent_ = *decided;
  consent_.withdrawing = unfinished || revoked != 0;
  prng_.Reseed(command.entropy);
  message_ids_.NewPrefix(&prng_);
  view_dirty_ = true;
  PutConsentRecord();
  OpenStoreIfAllowed();
  if (store_phase_ != StorePhase::kReadingState) ReleaseHeld(now);
}

void EngineCore::PutConsentRecord() {
  Put("consent/record", WriteConsentRecord(config_.policy, consent_), StoreUse::kConsent);
}

void EngineCore::CarryOutWithdrawal(Now now) {
  AbortForbidden();
  DiscardForbidden();
  if (!AnyLane(GateVerdict::kAdmit, false)) {
    identity_ = Identity();
    session_ = Session();
    identity_dirty_ = session_dirty_ = false;
  }
  if (!AnyLane(GateVerdict::kAdmit, true) && !AnyLane(GateVerdict::kDeidentify, true)) {
    // Also what was never read: segments beyond the window, and state of purposes long gone.
    Delete("", "state/");
    Delete("", std::string(kOutboxPrefix));
    outbox_.TakeDeletions();
    store_phase_ = StorePhase::kClosed;
    segments_left_ = segments_reading_ = false;
    cursors_.clear();
  }
  ReleaseHeld(now);
  consent_.withdrawing = false;
  PutConsentRecord();
  view_dirty_ = true;
}

void EngineCore::AbortForbidden() {
  for (const Lane& lane : lanes_) {
    const GateVerdict verdict = Judge(config_.policy, consent_, lane.policy.needs);
    if (lane.busy() && verdict >= GateVerdict::kHold) Emit(HttpAbort{lane.effect_id});
  }
}

void EngineCore::DiscardForbidden() {
  for (Record& record : outbox_.records()) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      const int lane = static_cast<int>(i);
      if (!(record.pending >> i & 1) || MayGo(lanes_[i], record, Rules())) continue;
      outbox_.Settle(&record, lane);
      if (record.pending != 0) continue;
      outbox_.Discard(&record, true);
      losses_.Add(Loss::kConsent);
    }
  }
  outbox_.Sweep();
}

void EngineCore::OnForget(const Forget& command) {
  for (const Lane& lane : lanes_) {
    if (lane.busy()) Emit(HttpAbort{lane.effect_id});
  }
  losses_.Add(Loss::kConsent, outbox_.events() + static_cast<int64_t>(held_.size()));
  outbox_.Clear();
  held_.clear();
  cursors_.clear();
  const uint32_t generation = consent_.generation;
  consent_ = UndecidedState(config_.policy);
  consent_.generation = generation + 1;
  ForgetPerson();
  prng_.Reseed(command.entropy);
  message_ids_.NewPrefix(&prng_);
  for (const char* prefix : {"outbox/", "state/", "consent/"}) Delete("", prefix);
  store_phase_ = StorePhase::kClosed;
  segments_left_ = segments_reading_ = delivery_dirty_ = false;
  OpenStoreIfAllowed();
}

void EngineCore::OnStoreChanged(const StoreChanged& fact, Now now) {
  if (fact.key != "consent/record") return;
  const bool readable = CheckJson(fact.value).fault == JsonCheck::Fault::kNone;
  const JsonView record = readable ? JsonView(fact.value) : JsonView();
  const PurposeSet before = consent_.Allowed();
  const uint32_t generation = consent_.generation;
  consent_ = ReadConsentRecord(config_.policy, record, now);
  // The other tab carries its withdrawal out in the store; here only this tab's memory is put in order.
  consent_.withdrawing = false;
  if (consent_.generation <= generation) consent_.generation = generation + 1;
  message_ids_.NewPrefix(&prng_);
  view_dirty_ = true;
  if ((before & ~consent_.Allowed()) != 0) {
    AbortForbidden();
    DiscardForbidden();
    if (!AnyLane(GateVerdict::kAdmit, false)) ForgetPerson();
  }
  if (!AnyLane(GateVerdict::kAdmit, true)) store_phase_ = StorePhase::kClosed;
  OpenStoreIfAllowed();
  if (store_phase_ != StorePhase::kReadingState) ReleaseHeld(now);
}

}  // namespace waymark
