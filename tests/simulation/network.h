// The way to the collectors and back, and what the collectors say.
#ifndef WAYMARK_TESTS_SIMULATION_NETWORK_H_
#define WAYMARK_TESTS_SIMULATION_NETWORK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "simulation/surroundings.h"
#include "simulation/tab.h"

namespace waymark_simulation {

class Network {
 public:
  explicit Network(Surroundings* world);

  // Takes over a request that the model knows under `number`.
  void Send(Tab* tab, int number, int64_t timeout_ms);
  // Its tab has died or given it up: what has not arrived yet may get lost.
  void Cancel(int number);

  // The place of the collector that listens at this address.
  size_t CollectorAt(const std::string& url) const;

 private:
  // One collector's mood: fine, or nothing but one error, up to a moment.
  struct Mood {
    int status = 200;  // 0: it cannot be reached
    int64_t until_ms = 0;
  };

  void ChangeMood(Mood* mood);
  void Arrive(Tab* tab, int number, int64_t way_back_ms);
  void ArriveAgain(int number);
  Answer Judge(const Request& request);
  Answer WithPatience(int status, const CollectorSettings& collector);
  bool Holds(const Request& request, int64_t per_mille, uint64_t kind) const;
  std::vector<size_t> Taken(const Request& request, int status);
  int64_t Delay();

  Surroundings* world_;
  std::vector<Mood> moods_;      // one a collector
  std::vector<bool> cancelled_;  // by request
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_NETWORK_H_
