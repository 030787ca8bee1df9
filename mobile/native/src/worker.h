// Drives one engine: what callers and the world bring goes in, effects come out and are performed.
//
// All of it runs on the worker's thread. Invariant: no decision is taken here; what is kept, sent
// or dropped is the engine's answer.
#ifndef WAYMARK_MOBILE_NATIVE_WORKER_H_
#define WAYMARK_MOBILE_NATIVE_WORKER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "calls.h"
#include "settings.h"
#include "store.h"
#include "waymark/engine.h"

namespace waymark::native {

// What the worker counts and everybody may read.
struct WorkerCounters {
  std::atomic<uint64_t> replayed{0};
  std::atomic<uint64_t> torn{0};
  std::atomic<uint64_t> corrupt{0};
  std::atomic<uint64_t> store_failures{0};
  std::atomic<uint64_t> wake_ups{0};
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> request_bytes{0};
  std::atomic<uint64_t> stored_segments{0};
};

class Worker {
 public:
  // `show`: takes a new view.
  Worker(const Settings* settings, Calls* calls, Http* http, WorkerCounters* counters,
         std::function<void(std::string&&)> show);
  ~Worker();

  // Opens store and engine.
  waymark_status Open();
  // One turn: answers of the network, calls, the timer. WaitMs() says when the next one is due;
  // negative: when something happens.
  void Turn(std::vector<HttpAnswer>&& answers);
  int64_t WaitMs();
  // The last turns, until `deadline_ms` of the steady clock: all calls are handed over and put
  // down, what can be sent is sent.
  void Leave(int64_t deadline_ms);
  // Questions that get no answer any more are told so.
  void EndQuestions();

 private:
  struct Asked {
    waymark_answer answer = nullptr;
    void* context = nullptr;
  };

  // worker.cc
  Now now() const { return {clock_->WallMs(), clock_->MonoMs()}; }
  waymark_status OpenEngine();
  waymark_status RefuseConfig(const Output& output);
  void Drain();
  void DrainStep();
  void FeedIntake(uint64_t through);
  void Feed(const IntakeRecord& record);
  void EndTask();
  void Settle();
  void ReplayEarlier();
  void HandleCall(Call&& call);
  void HandleCommand(const Call& call);
  void AskQuery(const Call& call);
  void GiveAnswer(const Asked& asked, const std::string& text);
  void CountLost();
  void PublishTable();
  void ShowView();
  Output Handle(std::string_view json, std::string_view bodies = {}, int64_t wall_ms = 0);
  Output HandleFact(InputType type, const String& json, std::string_view bodies = {});
  Output Wake();

  // worker_effects.cc
  void Take(Output&& output);
  void Perform();
  void PerformStore();
  uint64_t Covered() const;
  void PerformRead(const Effect& effect);
  void PerformHttp(Effect&& effect);
  void PerformAnswer(const Effect& effect);
  void ReadPreferences();
  void TellPreferences(const std::vector<StateChange>& changes);
  void TellAnswer(const HttpAnswer& answer);
  void TellStore(int64_t effect_id, Fault fault);
  void Report(const char* code, std::string_view pointer, std::string_view found,
              std::string_view allowed);

  const Settings* settings_;
  const Clock* clock_;
  Calls* calls_;
  Http* http_;
  WorkerCounters* counters_;
  const std::function<void(std::string&&)> show_;
  Store store_;
  std::unique_ptr<Engine> engine_;
  std::deque<Effect> effects_;
  std::deque<Call> pending_;  // taken from callers, not handed over yet
  uint64_t through_ = 0;      // the intake is to be read up to this sequence
  uint64_t fed_ = 0;          // the last one of the intake that the engine has
  size_t step_bytes_ = 0;     // fed in this step
  size_t task_bytes_ = 0;     // fed since the engine was last woken
  int64_t wake_at_ms_ = kNever;
  int64_t gather_until_ms_ = kNever;
  int64_t replay_at_ms_ = kNever;
  int64_t shown_ms_ = 0;
  int64_t next_request_id_ = 1;
  std::map<int64_t, Asked> asked_;
  std::set<int64_t> in_flight_;
  std::set<std::string> preferences_;  // names that the app's preferences have
  std::string table_;
  std::string scratch_;
  String record_text_;
  std::string last_problem_;
  int64_t problem_ms_ = 0;
  bool view_dirty_ = true;
  bool replayed_ = true;  // what an earlier process left
  bool more_ = false;     // calls are left for the next turn
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_WORKER_H_
