// A deliberately broken engine: what stands between the engine and its world, and falsifies what
// passes. The engine itself is never touched, and the model sees only what comes out.
#ifndef WAYMARK_TESTS_SIMULATION_MUTATION_H_
#define WAYMARK_TESTS_SIMULATION_MUTATION_H_

#include <memory>
#include <string>
#include <vector>

#include "simulation/engine_port.h"

namespace waymark_simulation {

class Mutation {
 public:
  virtual ~Mutation() = default;

  // What the engine of a tab is opened with.
  virtual void OnStart(int /*tab*/, Input*) {}
  // False: the engine never hears of it.
  virtual bool OnInput(int /*tab*/, Input*) { return true; }
  virtual void OnOutput(int /*tab*/, Output*) {}
  virtual void OnView(int /*tab*/, View*) {}
  // Whether each claim is answered with the lead.
  virtual bool EveryTabLeads() const { return false; }
};

// All names, in the order in which the list of them is shown.
const std::vector<std::string>& MutationNames();

// Null for a name that is none. An empty name gives the engine as it is.
std::unique_ptr<Mutation> MakeMutation(const std::string& name);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_MUTATION_H_
