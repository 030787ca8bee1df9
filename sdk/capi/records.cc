// Questions about decision logs.
#include "capi/questions.h"
#include "consent/verify_log.h"

namespace waymark {

void AnswerVerifyRecords(const Engine&, const Input& query, JsonWriter* answer,
                         List<Problem>* problems) {
  const JsonView records = query.fields["records"];
  const JsonView entries = records["entries"];
  if (!entries.is(JsonType::kArray)) {
    return AddProblem(problems, "wrong_type", "/records/entries", JsonTypeName(entries.type()),
                      "an array of entries, as records gives it");
  }
  const LogVerdict verdict =
      VerifyLog(entries, records["anchor"].AsName(), "/records/entries", problems);
  answer->Field("entries", verdict.entries).Field("first", verdict.first);
  answer->Field("forks", verdict.forks).Field("anchored", verdict.anchored);
}

}  // namespace waymark
