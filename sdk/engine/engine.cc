#include "waymark/engine.h"

#include <algorithm>

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

constexpr int kWriterPrefixDigits = 8;
constexpr size_t kSignalsBytesMax = 2000;
constexpr int64_t kStillHereMs = 1'000;
constexpr int64_t kFactsMs = 5'000;

// Sorts by the time of opening, so that an outbox is read in the order in which it was written;
// ends as its message ids begin, so that a collector knows whose they are.
String WriterName(const Now& now, uint32_t message_prefix) {
  String name;
  AppendHex(&name, static_cast<uint64_t>(std::max<int64_t>(now.wall_ms, 0)),
            static_cast<int>(kWriterTimeDigits));
  AppendHex(&name, message_prefix, kWriterPrefixDigits);
  return name;
}

}  // namespace

std::string_view Input::Body(JsonView place) const {
  const int64_t offset = place["offset"].IntegerOr(-1);
  const int64_t size = place["size"].IntegerOr(-1);
  const int64_t all = static_cast<int64_t>(bodies.size());
  if (offset < 0 || size < 0 || offset > all || size > all - offset) return std::string_view();
  return bodies.substr(static_cast<size_t>(offset), static_cast<size_t>(size));
}

EngineCore::EngineCore(const Start& start)
    : config_(ReadConfig(start.fields["config"], start.fields["sdk"], &refusal_)),
      rules_{&config_.policy, &consent_, &config_.fields, false},
      prng_(start.Body(start.fields["entropy"])),
      message_ids_(&prng_) {
  lanes_ = std::move(config_.lanes);
  if (start.Body(start.fields["entropy"]).size() != kEntropyBytes) {
    AddProblem(&refusal_, "out_of_range", "/entropy", "other entropy", "32 bytes");
  }
  if (!refusal_.empty()) return;
  const JsonView record = start.fields["consent"];
  PurposeSet denied = 0;
  consent_ = ReadRecord(record, true, start.now, &denied);
  record_ = record.text();
  origin_ = start.fields["origin"].AsName();
  for (Lane& lane : lanes_) {
    lane.cross_origin = IsCrossOrigin(origin_, lane.collector->rules().url);
  }
  outbox_.Start(config_.outbox, lanes_.size());
  BeginWriter(start.now);
  OpenStoreIfAllowed();
  // Not at once: facts that are told first may say by which rules.
  facts_until_ms_ = start.now.mono_ms + kFactsMs;
  TakeDeletionOver();
  // A purpose that there is no more: what it was for is not known, and others keep theirs.
  const bool known = record["withdrawing"].AsBool();
  if (!known && consent_.last_withdrawn != consent_.generation) deleting_ = 0;
  ReportAgain(start.now);
  LogWhatRanOut(record, start.now);
  PutInAppKeys();  // whoever starts beside this one looks for them at once
  ClearUntold();
  view_dirty_ = true;
}

Output EngineCore::Handle(const Input& input) {
  if (!refusal_.empty()) {
    Output output;
    output.refused = true;
    for (const Problem& problem : refusal_) AddProblem(&output.problems, problem);
    return output;
  }
  const bool is_wake = input.type == InputType::kWake;
  if (is_wake) wake_asked_ = false;
  Dispatch(input, input.now, 0);
  return TakeOutput(input.now, is_wake);
}

Output EngineCore::HandleLate(const Input& input, uint32_t generation) {
  if (!refusal_.empty() || input.type > InputType::kGroup) return Handle(input);
  Dispatch(input, input.now, RefusedSince(generation, input.fields["needs"]));
  return TakeOutput(input.now, false);
}

void EngineCore::Dispatch(const Input& input, const Now& now, uint32_t refused) {
  // A page that still runs a second after it said that it goes, or in which somebody decides, has
  // not gone: its platform, or some script of the page, told a tale.
  const bool decides = input.type == InputType::kSetConsent || input.type == InputType::kReset ||
                       input.type == InputType::kForget;
  if (asleep_ && (decides || now.mono_ms >= slept_ms_ + kStillHereMs)) WakeUp(now);
  // Calls of a page come in bursts: they only queue. What one task brings is stored and sent
  // together.
  if (input.type <= InputType::kGroup) return OnCapture(input, refused);
  switch (input.type) {
    case InputType::kRefused:
      return OnRefused(input);
    case InputType::kSetContext:
      return OnSetContext(input);
    case InputType::kReset:
      OnReset(input, now);
      break;
    case InputType::kSetConsent:
      OnSetConsent(input, now);
      break;
    case InputType::kFlush:
      OnFlush(now);
      break;
    case InputType::kForget:
      OnForget(input, now);
      break;
    case InputType::kHttpDone:
      OnHttpDone(input, now);
      break;
    case InputType::kStoreRead:
      OnStoreRead(input, now);
      break;
    case InputType::kStoreDone:
      OnStoreDone(input, now);
      break;
    case InputType::kStoreFailed:
      OnStoreFailed(input, now);
      break;
    case InputType::kStoreChanged:
      // Who hears of others is awake, though the platform says so only in a moment.
      if (asleep_) WakeUp(now);
      OnStoreChanged(input, now);
      break;
    case InputType::kConnectivity:
      OnConnectivity(input, now);
      break;
    case InputType::kSignal:
      OnSignal(input, now);
      break;
    case InputType::kRecords:
      return OnRecords(input);
    case InputType::kHandOver:
    case InputType::kAcceptHandOver:
    case InputType::kImportId:
      OnStitch(input);
      break;
    case InputType::kNarrow:
      OnNarrow(input);
      break;
    case InputType::kLead:
      OnLead(input, now);
      break;
    case InputType::kLifecycle:
      OnLifecycle(input, now);
      break;
    default:  // kWake
      break;
  }
  Pump(now);
}

