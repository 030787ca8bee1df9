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

  // A line of the story, for a person who replays a seed.
  void Tell(const std::string& line) const {
    if (traces)
      std::printf("%10lld  %s\n", static_cast<long long>(schedule.now_ms()), line.c_str());
  }

  bool Happens(int64_t per_mille) { return !is_healed && random.PerMille(per_mille); }
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_SURROUNDINGS_H_
