#include "consent/iab/in_app_keys.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"

namespace waymark {
namespace {

class Keys {
 public:
  Keys(std::string_view prefix, List<InAppKey>* all) : prefix_(prefix), all_(all) {}

  void Number(std::string_view name, int64_t number) { Add(name).number = number; }
  void Text(std::string_view name, std::string_view text) {
    InAppKey& key = Add(name);
    key.is_text = true;
    key.text = text;
  }

 private:
  InAppKey& Add(std::string_view name) {
    InAppKey& key = all_->emplace_back();
    key.key = String(prefix_) + name;
    return key;
  }

  std::string_view prefix_;
  List<InAppKey>* all_;
};

// "1011": digit n is id n + 1, up to the last id that is there.
String Digits(uint64_t ids) {
  String digits;
  for (; ids != 0; ids >>= 1) digits.push_back(static_cast<char>('0' + (ids & 1)));
  return digits;
}

void AppendItem(int64_t number, String* list) {
  if (!list->empty()) list->push_back('_');
  AppendInteger(list, number);
}

// "1_3_4": ids.
String Joined(uint64_t ids) {
  String list;
  for (int id = 1; ids != 0; ids >>= 1, ++id) {
    if (ids & 1) AppendItem(id, &list);
  }
  return list;
}

String Joined(const VendorSet& set) {
  String list;
  for (IdRange next = set.Next(1); next.first != 0; next = set.Next(next.last + 1u)) {
    for (uint32_t id = next.first; id <= next.last; ++id) AppendItem(id, &list);
  }
  return list;
}

// One key a purpose that has restrictions: a digit for the type, or _ for none, up to the highest
// vendor of all restrictions. Types that contradict each other, and the undefined one, are 0: not
// allowed.
void Restrictions(const TcString& tc, Keys* keys) {
  uint16_t last = 0;
  for (const Restriction& restriction : tc.restrictions) {
    last = std::max(last, restriction.vendors.last);
  }
  for (size_t i = 0; i < tc.restrictions.size();) {
    const int purpose = tc.restrictions[i].purpose;
    String types;
    types.resize(last);
    std::fill(types.data(), types.data() + last, '_');
    for (; i < tc.restrictions.size() && tc.restrictions[i].purpose == purpose; ++i) {
      const Restriction& restriction = tc.restrictions[i];
      for (uint32_t id = restriction.vendors.first; id <= restriction.vendors.last; ++id) {
        const bool clear = types[id - 1] == '_' && restriction.type != 3;
        types[id - 1] = clear ? static_cast<char>('0' + restriction.type) : '0';
      }
    }
    if (purpose < 1 || purpose > kTcPurposes) continue;
    keys->Text(Numbered("PublisherRestrictions", purpose), types);
  }
}

// What both name alike: IABTCF_… and IABGPP_TCFEU2_….
void TcKeysOf(const TcString& tc, Keys* keys) {
  keys->Number("CmpSdkID", tc.cmp_id);
  keys->Number("CmpSdkVersion", tc.cmp_version);
  keys->Number("PolicyVersion", tc.policy_version);
  keys->Number("gdprApplies", 1);
  keys->Text("PublisherCC", std::string_view(tc.publisher_country_code, 2));
  keys->Number("PurposeOneTreatment", tc.purpose_one_treatment);
  keys->Number("UseNonStandardTexts", tc.use_non_standard_texts);
  keys->Text("VendorConsents", tc.vendor_consents.Bits());
  keys->Text("VendorLegitimateInterests", tc.vendor_legitimate_interests.Bits());
  keys->Text("DisclosedVendors", tc.vendors_disclosed.Bits());
  keys->Text("PurposeConsents", Digits(tc.purpose_consents));
  keys->Text("PurposeLegitimateInterests",
             Digits(tc.purpose_legitimate_interests & ~kNoLegitimateInterest));
  keys->Text("SpecialFeaturesOptIns", Digits(tc.special_feature_opt_ins));
  keys->Text("PublisherConsent", Digits(tc.publisher_consents));
  keys->Text("PublisherLegitimateInterests", Digits(tc.publisher_legitimate_interests));
  keys->Text("PublisherCustomPurposesConsents", Digits(tc.publisher_custom_consents));
  keys->Text("PublisherCustomPurposesLegitimateInterests",
             Digits(tc.publisher_custom_legitimate_interests));
  Restrictions(tc, keys);
}

// Canada's keys are its fields, by the rules for types that all sections share.
void CanadaKeys(const TcString& tc, Keys* keys) {
  const auto name = [](TcField field) { return TcFieldName(TcForm::kCanada, field); };
  keys->Number(name(TcField::kVersion), tc.version);
  keys->Number(name(TcField::kCreated), tc.created_ms);
  keys->Number(name(TcField::kLastUpdated), tc.last_updated_ms);
  keys->Number(name(TcField::kCmpId), tc.cmp_id);
  keys->Number(name(TcField::kCmpVersion), tc.cmp_version);
  keys->Number(name(TcField::kConsentScreen), tc.consent_screen);
  keys->Text(name(TcField::kConsentLanguage), std::string_view(tc.consent_language, 2));
  keys->Number(name(TcField::kVendorListVersion), tc.vendor_list_version);
  keys->Number(name(TcField::kPolicyVersion), tc.policy_version);
  keys->Number(name(TcField::kUseNonStandardTexts), tc.use_non_standard_texts);
  keys->Text(name(TcField::kSpecialFeatureOptIns), Joined(tc.special_feature_opt_ins));
  keys->Text(name(TcField::kPurposeConsents), Joined(tc.purpose_consents));
  keys->Text(name(TcField::kPurposeLegitimateInterests), Joined(tc.purpose_legitimate_interests));
  keys->Text(name(TcField::kVendorConsents), Joined(tc.vendor_consents));
  keys->Text(name(TcField::kVendorLegitimateInterests), Joined(tc.vendor_legitimate_interests));
  keys->Text(name(TcField::kPublisherConsents), Joined(tc.publisher_consents));
  keys->Text(name(TcField::kPublisherLegitimateInterests),
             Joined(tc.publisher_legitimate_interests));
  keys->Number(name(TcField::kNumCustomPurposes), tc.custom_purposes);
  keys->Text(name(TcField::kPublisherCustomConsents), Joined(tc.publisher_custom_consents));
  keys->Text(name(TcField::kPublisherCustomLegitimateInterests),
             Joined(tc.publisher_custom_legitimate_interests));
  keys->Text(name(TcField::kVendorsDisclosed), Joined(tc.vendors_disclosed));
  String restrictions;  // vendor:type
  for (const Restriction& restriction : tc.restrictions) {
    for (uint32_t id = restriction.vendors.first; id <= restriction.vendors.last; ++id) {
      AppendItem(id, &restrictions);
      restrictions.push_back(':');
      AppendInteger(&restrictions, restriction.type);
    }
  }
  keys->Text(name(TcField::kPublisherRestrictions), restrictions);
}

void UsKeys(int id, const UsSection& section, Keys* keys) {
  for (UsFields field(section.LayoutOf(id)); field.Next();) {
    if (field.subsection() > 0 && !section.has_second) return;
    const uint8_t* values = section.values + UsSlot(field.letter());
    const std::string_view name = UsFieldName(field.letter());
    if (!field.is_list()) {
      keys->Number(name, values[0]);
      continue;
    }
    String list;
    for (int i = 0; i < field.count(); ++i) AppendItem(values[i], &list);
    keys->Text(name, list);
  }
}

String UpperCase(std::string_view text) {
  String upper(text);
  for (size_t i = 0; i < upper.size(); ++i) {
    if (upper[i] >= 'a' && upper[i] <= 'z') upper[i] = static_cast<char>(upper[i] - 'a' + 'A');
  }
  return upper;
}

void SectionKeys(const GppSection& section, List<InAppKey>* all) {
  const String number = Numbered("IABGPP_", section.id, "_");
  Keys by_number(number, all);
  by_number.Text("String", section.text);
  if (section.tc) by_number.Text("TCString", section.text);
  const String name = section.id == 2   ? String("TCFEU2")
                      : section.id == 6 ? String("USP1")
                                        : UpperCase(GppPrefix(section.id));
  const String prefix = (String("IABGPP_") + name) + "_";
  Keys keys(prefix, all);
  if (section.id == 2) {
    TcKeysOf(*section.tc, &keys);
  } else if (section.id == 5) {
    CanadaKeys(*section.tc, &keys);
  } else if (section.id == 6) {
    keys.Number("Version", 1);
    keys.Text("Notice", {&section.us_privacy.notice, 1});
    keys.Text("OptOutSale", {&section.us_privacy.opt_out_sale, 1});
    keys.Text("LspaCovered", {&section.us_privacy.lspa, 1});
  } else {
    UsKeys(section.id, section.us, &keys);
  }
}

}  // namespace

List<InAppKey> TcKeys(const TcString& tc, std::string_view text) {
  List<InAppKey> all;
  Keys keys("IABTCF_", &all);
  keys.Text("TCString", text);
  TcKeysOf(tc, &keys);
  return all;
}

List<InAppKey> GppKeys(const GppString& gpp, std::string_view text) {
  List<InAppKey> all;
  String ids;
  for (const GppSection& section : gpp.sections) AppendItem(section.id, &ids);
  Keys keys("IABGPP_HDR_", &all);
  keys.Text("Version", "1");
  keys.Text("Sections", ids);
  keys.Text("GppString", text);
  for (const GppSection& section : gpp.sections) {
    if (section.known) SectionKeys(section, &all);
  }
  return all;
}

}  // namespace waymark