// For the view: every fact that was told, also those that no policy asks for.
void EngineCore::KeepSignal(const Input& input) {
  String change = "{";
  AppendJsonString(&change, input.fields["name"].AsString());
  change.append(":").append(input.fields["value"].text()).append("}");
  if (change.size() > kSignalsBytesMax || !input.fields["value"]) return;
  String merged = MergeObjects(JsonView(signals_), JsonView(change));
  if (merged.size() > kSignalsBytesMax) return;
  signals_ = std::move(merged);
  view_dirty_ = true;
}

// Nothing on the wire joins what was before with what comes now: neither message ids nor the name
// under which losses are counted.
void EngineCore::NewGeneration(std::string_view entropy, const Now& now) {
  prng_.Reseed(entropy);
  message_ids_.NewPrefix(&prng_);
  BeginWriter(now);
  DropDrafts();
  if (store_phase_ != StorePhase::kClosed && AnyLane(GateVerdict::kDeidentify, true)) Claim();
  view_dirty_ = true;
}

void EngineCore::BeginWriter(const Now& now) {
  outbox_.BeginWriter(WriterName(now, message_ids_.prefix()));
}

void EngineCore::Pump(const Now& now) {
  if (HasJourney()) DecideOnSilences(now);
  AdoptIfDue(now);
  StoreWhatIsNew(now);
  if (flush_leaving_)
    SendLeaving(now);
  else if (!asleep_)
    SendDue(now);
  flush_leaving_ = false;
  if (asleep_) LeaveUnanswered();
  EmitStoreChanges(now);
  falls_asleep_ = false;
  const bool waiting = store_phase_ == StorePhase::kOpen && ChangesPaused(now);
  const bool changes = outbox_.has_rewrites() || outbox_.has_deletions();
  if (withdrawal_ends_ && !waiting && !changes) AwaitDeletions(now);
  ReadMoreSegments();
  if (!view_dirty_) return;
  view_dirty_ = false;
  effects_.emplace_back();  // kNotify
}

int64_t EngineCore::NextWake(const Now& now) const {
  const bool to_store = !StorePaused(now) && outbox_.has_unstored();
  if (asleep_ && !to_store) return std::max(slept_ms_ + kStillHereMs, now.mono_ms);
  const bool clears = clear_again_ && store_phase_ == StorePhase::kClosed;
  const bool again = consent_unput_ || record_again_ || clears;
  int64_t wake = again ? std::max(store_retry_ms_, now.mono_ms) : kNever;
  if (withdrawal_again_) wake = std::min(wake, std::max(WithdrawalDue(), now.mono_ms));
  if (store_phase_ == StorePhase::kFailed) wake = std::min(wake, reopen_ms_);
  if (store_phase_ == StorePhase::kOpen) {
    if (store_retry_ms_ > now.mono_ms)
      wake = std::min(wake, store_retry_ms_);
    else if (!StorePaused(now) && (outbox_.has_unstored() || identity_dirty_ || session_dirty_))
      wake = std::min(wake, StoreDue(now));
    if (!segments_reading_ && left_.empty()) wake = std::min(wake, adopt_again_ms_);
  }
  for (size_t i = 0; i < lanes_.size(); ++i) wake = std::min(wake, LaneWake(i));
  if (HasJourney()) wake = std::min(wake, JourneyWake(now));
  return wake;
}

Output EngineCore::TakeOutput(const Now& now, bool is_wake) {
  Output output;
  int64_t wake = NextWake(now);
  // A wake is never answered with "at once": that would be a loop without a bound.
  if (is_wake) wake = std::max(wake, now.mono_ms + 1);
  const bool at_once = wake <= now.mono_ms;
  const bool same = at_once ? wake_asked_ : wake == last_wake_ms_;
  output.nothing = effects_.empty() && problems_.empty() && same && !is_wake;
  wake_asked_ = wake_asked_ || at_once;
  last_wake_ms_ = wake;
  output.wake_at_ms = wake_asked_ ? std::min(wake, now.mono_ms) : wake;
  output.effects = std::move(effects_);
  output.problems = std::move(problems_);
  effects_.clear();
  problems_.clear();
  return output;
}

Effect& EngineCore::Emit(EffectType type) {
  Effect& effect = effects_.emplace_back();
  effect.type = type;
  effect.effect_id = next_effect_id_++;
  return effect;
}

void EngineCore::Report(const Problem& problem) {
  if (problems_.size() < kProblemsMax) AddProblem(&problems_, problem);
}

void EngineCore::Report(const char* code, std::string_view pointer, std::string_view found,
                        std::string_view allowed) {
  if (problems_.size() < kProblemsMax) AddProblem(&problems_, code, pointer, found, allowed);
}

Engine::Engine(const Start& start) : core_(std::make_unique<EngineCore>(start)) {}
Engine::~Engine() = default;

Output Engine::Handle(const Input& input) { return core_->Handle(input); }

Output Engine::HandleLate(const Input& input, uint32_t generation) {
  return core_->HandleLate(input, generation);
}

void Engine::Admission(JsonWriter* writer) const { core_->Admission(writer); }

bool Engine::HasUnstored() const { return core_->HasUnstored(); }

String Engine::View() const { return core_->View(); }

void Engine::Inventory(JsonWriter* writer) const { core_->Inventory(writer); }

void Engine::Explain(JsonView event, JsonWriter* writer) const { core_->Explain(event, writer); }

List<Problem> LintConfig(JsonView config) {
  List<Problem> problems;
  ReadConfig(config, JsonView(), &problems);
  return problems;
}

}  // namespace waymark
