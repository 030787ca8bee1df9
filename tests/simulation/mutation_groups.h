// The list of mutations in parts, by what is broken.
#ifndef WAYMARK_TESTS_SIMULATION_MUTATION_GROUPS_H_
#define WAYMARK_TESTS_SIMULATION_MUTATION_GROUPS_H_

#include <vector>

#include "simulation/mutation.h"

namespace waymark_simulation {

std::vector<NamedMutation> ConsentMutations();
std::vector<NamedMutation> DeliveryMutations();
std::vector<NamedMutation> StoreMutations();

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_MUTATION_GROUPS_H_
