#include "journey/journey_rules.h"

#include "base/json_writer.h"
#include "base/time.h"
#include "base/utf8.h"
#include "journey/journey.h"
#include "journey/json_logic.h"

namespace waymark {
namespace {

constexpr int64_t kLookbackDays = 90;  // Google Analytics: 90 days for all but first visits
constexpr int64_t kHalfLifeDays = 7;   // the same, of time decay
constexpr std::string_view kTraits = "traits.";
constexpr std::string_view kJourney = "journey.";

void ReadNames(JsonView list, List<String>* names) {
  for (JsonItems name(list); name.Next();) names->push_back(name.value().AsString());
}

// The hosts that belong to the site: as the config names them for what they share.
String OwnHosts(JsonView identity) {
  String hosts;
  JsonWriter writer(&hosts);
  writer.Begin('[');
  for (JsonItems host(identity["link_domains"]); host.Next();) writer.Raw(host.value().text());
  if (identity["cookie_domain"]) writer.Raw(identity["cookie_domain"].text());
  writer.End(']');
  return hosts;
}

void ReadSilence(JsonView list, JourneyRules* rules, List<Problem>* problems) {
  for (JsonItems item(list); item.Next();) {
    const JsonView entry = item.value();
    const String name = entry["name"].AsString();
    const String pointer = Numbered("/journey/silence/", item.index());
    for (const SilenceRule& other : rules->silence) {
      if (!(other.name == name)) continue;
      AddProblem(problems, "conflict", pointer + "/name", entry["name"].text(), "each name once");
      break;
    }
    SilenceRule& rule = rules->silence.emplace_back();
    rule.name = name;
    rule.after = entry["after"].AsString();
    rule.without = entry["without"].AsString();
    rule.at_step = entry["at_step"].AsString();
    rule.within_ms = entry["within_ms"].IntegerOr(0);
  }
}

// What the journey has of that name; a slip of the pen would be a rule that nobody ever meets.
void CheckPaths(JsonView rule, const String& pointer, JourneyRules* rules,
                List<Problem>* problems) {
  for (const String& path : PathsOf(rule)) {
    const std::string_view text = path;
    if (text.starts_with(kTraits)) {
      std::string_view trait = text.substr(kTraits.size());
      trait = trait.substr(0, IndexOf(trait, '.'));
      bool known = false;
      for (const String& other : rules->traits) known |= other == trait;
      if (!known) rules->traits.emplace_back() = trait;
    }
    if (!text.starts_with(kJourney)) continue;
    std::string_view member = text.substr(kJourney.size());
    member = member.substr(0, IndexOf(member, '.'));
    if (IsJourneyMember(member)) continue;
    AddProblem(problems, "not_allowed", pointer, Utf8Prefix(text, 60), kJourneyMembers);
  }
}

void ReadSegments(JsonView list, JourneyRules* rules, List<Problem>* problems) {
  for (JsonItems item(list); item.Next();) {
    const JsonView entry = item.value();
    const String pointer = Numbered("/journey/segments/", item.index());
    const String id = entry["id"].AsString();
    for (const SegmentRule& other : rules->segments) {
      if (!(other.id == id)) continue;
      AddProblem(problems, "conflict", pointer + "/id", entry["id"].text(), "each id once");
    }
    const size_t before = problems->size();
    CheckLogic(entry["when"], pointer + "/when", problems);
    if (problems->size() == before) CheckPaths(entry["when"], pointer + "/when", rules, problems);
    SegmentRule& rule = rules->segments.emplace_back();
    rule.id = id;
    rule.when = entry["when"].text();
  }
}

}  // namespace

JourneyRules ReadJourneyRules(JsonView config, const Policy& policy, List<Problem>* problems) {
  const JsonView journey = config["journey"];
  JourneyRules rules;
  CheckPurposeIds(policy, journey["needs"], "/journey/needs", problems);
  rules.needs = policy.Closure(journey["needs"]);
  rules.needs_text = journey["needs"].text();
  ReadNames(journey["conversions"], &rules.conversions);
  if (!journey["conversions"]) rules.conversions.emplace_back() = "order_completed";
  rules.context = journey["context"].AsBool();
  rules.lookback_ms = journey["lookback_days"].IntegerOr(kLookbackDays) * kDayMs;
  rules.half_life_ms = journey["half_life_days"].IntegerOr(kHalfLifeDays) * kDayMs;
  rules.own_hosts = OwnHosts(config["identity"]);
  rules.partners = journey["partners"].text();
  rules.ignored = journey["ignore_referrers"].text();
  ReadSilence(journey["silence"], &rules, problems);
  ReadSegments(journey["segments"], &rules, problems);
  return rules;
}

}  // namespace waymark
