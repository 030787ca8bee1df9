// The model: keeps the facts of a world as they happen and has every watch look at them. A watch
// knows one kind of promise and throws a Violation when it is broken.
#ifndef WAYMARK_TESTS_SIMULATION_MODEL_H_
#define WAYMARK_TESTS_SIMULATION_MODEL_H_

#include <memory>
#include <string>
#include <vector>

#include "simulation/facts.h"
#include "simulation/segment_reader.h"

namespace waymark_simulation {

class Watch {
 public:
  virtual ~Watch() = default;

  virtual void OnCall(const Token&) {}
  // A tab has heard of its visitor's decision, and has answered.
  virtual void OnDecision(const TabFacts&, const Json& /*choices*/) {}
  // Before the request is among the facts of its events.
  virtual void OnRequest(const TabFacts&, const Request&) {}
  // `taken`: the events that the collector kept, by their place in the request.
  virtual void OnArrival(const Request&, const std::vector<size_t>& /*taken*/) {}
  // Its records are with the owner.
  virtual void OnOwnerHears(const Request&) {}
  virtual void OnAnswer(const TabFacts&, const Request&, const Answer&) {}
  // A store effect leaves the engine.
  virtual void OnStoreEffect(const TabFacts&, const Effect&) {}
  // It is in the store now.
  virtual void OnApplied(const Transaction&) {}
  // A tab is given what stands under a key that is no segment.
  virtual void OnRead(const TabFacts&, const std::string& /*key*/, const std::string& /*value*/) {}
  // A timer that the engine asked for has run out. `idle`: nothing came of it.
  virtual void OnWake(const TabFacts&, bool /*idle*/) {}
  virtual void OnView(const TabFacts&, const View&) {}
  // Nothing is left to do anywhere, the world being whole again: with tabs still open, and at the
  // very end.
  virtual void AtRest() {}
  virtual void AtEnd() {}
};

class Model {
 public:
  explicit Model(const Settings& settings);

  Facts& facts() { return facts_; }
  TabFacts& tab(int number) { return facts_.tabs[static_cast<size_t>(number)]; }

  TabFacts& OpenTab(size_t device, const Choices& choices);
  // The call that a tab is about to make; its number is its mark.
  Token& Call(int tab, const std::string& verb, const std::string& name, Priority priority);

  // What a tab was told, before its engine answers.
  void Told(int tab, const Choices& choices);
  // It has heard of somebody else's decision, which is the device's so-and-so-many-th; 0: of its
  // end.
  void HeardOf(int tab, int64_t generation);
  // What holds in a tab that hears a record, which says this: of a decision that was made without
  // having heard of its own, what it had refused stays so, and is put down anew.
  Choices WithRefusals(int tab, const std::string& record, Choices choices);
  void Decided(int tab, const Json& choices);
  void Reset(int tab);
  void Forget(int tab);
  void Narrow(int tab, const Json& document);

  void Sent(Request request);
  void Arrived(int request, const std::vector<size_t>& taken);
  void OwnerHears(int request);
  void Answered(int request, const Answer& answer);

  void EmitsStoreEffect(int tab, const Effect& effect);
  void Applied(const Transaction& transaction);
  // A put of which only the first bytes reached the store.
  void AppliedInPart(int tab, const Effect& put, size_t bytes);
  void Read(int tab, const std::string& key, const std::string& value);

  void Woken(int tab, bool idle);
  void Viewed(int tab, const View& view);
  void ReportsFullQueue(int tab);
  void Rest();
  void End();

  // Calls and collectors that were settled since the last time.
  std::vector<std::pair<int, size_t>> TakeSettled();

 private:
  Fate FateAtCall(const TabFacts& tab, const Token& token, size_t collector) const;
  void Retell(const TabFacts& tab, Token* token);
  bool MustLie(const TabFacts& teller, const Token& token, bool identified) const;
  void LeaveStore(const TabFacts& tab, Token* token);
  // What was called on a device up to now need neither arrive nor be counted.
  void ExcuseAll(size_t device);
  std::vector<Token*> StoredUnder(const std::string& writer);
  int FirstNameless(const std::string& writer, Priority priority, size_t collector) const;
  void Advance(int tab, const std::string& writer, Priority priority, size_t collector);
  void LoseBook(size_t device);
  void MarkStored(int tab, const Effect& put);
  void MarkStored(const StoredEvent& event, Token* token);
  bool IsDone(const Request& request, const Answer& answer) const;
  template <typename Action>
  void ForEachWatch(const Action& action) {
    for (const auto& watch : watches_) action(watch.get());
  }

  Facts facts_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::pair<int, size_t>> settled_;
};

// Whether a tab that is awake writes under that name.
bool IsHeld(const Facts& facts, const std::string& writer);

// Whether anybody may get a stored event who may keep it on the device.
bool MayLie(const Facts& facts, const Choices& choices, const StoredEvent& event);

// What a call is known by in a collector's `only`.
const std::string& SelectorOf(const Token& token);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_MODEL_H_
