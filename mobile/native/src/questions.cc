// What an app may ask of its engine, in place of all questions there are (capi/questions.cc): what
// pages ask, and what the host itself does. The rest judges policies and records, for which people
// have the command line and its module: a tenth of the library would be there for nobody.
#include "capi/questions.h"

#include "consent/iab/derive.h"

namespace waymark {

const Question kQuestions[] = {
    {"admission", AnswerAdmission},
    {"explain", AnswerExplain},
    {"inventory", AnswerInventory},
    {"lint", AnswerLint},
};
const InAppKeysMaker kInAppKeysMaker = InAppKeysOf;
const size_t kQuestionCount = sizeof(kQuestions) / sizeof(kQuestions[0]);

}  // namespace waymark
