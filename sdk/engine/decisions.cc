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
// Calls that a page left on the device before its engine was there, where the host has a place.
constexpr const char* kSpillPrefix = "spill/";

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
  if (consent_.lapsed != 0) WithdrawLapsed();
  const std::string_view by = input.fields["source"].AsName();
  const int64_t at_ms = input.fields["decided_ms"].IntegerOr(now.wall_ms);
  auto decided = Decide(config_.policy, consent_, input.fields["choices"], by, at_ms, now);
  if (!decided.ok()) return Report(decided.status().problem());
  ConsentState next = *std::move(decided);
  Reconsider(config_.policy, &next, now);  // an account knows nothing of this browser's signals
  Decision decision;
  decision.was = consent_.Allowed() | (consent_.effective & next.denied & ~consent_.denied);
  decision.by = by.empty() ? ReasonName(Reason::kPerson) : by;
  decision.shown = input.fields["shown"];
  decision.entropy = input.Body(input.fields["entropy"]);
  if (decision.shown.text().size() > kShownBytesMax) {
    Report(TooBig("/shown", decision.shown.text().size(), kShownBytesMax).problem());
    decision.shown = JsonView();
  }
  TakeDecision(decision, std::move(next), now);
}

// What had lapsed before it was known by which rules goes before an answer counts anew.
void EngineCore::WithdrawLapsed() {
  const PurposeSet gone = consent_.lapsed & ~consent_.Allowed();
  consent_.WithdrawLapsed();
  consent_.retired |= gone;
  withdrawing_here_ |= gone != 0;
  consent_unput_ |= gone != 0;
}

// A fact of the host. What is allowed because of it is written down like a decision, and what is
// not any more is withdrawn like one: also what an earlier page kept under other facts.
void EngineCore::OnSignal(const Input& input, const Now& now) {
  const bool known = KnowsRules();
  ConsentState next = consent_;
  const std::string_view name = input.fields["name"].AsName();
  const JsonView value = input.fields["value"];
  const std::string_view wrong = TakeFact(config_.policy, name, value, &next.facts);
  if (wrong == "/name") return Report("not_allowed", wrong, "another name", kFactNames);
  if (!wrong.empty()) Report("not_allowed", wrong, "no place", "ISO 3166: DE, US-CA");
  KeepSignal(input);
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
    if (!known) ClearUntold();
    return ReleaseHeld(now);
  }
  decision.by = denied != 0 ? ReasonName(next.WhoDenied(denied)) : name;
  TakeDecision(decision, std::move(next), now);
}

// A tab that had not heard of a withdrawal may have written on after it was carried out.
void EngineCore::ClearUntold() {
  const bool withdrawn = consent_.last_withdrawn != 0 && !withdrawing_here_;
  if (withdrawn && KeepsNothing()) ClearStore();
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
  if (revoked != 0) TellOfDeletion(revoked, now);
  consent_.retired |= revoked & decision.was;
  // At once: a grant that follows brings nothing back.
  if (denied != 0) DiscardForbidden();
  PurposeSet regained = consent_.retired & consent_.Allowed();
  consent_.retired &= ~regained;
  // What has ids of its own gets new ones, and leaves those of the others alone.
  const PurposeSet own = WithOwnIds(config_.policy, regained);
  if (own != 0) KeepSalts(consent_.effective & ~own, 0);
  PutConsentRecord();
  if ((regained & ~own) != 0) {
    parted_ms_ = now.wall_ms;
    ForgetPerson();
    identity_dirty_ = true;  // when that was stays
  }
  if (config_.shares_id && (denied & config_.stitch_needs) != 0) {
    Delete(EffectType::kStoreDelete, kCookieKey);
    cookie_of_.clear();
  }
  NewGeneration(decision.entropy, now);
  // Where nobody ever decided nothing can lie in the store, save another host's cookie: events need
  // not wait for it to be read.
  if (generation == 0 && !config_.shares_id && store_phase_ == StorePhase::kClosed &&
      !consent_.forgetting && AnyLane(GateVerdict::kDeidentify, true)) {
    store_phase_ = StorePhase::kOpen;
    Claim();
  }
  OpenStoreIfAllowed();
  ReleaseHeld(now);
}

// The salts of what was withdrawn stay until the owner has been told of the ids.
void EngineCore::KeepSalts(PurposeSet allowed, PurposeSet untold) {
  consent_.salts =
      waymark::KeepSalts(config_.policy, allowed | untold, JsonView(consent_.salts), &prng_);
}

bool EngineCore::HasOwnIds(const Lane& lane) const {
  return WithOwnIds(config_.policy, lane.policy.needs) != 0;
}

