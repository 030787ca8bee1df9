// What waymark_query answers: docs/effect.md, "Query".
#ifndef WAYMARK_CAPI_QUESTIONS_H_
#define WAYMARK_CAPI_QUESTIONS_H_

#include "base/json_writer.h"
#include "base/status.h"
#include "waymark/input.h"

namespace waymark {

// A question that a build answers. questions.cc names all there are; a module that is linked with a
// list of its own has only those (wasm/page_questions.cc), and none of the code behind the others.
struct Question {
  const char* name;  // the member `query`
  // Writes members of the answer into the object that is open. All answers end with `problems`,
  // which the caller writes: what is wrong with the question, or, for lint, with its subject.
  void (*answer)(const Input& query, JsonWriter* answer, List<Problem>* problems);
};
extern const Question kQuestions[];
extern const size_t kQuestionCount;

// One function a question.
void AnswerConsentMode(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabBasis(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabDecode(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabEncode(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabKeys(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerIabValidate(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerLint(const Input& query, JsonWriter* answer, List<Problem>* problems);
// The same, and what the engine takes but no lawyer would.
void AnswerDeepLint(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerTable(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerProve(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerSignals(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerCheckSignals(const Input& query, JsonWriter* answer, List<Problem>* problems);
void AnswerVerifyRecords(const Input& query, JsonWriter* answer, List<Problem>* problems);

}  // namespace waymark

#endif  // WAYMARK_CAPI_QUESTIONS_H_
