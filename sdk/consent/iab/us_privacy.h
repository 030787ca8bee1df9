// The US Privacy string, such as 1YNN, and Google's Additional Consent string.
#ifndef WAYMARK_CONSENT_IAB_US_PRIVACY_H_
#define WAYMARK_CONSENT_IAB_US_PRIVACY_H_

#include <cstdint>
#include <string_view>

#include "base/list.h"
#include "base/string.h"
#include "consent/iab/finding.h"

namespace waymark {

// Y, N or - each.
struct UsPrivacy {
  char notice = '-';
  char opt_out_sale = '-';
  char lspa = '-';
};

UsPrivacy DecodeUsPrivacy(std::string_view text, size_t at, IabFindings* findings);
String EncodeUsPrivacy(const UsPrivacy& privacy);

// Providers of advertising technology that are not in the IAB's list: consented, and disclosed
// without consent. Ids stand in the order of the text.
struct AdditionalConsent {
  int version = 2;
  List<uint32_t> consented;
  List<uint32_t> disclosed;
};

AdditionalConsent DecodeAdditionalConsent(std::string_view text, IabFindings* findings);
String EncodeAdditionalConsent(const AdditionalConsent& consent);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_US_PRIVACY_H_
