// What all parts of one world share.
#ifndef WAYMARK_TESTS_SIMULATION_SURROUNDINGS_H_
#define WAYMARK_TESTS_SIMULATION_SURROUNDINGS_H_

#include <cstdio>
#include <string>

#include "simulation/engine_port.h"
#include "simulation/model.h"
#include "simulation/mutation.h"
#include "simulation/random.h"
#include "simulation/schedule.h"
#include "simulation/settings.h"

namespace waymark_simulation {

// Of all tabs, within a millisecond: far more than a world of three tabs a device needs.
inline constexpr size_t kBurstEffectsMax = 20'000;
inline constexpr size_t kBurstBytesMax = size_t{256} * 1024 * 1024;

struct Surroundings {
  Surroundings(const Settings& the_settings, Mutation& the_mutation, bool tells)
      : settings(the_settings), mutation(the_mutation), traces(tells) {}

  const Settings& settings;
  Mutation& mutation;
  bool traces;
  Model model{settings};
  Schedule schedule;
  Random random{settings.seed};
  Json config = MakeConfig(settings);
  ByteSum sum;
  bool is_healed = false;  // nothing goes wrong any more
  int64_t burst_ms = 0;    // the last moment at which an engine asked for something
  size_t burst_effects = 0;
  size_t burst_bytes = 0;

  // A line of the story, for a person who replays a seed.
  void Tell(const std::string& line) const {
    if (traces)
      std::printf("%10lld  %s\n", static_cast<long long>(schedule.now_ms()), line.c_str());
  }

  // An engine that turns in circles while the clock stands would fill the memory before it is seen
  // that it never rests.
  void Bound(const Output& output) {
    if (schedule.now_ms() != burst_ms) burst_effects = burst_bytes = 0;
    burst_ms = schedule.now_ms();
    burst_effects += output.effects.size();
    for (const Effect& effect : output.effects) burst_bytes += effect.body.size();
    if (burst_effects > kBurstEffectsMax || burst_bytes > kBurstBytesMax) {
      throw Violation("idle", std::to_string(burst_effects) + " effects of " +
                                  std::to_string(burst_bytes) + " bytes in one moment");
    }
  }

  bool Happens(int64_t per_mille) { return !is_healed && random.PerMille(per_mille); }
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_SURROUNDINGS_H_
