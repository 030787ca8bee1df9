// What is wrong with a string of the IAB's: why it cannot be read, or which rule it violates.
//
// Fixed code names, and the rule behind each, stand in one table; docs/iab.md prints it.
#ifndef WAYMARK_CONSENT_IAB_FINDING_H_
#define WAYMARK_CONSENT_IAB_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/list.h"

namespace waymark {

enum class IabFault : uint8_t {
  // The string cannot be read.
  kNone,
  kEmpty,
  kTooLong,
  kNotBase64Url,
  kTruncated,
  kVersionUnsupported,
  kSegmentEmpty,
  kSegmentUnknown,
  kNumberTooLarge,
  kTooManyIds,
  kHeaderType,
  kHeaderVersion,
  kSectionCount,
  kSectionIdMismatch,
  kUsPrivacyForm,
  kAdditionalConsentForm,
  // It can be read, and violates a rule. kFirstViolation is the first of these.
  kRangeReversed,
  kVendorIdZero,
  kVendorIdAboveMax,
  kSegmentDuplicate,
  kPaddingNotZero,
  kPaddingTooLong,
  kRestrictionsMissing,
  kRestrictionPurpose,
  kRestrictionTypeUndefined,
  kRestrictionsContradict,
  kLettersInvalid,
  kNotServiceSpecific,
  kDisclosedVendorsMissing,
  kPolicyNeedsDisclosedVendors,
  kPolicyVersionRetired,
  kLegitimateInterestForbidden,
  kCmpIdUnregistered,
  kTimesDiffer,
  kTimeOfDay,
  kLegacyRanges,
  kSectionUnknown,
  kSectionDead,
  kSectionVersion,
  kValueUndefined,
  kSubsectionType,
  kSubsectionExtra,
};
inline constexpr IabFault kFirstViolation = IabFault::kRangeReversed;

struct IabFinding {
  IabFault fault = IabFault::kNone;
  // Which field it was: a TcField in a TC string, or the letter of a field in a US section.
  uint8_t field = 0;
  uint8_t section = 0;  // of a GPP string; 0: in none
  uint32_t at = 0;      // character of the whole text, from 0
};

inline constexpr uint8_t kNoField = 255;

// The fixed name, such as "range_reversed", and what the rule says.
std::string_view CodeOf(IabFault fault);
std::string_view RuleOf(IabFault fault);
// The field's name as the printed document has it; empty when the finding is about none.
std::string_view FieldName(const IabFinding& finding);

// Gathers what reading and checking find.
class IabFindings {
 public:
  // The string cannot be read. The first such finding holds.
  void Fail(IabFault fault, uint8_t field, size_t at);
  // It violates a rule. Each rule is noted once for each field, where it was violated first.
  void Note(IabFault fault, uint8_t field, size_t at);
  // The same of a whole string or section: the place is its beginning.
  void NoteAll(IabFault fault, uint8_t field) { Note(fault, field, section_at_); }
  // What follows is about this section of a GPP string, which stands at a character.
  void EnterSection(int id, size_t at) {
    section_ = static_cast<uint8_t>(id);
    section_at_ = at;
  }

  // For a part that may have to be read in another way: nothing found yet, the same section.
  IabFindings Fresh() const;
  // What was found in that part.
  void Take(IabFindings&& part);

  bool failed() const { return error_.fault != IabFault::kNone; }
  const IabFinding& error() const { return error_; }
  const List<IabFinding>& violations() const { return violations_; }

 private:
  IabFinding error_;
  List<IabFinding> violations_;
  uint8_t section_ = 0;
  size_t section_at_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_FINDING_H_
