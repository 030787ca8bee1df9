// The consent gate a second time, in the plainest words: what the model allows. It shares nothing
// with the core's gate but the documents that both follow.
#ifndef WAYMARK_TESTS_SIMULATION_GATE_H_
#define WAYMARK_TESTS_SIMULATION_GATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "simulation/settings.h"

namespace waymark_simulation {

// From what gives most to what gives nothing.
enum class Verdict { kAdmit, kDeidentify, kHold, kDrop };

// Whether an event may go to a collector that is judged so. A de-identified one is less than what
// an admission allows.
inline bool Fits(Verdict verdict, bool identified) {
  return identified ? verdict == Verdict::kAdmit : verdict <= Verdict::kDeidentify;
}

// What a visitor chose, as one tab knows it: purpose to "granted" or "denied"; and under kUnasked
// whether they live where what they have not chosen about is on.
using Choices = std::map<std::string, std::string>;
inline constexpr const char* kUnasked = "@unasked";

class Gate {
 public:
  explicit Gate(const Settings& settings) : settings_(&settings) {}

  // What a collector may get.
  Verdict Judge(const Choices& choices, size_t collector) const;
  // Whether events for the collector may be kept on the device.
  bool MayStore(const Choices& choices, size_t collector) const;
  // Whether anything may be kept on the device, and whether identifiers may.
  bool MayStoreAnything(const Choices& choices) const;
  bool MayStoreIdentity(const Choices& choices) const;
  // Ids of the purposes that a visitor may choose about.
  std::vector<std::string> Choosable() const;

  // What the stored record says at a time. Answers older than 180 days, or of the future by more
  // than a day, do not hold: docs/config.schema.json, valid_days. An objection does: without it the
  // purpose would be on again, unasked. Where the person's signal counts it denies all that was not
  // granted in spite of it.
  Choices Standing(const std::string& record, const Person& person, int64_t wall_ms) const;
  // Which decision of the device it is; 0 when there is none.
  static int64_t GenerationOf(const std::string& record);
  // Whether all that is stored is to go, and has not gone yet.
  static bool IsForgetting(const std::string& record);

 private:
  Choices ReadChoices(const Json& record, const Person& person, int64_t wall_ms) const;
  bool IsOnUnasked(const std::string& purpose, const Person& person) const;
  Verdict JudgePurpose(const Choices& choices, const PurposeSettings& purpose) const;

  const Settings* settings_;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_GATE_H_
