// Questions about strings of the IAB's: docs/iab.md.
#include "base/name_table.h"
#include "capi/questions.h"
#include "consent/consent_mode.h"
#include "consent/iab/document.h"
#include "consent/iab/legal_basis.h"

namespace waymark {
namespace {

// The kind that the question names, or the one that the text looks like.
IabKind AskedKind(const Input& query, std::string_view text, List<Problem>* problems) {
  const JsonView named = query.fields["kind"];
  if (!named) return KindOf(text);
  const int kind = FindName(kIabKinds, named.AsName());
  if (kind >= 0) return static_cast<IabKind>(kind);
  AddProblem(problems, "not_allowed", "/kind", "an unknown kind", kIabKinds);
  return IabKind::kTc;
}

// The text of the question; nothing, and a problem, when there is none.
String AskedText(const Input& query, List<Problem>* problems) {
  const JsonView text = query.fields["text"];
  if (!text.is(JsonType::kString)) {
    AddProblem(problems, "wrong_type", "/text", JsonTypeName(text.type()), "a string");
  }
  return text.AsString();
}

}  // namespace

void AnswerIabDecode(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  const String text = AskedText(query, problems);
  const IabKind kind = AskedKind(query, text, problems);
  if (!problems->empty()) return;
  const bool bits = query.fields["vendors"].IsName("bits");
  answer->Key("result");
  WriteDecoded(text, kind, bits ? VendorStyle::kBits : VendorStyle::kIds, answer);
}

void AnswerIabValidate(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  const String text = AskedText(query, problems);
  const IabKind kind = AskedKind(query, text, problems);
  if (!problems->empty()) return;
  answer->Key("result");
  WriteValidity(text, kind, answer);
}

void AnswerIabEncode(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  String text;
  if (!EncodeDocument(query.fields["document"], &text, problems)) return;
  answer->Key("result");
  WriteEncoded(text, answer);
}

void AnswerIabKeys(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  const String text = AskedText(query, problems);
  const IabKind kind = AskedKind(query, text, problems);
  if (kind != IabKind::kTc && kind != IabKind::kGpp) {
    AddProblem(problems, "not_allowed", "/text", "a string that apps keep no keys of",
               "a TC or GPP string");
  }
  if (!problems->empty()) return;
  answer->Key("result");
  WriteKeys(text, kind, answer);
}

// {"declared": "consent" | "li" | "none", "flexible": true, "restriction": 0 to 3 or null}; with
// "text", "vendor" and "purpose" also whether that string allows it.
void AnswerIabBasis(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  constexpr const char* kBases = "none,consent,li";
  const int declared = FindName(kBases, query.fields["declared"].AsName());
  if (declared < 0) {
    AddProblem(problems, "not_allowed", "/declared", "no basis", kBases);
    return;
  }
  const Declaration declaration = {static_cast<LegalBasis>(declared),
                                   query.fields["flexible"].AsBool()};
  int restriction = static_cast<int>(query.fields["restriction"].IntegerOr(kNoRestriction));
  IabFindings findings;
  const JsonView text = query.fields["text"];
  const int64_t vendor = query.fields["vendor"].IntegerOr(0);
  const int64_t purpose = query.fields["purpose"].IntegerOr(0);
  LegalBasis allowed = LegalBasis::kNone;
  if (text && vendor > 0 && vendor <= UINT16_MAX && purpose > 0 && purpose <= kTcPurposes) {
    const TcString tc = DecodeTc(text.AsString(), 0, TcForm::kString, &findings);
    restriction = RestrictionOf(tc, static_cast<uint32_t>(vendor), static_cast<int>(purpose));
    if (!findings.failed()) {
      allowed =
          MayProcess(tc, static_cast<uint32_t>(vendor), static_cast<int>(purpose), declaration);
    }
  }
  const auto name = [&](LegalBasis basis) { return NameAt(kBases, static_cast<int>(basis)); };
  answer->Key("result").Begin('{');
  answer->Key("check").Text(name(BasisToCheck(declaration, restriction)));
  if (text) answer->Key("allowed").Text(name(allowed));
  answer->End('}');
}

void AnswerConsentMode(const Input& query, JsonWriter* answer, List<Problem>* problems) {
  const ConsentMode mode = ReadConsentMode(query.fields["types"], problems);
  if (!problems->empty()) return;
  answer->Key("result").Begin('{').Key("types");
  WriteConsentMode(mode, answer);
  answer->Key("gcs").Text(ConsentModeGcs(mode)).End('}');
}

}  // namespace waymark
