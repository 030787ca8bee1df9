// One simulated world, from its seed to its end.
//
// Visitors act on the tabs of their devices while the weather is what the seed makes it. Then the
// world heals: all faults end, every tab comes to rest, all close, one more opens on each device,
// reports what is left, and the model asks whether all promises were kept.
#ifndef WAYMARK_TESTS_SIMULATION_WORLD_H_
#define WAYMARK_TESTS_SIMULATION_WORLD_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "simulation/device.h"
#include "simulation/network.h"
#include "simulation/surroundings.h"
#include "simulation/tab.h"

namespace waymark_simulation {

struct RunOptions {
  uint64_t seed = 1;
  std::string mutation;  // empty: the engine as it is
  bool traces = false;
  int64_t steps = -1;  // fewer than the seed would take; negative: all
};

struct RunResult {
  std::string violation;  // empty: all promises were kept
  uint64_t sum = 0;       // of all bytes that the engines gave
  int64_t events = 0;     // that happened
};

RunResult Run(const RunOptions& options);

class World {
 public:
  World(const Settings& settings, Mutation& mutation, bool traces);

  // Throws a Violation.
  void Live(int64_t steps);

  uint64_t sum() const { return surroundings_.sum.value(); }
  int64_t events() const { return events_; }

 private:
  void Step();
  void ActOn(Tab* tab);
  void TouchSurroundings(Device* device);
  void CallSome(Tab* tab);
  void CallOnce(Tab* tab);
  void DecideSome(Tab* tab, bool grants_all);
  void SwitchUser(Tab* tab);
  void ChangeLife(Tab* tab);
  void NarrowSome(Tab* tab);
  void Leave(Tab* tab);
  void CrashSome(Tab* tab);
  Tab* OpenTab(Device* device);
  Tab* PickTab(Device* device);
  int64_t Jump();
  void Heal();
  void Rest(const char* where);
  void CloseAll();

  Surroundings surroundings_;
  Network network_;
  std::deque<Device> devices_;
  std::deque<Tab> tabs_;
  int64_t events_ = 0;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_WORLD_H_
