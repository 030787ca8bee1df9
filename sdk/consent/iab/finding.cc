#include "consent/iab/finding.h"

#include "consent/iab/gpp_layouts.h"
#include "consent/iab/tc_string.h"

namespace waymark {
namespace {

struct Rule {
  const char* code;
  const char* rule;
};

// In the order of IabFault.
constexpr Rule kRules[] = {
    {"", ""},
    {"empty", "a string has at least one character"},
    {"too_long", "at most 131072 characters are read"},
    {"not_base64url", "only A to Z, a to z, 0 to 9, - and _; no padding characters"},
    {"truncated", "the text ends inside this field"},
    {"version_unsupported", "this version of the string cannot be read"},
    {"segment_empty", "between, before and behind dots stands a segment"},
    {"segment_unknown", "segments behind the core are of type 1, 2 or 3"},
    {"number_too_large", "no id is above 65535"},
    {"too_many_ids", "the restrictions name more than 1000000 vendors in all"},
    {"header_type", "a GPP string begins with a header of type 3"},
    {"header_version", "the version of a GPP header is 1"},
    {"section_count", "the header names as many sections as there are"},
    {"section_id_mismatch", "a section's own header has the id that the GPP header gives it"},
    {"us_privacy_form", "1, then three times Y, N or -"},
    {"additional_consent_form", "2~ids~dv.ids or 1~ids, ids with dots between"},
    {"range_reversed", "a range ends at or behind its start"},
    {"vendor_id_zero", "vendor ids begin at 1"},
    {"vendor_id_above_max", "no id is above MaxVendorId"},
    {"segment_duplicate", "each segment stands once; what is said twice counts as empty"},
    {"padding_not_zero", "bits behind the last field are zero"},
    {"padding_too_long", "padding ends the last byte, or group of 24 bits"},
    {"restrictions_missing", "NumPubRestrictions stands also when it is 0"},
    {"restriction_purpose", "restrictions are of purposes 1 to 24"},
    {"restriction_type_undefined", "type 3 has no meaning"},
    {"restrictions_contradict", "one restriction of a vendor for a purpose"},
    {"letters_invalid", "two letters A to Z"},
    {"not_service_specific", "IsServiceSpecific is 1: a global string is invalid"},
    {"disclosed_vendors_missing",
     "strings created on or after 2026-03-01 have the segment of disclosed vendors"},
    {"policy_needs_disclosed_vendors",
     "policy version 5 (TCF 2.3) demands the segment of disclosed vendors"},
    {"policy_version_retired", "policy versions below 4 ended on 2023-09-30"},
    {"legitimate_interest_forbidden", "no legitimate interest for purposes 1 and 3 to 6"},
    {"cmp_id_unregistered", "ids of registered CMPs are above 1"},
    {"times_differ", "since 2022 LastUpdated is the same as Created"},
    {"time_of_day", "since 2022 times are days, in UTC"},
    {"legacy_ranges", "vendors of tcfcav1 are written as Fibonacci ranges"},
    {"section_unknown", "no known section has this id; its text was not read"},
    {"section_dead", "this section is not used any more; its text was not read"},
    {"section_version", "a version that this section does not have"},
    {"value_undefined", "0, 1 or 2; MspaCoveredTransaction 1 or 2"},
    {"subsection_type", "the type of the second sub-section is 1"},
    {"subsection_extra", "this section has no more sub-sections"},
};
static_assert(sizeof(kRules) / sizeof(kRules[0]) ==
              static_cast<size_t>(IabFault::kSubsectionExtra) + 1);

const Rule& Of(IabFault fault) { return kRules[static_cast<size_t>(fault)]; }

}  // namespace

std::string_view CodeOf(IabFault fault) { return Of(fault).code; }
std::string_view RuleOf(IabFault fault) { return Of(fault).rule; }

std::string_view FieldName(const IabFinding& finding) {
  if (finding.field == kNoField) return {};
  if (FindUsLayout(finding.section)) return UsFieldName(static_cast<char>(finding.field));
  return TcFieldName(TcFormOf(finding.section), static_cast<TcField>(finding.field));
}

void IabFindings::Fail(IabFault fault, uint8_t field, size_t at) {
  if (!failed()) error_ = {fault, field, section_, static_cast<uint32_t>(at)};
}

void IabFindings::Note(IabFault fault, uint8_t field, size_t at) {
  for (const IabFinding& known : violations_) {
    if (known.fault == fault && known.field == field && known.section == section_) return;
  }
  violations_.push_back({fault, field, section_, static_cast<uint32_t>(at)});
}

IabFindings IabFindings::Fresh() const {
  IabFindings fresh;
  fresh.EnterSection(section_, section_at_);
  return fresh;
}

void IabFindings::Take(IabFindings&& part) {
  if (!failed()) error_ = part.error_;
  for (const IabFinding& found : part.violations_) violations_.push_back(found);
}

}  // namespace waymark
