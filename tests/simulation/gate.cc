#include "simulation/gate.h"

#include <algorithm>

namespace waymark_simulation {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kValidDays = 180;

std::string ChoiceOf(const Choices& choices, const PurposeSettings& purpose) {
  const auto choice = choices.find(purpose.id);
  return choice == choices.end() ? "" : choice->second;
}

bool IsAllowed(const Choices& choices, const PurposeSettings& purpose) {
  if (purpose.basis == "exempt") return true;
  const std::string choice = ChoiceOf(choices, purpose);
  const bool unasked = purpose.basis == "legitimate_interest" || choices.count(kUnasked) > 0;
  return choice == "granted" || (choice.empty() && unasked);
}

}  // namespace

Verdict Gate::JudgePurpose(const Choices& choices, const PurposeSettings& purpose) const {
  if (IsAllowed(choices, purpose)) {
    return purpose.deidentify ? Verdict::kDeidentify : Verdict::kAdmit;
  }
  if (ChoiceOf(choices, purpose) == "denied") return Verdict::kDrop;
  if (purpose.before_answer == "hold") return Verdict::kHold;
  return purpose.before_answer == "deidentify" ? Verdict::kDeidentify : Verdict::kDrop;
}

Verdict Gate::Judge(const Choices& choices, size_t collector) const {
  Verdict verdict = Verdict::kAdmit;
  for (const size_t purpose : settings_->collectors[collector].needs) {
    verdict = std::max(verdict, JudgePurpose(choices, settings_->purposes[purpose]));
  }
  return verdict;
}

bool Gate::MayStore(const Choices& choices, size_t collector) const {
  for (const size_t need : settings_->collectors[collector].needs) {
    const PurposeSettings& purpose = settings_->purposes[need];
    if (purpose.storage && IsAllowed(choices, purpose)) return true;
  }
  return false;
}

bool Gate::MayStoreAnything(const Choices& choices) const {
  for (size_t i = 0; i < settings_->collectors.size(); ++i) {
    if (MayStore(choices, i) && Judge(choices, i) <= Verdict::kDeidentify) return true;
  }
  return false;
}

bool Gate::MayStoreIdentity(const Choices& choices) const {
  for (size_t i = 0; i < settings_->collectors.size(); ++i) {
    if (MayStore(choices, i) && Judge(choices, i) == Verdict::kAdmit) return true;
  }
  return false;
}

std::vector<std::string> Gate::Choosable() const {
  std::vector<std::string> ids;
  for (const PurposeSettings& purpose : settings_->purposes) {
    if (purpose.basis != "exempt") ids.push_back(purpose.id);
  }
  return ids;
}

bool Gate::IsOnUnasked(const std::string& purpose, const Person& person) const {
  if (!AsksFirst(person)) return true;
  const auto is = [&](const PurposeSettings& settings) {
    return settings.id == purpose && settings.basis == "legitimate_interest";
  };
  return std::any_of(settings_->purposes.begin(), settings_->purposes.end(), is);
}

Choices Gate::Standing(const std::string& record, const Person& person, int64_t wall_ms) const {
  const Json json = Json::parse(record, nullptr, false);
  const bool is_one = json.is_object() && json.value("version", 0) == 1;
  Choices choices;
  if (is_one) choices = ReadChoices(json, person, wall_ms);
  const Json despite = is_one ? json.value("despite", Json::array()) : Json::array();
  for (const std::string& purpose : Choosable()) {
    const bool stands = choices[purpose] == "granted" &&
                        std::find(despite.begin(), despite.end(), purpose) != despite.end();
    if (person.gpc && HearsGpc(person) && !stands) choices[purpose] = "denied";
    if (choices[purpose].empty()) choices.erase(purpose);
  }
  if (!AsksFirst(person)) choices[kUnasked] = "yes";
  return choices;
}

Choices Gate::ReadChoices(const Json& json, const Person& person, int64_t wall_ms) const {
  Choices choices;
  const int64_t last_ms = json.value("time_ms", int64_t{0});
  for (const auto& [purpose, choice] : json.at("choices").items()) {
    const int64_t at_ms = json.value("at", Json::object()).value(purpose, last_ms);
    const int64_t age_days = (wall_ms - at_ms) / kDayMs;
    const bool is_fresh = age_days < kValidDays;
    const bool granted = choice == "granted";
    const bool holds =
        is_fresh ? !granted || age_days >= 0 : !granted && IsOnUnasked(purpose, person);
    if (holds) choices[purpose] = choice;
  }
  return choices;
}

int64_t Gate::GenerationOf(const std::string& record) {
  const Json json = Json::parse(record, nullptr, false);
  return json.is_object() ? json.value("generation", int64_t{0}) : 0;
}

bool Gate::IsForgetting(const std::string& record) {
  return record.find("\"forgetting\":true") != record.npos;
}

}  // namespace waymark_simulation
