#include "engine/policy_table.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "consent/decision_log.h"
#include "privacy/field_rules.h"

namespace waymark {
namespace {

constexpr SignalSet kAllSignals = kGpcSignal | kDntSignal | kAttSignal;
constexpr int kAges = 3;
constexpr const char* kAgeNames[kAges] = {"unknown", "below", "reached"};

// Every region that a rule names, one that none names, and not to know it.
List<String> RegionsOf(JsonView consent) {
  List<String> regions;
  regions.emplace_back();
  for (JsonItems rule(consent["regions"]); rule.Next();) {
    for (JsonItems entry(rule.value()["match"]); entry.Next();) {
      regions.emplace_back() = entry.value().AsName();
    }
  }
  return regions;
}

// A country of a group or of everywhere: one that no other rule names more exactly.
std::string_view MemberOf(std::string_view region) {
  if (region == "EU") return "MT";
  if (region == "EEA") return "LI";
  return region == "*" ? std::string_view("AQ") : region;
}

// Goes through all cases.
class Table {
 public:
  Table(const Config& config, JsonView consent, const std::function<bool(const PolicyCase&)>& take)
      : config_(config), policy_(config.policy), consent_(consent), take_(take) {}

  bool Run() {
    const List<String> regions = RegionsOf(consent_);
    SignalSet heard = policy_.honours;
    for (const String& region : regions) heard |= policy_.Honoured(MemberOf(region));
    for (const String& region : regions) {
      case_.region = region;
      for (SignalSet signals = 0; signals <= kAllSignals; ++signals) {
        if (signals & ~heard) continue;  // nobody hears it anywhere
        case_.signals = signals;
        if (!Ages()) return false;
      }
    }
    return true;
  }

 private:
  bool Ages() {
    const int ages = policy_.age.minimum > 0 ? kAges : 1;
    for (int age = 0; age < ages; ++age) {
      case_.age = kAgeNames[age];
      ConsentState state;
      state.facts.region = MemberOf(case_.region);
      state.facts.age = static_cast<AgeFact>(age);
      state.facts.signals = case_.signals;
      // First the signals: what the person then says is said in spite of them, or not at all.
      Reconsider(policy_, &state, Now());
      for (const Lane& lane : config_.lanes) {
        case_.lane = &lane;
        if (!Choices(state, 0)) return false;
      }
    }
    return true;
  }

  // Each way to answer for the purposes that the lane needs, from this one on.
  bool Choices(const ConsentState& state, int purpose) {
    const int count = static_cast<int>(policy_.purposes.size());
    const PurposeSet asked = case_.lane->policy.needs & ~state.always_on;
    while (purpose < count && !(asked >> purpose & 1)) ++purpose;
    if (purpose == count) return Take(state);
    if (!Choices(state, purpose + 1)) return false;
    for (const char* choice : {"granted", "denied"}) {
      String choices = "{";
      AppendJsonString(&choices, policy_.purposes[static_cast<size_t>(purpose)].id);
      choices.append(":\"").append(choice).append("\"}");
      auto decided = Decide(policy_, state, JsonView(choices), {}, 0, Now());
      if (!decided.ok()) continue;
      ConsentState next = *std::move(decided);
      Reconsider(policy_, &next, Now());
      const PurposeSet bit = PurposeSet{1} << purpose;
      case_.chosen |= bit;
      const bool more = Choices(next, purpose + 1);
      case_.chosen &= ~bit;
      if (!more) return false;
    }
    return true;
  }

  bool Take(const ConsentState& state) {
    if (++cases_ > kPolicyCasesMax) return false;
    case_.state = &state;
    case_.verdict = Judge(policy_, state, case_.lane->policy.needs);
    return take_(case_);
  }

  const Config& config_;
  const Policy& policy_;
  JsonView consent_;
  const std::function<bool(const PolicyCase&)>& take_;
  PolicyCase case_;
  int64_t cases_ = 0;
};

bool Reaches(const Config& config, const PolicyCase& policy_case, const String& event,
             const String& path) {
  if (policy_case.verdict != GateVerdict::kAdmit) return false;
  if (path.empty()) return true;
  String sent(event);
  const PurposeSet allowed = policy_case.state->Allowed();
  ApplyFieldRules(config.fields, allowed, &sent);
  ApplyFieldRules(policy_case.lane->fields, allowed, &sent);
  return FieldAt(JsonView(sent), path).text() == FieldAt(JsonView(event), path).text();
}

// An event document with something at that place.
String EventWith(std::string_view path) {
  if (path.empty()) return "\"12345.678\"";
  const size_t end = path.find('/', 1);
  String json = "{";
  AppendJsonString(&json, path.substr(1, end == path.npos ? end : end - 1));
  json.append(":").append(EventWith(end == path.npos ? std::string_view() : path.substr(end)));
  json.push_back('}');
  return json;
}

}  // namespace

bool EachCase(const Config& config, JsonView consent,
              const std::function<bool(const PolicyCase&)>& take) {
  return Table(config, consent, take).Run();
}

void WriteCase(const Config& config, const PolicyCase& policy_case, JsonWriter* writer) {
  const Policy& policy = config.policy;
  const ConsentState& state = *policy_case.state;
  writer->Field("region", policy_case.region.empty() ? "unknown" : policy_case.region);
  WriteSignals(policy_case.signals, writer);
  writer->Field("age", policy_case.age).Field("collector", policy_case.lane->id);
  writer->Key("choices").Begin('{');
  for (size_t i = 0; i < policy.purposes.size(); ++i) {
    if (!(policy_case.chosen >> i & 1)) continue;
    writer->Key(policy.purposes[i].id).Text(state.granted >> i & 1 ? "granted" : "denied");
  }
  writer->End('}').Field("verdict", VerdictName(policy_case.verdict));
  WriteReasons(policy, state, policy_case.lane->policy.needs, writer);
}

bool Proves(const Config& config, JsonView consent, const PolicyClaim& claim, int64_t* cases,
            JsonWriter* counterexample) {
  const String path = ToRecordPath(claim.field);
  const String event = EventWith(path);
  const int purpose = config.policy.Find(claim.without);
  bool holds = true;
  const bool whole = EachCase(config, consent, [&](const PolicyCase& policy_case) {
    ++*cases;
    const bool concerns = policy_case.lane->id == claim.collector;
    const bool allowed = purpose >= 0 && policy_case.state->Allowed() >> purpose & 1;
    holds = !concerns || allowed || !Reaches(config, policy_case, event, path);
    if (!holds) WriteCase(config, policy_case, counterexample);
    return holds;
  });
  return holds && whole;
}

}  // namespace waymark
