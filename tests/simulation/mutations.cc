#include "simulation/mutation.h"

namespace waymark_simulation {

const std::vector<std::string>& MutationNames() {
  static const std::vector<std::string> names = {};
  return names;
}

std::unique_ptr<Mutation> MakeMutation(const std::string&) { return std::make_unique<Mutation>(); }

}  // namespace waymark_simulation
