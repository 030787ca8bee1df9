// The string of the Global Privacy Platform: a header that names sections, and the sections.
//
// Both paddings are read (to 6 bits, as the specification has it, and to 8, then 6, as the
// reference library writes), both forms of sections 24 to 27, versions 1 and 2 of usnat, Canada's
// vendors in both codes, and a bare TC string. Written is what the reference library writes.
#ifndef WAYMARK_CONSENT_IAB_GPP_H_
#define WAYMARK_CONSENT_IAB_GPP_H_

#include <memory>
#include <string_view>

#include "base/list.h"
#include "consent/iab/finding.h"
#include "consent/iab/gpp_layouts.h"
#include "consent/iab/tc_string.h"
#include "consent/iab/us_privacy.h"

namespace waymark {

// The values of a section of the United States, at their slots (UsSlot()). Those of an optional
// sub-section that is not there are what the reference library gives: the type 1, and no signal.
struct UsSection {
  UsSection();
  uint8_t version() const { return values[UsSlot('V')]; }
  // How a document shows it: usnat has fewer values in version 1.
  const UsLayout& LayoutOf(int id) const;

  uint8_t values[kUsSlots];
  bool has_second = false;  // the second sub-section was there
};

struct GppSection {
  int id = 0;
  std::string_view text;         // lives as long as the string that was read
  size_t at = 0;                 // where it stands there
  std::unique_ptr<TcString> tc;  // of sections 2 and 5
  UsPrivacy us_privacy;          // of section 6
  UsSection us;                  // of sections 7 to 27
  bool known = false;
};

struct GppString {
  List<GppSection> sections;  // in the order of their ids
};

GppString DecodeGpp(std::string_view text, IabFindings* findings);
void ValidateGpp(const GppString& gpp, IabFindings* findings);

// Whether a section begins as one with a header of its own would: MspaVersion 24 to 27 cannot be
// written, because the reader could not tell it from such a header. It is 1.
bool LooksLikeOwnHeader(int id, const UsSection& section);

// The text of one section of the United States.
String EncodeUsSection(int id, const UsSection& section);
// A header for sections of these ids, which ascend.
String EncodeGppHeader(const List<int>& ids);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_IAB_GPP_H_
