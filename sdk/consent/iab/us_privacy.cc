#include "consent/iab/us_privacy.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"

namespace waymark {
namespace {

bool IsAnswer(char c) { return c == 'Y' || c == 'N' || c == '-'; }

// Ids with dots between, in text[begin, end). None at all is a list, too.
void ReadIds(std::string_view text, size_t begin, size_t end, List<uint32_t>* ids,
             IabFindings* findings) {
  for (size_t at = begin; at < end;) {
    uint32_t id = 0;
    const size_t start = at;
    for (; at < end && text[at] != '.'; ++at) {
      const bool digit = text[at] >= '0' && text[at] <= '9';
      if (!digit || id > UINT32_MAX / 100) {
        findings->Fail(IabFault::kAdditionalConsentForm, kNoField, at);
        return;
      }
      id = id * 10 + static_cast<uint32_t>(text[at] - '0');
    }
    const bool dot_last = at + 1 == end;
    if (at == start || id == 0 || dot_last) {
      findings->Fail(IabFault::kAdditionalConsentForm, kNoField, at);
      return;
    }
    ids->push_back(id);
    ++at;
  }
}

void WriteIds(const List<uint32_t>& ids, String* text) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) *text += ".";
    AppendInteger(text, ids[i]);
  }
}

}  // namespace

UsPrivacy DecodeUsPrivacy(std::string_view text, size_t at, IabFindings* findings) {
  UsPrivacy privacy;
  for (size_t i = 0; i < 4; ++i) {
    const bool good = i < text.size() && (i == 0 ? text[i] == '1' : IsAnswer(text[i]));
    if (!good) {
      findings->Fail(IabFault::kUsPrivacyForm, kNoField, at + i);
      return privacy;
    }
  }
  if (text.size() > 4) findings->Fail(IabFault::kUsPrivacyForm, kNoField, at + 4);
  return {text[1], text[2], text[3]};
}

String EncodeUsPrivacy(const UsPrivacy& privacy) {
  const char text[4] = {'1', privacy.notice, privacy.opt_out_sale, privacy.lspa};
  return String(std::string_view(text, sizeof text));
}

AdditionalConsent DecodeAdditionalConsent(std::string_view text, IabFindings* findings) {
  AdditionalConsent consent;
  constexpr std::string_view kDisclosed = "~dv.";
  if (text.size() > kIabTextCharsMax) {
    findings->Fail(IabFault::kTooLong, kNoField, kIabTextCharsMax);
    return consent;
  }
  const bool first = text.substr(0, 2) == "1~";
  if (!first && text.substr(0, 2) != "2~") {
    findings->Fail(IabFault::kAdditionalConsentForm, kNoField, 0);
    return consent;
  }
  consent.version = first ? 1 : 2;
  const size_t end = first ? text.size() : std::min(text.find('~', 2), text.size());
  ReadIds(text, 2, end, &consent.consented, findings);
  if (first) return consent;
  if (text.substr(end, kDisclosed.size()) != kDisclosed) {
    findings->Fail(IabFault::kAdditionalConsentForm, kNoField, end);
    return consent;
  }
  ReadIds(text, end + kDisclosed.size(), text.size(), &consent.disclosed, findings);
  return consent;
}

String EncodeAdditionalConsent(const AdditionalConsent& consent) {
  String text(consent.version == 1 ? "1~" : "2~");
  WriteIds(consent.consented, &text);
  if (consent.version == 1) return text;
  text += "~dv.";
  WriteIds(consent.disclosed, &text);
  return text;
}

}  // namespace waymark
