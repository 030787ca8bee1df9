#include "capi/questions.h"
#include "waymark/engine.h"

namespace waymark {

void AnswerLint(const Input& query, JsonWriter*, List<Problem>* problems) {
  *problems = LintConfig(query.fields["config"]);
}

}  // namespace waymark
