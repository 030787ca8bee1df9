// All questions there are.
#include "capi/questions.h"

namespace waymark {

const Question kQuestions[] = {
    {"lint", AnswerLint},
};

const size_t kQuestionCount = sizeof(kQuestions) / sizeof(kQuestions[0]);

}  // namespace waymark
