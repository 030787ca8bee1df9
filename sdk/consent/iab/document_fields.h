// The fields of strings that were read, as members of a document: the names that the reference
// libraries give them.
#ifndef WAYMARK_CONSENT_IAB_DOCUMENT_FIELDS_H_
#define WAYMARK_CONSENT_IAB_DOCUMENT_FIELDS_H_

#include "consent/iab/gpp.h"
#include "consent/iab/json_text.h"

namespace waymark {

// How sets of vendors are written: [1,4,5], or "10011", which is shorter and quicker to look into.
enum class VendorStyle : uint8_t { kIds, kBits };

// Members into the object that is open, or that the text will be put into.
void WriteTcFields(const TcString& tc, TcForm form, VendorStyle style, JsonText* out);
void WriteUsFields(int section, const UsSection& values, JsonText* out);
// `names`: of the version and the three answers.
void WriteUsPrivacyFields(const UsPrivacy& privacy, const char* names, JsonText* out);
void WriteAdditionalFields(const AdditionalConsent& consent, JsonText* out);

// One member for each section that was read.
void WriteGppFields(const GppString& gpp, VendorStyle style, JsonText* out);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_DOCUMENT_FIELDS_H_
