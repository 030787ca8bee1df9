// Strings of the IAB's as JSON documents, both ways: what `waymark iab` prints and reads.
#ifndef WAYMARK_CONSENT_IAB_DOCUMENT_H_
#define WAYMARK_CONSENT_IAB_DOCUMENT_H_

#include <string_view>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/status.h"
#include "consent/iab/document_fields.h"

namespace waymark {

enum class IabKind : uint8_t { kTc, kGpp, kUsPrivacy, kAdditionalConsent };
inline constexpr const char* kIabKinds = "tc,gpp,usp,ac";

// By its first characters: D… is a GPP string, 1YNN a US Privacy string, 2~… one of additional
// consent, all else a TC string.
IabKind KindOf(std::string_view text);

// Writes the document of a string: its fields and, if there are any, `violations`; or, in place of
// all that, `error`.
void WriteDecoded(std::string_view text, IabKind kind, VendorStyle style, JsonWriter* out);
// Writes {"kind", "valid", "violations"}, or `error`.
void WriteValidity(std::string_view text, IabKind kind, JsonWriter* out);

// The string of a document, as WriteDecoded() writes them; false, and problems with pointers into
// the document, when it does not make one.
bool EncodeDocument(JsonView document, String* text, List<Problem>* problems);
// Writes {"keys": [{"key", "type": "int" | "string", "value"}]} of a TC or GPP string, or `error`.
void WriteKeys(std::string_view text, IabKind kind, JsonWriter* out);
// Writes {"string"} of a string that was made, and `violations` if there are any.
void WriteEncoded(std::string_view text, JsonWriter* out);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_DOCUMENT_H_
