// The questions of the modules for pages. Whoever has others to ask, such as the command line,
// loads waymark-tools.wasm.
#include "capi/questions.h"
#include "consent/iab/derive.h"

namespace waymark {

const Question kQuestions[] = {
    {"explain", AnswerExplain},
    {"inventory", AnswerInventory},
    {"lint", AnswerLint},
};
const InAppKeysMaker kInAppKeysMaker = nullptr;
const size_t kQuestionCount = sizeof(kQuestions) / sizeof(kQuestions[0]);

}  // namespace waymark
