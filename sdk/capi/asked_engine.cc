// Questions about the engine that is asked.
#include "capi/questions.h"

namespace waymark {

void AnswerExplain(const Engine& engine, const Input& query, JsonWriter* answer, List<Problem>*) {
  engine.Explain(query.fields["event"], answer);
}

void AnswerInventory(const Engine& engine, const Input&, JsonWriter* answer, List<Problem>*) {
  engine.Inventory(answer);
}

void AnswerAdmission(const Engine& engine, const Input&, JsonWriter* answer, List<Problem>*) {
  engine.Admission(answer);
}

}  // namespace waymark
