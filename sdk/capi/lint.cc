#include "capi/questions.h"
#include "waymark/engine.h"

namespace waymark {

// A module for pages looks no further, and answers in the same form.
void AnswerLint(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems) {
  *problems = LintConfig(query.fields["config"]);
  answer->FieldRaw("findings", "[]");
}

}  // namespace waymark
