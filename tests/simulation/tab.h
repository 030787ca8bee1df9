// One tab: an engine and the host around it, which performs effects as sdk/docs/effect.md asks, at
// the speed of this world, until it is frozen or dies.
#ifndef WAYMARK_TESTS_SIMULATION_TAB_H_
#define WAYMARK_TESTS_SIMULATION_TAB_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulation/device.h"
#include "simulation/engine_port.h"
#include "simulation/surroundings.h"

namespace waymark_simulation {

class Network;

class Tab {
 public:
  Tab(Surroundings* world, Device* device, Network* network);

  TabFacts& facts() { return world_->model.tab(number_); }
  Device& device() { return *device_; }
  int number() const { return number_; }
  bool is_gone() { return facts().state == TabState::kGone; }
  bool is_awake() { return facts().state == TabState::kAwake; }

  // Calls of a page. `fields` lack only `now`.
  void Command(Json fields);
  void Track(const std::string& verb, const std::string& name, Priority priority, bool says_so,
             Json properties);
  void Decide(const Json& choices);
  void Reset();
  void Forget();
  void Narrow(const Json& document);
  void Connect(bool online, bool metered);

  void Lifecycle(const std::string& state);
  void Freeze() { LetGo("frozen"); }
  // The page goes: with `stays` into the browser's cache, from which Wake() brings it back.
  void Close(bool stays);
  // From frozen, or from the cache.
  void Wake();
  void Crash();
  void CrashAfter(int effects) { effects_until_crash_ = effects; }

  // As a page does that shows it.
  void LookAtView();
  // Does a job in the store, or cuts it off where a dying process stood.
  void RunJob(const Transaction& job);
  void TearJob(const Transaction& job);

  void set_claim(int64_t effect_id) { claim_ = effect_id; }
  void DeliverLead(const std::vector<std::string>& live);
  void DeliverConsentChange();
  void TellFact(const char* name, const Json& value);
  void HearRecord(const std::string& record);
  void DeliverReply(const Input& reply);
  // The one answer to a request. A second one is told only by a host that does not look.
  void DeliverAnswer(int64_t effect_id, const Answer& answer);

 private:
  void Open();
  void Send(Input input);
  // Does something with the engine: in a frozen tab later, in a dead one never.
  void Deliver(std::function<void()> action);
  void Perform(Output output, bool leaving);
  void PerformEffect(const Effect& effect, bool leaving, Transaction* transaction);
  void SetTimer();

  // tab_effects.cc
  void RunAtOnce(const Effect& effect);
  void TellOfWrites(const Transaction& transaction);
  Input ReplyOf(const Effect& effect, const std::string& trouble);
  Input ReadStore(const Effect& effect);
  void SendRequest(const Effect& effect, bool leaving);
  void Abort(int64_t effect_id);
  void TellAnswer(int64_t effect_id, int request, const Answer& answer);

  // Of what was handed to the store so much is done yet.
  void Die(int64_t jobs, bool tears);
  void LetGo(const char* state);
  int64_t mono_ms() const;
  std::string name() const { return "tab " + std::to_string(number_); }

  Surroundings* world_;
  Device* device_;
  Network* network_;
  int number_ = 0;
  int64_t opened_ms_ = 0;
  std::unique_ptr<EnginePort> engine_;
  std::optional<int64_t> wake_at_ms_;  // on the tab's own clock
  int64_t outputs_ = 0;                // of the engine, with something to do
  uint64_t timer_ = 0;                 // the one that counts
  int64_t claim_ = 0;
  int64_t record_read_ = 0;          // the effect that has read the consent record last
  int64_t record_write_ = 0;         // that has written it last and is not done; 0: all are
  int effects_until_crash_ = -1;     // negative: none is near
  bool was_closed_ = false;          // and lies in the browser's cache
  std::string record_at_freeze_;     // consent/record as it was
  std::map<int64_t, int> requests_;  // effect id to request, those without an answer
  std::deque<std::function<void()>> backlog_;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_TAB_H_
