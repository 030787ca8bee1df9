// Questions about what vendors are told of a decision.
#include "capi/questions.h"
#include "consent/iab/derive.h"
#include "engine/config.h"

namespace waymark {
namespace {

// The state that a consent record stands for, under facts {name: value}.
ConsentState StateOf(const Input& query, const Policy& policy) {
  ConsentState state = ReadConsentRecord(policy, query.fields["record"], query.now);
  for (JsonItems fact(query.fields["facts"]); fact.Next();) {
    TakeFact(policy, fact.key(), fact.value(), &state.facts);
  }
  Reconsider(policy, &state, query.now);
  return state;
}

template <typename Answer>
void WithSource(const Input& query, List<Problem>* problems, Answer answer) {
  const Config config = ReadConfig(query.fields["config"], JsonView(), problems);
  if (!problems->empty()) return;
  const ConsentState state = StateOf(query, config.policy);
  answer({query.fields["config"]["consent"], &config.policy, &state,
          query.fields["vendor_list_version"].IntegerOr(0)});
}

}  // namespace

void AnswerSignals(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  WithSource(query, problems,
             [&](const SignalSource& source) { WriteSignalsOf(source, answer, problems); });
}

void AnswerCheckSignals(const Input& query, JsonWriter*, List<Problem>* problems) {
  WithSource(query, problems, [&](const SignalSource& source) {
    CheckSignals(source, query.fields["told"], problems);
  });
}

}  // namespace waymark
