// All questions there are.
#include "capi/questions.h"

#include "consent/iab/derive.h"

namespace waymark {

const Question kQuestions[] = {
    {"admission", AnswerAdmission},
    {"consent_mode", AnswerConsentMode},
    {"iab_basis", AnswerIabBasis},
    {"iab_decode", AnswerIabDecode},
    {"iab_encode", AnswerIabEncode},
    {"iab_keys", AnswerIabKeys},
    {"iab_validate", AnswerIabValidate},
    {"explain", AnswerExplain},
    {"inventory", AnswerInventory},
    {"lint", AnswerDeepLint},
    {"table", AnswerTable},
    {"prove", AnswerProve},
    {"signals", AnswerSignals},
    {"consent_defaults", AnswerConsentDefaults},
    {"check_signals", AnswerCheckSignals},
    {"verify_records", AnswerVerifyRecords},
};

const InAppKeysMaker kInAppKeysMaker = InAppKeysOf;

const size_t kQuestionCount = sizeof(kQuestions) / sizeof(kQuestions[0]);

}  // namespace waymark
