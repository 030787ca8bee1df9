// What waymark_query answers: docs/effect.md, "Query".
#ifndef WAYMARK_CAPI_QUESTIONS_H_
#define WAYMARK_CAPI_QUESTIONS_H_

#include "base/json_writer.h"
#include "base/status.h"
#include "waymark/engine.h"
#include "waymark/input.h"

namespace waymark {

// A question that a build answers. questions.cc names all there are; a module that is linked with a
// list of its own has only those (wasm/page_questions.cc), and none of the code behind the others.
struct Question {
  const char* name;  // the member `query`
  // `engine`: the one that is asked; most questions are about none. Writes members of the answer
  // into the object that is open. All answers end with `problems`, which the caller writes: what is
  // wrong with the question, or, for lint, with its subject.
  void (*answer)(const Engine& engine, const Input& query, JsonWriter* answer,
                 List<Problem>* problems);
};
extern const Question kQuestions[];
extern const size_t kQuestionCount;

// One function a question.
void AnswerExplain(const Engine& engine, const Input& query, JsonWriter* answer,
                   List<Problem>* problems);
void AnswerInventory(const Engine& engine, const Input& query, JsonWriter* answer,
                     List<Problem>* problems);
void AnswerAdmission(const Engine& engine, const Input& query, JsonWriter* answer,
                     List<Problem>* problems);
void AnswerConsentMode(const Engine&, const Input& query, JsonWriter* answer,
                       List<Problem>* problems);
void AnswerIabBasis(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabDecode(const Engine&, const Input& query, JsonWriter* answer,
                     List<Problem>* problems);
void AnswerIabEncode(const Engine&, const Input& query, JsonWriter* answer,
                     List<Problem>* problems);
void AnswerIabKeys(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabValidate(const Engine&, const Input& query, JsonWriter* answer,
                       List<Problem>* problems);
void AnswerLint(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
// The same, and what the engine takes but no lawyer would.
void AnswerDeepLint(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerTable(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerProve(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerSignals(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems);
// Google's types before anybody has decided: `strict` where people are asked before, and
// `defaults`, [{"types", "region": [places]}]: the first is of everywhere else and has no region.
void AnswerConsentDefaults(const Engine&, const Input& query, JsonWriter* answer,
                           List<Problem>* problems);
void AnswerCheckSignals(const Engine&, const Input& query, JsonWriter* answer,
                        List<Problem>* problems);
void AnswerVerifyRecords(const Engine&, const Input& query, JsonWriter* answer,
                         List<Problem>* problems);

}  // namespace waymark

#endif  // WAYMARK_CAPI_QUESTIONS_H_
