#include "base/json_check.h"
#include "base/limits.h"
#include "fuzz/fuzzer.h"
#include "journey/json_logic.h"

namespace {

using waymark::JsonView;

constexpr std::string_view kJourney =
    R"({"stage":"purchase","orders":2,"visits":5,"lifetime_value":49.5,)"
    R"("touches":[{"channel":"email","time_ms":1},{"channel":"direct","time_ms":2}]})";
constexpr std::string_view kTraits = R"({"plan":"gold","age":41,"tags":["a","b"]})";

waymark::LogicData Data() {
  return {JsonView(kJourney), JsonView(std::string_view("{}")), JsonView(kTraits)};
}

std::string Negation(std::string_view rule) { return R"({"!":[)" + std::string(rule) + "]}"; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text = TextOf(bytes, size);
  if (waymark::CheckJson(text).fault != waymark::JsonCheck::Fault::kNone) return 0;
  const JsonView rule(text);
  waymark::List<waymark::Problem> problems;
  CheckLogic(rule, "/journey/segments/0/when", &problems);
  for (const waymark::Problem& problem : problems) {
    Require(std::string_view(problem.pointer).starts_with("/journey/segments/0/when"),
            "a problem points into the rule");
  }
  // One that is refused may hold or not, but does no harm.
  const bool holds = Holds(rule, Data());
  Require(holds == Holds(rule, Data()), "the same data, the same answer");
  for (const waymark::String& path : PathsOf(rule)) {
    Require(std::string_view(path).size() <= size, "a path stands in the rule");
  }
  if (!problems.empty()) return 0;
  const std::string negation = Negation(text);
  waymark::List<waymark::Problem> of_negation;
  CheckLogic(JsonView(negation), "", &of_negation);
  // It may be too deep or too long now.
  if (of_negation.empty()) {
    Require(Holds(JsonView(negation), Data()) != holds, "a rule or its contrary holds");
  }
  return 0;
}

void AddSeeds(const nlohmann::json&, std::vector<std::string>* seeds) {
  for (const char* rule : {
           R"({">=":[{"var":"journey.orders"},2]})",
           R"({"and":[{"==":[{"var":"journey.stage"},"purchase"]},{"!":[{"var":"traits.plan"}]}]})",
           R"({"or":[{"<":[1,{"var":"traits.age"},99]},{"<=":[1,{"var":"journey.visits"},5]}]})",
           R"({"if":[{"!!":[{"var":"context.locale"}]},true,{"in":["a",{"var":"traits.tags"}]}]})",
           R"({"in":[{"var":["traits.plan","none"]},["gold","silver"]]})",
           R"({"some":[{"var":"journey.touches"},{"==":[{"var":"channel"},"email"]}]})",
           R"({"all":[{"var":"journey.touches"},{">":[{"var":"time_ms"},0]}]})",
           R"({"none":[{"var":"journey.touches"},{"===":[{"var":"channel"},"paid"]}]})",
           R"({"!==":[{"var":"traits.age"},"41"]})",
       }) {
    seeds->emplace_back(rule);
  }
}
