// Questions about strings of the IAB's: docs/iab.md.
#include "base/name_table.h"
#include "capi/questions.h"
#include "consent/consent_mode.h"
#include "consent/iab/document.h"
#include "consent/iab/legal_basis.h"

namespace waymark {
namespace {

// What questions about one string have in common, found in one walk over the question: the string
// may be long.
struct Asked {
  String unescaped;  // only where the text has escapes, which no good string has
  std::string_view text;
  IabKind kind = IabKind::kTc;
  bool vendor_bits = false;
};

JsonView ViewOf(std::string_view text) { return text.empty() ? JsonView() : JsonView(text); }

void ReadAsked(const Input& query, Asked* asked, List<Problem>* problems) {
  std::string_view texts[3];
  FindMembers(query.fields, "text,kind,vendors", texts);
  const JsonView text = ViewOf(texts[0]);
  if (!text.is(JsonType::kString)) {
    AddProblem(problems, "wrong_type", "/text", JsonTypeName(text.type()), "a string");
  }
  asked->text = text.AsName();
  if (asked->text.find('\\') != std::string_view::npos) {
    asked->unescaped = text.AsString();
    asked->text = asked->unescaped;
  }
  asked->vendor_bits = ViewOf(texts[2]).IsName("bits");
  const JsonView named = ViewOf(texts[1]);
  const int kind =
      named ? FindName(kIabKinds, named.AsName()) : static_cast<int>(KindOf(asked->text));
  if (kind < 0) AddProblem(problems, "not_allowed", "/kind", "an unknown kind", kIabKinds);
  asked->kind = static_cast<IabKind>(kind);
}

}  // namespace

void AnswerIabDecode(const Engine&, const Input& query, JsonWriter* answer,
                     List<Problem>* problems) {
  Asked asked;
  ReadAsked(query, &asked, problems);
  if (!problems->empty()) return;
  answer->Key("result");
  WriteDecoded(asked.text, asked.kind, asked.vendor_bits ? VendorStyle::kBits : VendorStyle::kIds,
               answer);
}

void AnswerIabValidate(const Engine&, const Input& query, JsonWriter* answer,
                       List<Problem>* problems) {
  Asked asked;
  ReadAsked(query, &asked, problems);
  if (!problems->empty()) return;
  answer->Key("result");
  WriteValidity(asked.text, asked.kind, answer);
}

void AnswerIabEncode(const Engine&, const Input& query, JsonWriter* answer,
                     List<Problem>* problems) {
  String text;
  if (!EncodeDocument(query.fields["document"], &text, problems)) return;
  answer->Key("result");
  WriteEncoded(text, answer);
}

void AnswerIabKeys(const Engine&, const Input& query, JsonWriter* answer, List<Problem>* problems) {
  Asked asked;
  ReadAsked(query, &asked, problems);
  if (asked.kind != IabKind::kTc && asked.kind != IabKind::kGpp) {
    AddProblem(problems, "not_allowed", "/text", "a string that apps keep no keys of",
               "a TC or GPP string");
  }
  if (!problems->empty()) return;
  answer->Key("result");
  WriteKeys(asked.text, asked.kind, answer);
}

// {"declared": "consent" | "li" | "none", "flexible": true, "restriction": 0 to 3 or null}; with
// "text", "vendor" and "purpose" also whether that string allows it.
void AnswerIabBasis(const Engine&, const Input& query, JsonWriter* answer,
                    List<Problem>* problems) {
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

void AnswerConsentMode(const Engine&, const Input& query, JsonWriter* answer,
                       List<Problem>* problems) {
  const ConsentMode mode = ReadConsentMode(query.fields["types"], problems);
  if (!problems->empty()) return;
  answer->Key("result").Begin('{').Key("types");
  WriteConsentMode(mode, answer);
  answer->Key("gcs").Text(ConsentModeGcs(mode)).End('}');
}

}  // namespace waymark
