// Questions about strings of the IAB's: docs/iab.md.
#include "base/name_table.h"
#include "capi/questions.h"
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

}  // namespace waymark
