#include "simulation/mutation.h"
#include "simulation/mutation_groups.h"

namespace waymark_simulation {

const std::vector<NamedMutation>& Mutations() {
  static const std::vector<NamedMutation> mutations = [] {
    std::vector<NamedMutation> all;
    for (const auto& group : {ConsentMutations(), DeliveryMutations(), StoreMutations()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return mutations;
}

std::unique_ptr<Mutation> MakeMutation(const std::string& name) {
  if (name.empty()) return std::make_unique<Mutation>();
  for (const NamedMutation& mutation : Mutations()) {
    if (mutation.name == name) return mutation.make();
  }
  return nullptr;
}

}  // namespace waymark_simulation
