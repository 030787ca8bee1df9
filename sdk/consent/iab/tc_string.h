// The Transparency and Consent string: of Europe (2.0 to 2.3), and of Canada as section 5 of a GPP
// string, which has the same parts under other names, and vendors as Fibonacci ranges.
//
// Reading accepts what exists and never grants more than the text: what contradicts itself counts
// as not said. What the rules say against it is noted beside the result (docs/iab.md).
#ifndef WAYMARK_CONSENT_IAB_TC_STRING_H_
#define WAYMARK_CONSENT_IAB_TC_STRING_H_

#include <cstdint>
#include <string_view>

#include "base/list.h"
#include "base/string.h"
#include "consent/iab/finding.h"
#include "consent/iab/vendor_set.h"

namespace waymark {

// Where it stands decides on the names of its fields, and a little of its layout.
enum class TcForm : uint8_t {
  kString,  // a TC string by itself
  kEurope,  // section 2
  kCanada,  // section 5
};
TcForm TcFormOf(int section);

enum class TcField : uint8_t {
  kVersion,
  kCreated,
  kLastUpdated,
  kCmpId,
  kCmpVersion,
  kConsentScreen,
  kConsentLanguage,
  kVendorListVersion,
  kPolicyVersion,
  kIsServiceSpecific,
  kUseNonStandardTexts,
  kSpecialFeatureOptIns,
  kPurposeConsents,
  kPurposeLegitimateInterests,
  kPurposeOneTreatment,
  kPublisherCountryCode,
  kVendorConsents,
  kVendorLegitimateInterests,
  kPublisherRestrictions,
  kPublisherConsents,
  kPublisherLegitimateInterests,
  kNumCustomPurposes,
  kPublisherCustomConsents,
  kPublisherCustomLegitimateInterests,
  kVendorsAllowed,
  kVendorsDisclosed,
};
inline constexpr int kTcFields = static_cast<int>(TcField::kVendorsDisclosed) + 1;
// The field's name in documents; empty when the form does not have it.
std::string_view TcFieldName(TcForm form, TcField field);

// 0: not allowed, 1: require consent, 2: require legitimate interest, 3: undefined.
struct Restriction {
  uint8_t purpose;
  uint8_t type;
  IdRange vendors;
};

// In sets of few ids, id 1 is the lowest bit.
struct TcString {
  int64_t created_ms = 0;
  int64_t last_updated_ms = 0;
  uint16_t cmp_id = 0;
  uint16_t cmp_version = 0;
  uint16_t vendor_list_version = 0;
  uint8_t version = 2;
  uint8_t consent_screen = 0;
  uint8_t policy_version = 5;
  char consent_language[2] = {'E', 'N'};
  char publisher_country_code[2] = {'A', 'A'};
  bool is_service_specific = true;
  bool use_non_standard_texts = false;
  bool purpose_one_treatment = false;
  bool has_disclosed = false;
  bool has_allowed = false;
  bool has_publisher = false;
  uint8_t custom_purposes = 0;  // how many
  uint16_t special_feature_opt_ins = 0;
  uint32_t purpose_consents = 0;
  uint32_t purpose_legitimate_interests = 0;
  uint32_t publisher_consents = 0;
  uint32_t publisher_legitimate_interests = 0;
  uint64_t publisher_custom_consents = 0;
  uint64_t publisher_custom_legitimate_interests = 0;
  VendorSet vendor_consents;
  VendorSet vendor_legitimate_interests;
  VendorSet vendors_allowed;  // read, written, and of no meaning
  VendorSet vendors_disclosed;
  // By purpose, type and id; ranges of one purpose and type neither overlap nor touch.
  List<Restriction> restrictions;
};

inline constexpr int64_t kFirstRegisteredCmp = 2;
inline constexpr int kTcPurposes = 24;
inline constexpr int kTcSpecialFeatures = 12;
// Purposes 1 and 3 to 6 never rest on legitimate interest.
inline constexpr uint32_t kNoLegitimateInterest = 0b111101;

// Reads `text`, which stands at character `at` of the whole; findings.failed() when it cannot be.
TcString DecodeTc(std::string_view text, size_t at, TcForm form, IabFindings* findings);
// Notes what the rules say against a string that was read.
void ValidateTc(const TcString& tc, TcForm form, IabFindings* findings);

// Whether a string allows nothing, whatever it says: it is not service specific, was made without
// disclosed vendors after these became a must, or by a policy that had ended.
bool IsVoid(const TcString& tc);

// Orders the restrictions and joins what overlaps or touches.
void NormalizeRestrictions(List<Restriction>* restrictions);

// The string. Fails for what it cannot hold, and without the id of a registered CMP: only a CMP
// may make TC strings. It has the segment of disclosed vendors always, the publisher's when it says
// something, and of each set of vendors the shorter form.
struct TcRefusal {
  TcField field;
  const char* allowed;  // null: nothing was refused
};
TcRefusal EncodeTc(const TcString& tc, TcForm form, String* text);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_TC_STRING_H_
