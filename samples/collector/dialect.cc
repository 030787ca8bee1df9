#include "dialect.h"

#include "absl/strings/ascii.h"
#include "dialects/dialects.h"

namespace waymark::collector {

std::string Request::Header(absl::string_view lower_case_name) const {
  const auto found = headers.find(std::string(lower_case_name));
  return found == headers.end() ? "" : found->second;
}

std::string Request::MediaType() const {
  const std::string header = Header("content-type");
  const absl::string_view type = absl::string_view(header).substr(0, header.find(';'));
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(type));
}

const std::vector<const Dialect*>& AllDialects() {
  static const std::vector<Dialect> dialects = {
      SegmentDialect(),     SnowplowDialect(), PosthogDialect(),   AmplitudeDialect(),
      MixpanelDialect(),    Ga4Dialect(),      MatomoDialect(),    RudderstackDialect(),
      CloudeventsDialect(), OtlpDialect(),     PlausibleDialect(), UmamiDialect(),
      JitsuDialect()};
  static const std::vector<const Dialect*> all = [] {
    std::vector<const Dialect*> pointers;
    for (const Dialect& dialect : dialects) pointers.push_back(&dialect);
    return pointers;
  }();
  return all;
}

}  // namespace waymark::collector
