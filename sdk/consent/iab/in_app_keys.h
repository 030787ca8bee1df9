// What an app keeps of a string in its default preferences, where the kits of others look for it:
// IABTCF_… and IABGPP_….
#ifndef WAYMARK_CONSENT_IAB_IN_APP_KEYS_H_
#define WAYMARK_CONSENT_IAB_IN_APP_KEYS_H_

#include <string_view>

#include "base/list.h"
#include "base/string.h"
#include "consent/iab/gpp.h"

namespace waymark {

// A key is an integer or a text; there are no others.
struct InAppKey {
  String key;
  bool is_text = false;
  int64_t number = 0;
  String text;
};

// The keys of a TC string. IABTCF_gdprApplies is 1: where GDPR does not apply there is no string.
// Legitimate interest for purposes 1 and 3 to 6 is not told on.
List<InAppKey> TcKeys(const TcString& tc, std::string_view text);

// The keys of a GPP string. Which sections are in force (IABGPP_GppSID) is not in the string, so
// that whoever sets the keys adds it.
List<InAppKey> GppKeys(const GppString& gpp, std::string_view text);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_IN_APP_KEYS_H_
