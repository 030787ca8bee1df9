#include "engine/plan_check.h"

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "event/touchpoints.h"

namespace waymark {
namespace {

constexpr const char* kVerbs = "page,screen,identify,alias,group";

class PlanLint {
 public:
  PlanLint(const Config& config, JsonView json, List<Problem>* findings)
      : config_(config), json_(json), findings_(findings) {}

  void Run() {
    CheckSilence();
    if (HasPlan()) CheckCollectors();
    CheckRequired();
    CheckKinds();
  }

 private:
  void Find(const char* code, std::string_view pointer, std::string_view found,
            std::string_view allowed) {
    AddProblem(findings_, code, pointer, found, allowed);
  }

  bool HasPlan() const { return config_.parts.rules() && config_.parts.rules()->plan.given; }

  // Whether such an event can come. Without a plan any name can.
  bool MayCome(std::string_view name) const {
    if (FindName(kVerbs, name) >= 0 || !HasPlan()) return true;
    return IsPlanned(config_.parts.rules()->plan, name);
  }

  // Whether the engine is told of it at all: events that no collector wants are not looked at.
  bool IsWanted(std::string_view name) const {
    for (const Lane& lane : config_.lanes) {
      if (!lane.for_records && lane.policy.Wants(name)) return true;
    }
    return config_.lanes.empty();
  }

  void CheckSilence() {
    for (JsonItems item(json_["journey"]["silence"]); item.Next();) {
      const String at = Numbered("/journey/silence/", item.index());
      const JsonView rule = item.value();
      const String after = rule["after"].AsString();
      if (rule["without"] && after == rule["without"].AsString()) {
        Find("unreachable", at + "/without", rule["without"].text(), "another event than `after`");
      }
      if (!MayCome(after)) {
        Find("unreachable", at + "/after", rule["after"].text(),
             "an event of the plan or of the vocabulary: this rule can never fire");
      } else if (!IsWanted(after)) {
        Find("unreachable", at + "/after", rule["after"].text(),
             "an event that some collector gets: this rule can never fire");
      }
      if (!MayCome(rule["without"].AsString())) {
        Find("unreachable", at + "/without", rule["without"].text(),
             "an event of the plan or of the vocabulary: nothing ends this silence");
      }
    }
  }

  void CheckCollectors() {
    for (JsonItems collector(json_["collectors"]); collector.Next();) {
      const String at = Numbered("/collectors/", collector.index(), "/only/");
      for (JsonItems name(collector.value()["only"]); name.Next();) {
        if (MayCome(name.value().AsString())) continue;
        Find("unreachable", at + IntegerText(name.index()), name.value().text(),
             "an event of the plan or of the vocabulary, or a verb");
      }
    }
  }

  // Required properties of the plan against the rules that drop fields for everybody.
  void CheckRequired() {
    if (!HasPlan()) return;
    for (JsonItems event(json_["journey"]["plan"]["events"]); event.Next();) {
      const bool traits = FindName("identify,group", event.value()["name"].AsName()) >= 0;
      for (JsonItems name(event.value()["required"]); name.Next();) {
        const String path = (traits ? "/traits/" : "/properties/") + String(name.value().AsName());
        const String at = Numbered("/journey/plan/events/", event.index(), "/required/") +
                          IntegerText(name.index());
        CheckDropped(path, at, name.value());
      }
    }
  }

  void CheckDropped(const String& path, const String& at, JsonView name) {
    for (size_t i = 0; i < config_.fields.size(); ++i) {
      const FieldRule& rule = config_.fields[i];
      const std::string_view part = rule.path;
      const bool covers =
          part == path || (std::string_view(path).starts_with(part) && path[part.size()] == '/');
      if (!covers || rule.otherwise != FieldChange::kDrop) continue;
      Find("contradiction", at, name.text(),
           "a property that no rule drops; " + Numbered("/fields/", static_cast<int64_t>(i)) +
               (rule.needs == 0 ? " always drops it" : " drops it without its purposes"));
    }
  }

  // Personal data that is looked for in no field that stays.
  void CheckKinds() {
    if (!config_.parts.rules()) return;
    const DetectorRules& rules = config_.parts.rules()->detectors;
    for (size_t i = 0; i < rules.patterns.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (!SamePattern(rules.patterns[i], rules.patterns[j])) continue;
        Find("unreachable", Numbered("/privacy/patterns/", static_cast<int64_t>(i), "/pattern"),
             "what " + Numbered("/privacy/patterns/", static_cast<int64_t>(j)) + " finds first",
             "another pattern");
      }
    }
  }

  static bool SamePattern(const OwnPattern& a, const OwnPattern& b) {
    const TextPattern& one = a.pattern;
    const TextPattern& other = b.pattern;
    if (one.signs != other.signs || one.kinds != other.kinds || (b.luhn && !a.luhn)) return false;
    for (size_t i = 0; i < one.signs; ++i) {
      if (one.sign[i] != other.sign[i] || one.after[i] != other.after[i]) return false;
    }
    return true;
  }

  const Config& config_;
  JsonView json_;
  List<Problem>* findings_;
};

}  // namespace

void CheckTrackingPlan(const Config& config, JsonView json, List<Problem>* findings) {
  PlanLint(config, json, findings).Run();
}

}  // namespace waymark
