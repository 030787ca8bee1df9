// Rules that the engine takes and that can never come true. Only `waymark lint` asks.
//
// A rule counts as dead only where that is certain: what is not understood here may come true.
#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/time.h"
#include "base/utf8.h"
#include "consent/collector_policy.h"
#include "journey/journey.h"
#include "journey/journey_rules.h"
#include "journey/json_logic.h"
#include "journey/stage.h"

namespace waymark {
namespace {

constexpr int kDecimals = 3;

// Members of the journey that are numbers, none of them below 0; others may be negative, or texts.
constexpr const char* kCounts =
    "journey.cycle,journey.visits,journey.active_days,journey.days_since_last_visit,journey.orders,"
    "journey.refunds,journey.touch_count";

// What is demanded of one path.
struct Demand {
  String path;
  int64_t least = INT64_MIN;  // thousandths
  int64_t most = INT64_MAX;
  String text;  // JSON text that it must be; empty: any
};

Demand* DemandOn(std::string_view path, List<Demand>* demands) {
  for (Demand& demand : *demands) {
    if (demand.path == path) return &demand;
  }
  Demand& demand = demands->emplace_back();
  demand.path = path;
  if (FindName(kCounts, path) >= 0) demand.least = 0;
  return &demand;
}

JsonView Operand(JsonView operands, int place) {
  for (JsonItems item(operands); item.Next();) {
    if (item.index() == place) return item.value();
  }
  return JsonView();
}

// The path of {"var": path}; empty: it is something else, or has a default.
String PathOf(JsonView rule) {
  return rule.is(JsonType::kObject) ? rule["var"].AsString() : String();
}

// A comparison read from right to left.
std::string_view Mirrored(std::string_view operation) {
  if (operation == "<") return ">";
  if (operation == "<=") return ">=";
  if (operation == ">") return "<";
  return operation == ">=" ? "<=" : operation;
}

// False: with what was demanded before it cannot be met.
bool Demands(std::string_view path, std::string_view operation, JsonView literal,
             List<Demand>* demands) {
  Demand* demand = DemandOn(path, demands);
  const bool equals = operation == "==" || operation == "===";
  const auto number = literal.is(JsonType::kNumber) ? ParseFixed(literal.text(), kDecimals)
                                                    : std::optional<int64_t>();
  if (number) {
    if (equals || operation == ">=") demand->least = std::max(demand->least, *number);
    if (equals || operation == "<=") demand->most = std::min(demand->most, *number);
    if (operation == ">") demand->least = std::max(demand->least, *number + 1);
    if (operation == "<") demand->most = std::min(demand->most, *number - 1);
    return demand->least <= demand->most;
  }
  if (!equals || !literal.is(JsonType::kString)) return true;
  if (!demand->text.empty() && !(demand->text == literal.text())) return false;
  demand->text = literal.text();
  return path != "journey.stage" || FindName(kStageNames, literal.AsName()) >= 0;
}

bool IsNever(JsonView rule, List<Demand>* demands);

bool IsNeverAny(JsonView operands) {
  if (!operands.is(JsonType::kArray)) return false;
  bool never = true;
  for (JsonItems item(operands); item.Next();) {
    List<Demand> own;
    never = never && IsNever(item.value(), &own);
  }
  return never;
}

bool IsNever(JsonView rule, List<Demand>* demands) {
  if (PathsOf(rule).empty()) return !Holds(rule, {});
  JsonItems entry(rule);
  if (!entry.Next()) return false;
  const std::string_view operation = entry.key();
  const JsonView operands = entry.value();
  if (operation == "or") return IsNeverAny(operands);
  if (operation == "and") {
    bool never = false;
    for (JsonItems item(operands); item.Next();) never |= IsNever(item.value(), demands);
    return never;
  }
  const JsonView left = Operand(operands, 0);
  const JsonView right = Operand(operands, 1);
  if (Operand(operands, 2)) {
    const String path = PathOf(right);  // between
    if (path.empty() || (operation != "<" && operation != "<=")) return false;
    return !Demands(path, Mirrored(operation), left, demands) ||
           !Demands(path, operation, Operand(operands, 2), demands);
  }
  if (const String path = PathOf(left); !path.empty()) {
    return !Demands(path, operation, right, demands);
  }
  const String path = PathOf(right);
  return !path.empty() && !Demands(path, Mirrored(operation), left, demands);
}

bool AnyWants(JsonView collectors, std::string_view name) {
  for (JsonItems item(collectors); item.Next();) {
    CollectorPolicy policy;
    policy.only = item.value()["only"].text();
    if (policy.Wants(name)) return true;
  }
  return false;
}

const char* WhyNeverSilent(const SilenceRule& rule, JsonView config, const Policy& policy) {
  if (!rule.without.empty() && rule.after == rule.without) {
    return "what it waits for is what it begins with";
  }
  if (rule.within_ms > policy.storage_days * kDayMs) {
    return "the journey is deleted before (consent/valid_days/storage)";
  }
  return AnyWants(config["collectors"], rule.name) ? nullptr : "no collector wants its name (only)";
}

}  // namespace

List<DeadRule> FindDeadRules(JsonView config, const Policy& policy) {
  List<DeadRule> dead;
  List<Problem> problems;
  const JourneyRules rules = ReadJourneyRules(config, policy, &problems);
  const auto add = [&](const char* list, size_t place, const char* why) {
    DeadRule& rule = dead.emplace_back();
    rule.pointer = Numbered(list, static_cast<int64_t>(place));
    rule.why = why;
  };
  for (size_t i = 0; i < rules.silence.size(); ++i) {
    const char* why = WhyNeverSilent(rules.silence[i], config, policy);
    if (why) add("/journey/silence/", i, why);
  }
  for (size_t i = 0; i < rules.segments.size(); ++i) {
    List<Demand> demands;
    const bool never = IsNever(JsonView(rules.segments[i].when), &demands);
    if (never) add("/journey/segments/", i, "its conditions contradict each other");
  }
  return dead;
}

}  // namespace waymark
