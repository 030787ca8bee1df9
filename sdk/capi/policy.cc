// Questions about a policy: what is wrong with it, what it does, and what it can never do.
#include "capi/output_writer.h"
#include "capi/questions.h"
#include "consent/policy_check.h"
#include "engine/plan_check.h"
#include "engine/policy_table.h"
#include "journey/journey_rules.h"
#include "waymark/engine.h"

namespace waymark {
namespace {

// False: the engine would not take it, and the problems say why.
bool ReadAsked(const Input& query, Config* config, List<Problem>* problems) {
  *config = ReadConfig(query.fields["config"], JsonView(), problems);
  return problems->empty();
}

const Lane* FindLane(const Config& config, std::string_view id) {
  for (const Lane& lane : config.lanes) {
    if (lane.id == id) return &lane;
  }
  return nullptr;
}

// Rules of silence and segments that can never come true.
void CheckJourney(JsonView config, List<Problem>* findings) {
  List<Problem> problems;
  const Policy policy = ReadPolicy(config["consent"], &problems);
  for (const DeadRule& rule : FindDeadRules(config, policy)) {
    AddProblem(findings, "never", rule.pointer, rule.why, "a rule that can come true");
  }
}

}  // namespace

void AnswerDeepLint(const Engine&, const Input& query, JsonWriter* answer,
                    List<Problem>* problems) {
  Config config;
  List<Problem> findings;
  const JsonView json = query.fields["config"];
  if (ReadAsked(query, &config, problems)) {
    CheckPolicy(json, &findings);
    CheckTrackingPlan(config, json, &findings);
    if (json["journey"]) CheckJourney(json, &findings);
  }
  answer->Key("findings");
  WriteProblems(answer, findings);
}

void AnswerTable(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems) {
  Config config;
  if (!ReadAsked(query, &config, problems)) return;
  answer->Key("cases").Begin('[');
  const bool whole =
      EachCase(config, query.fields["config"]["consent"], [&](const PolicyCase& policy_case) {
        answer->Begin('{');
        WriteCase(config, policy_case, answer);
        answer->End('}');
        return true;
      });
  answer->End(']').FieldBool("whole", whole);
}

void AnswerProve(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems) {
  Config config;
  if (!ReadAsked(query, &config, problems)) return;
  const String field = query.fields["field"].AsString();
  const PolicyClaim claim{field, query.fields["collector"].AsName(),
                          query.fields["without"].AsName()};
  if (!FindLane(config, claim.collector)) {
    AddProblem(problems, "not_allowed", "/collector", "an unknown collector",
               "an id of the config");
  }
  if (config.policy.Find(claim.without) < 0) {
    AddProblem(problems, "not_allowed", "/without", "an unknown purpose", "an id of the policy");
  }
  if (!field.empty() && ToRecordPath(field).empty()) {
    AddProblem(problems, "not_allowed", "/field", "a path that leads nowhere",
               "a path below /user, /properties, /traits, /context or /session");
  }
  if (!problems->empty()) return;
  int64_t cases = 0;
  answer->Key("counterexample").Begin('{');
  const bool holds = Proves(config, query.fields["config"]["consent"], claim, &cases, answer);
  answer->End('}').FieldBool("holds", holds).Field("cases", cases);
}

}  // namespace waymark
