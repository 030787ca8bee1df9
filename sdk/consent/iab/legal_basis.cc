#include "consent/iab/legal_basis.h"

namespace waymark {

LegalBasis BasisToCheck(const Declaration& declared, int restriction) {
  if (declared.basis == LegalBasis::kNone || restriction == kNoRestriction) return declared.basis;
  if (restriction != 1 && restriction != 2) return LegalBasis::kNone;
  const LegalBasis required =
      restriction == 1 ? LegalBasis::kConsent : LegalBasis::kLegitimateInterest;
  return declared.flexible || declared.basis == required ? required : LegalBasis::kNone;
}

int RestrictionOf(const TcString& tc, uint32_t vendor, int purpose) {
  int type = kNoRestriction;
  for (const Restriction& restriction : tc.restrictions) {
    if (restriction.purpose != purpose || vendor < restriction.vendors.first ||
        vendor > restriction.vendors.last) {
      continue;
    }
    const bool clear = type == kNoRestriction && restriction.type != 3;
    type = clear ? restriction.type : 0;
  }
  return type;
}

LegalBasis MayProcess(const TcString& tc, uint32_t vendor, int purpose,
                      const Declaration& declared) {
  if (purpose < 1 || purpose > kTcPurposes || IsVoid(tc)) return LegalBasis::kNone;
  if (tc.has_disclosed && !tc.vendors_disclosed.Has(vendor)) return LegalBasis::kNone;
  const LegalBasis basis = BasisToCheck(declared, RestrictionOf(tc, vendor, purpose));
  const uint32_t bit = 1u << (purpose - 1);
  const bool consent = (tc.purpose_consents & bit) != 0 && tc.vendor_consents.Has(vendor);
  const bool interest = (tc.purpose_legitimate_interests & bit & ~kNoLegitimateInterest) != 0 &&
                        tc.vendor_legitimate_interests.Has(vendor);
  if (basis == LegalBasis::kConsent && consent) return basis;
  if (basis == LegalBasis::kLegitimateInterest && interest) return basis;
  return LegalBasis::kNone;
}

}  // namespace waymark
