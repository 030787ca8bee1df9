// A deliberately broken engine: what stands between the engine and its world, and falsifies what
// passes. The engine itself is never touched, and the model sees only what comes out.
#ifndef WAYMARK_TESTS_SIMULATION_MUTATION_H_
#define WAYMARK_TESTS_SIMULATION_MUTATION_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "simulation/engine_port.h"
#include "simulation/settings.h"

namespace waymark_simulation {

class Mutation {
 public:
  virtual ~Mutation() = default;

  // What the engine of a tab is opened with.
  virtual void OnStart(int /*tab*/, Input*) {}
  // False: the engine never hears of it, and does nothing.
  virtual bool OnInput(int /*tab*/, Input*) { return true; }
  // What came of an input as the engine heard it. Effects may be added also where there was nothing
  // to do; the timer stays then.
  virtual void OnOutput(int /*tab*/, const Input&, Output*) {}
  // Whether an engine takes itself for the leader as soon as it holds its name.
  virtual bool EveryTabLeads() const { return false; }
};

// One way in which an engine may be broken, and how the simulation says so: a violation of this
// promise, with these words in it.
struct NamedMutation {
  std::string name;
  std::string promise;
  std::string words;
  std::function<std::unique_ptr<Mutation>()> make;
  // Worlds in which it can do harm at all.
  bool (*matters_in)(const Settings&) = [](const Settings&) { return true; };
};

// In the order in which the list is shown: README.md has it as a table.
const std::vector<NamedMutation>& Mutations();

// An empty name gives the engine as it is. Null for a name that is not in the list.
std::unique_ptr<Mutation> MakeMutation(const std::string& name);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_MUTATION_H_