// {collector: id} of those who know the person under an id of their own for these purposes.
void EngineCore::WriteOwnIds(PurposeSet of, std::string_view id, JsonWriter* writer) const {
  bool begun = false;
  const JsonView salts(consent_.salts);
  for (const Lane& lane : lanes_) {
    const PurposeSet own = WithOwnIds(config_.policy, lane.policy.needs & of);
    if (own == 0 || id.empty() || !HasSalts(config_.policy, lane.policy.needs, salts)) continue;
    if (!std::exchange(begun, true)) writer->Key("own_ids").Begin('{');
    writer->Key(lane.id).Text(OwnId(config_.policy, lane.policy.needs, salts, id));
  }
  if (begun) writer->End('}');
}

// Before anything is sent under it.
void EngineCore::EnsureOwnId(const Lane& lane) {
  const JsonView salts(consent_.salts);
  if (!HasSalts(config_.policy, lane.policy.needs & consent_.Allowed(), salts)) PutConsentRecord();
}

void EngineCore::PutConsentRecord() {
  consent_unput_ = false;
  // Under rules that are not known yet what was allowed before may still lie there.
  const bool known = config_.policy.KnowsRules(consent_.facts.region);
  consent_.effective = consent_.Allowed() | (known ? 0 : consent_.effective & ~consent_.denied);
  KeepSalts(consent_.effective, consent_.unannounced);
  consent_.recorded = consent_.generation;
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
  if (more) return;
  if (!consent_.forgetting) log_unput_.clear();
  CarryOut(now);
}

// What the record notes as not carried out yet.
void EngineCore::CarryOut(const Now& now) {
  withdrawal_again_ = false;
  if (consent_.unannounced != 0 && (consent_.forgetting || withdrawing_here_)) {
    AbortForbidden();
    ReadPerson();
  } else if (consent_.forgetting) {
    Delete(EffectType::kStoreClear, kSpillPrefix);
    Delete(EffectType::kStoreClear, kLogPrefix);
    Expect(effects_.back(), StoreUse::kLogClear);
    ClearStore();
    withdrawal_ends_ = true;
  } else if (withdrawing_here_) {
    CarryOutWithdrawal(now);
  }
}

// A signal of which it is not known whether it counts is mostly followed by the place.
int64_t EngineCore::WithdrawalDue() const {
  const bool waits = consent_.unsure != 0 && !consent_.forgetting;
  return std::max(store_retry_ms_, waits ? facts_until_ms_ : 0);
}

void EngineCore::CarryOutWithdrawal(const Now& now) {
  Delete(EffectType::kStoreClear, kSpillPrefix);
  EndForbidden(true);
  ReleaseHeld(now);
  FinishWithdrawal();
}

// `clear`: the store, also when this engine has it closed.
void EngineCore::EndForbidden(bool clear) {
  AbortForbidden();
  DiscardForbidden();
  if (!AnyLane(GateVerdict::kDeidentify, true)) {
    // Who deletes reads first of whom the owner is to be told.
    const bool reads = !clear && consent_.unannounced != 0;
    if (clear || (store_phase_ != StorePhase::kClosed && !reads)) {
      ClearStore();
      deleted_.store_cleared = true;
    }
    outbox_.ForgetEmptied();
    CloseStore();
  }
  if (kHasParts) EndJourney(true);
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
  KeepWithdrawing();
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
  // After a forget there is no record, but for what its owner is still to be told.
  if (!forgotten) LogDeletion(now);
  if (!forgotten || consent_.answered()) PutConsentRecord();
  if (!consent_.answered() && forgotten) {
    ++consent_.generation;  // as other tabs count that hear of it
    DeleteRecord();
    if (!consent_.unreported.empty()) PutConsentRecord();
  }
  OpenStoreIfAllowed();
  view_dirty_ = true;
}

void EngineCore::DeleteRecord() {
  consent_unput_ = false;
  consent_.recorded = consent_.generation;
  record_ = String();
  Delete(EffectType::kStoreClear, kConsentPrefix);
  Expect(effects_.back(), StoreUse::kConsent);
}

void EngineCore::AbortForbidden() {
  for (Lane& lane : lanes_) {
    const GateVerdict verdict = Judge(config_.policy, consent_, lane.policy.needs);
    if (verdict < GateVerdict::kHold) continue;
    deleted_.may_have_left += Abort(&lane);
  }
}

