// Where the person is, and what that means: who has to ask before, who has to stop when told.
//
// A region is a country of ISO 3166-1 (`DE`) or a subdivision of ISO 3166-2 (`US-CA`). A rule may
// name either, `EU` or `EEA` for their members, or `*` for everywhere; what names a region most
// exactly holds for it.
#ifndef WAYMARK_CONSENT_REGION_H_
#define WAYMARK_CONSENT_REGION_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/string.h"

namespace waymark {

enum class ConsentModel : uint8_t {
  kOptIn,   // denied until granted
  kOptOut,  // granted until denied or signalled
  kNotice,  // granted, shown, and withdrawable
};

// The places that rules name, each once and in their order; for `EU` and `EEA` the members.
List<String> PlacesIn(JsonView rules);

// Whether it names a country or a subdivision: `DE`, `US-CA`. What stands for no place does not:
// `XX`, `T1`.
bool IsPlace(std::string_view region);

std::string_view ModelName(ConsentModel model);

inline constexpr const char* kModelNames = "opt_in,opt_out,notice";

// How exactly an entry of `match` names a region, from 1 for `*` to 5 for a subdivision; 0: it does
// not.
int ExactnessOf(std::string_view entry, std::string_view region);

// The rule of a list of {"match": […], …} that holds for a region: the first of the most exact
// ones. Missing: no rule holds, or it is not known where the person is.
JsonView RuleFor(JsonView rules, std::string_view region);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_REGION_H_
