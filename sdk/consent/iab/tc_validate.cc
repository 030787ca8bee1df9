#include "base/time.h"
#include "consent/iab/tc_string.h"

namespace waymark {
namespace {

constexpr uint8_t kPolicyVersionMin = 4;
constexpr uint8_t kPolicyVersionOfDisclosure = 5;

int64_t Midnight(int year, int month, int day) { return DaysFromDate(year, month, day) * kDayMs; }

void Note(IabFindings* findings, IabFault fault, TcField field) {
  findings->NoteAll(fault, static_cast<uint8_t>(field));
}

// Until the end of 2021 both times were instants, and LastUpdated the later one.
void CheckTimes(const TcString& tc, IabFindings* findings) {
  if (tc.last_updated_ms < Midnight(2022, 1, 1)) return;
  if (tc.created_ms != tc.last_updated_ms) {
    Note(findings, IabFault::kTimesDiffer, TcField::kLastUpdated);
  }
  if (tc.last_updated_ms % kDayMs != 0) {
    Note(findings, IabFault::kTimeOfDay, TcField::kLastUpdated);
  }
}

bool LacksDisclosed(const TcString& tc) {
  return !tc.has_disclosed && tc.created_ms >= Midnight(2026, 3, 1);
}

bool PolicyHadEnded(const TcString& tc) {
  return tc.policy_version < kPolicyVersionMin && tc.last_updated_ms >= Midnight(2023, 10, 1);
}

void CheckDisclosed(const TcString& tc, IabFindings* findings) {
  if (LacksDisclosed(tc)) {
    Note(findings, IabFault::kDisclosedVendorsMissing, TcField::kVendorsDisclosed);
  } else if (!tc.has_disclosed && tc.policy_version >= kPolicyVersionOfDisclosure) {
    Note(findings, IabFault::kPolicyNeedsDisclosedVendors, TcField::kVendorsDisclosed);
  }
}

// Two restrictions contradict each other when they are of one vendor and purpose, and of two types.
bool Contradict(const Restriction& a, const Restriction& b) {
  return a.purpose == b.purpose && a.type != b.type && a.vendors.first <= b.vendors.last &&
         b.vendors.first <= a.vendors.last;
}

// For one purpose, types stand one behind the other, and the ranges of each in order. So the ranges
// of two types are walked side by side.
bool AnyContradiction(const List<Restriction>& all) {
  for (size_t begin = 0; begin < all.size();) {
    size_t ends[4] = {};
    size_t types = 0;
    size_t end = begin;
    for (; end < all.size() && all[end].purpose == all[begin].purpose; ++end) {
      if (end == begin || all[end].type != all[end - 1].type) ++types;
      ends[types - 1] = end + 1;
    }
    for (size_t a = 0; a < types; ++a) {
      for (size_t b = a + 1; b < types; ++b) {
        size_t i = a == 0 ? begin : ends[a - 1];
        size_t k = ends[b - 1];
        while (i < ends[a] && k < ends[b]) {
          if (Contradict(all[i], all[k])) return true;
          if (all[i].vendors.last < all[k].vendors.last) {
            ++i;
          } else {
            ++k;
          }
        }
      }
    }
    begin = end;
  }
  return false;
}

void CheckRestrictions(const TcString& tc, bool europe, IabFindings* findings) {
  const TcField field = TcField::kPublisherRestrictions;
  for (const Restriction& restriction : tc.restrictions) {
    if (restriction.type == 3) Note(findings, IabFault::kRestrictionTypeUndefined, field);
    const bool forbidden = restriction.purpose >= 1 && restriction.purpose <= kTcPurposes &&
                           (kNoLegitimateInterest >> (restriction.purpose - 1) & 1) != 0;
    if (europe && restriction.type == 2 && forbidden) {
      Note(findings, IabFault::kLegitimateInterestForbidden, field);
    }
  }
  if (AnyContradiction(tc.restrictions)) Note(findings, IabFault::kRestrictionsContradict, field);
}

}  // namespace

bool IsVoid(const TcString& tc) {
  return !tc.is_service_specific || LacksDisclosed(tc) || PolicyHadEnded(tc);
}

void ValidateTc(const TcString& tc, TcForm form, IabFindings* findings) {
  if (findings->failed()) return;
  const bool europe = form != TcForm::kCanada;
  if (tc.cmp_id <= 1) Note(findings, IabFault::kCmpIdUnregistered, TcField::kCmpId);
  CheckRestrictions(tc, europe, findings);
  if (!europe) return;  // the rest is policy of IAB Europe
  CheckTimes(tc, findings);
  CheckDisclosed(tc, findings);
  if (PolicyHadEnded(tc)) {
    Note(findings, IabFault::kPolicyVersionRetired, TcField::kPolicyVersion);
  }
  if (!tc.is_service_specific) {
    Note(findings, IabFault::kNotServiceSpecific, TcField::kIsServiceSpecific);
  }
  if ((tc.purpose_legitimate_interests & kNoLegitimateInterest) != 0) {
    Note(findings, IabFault::kLegitimateInterestForbidden, TcField::kPurposeLegitimateInterests);
  }
}

}  // namespace waymark
