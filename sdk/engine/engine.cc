#include "waymark/engine.h"

#include <algorithm>

#include "base/limits.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

constexpr int kWriterTimeDigits = 11;  // hexadecimal milliseconds until the year 2527
constexpr int kWriterRandomDigits = 8;

// Sorts by the time of opening, so that an outbox is read in the order in which it was written.
std::string WriterName(Now now, Prng* prng) {
  std::string name;
  AppendHex(&name, static_cast<uint64_t>(std::max<int64_t>(now.wall_ms, 0)), kWriterTimeDigits);
  AppendHex(&name, prng->Next(), kWriterRandomDigits);
  return name;
}

}  // namespace

EngineCore::EngineCore(const Start& start)
    : config_(ReadConfig(start.config, start.sdk_name, start.sdk_version, &refusal_)),
      lanes_(std::move(config_.lanes)),
      prng_(start.entropy),
      message_ids_(&prng_) {
  if (start.entropy.size() != kEntropyBytes) {
    refusal_.push_back({"out_of_range", "/entropy", std::to_string(start.entropy.size()) + " bytes",
                        std::to_string(kEntropyBytes) + " bytes"});
  }
  if (!refusal_.empty()) return;
  consent_ = ReadConsentRecord(config_.policy, start.consent, start.now);
  outbox_.Start(config_.outbox, WriterName(start.now, &prng_));
  OpenStoreIfAllowed();
  if (consent_.withdrawing) CarryOutWithdrawal(start.now);
  view_dirty_ = true;
}

Output EngineCore::Handle(const Input& input) {
  if (!refusal_.empty()) {
    Output output;
    output.refused = true;
    output.problems = refusal_;
    return output;
  }
  const bool is_wake = std::holds_alternative<Wake>(input.body);
  if (is_wake) wake_asked_ = false;
  Dispatch(input, input.now);
  return TakeOutput(input.now, is_wake);
}

void EngineCore::Dispatch(const Input& input, Now now) {
  const auto& body = input.body;
  // Calls of a page come in bursts: they only queue. What one task brings is stored and sent together.
  if (const auto* capture = std::get_if<Capture>(&body)) return OnCapture(capture->event, now);
  if (const auto* refused = std::get_if<Refused>(&body)) return OnRefused(*refused);
  if (const auto* context = std::get_if<SetContext>(&body)) return OnSetContext(*context);

  if (const auto* reset = std::get_if<Reset>(&body)) OnReset(*reset);
  else if (const auto* consent = std::get_if<SetConsent>(&body)) OnSetConsent(*consent, now);
  else if (const auto* forget = std::get_if<Forget>(&body)) OnForget(*forget);
  else if (const auto* http = std::get_if<HttpDone>(&body)) OnHttpDone(*http, now);
  else if (const auto* read = std::get_if<StoreRead>(&body)) OnStoreRead(*read, now);
  else if (const auto* done = std::get_if<StoreDone>(&body)) OnStoreDone(*done, now);
  else if (const auto* failed = std::get_if<StoreFailed>(&body)) OnStoreFailed(*failed, now);
  else if (const auto* changed = std::get_if<StoreChanged>(&body)) OnStoreChanged(*changed, now);
  else if (const auto* online = std::get_if<Connectivity>(&body)) OnConnectivity(*online, now);
  else if (const auto* signal = std::get_if<Signal>(&body)) OnSignal(*signal);
  else if (std::holds_alternative<Flush>(body)) OnFlush(now);
  Pump(now);
  if (const auto* lifecycle = std::get_if<Lifecycle>(&body)) OnLifecycle(*lifecycle, now);
}

void EngineCore::OnSignal(const Signal& signal) {
  const auto known = std::find_if(signals_.begin(), signals_.end(), [&](const auto& entry) {
    return entry.first == signal.name;
  });
  if (known != signals_.end()) known->second = signal.value;
  else if (signals_.size() < kProblemsMax) signals_.emplace_back(signal.name, signal.value);
  view_dirty_ = true;
}

void EngineCore::Pump(Now now) {
  StoreWhatIsNew();
  SendDue(now);
  EmitStoreChanges();
  ReadMoreSegments();
  if (view_dirty_) {
    view_dirty_ = false;
    effects_.push_back({0, Notify{}});
  }
}

int64_t EngineCore::NextWake(Now now) const {
  const bool to_store = store_phase_ == StorePhase::kOpen &&
                        (outbox_.has_unstored() || identity_dirty_ || session_dirty_);
  if (to_store) return now.mono_ms;
  int64_t wake = kNever;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    if (lane.busy() || !online_ || outbox_.pending(static_cast<int>(i)) == 0) continue;
    wake = std::min(wake, std::max(lane.due_ms, lane.retry_ms));
  }
  return wake;
}

Output EngineCore::TakeOutput(Now now, bool is_wake) {
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

int64_t EngineCore::Emit(decltype(Effect::body) body) {
  effects_.push_back({next_effect_id_, std::move(body)});
  return next_effect_id_++;
}

void EngineCore::Report(Problem problem) {
  if (problems_.size() < kProblemsMax) problems_.push_back(std::move(problem));
}

Engine::Engine(std::unique_ptr<EngineCore> core) : core_(std::move(core)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Engine Engine::Open(const Start& start) { return Engine(std::make_unique<EngineCore>(start)); }

Output Engine::Handle(const Input& input) { return core_->Handle(input); }

std::string Engine::View() const { return core_->View(); }

std::vector<Problem> LintConfig(const JsonView& config) {
  std::vector<Problem> problems;
  ReadConfig(config, std::string(), std::string(), &problems);
  return problems;
}

}  // namespace waymark
