// All questions there are.
#include "capi/questions.h"

namespace waymark {

const Question kQuestions[] = {
    {"consent_mode", AnswerConsentMode},
    {"iab_basis", AnswerIabBasis},
    {"iab_decode", AnswerIabDecode},
    {"iab_encode", AnswerIabEncode},
    {"iab_keys", AnswerIabKeys},
    {"iab_validate", AnswerIabValidate},
    {"lint", AnswerDeepLint},
    {"table", AnswerTable},
    {"prove", AnswerProve},
    {"signals", AnswerSignals},
    {"check_signals", AnswerCheckSignals},
    {"verify_records", AnswerVerifyRecords},
};

const size_t kQuestionCount = sizeof(kQuestions) / sizeof(kQuestions[0]);

}  // namespace waymark
