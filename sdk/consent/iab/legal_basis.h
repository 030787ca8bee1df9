// What a vendor may rest its processing on, by the rules of TCF 2 for reading a string.
#ifndef WAYMARK_CONSENT_IAB_LEGAL_BASIS_H_
#define WAYMARK_CONSENT_IAB_LEGAL_BASIS_H_

#include "consent/iab/tc_string.h"

namespace waymark {

enum class LegalBasis : uint8_t { kNone, kConsent, kLegitimateInterest };

// What the vendor list says of one vendor and one purpose.
struct Declaration {
  LegalBasis basis = LegalBasis::kNone;
  bool flexible = false;
};

inline constexpr int kNoRestriction = -1;

// Which signal is to be looked at, if any. `restriction`: its type, or kNoRestriction.
LegalBasis BasisToCheck(const Declaration& declared, int restriction);

// The restriction of a vendor for a purpose. Several that contradict each other are one of type 0,
// as is one of the undefined type 3.
int RestrictionOf(const TcString& tc, uint32_t vendor, int purpose);

// On what the vendor may process for this purpose; kNone: it may not. A void string allows nothing;
// nor does one with disclosed vendors to a vendor that is none of them.
LegalBasis MayProcess(const TcString& tc, uint32_t vendor, int purpose,
                      const Declaration& declared);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_LEGAL_BASIS_H_