// How many events were being sent.
int64_t EngineCore::Abort(Lane* lane) {
  size_t events = 0;
  for (Flight& flight : lane->flights) {
    if (std::exchange(flight.aborted, true)) continue;
    Emit(EffectType::kHttpAbort).target = flight.effect_id;
    events += flight.record_ids.size();
  }
  return static_cast<int64_t>(events);
}

void EngineCore::DiscardForbidden() {
  if (kHasParts) EndJourney(false);
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

// Like a withdrawal of everything: noted, carried out, and the note taken away last. What the owner
// is to be told outlives it.
void EngineCore::OnForget(const Input& input, const Now& now) {
  const bool nobody = record_.empty() && identity_.empty();  // there is nothing to forget
  if (!nobody) TellOfDeletion(consent_.Allowed() | consent_.effective, now);
  forgotten_subject_ = consent_.subject;
  forgotten_hash_ = consent_.log.hash;
  const PurposeSet unannounced = consent_.unannounced;
  const String unreported = std::move(consent_.unreported);
  const String salts = std::move(consent_.salts);
  ForgetHere(input.Body(input.fields["entropy"]), now);
  consent_.unannounced = unannounced;
  consent_.unreported = unreported;
  consent_.salts = salts;
  ReportAgain(now);
  consent_.forgetting = forgets_here_ = true;
  PutConsentRecord();
}

// All that this engine has in memory. Its store stays closed until what lies there is gone.
void EngineCore::ForgetHere(std::string_view entropy, const Now& now) {
  for (Lane& lane : lanes_) Abort(&lane);
  int64_t events = outbox_.events() + static_cast<int64_t>(held_.size());
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].for_records) events -= PendingOf(i);  // they stand in the consent record
  }
  losses_.Add(Loss::kConsent, events);
  outbox_.Clear();
  held_.clear();
  parted_ms_ = now.wall_ms;
  AnswerStitches(GateVerdict::kDrop, now);
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
  deleting_ = 0;
  for (Lane& lane : lanes_) lane.sent_for = 0;
  consent_.generation = generation + 1;
  CloseStore();
  ForgetPerson();
  NewGeneration(entropy, now);
}

// What the record says, under the facts that this engine was told.
// `denied`: what a signal denies that the record's decider did not know of.
ConsentState EngineCore::ReadRecord(JsonView record, bool opening, const Now& now,
                                    PurposeSet* denied) const {
  ConsentState read = ReadConsentRecord(config_.policy, record, now);
  const AgeFact age = read.facts.age;
  const SignalSet signals = read.facts.signals;
  read.facts = consent_.facts;
  if (read.facts.age == AgeFact::kUnknown) read.facts.age = age;
  if (opening) read.facts.signals = signals;
  *denied = Reconsider(config_.policy, &read, now);
  if (!config_.policy.KnowsRules(read.facts.region)) return read;
  // Where the policy knows no places what was allowed and is not any more has lapsed, too.
  if (opening) read.lapsed |= read.effective;
  read.WithdrawLapsed();
  return read;
}

// May have been denied by a decision that this tab never heard of.
void EngineCore::LetGoOfUntold() {
  for (Record& record : outbox_.records()) record.captured &= consent_.always_on;
  losses_.Add(Loss::kConsent, static_cast<int64_t>(held_.size()));
  held_.clear();
}

void EngineCore::OnStoreChanged(const Input& input, const Now& now) {
  const bool record = input.fields["key"].IsName(kConsentKey);
  if (record) HearRecord(input.Body(input.fields["value"]), now);
  if (HasJourney() && input.fields["key"].IsName(kJourneyKey)) {
    HearJourney(input.Body(input.fields["value"]));
  }
}

// Of another tab: the record as the store has it now.
void EngineCore::HearRecord(std::string_view value, const Now& now) {
  const bool readable = CheckJson(value).fault == JsonCheck::Fault::kNone;
  const JsonView record = readable ? JsonView(value) : JsonView();
  Decision by_signal;
  const ConsentState stored = ReadRecord(record, false, now, &by_signal.was);
  // Tabs that have not heard of each other count alike: who is told to forget once more shall.
  const bool heard = record_ == value;
  record_ = value;
  const bool equal = stored.generation == consent_.generation &&
                     stored.granted == consent_.granted && stored.denied == consent_.denied &&
                     stored.forgetting == consent_.forgetting;
  const bool same = stored.forgetting ? heard : equal;
  if (equal && !withdrawing_here_) consent_ = stored;  // its withdrawal may be done
  if (same) return;
  const ConsentState old = consent_;
  const Identity person = identity_;
  if (stored.forgetting) {
    const bool open = store_phase_ != StorePhase::kClosed;
    ForgetHere({}, now);
    // Also what this tab wrote before it heard; the other one may go before it comes to that.
    if (open && stored.unannounced == 0) ClearStore();
  }
  consent_ = stored;
  // Who decided may have gone before the owner was told and all was deleted.
  told_id_.clear();
  if (leading_ && consent_.unannounced != 0) {
    AnnounceDeletion(consent_.unannounced, person, now);
    told_id_ = person.anonymous_id;
    TakeDeletionOver();
  }
  // Following deletes what the signal ends: of whom the owner is to be told is read first.
  if (config_.has_records && by_signal.was != 0) consent_.unannounced |= by_signal.was;
  FollowRecord(old, now);
  // The other one does not know of this browser's signals.
  if (by_signal.was == 0) return;
  by_signal.by = ReasonName(consent_.WhoDenied(by_signal.was));
  TakeDecision(by_signal, ConsentState(consent_), now);
}

