// Ways to falsify what passes between an engine and its world, from which mutations are made. What
// a function keeps in mind lives as long as the world that it was made for.
#ifndef WAYMARK_TESTS_SIMULATION_FALSIFY_H_
#define WAYMARK_TESTS_SIMULATION_FALSIFY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "simulation/mutation.h"

namespace waymark_simulation {

std::unique_ptr<Mutation> AtStart(std::function<void(Input*)> falsify);
// Inputs of one type. False: the engine never hears of it.
std::unique_ptr<Mutation> AtInput(std::string type, std::function<bool(Input*)> falsify);
// Effects of one type.
std::unique_ptr<Mutation> AtEffect(std::string type, std::function<void(Effect*)> falsify);
// The events of a request, in the words of Segment or else of Snowplow. Compressed bodies stay as
// they are.
using FalsifyEvents = std::function<void(int tab, bool segment, Json* events)>;
std::unique_ptr<Mutation> AtSentEvents(FalsifyEvents falsify);

// The store does nothing, and says that it is done.
void MakeHarmless(Effect* store_effect);
// The key or the prefix that a store effect is about.
std::string PlaceOf(const Effect& store_effect);

// Where an event of a request tells who it is from; null when it does not.
Json* AnonymousIdOf(bool segment, Json* event);

// Sends requests again.
class Resender : public Mutation {
 protected:
  // To be called with each output, before anything is added to it.
  void Remember(int tab, const Output& output);
  // Neither does anything for a request that is none of the engine's. In the place of one whose
  // answer the engine has not heard:
  void SendAgain(int tab, int64_t effect_id, Output* output);
  // Beside it, so that the answer tells the engine nothing:
  void SendBeside(int tab, int64_t effect_id, Output* output);

 private:
  std::map<std::pair<int, int64_t>, Effect> requests_;  // by tab and effect id
  int64_t own_requests_ = 0;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_FALSIFY_H_
