// Google Consent Mode v2: seven types of storage, each granted or denied.
#ifndef WAYMARK_CONSENT_CONSENT_MODE_H_
#define WAYMARK_CONSENT_CONSENT_MODE_H_

#include <cstdint>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"

namespace waymark {

inline constexpr const char* kConsentModeTypes =
    "ad_storage,ad_user_data,ad_personalization,analytics_storage,functionality_storage,"
    "personalization_storage,security_storage";
inline constexpr int kConsentModeTypeCount = 7;

struct ConsentMode {
  uint8_t granted = 0;  // a bit for each type, in the order of kConsentModeTypes
};

// Reads {"ad_storage": "granted", …}. A type that is not named is denied: without a default,
// Google's tags behave as if it were granted. Notes other types and values as problems.
ConsentMode ReadConsentMode(JsonView types, List<Problem>* problems);

// What requests to Google carry: G1, then 1 or 0 for ad_storage and for analytics_storage.
String ConsentModeGcs(const ConsentMode& mode);

// All seven, for gtag('consent', …).
void WriteConsentMode(const ConsentMode& mode, JsonWriter* out);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_CONSENT_MODE_H_