// What the record notes as still to be deleted.
void EngineCore::TakeDeletionOver() {
  withdrawing_here_ |= consent_.withdrawing;
  withdrawal_again_ |= consent_.withdrawing || consent_.forgetting;
  for (int i = 0; i < kPurposesMax && consent_.withdrawing; ++i) {
    const bool last = consent_.withdrawn_at[i] == consent_.last_withdrawn;
    if (last && consent_.last_withdrawn != 0) deleting_ |= PurposeSet{1} << i;
  }
}

// `old`: what held here before another tab put its record down.
void EngineCore::FollowRecord(const ConsentState& old, const Now& now) {
  // What lapsed when it was read counts here alone, and is no decision that this tab missed.
  const bool missed = consent_.recorded > old.recorded + 1;
  // Else all is forgotten, and nothing of this tab's is to be noted again.
  const bool answered = consent_.ever_answered();
  // Of a tab that had not heard of what was refused here: the refusal stands.
  bool kept = false;
  if (consent_.recorded <= old.recorded && !consent_.forgetting && answered) {
    // A record that another tab wrote over is put again, so that all count from the same decision.
    kept = KeepRefusals(old, &consent_) || consent_.recorded < old.recorded;
    consent_unput_ |= kept;
  }
  // Somebody has decided who had not heard that all is to be forgotten: what was before goes still.
  if (std::exchange(forgets_here_, false)) {
    consent_.Withdraw(~PurposeSet{0}, old.generation);
    withdrawing_here_ = person_gone_ = true;
  }
  // The other tab carries its withdrawal out in the whole store; here what this tab has is put in
  // order, in memory and under its own names. A withdrawal that this tab has not finished stays
  // noted.
  const bool more = consent_.last_withdrawn > old.last_withdrawn;
  if (answered) {
    for (int i = 0; i < kPurposesMax; ++i) {
      consent_.Withdraw(PurposeSet{1} << i, old.withdrawn_at[i]);
    }
  }
  // Who was granted again what had been withdrawn is somebody new, in every tab.
  const PurposeSet back = old.retired & ~consent_.retired & consent_.Allowed();
  const PurposeSet regained = back & ~WithOwnIds(config_.policy, back);
  if (regained != 0 || (missed && more)) {
    RetireId();
    identity_ = Identity();
    session_ = Session();
    if (kHasParts) ClearJourney();
  }
  if (consent_.generation <= old.generation) consent_.generation = old.generation + 1;
  const bool ended = consent_.recorded == 0 && old.recorded != 0;
  consent_.recorded = std::max(consent_.recorded, old.recorded + ended);
  if (kept) consent_.recorded = consent_.generation;  // it is put anew
  const bool unnoted = withdrawing_here_ && !consent_.withdrawing;
  consent_.withdrawing |= withdrawing_here_;
  if (withdrawing_here_) consent_.unannounced |= old.unannounced;
  if (unnoted && answered) PutConsentRecord();
  NewGeneration({}, now);
  // Of several decisions this tab heard the last one only. What was called before may have been
  // denied in between.
  if (missed) LetGoOfUntold();
  const PurposeSet lost = (old.Allowed() & ~consent_.Allowed()) | (consent_.denied & ~old.denied);
  if (missed || lost != 0) EndForbidden(false);  // also what this tab wrote before it heard
  // Who ends its own withdrawal takes the note of all others with it, so it carries them out, too.
  // Under a record that this tab writes over others may have written after it had cleared.
  if (withdrawing_here_ && (more || kept)) {
    KeepWithdrawing();
    withdrawal_again_ = true;
    withdrawal_ends_ = false;
  }
  OpenStoreIfAllowed();
  ReleaseHeld(now);
}

}  // namespace waymark
