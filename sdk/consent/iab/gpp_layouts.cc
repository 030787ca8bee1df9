#include "consent/iab/gpp_layouts.h"

#include <cstddef>

namespace waymark {
namespace {

struct Letter {
  char letter;
  std::string_view name;
};

// In the order of their slots. D and K, which may be lists, come last.
constexpr Letter kLetters[] = {
    {'V', "Version"},
    {'m', "MspaVersion"},
    {'n', "SharingNotice"},
    {'p', "ProcessingNotice"},
    {'s', "SaleOptOutNotice"},
    {'h', "SharingOptOutNotice"},
    {'t', "TargetedAdvertisingOptOutNotice"},
    {'e', "SensitiveDataProcessingOptOutNotice"},
    {'l', "SensitiveDataLimitUseNotice"},
    {'o', "SensitiveDataOptOutNotice"},
    {'S', "SaleOptOut"},
    {'H', "SharingOptOut"},
    {'T', "TargetedAdvertisingOptOut"},
    {'P', "PersonalDataConsents"},
    {'A', "AdditionalDataProcessingConsent"},
    {'M', "MspaCoveredTransaction"},
    {'O', "MspaOptOutOptionMode"},
    {'R', "MspaServiceProviderMode"},
    {'I', "MspaMode"},
    {'y', "GpcSegmentType"},
    {'G', "Gpc"},
    {'D', "SensitiveDataProcessing"},
    {'K', "KnownChildSensitiveDataConsents"},
};

struct Places {
  uint8_t of[128];
};

constexpr Places MakePlaces() {
  Places places{};
  uint8_t place = 0;
  for (const Letter& letter : kLetters) places.of[static_cast<size_t>(letter.letter)] = place++;
  return places;
}

constexpr Places kPlaces = MakePlaces();

// tests/vectors/gpp_layouts.json holds the same at length; a test compares them.
constexpr UsLayout kLayouts[] = {
    {7, "usnat", "VnshtelSHTD16K3PMOR.yG"},
    {8, "usca", "VshlSHD9K2PMOR.yG"},
    {9, "usva", "VnstSTD8KMOR"},
    {10, "usco", "VnstSTD7KMOR.yG"},
    {11, "usut", "VnsteSTD8KMOR"},
    {12, "usct", "VnstSTD8K3MOR.yG"},
    {13, "usfl", "VpstSTD8K3AMOR"},
    {14, "usmt", "VnstSTD8K3AMOR.yG"},
    {15, "usor", "VpstSTD11K3AMOR.yG"},
    {16, "ustx", "VpstSTD8KAMOR.yG"},
    {17, "usde", "VpstSTD9K5AMOR.yG"},
    {18, "usia", "VpstoSTD8KMOR.yG"},
    {19, "usne", "VpstSTD8KAMOR.yG"},
    {20, "usnh", "VpstSTD8K3AMOR.yG"},
    {21, "usnj", "VpstSTD10K5AMOR.yG"},
    {22, "ustn", "VpstSTD8KAMOR.yG"},
    {23, "usmn", "VpstSTD8KAMOR.yG"},
    {24, "usmd", "mMIpstSTA.yG"},
    {25, "usin", "mMIpstSTKA.D8"},
    {26, "usky", "mMIpstSTKA.D8"},
    {27, "usri", "mMIpstSTKA.D8"},
};
constexpr UsLayout kUsNatV1 = {7, "usnat", "VnshtelSHTD12K2PMOR.yG"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

const UsLayout* FindUsLayout(int id) {
  const int place = id - kLayouts[0].id;
  const int count = static_cast<int>(sizeof(kLayouts) / sizeof(kLayouts[0]));
  return place >= 0 && place < count ? &kLayouts[place] : nullptr;
}

const UsLayout& UsNatV1() { return kUsNatV1; }

std::string_view GppPrefix(int id) {
  if (const UsLayout* layout = FindUsLayout(id)) return layout->prefix;
  if (id == 2) return "tcfeuv2";
  if (id == 5) return "tcfcav1";
  return id == 6 ? "uspv1" : std::string_view();
}

int GppSectionId(std::string_view prefix) {
  for (int id = 2; id <= 27; ++id) {
    if (!prefix.empty() && GppPrefix(id) == prefix) return id;
  }
  return 0;
}

std::string_view UsFieldName(char letter) {
  return kLetters[kPlaces.of[static_cast<size_t>(letter)]].name;
}

int UsSlot(char letter) {
  const int place = kPlaces.of[static_cast<size_t>(letter)];
  return letter == 'K' ? place + kUsValuesMax - 1 : place;
}

bool UsFields::Next() {
  if (*next_ == '.') {
    ++subsection_;
    ++next_;
  }
  if (*next_ == '\0') return false;
  letter_ = *next_++;
  list_ = IsDigit(*next_);
  count_ = list_ ? 0 : 1;
  for (; IsDigit(*next_); ++next_) count_ = count_ * 10 + (*next_ - '0');
  return true;
}

int UsFields::bits() const {
  if (letter_ == 'V' || letter_ == 'm') return 6;
  return is_bool() ? 1 : 2;
}

}  // namespace waymark
