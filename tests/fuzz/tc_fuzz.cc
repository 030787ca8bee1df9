#include <set>

#include "consent/iab/in_app_keys.h"
#include "consent/iab/tc_string.h"
#include "fuzz/fuzzer.h"

namespace {

using waymark::IdRange;
using waymark::TcForm;
using waymark::TcString;
using waymark::VendorSet;

bool Same(const VendorSet& a, const VendorSet& b) { return a.Bits() == b.Bits(); }

bool Same(const TcString& a, const TcString& b) {
  if (a.restrictions.size() != b.restrictions.size()) return false;
  for (size_t i = 0; i < a.restrictions.size(); ++i) {
    const waymark::Restriction& x = a.restrictions[i];
    const waymark::Restriction& y = b.restrictions[i];
    if (x.purpose != y.purpose || x.type != y.type || x.vendors.first != y.vendors.first ||
        x.vendors.last != y.vendors.last) {
      return false;
    }
  }
  return a.created_ms == b.created_ms && a.last_updated_ms == b.last_updated_ms &&
         a.cmp_id == b.cmp_id && a.cmp_version == b.cmp_version &&
         a.policy_version == b.policy_version && a.purpose_consents == b.purpose_consents &&
         a.purpose_legitimate_interests == b.purpose_legitimate_interests &&
         a.is_service_specific == b.is_service_specific &&
         a.special_feature_opt_ins == b.special_feature_opt_ins &&
         a.publisher_consents == b.publisher_consents &&
         a.publisher_custom_consents == b.publisher_custom_consents &&
         Same(a.vendor_consents, b.vendor_consents) &&
         Same(a.vendor_legitimate_interests, b.vendor_legitimate_interests) &&
         Same(a.vendors_disclosed, b.vendors_disclosed) &&
         Same(a.vendors_allowed, b.vendors_allowed);
}

// The bits of the first segment, one character each: slow, and apart from the code under test.
std::string CoreBits(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bits;
  for (const char c : text.substr(0, text.find('.'))) {
    const size_t value = kDigits.find(c);
    for (int i = 5; i >= 0; --i) bits.push_back(value >> i & 1 ? '1' : '0');
  }
  return bits;
}

// Every id that consent could be read out of the bits for, however they stand.
std::set<uint32_t> ConsentsIn(const std::string& bits) {
  size_t at = 213;
  const auto number = [&](size_t size) {
    const uint32_t value =
        static_cast<uint32_t>(std::strtoul(bits.substr(at, size).c_str(), nullptr, 2));
    at += size;
    return value;
  };
  std::set<uint32_t> ids;
  const uint32_t max_id = number(16);
  if (number(1) == 0) {
    for (uint32_t id = 1; id <= max_id; ++id) {
      if (bits[at++] == '1') ids.insert(id);
    }
    return ids;
  }
  for (uint32_t entries = number(12); entries > 0; --entries) {
    const bool range = number(1) == 1;
    const uint32_t first = number(16);
    const uint32_t last = range ? number(16) : first;
    for (uint32_t id = first; id <= last && id <= max_id; ++id) ids.insert(id);
  }
  return ids;
}

void RequireNoMore(std::string_view text, const TcString& tc) {
  const std::set<uint32_t> ids = ConsentsIn(CoreBits(text));
  const VendorSet& set = tc.vendor_consents;
  for (IdRange next = set.Next(1); next.first != 0; next = set.Next(next.last + 1u)) {
    for (uint32_t id = next.first; id <= next.last; ++id) {
      Require(ids.contains(id), "no vendor is granted whose id the bits do not hold");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text = TextOf(bytes, size);
  for (const TcForm form : {TcForm::kString, TcForm::kCanada}) {
    waymark::IabFindings findings;
    const TcString tc = DecodeTc(text, 0, form, &findings);
    ValidateTc(tc, form, &findings);
    Require(!findings.failed() || findings.error().at <= size, "errors lie inside the text");
    if (findings.failed()) continue;
    if (form == TcForm::kString) RequireNoMore(text, tc);
    TcKeys(tc, text);
    waymark::String written;
    if (EncodeTc(tc, form, &written).allowed) continue;
    waymark::IabFindings again;
    const TcString read = DecodeTc(written, 0, form, &again);
    Require(!again.failed(), "what was written can be read");
    Require(Same(tc, read), "what is read and written again reads the same");
  }
  return 0;
}

void AddSeeds(const nlohmann::json& vectors, std::vector<std::string>* seeds) {
  for (const char* group : {"tc", "tcPinned", "tcNegative"}) {
    for (const nlohmann::json& vector : vectors[group]) {
      // Long ones would take the time of many short ones.
      if (vector["string"].get<std::string>().size() < 1200) seeds->push_back(vector["string"]);
    }
  }
  for (const nlohmann::json& vector : vectors["gpp"]) {
    if (vector["sectionIds"] != nlohmann::json({5})) continue;
    const std::string text = vector["string"];
    seeds->push_back(text.substr(text.find('~') + 1));
  }
}
