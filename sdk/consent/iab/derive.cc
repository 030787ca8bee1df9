#include "consent/iab/derive.h"

#include <memory>

#include "base/name_table.h"
#include "consent/iab/document.h"
#include "consent/iab/gpp.h"
#include "consent/iab/in_app_keys.h"

namespace waymark {
namespace {

constexpr const char* kOptOuts = "SaleOptOut,SharingOptOut,TargetedAdvertisingOptOut";

// Ids, in order and each once.
void AddId(List<int64_t>* ids, int64_t id) {
  size_t place = 0;
  while (place < ids->size() && (*ids)[place] < id) ++place;
  if (place < ids->size() && (*ids)[place] == id) return;
  ids->insert(place, int64_t{id});
}

bool Contains(const List<int64_t>& ids, int64_t id) {
  for (const int64_t known : ids) {
    if (known == id) return true;
  }
  return false;
}

// The state in the terms of those who ask.
class Derived {
 public:
  explicit Derived(const SignalSource& source) : source_(source) {
    ReadPurposes();
    ReadVendors();
  }

  bool Allows(std::string_view purpose) const {
    const int place = source_.policy->Find(purpose);
    return place >= 0 && source_.state->Allowed() >> place & 1;
  }

  // Not allowed, of what Global Privacy Control speaks of: sale, sharing, targeting.
  bool OptedOut() const {
    const PurposeSet sold = source_.policy->DeniedBy(kGpcSignal) & ~source_.state->always_on;
    return (sold & ~source_.state->Allowed()) != 0;
  }

  bool AsksBefore() const {
    return source_.policy->ModelIn(source_.state->facts.region) == ConsentModel::kOptIn;
  }

  List<int64_t> purposes;   // TCF purposes that are consented to
  List<int64_t> interests;  // and those on legitimate interest
  List<int64_t> special_features;
  List<int64_t> vendors;
  List<int64_t> interest_vendors;
  List<int64_t> disclosed;
  List<int64_t> providers;  // of Google's list
  List<int64_t> disclosed_providers;
  ConsentMode mode;

 private:
  // What several purposes stand for is allowed when all of them are.
  void ReadPurposes() {
    List<int64_t> refused;
    List<int64_t> refused_features;
    uint8_t denied = 0;
    for (JsonItems item(source_.consent["purposes"]); item.Next();) {
      const JsonView purpose = item.value();
      const bool allowed = Allows(purpose["id"].AsName());
      const bool interest = purpose["basis"].IsName("legitimate_interest");
      for (JsonItems tcf(purpose["tcf"]); tcf.Next();) {
        const int64_t id = tcf.value().IntegerOr(0);
        if (id < 1 || id > kTcPurposes) continue;
        AddId(!allowed ? &refused : interest ? &interests : &purposes, id);
      }
      for (JsonItems feature(purpose["tcf_special_features"]); feature.Next();) {
        const int64_t id = feature.value().IntegerOr(0);
        if (id < 1 || id > kTcSpecialFeatures) continue;
        AddId(allowed ? &special_features : &refused_features, id);
      }
      for (JsonItems type(purpose["consent_mode"]); type.Next();) {
        const int place = FindName(kConsentModeTypes, type.value().AsName());
        if (place < 0) continue;
        const auto bit = static_cast<uint8_t>(1 << place);
        uint8_t* set = allowed ? &mode.granted : &denied;
        *set = static_cast<uint8_t>(*set | bit);
      }
    }
    mode.granted = static_cast<uint8_t>(mode.granted & ~denied);
    const auto not_all = [&](const int64_t& id) { return Contains(refused, id); };
    purposes.RemoveIf(not_all);
    interests.RemoveIf([&](const int64_t& id) {
      return not_all(id) || (kNoLegitimateInterest >> (id - 1) & 1) != 0;
    });
    special_features.RemoveIf([&](const int64_t& id) { return Contains(refused_features, id); });
  }

  void ReadVendors() {
    for (JsonItems item(source_.consent["vendors"]); item.Next();) {
      const JsonView vendor = item.value();
      const int64_t tcf_id = vendor["tcf_id"].IntegerOr(0);
      const int64_t ac_id = vendor["ac_id"].IntegerOr(0);
      const Allowed allowed = AllowsVendor(vendor);
      if (tcf_id > 0) {
        AddId(&disclosed, tcf_id);
        if (allowed.by_consent && Declares(vendor, "consent")) AddId(&vendors, tcf_id);
        const bool special = vendor["declares"] && Declares(vendor, "special_purposes");
        if (special || (allowed.by_interest && Declares(vendor, "legitimate_interest"))) {
          AddId(&interest_vendors, tcf_id);
        }
      }
      if (ac_id > 0) AddId(allowed.all ? &providers : &disclosed_providers, ac_id);
    }
  }

  // Where no vendor list tells what a vendor declares, it is taken to declare all that is asked.
  static bool Declares(JsonView vendor, const char* basis) {
    if (!vendor["declares"]) return true;
    for (JsonItems item(vendor["declares"]); item.Next();) {
      if (item.value().IsName(basis)) return true;
    }
    return false;
  }

  struct Allowed {
    bool all;
    bool by_consent;   // all its purposes that are consented to
    bool by_interest;  // all its purposes on legitimate interest, which may be objected to alone
  };

  // All its purposes, and itself: who was refused is a purpose of its own.
  Allowed AllowsVendor(JsonView vendor) const {
    String own(kVendorPrefix);
    own += vendor["id"].AsName();
    const bool itself = source_.policy->Find(own) < 0 || Allows(own);
    bool consents = itself;
    bool objects_not = itself;
    for (JsonItems purpose(vendor["purposes"]); purpose.Next();) {
      const std::string_view id = purpose.value().AsName();
      if (Allows(id)) continue;
      (IsInterest(id) ? objects_not : consents) = false;
    }
    return {consents && objects_not, consents && !purposes.empty(),
            objects_not && !interests.empty()};
  }

  bool IsInterest(std::string_view purpose) const {
    const int place = source_.policy->Find(purpose);
    return place >= 0 &&
           source_.policy->purposes[static_cast<size_t>(place)].basis == Basis::kLegitimateInterest;
  }

  const SignalSource& source_;
};

// What holds for few ids, as bits.
uint32_t BitsOf(const List<int64_t>& ids) {
  uint32_t bits = 0;
  for (const int64_t id : ids) bits |= 1u << (id - 1);
  return bits;
}

VendorSet VendorsOf(const List<int64_t>& ids) {
  VendorSet set;
  if (ids.empty()) return set;
  set.Resize(static_cast<uint32_t>(ids[ids.size() - 1]));
  for (const int64_t id : ids) set.Add(static_cast<uint32_t>(id), static_cast<uint32_t>(id));
  return set;
}

// Two letters, in capitals; anything else leaves what stands there.
void ReadLetters(std::string_view text, char* letters) {
  const auto capital = [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); };
  if (text.size() < 2) return;
  const char first = capital(text[0]);
  const char second = capital(text[1]);
  if (first < 'A' || first > 'Z' || second < 'A' || second > 'Z') return;
  letters[0] = first;
  letters[1] = second;
}

TcString TcOf(const SignalSource& source, const Derived& derived) {
  const JsonView iab = source.consent["iab"];
  const int64_t made_ms = source.state->answered() ? source.state->decided_ms : source.now_ms;
  TcString tc;
  tc.created_ms = tc.last_updated_ms = made_ms - made_ms % kDayMs;
  tc.cmp_id = static_cast<uint16_t>(iab["cmp_id"].IntegerOr(0));
  tc.cmp_version = static_cast<uint16_t>(iab["cmp_version"].IntegerOr(1));
  tc.consent_screen = 1;
  tc.vendor_list_version = static_cast<uint16_t>(source.vendor_list_version);
  tc.special_feature_opt_ins = static_cast<uint16_t>(BitsOf(derived.special_features));
  tc.purpose_consents = BitsOf(derived.purposes);
  tc.purpose_legitimate_interests = BitsOf(derived.interests);
  tc.vendor_consents = VendorsOf(derived.vendors);
  tc.vendor_legitimate_interests = VendorsOf(derived.interest_vendors);
  tc.vendors_disclosed = VendorsOf(derived.disclosed);
  tc.has_disclosed = true;
  ReadLetters(source.language, tc.consent_language);
  ReadLetters(iab["publisher_cc"].AsName(), tc.publisher_country_code);
  return tc;
}

// What one field of a section of the United States says; 0, not applicable, of what this policy
// does not speak of: sensitive data, children, contracts.
uint8_t UsValue(std::string_view name, int section, const SignalSource& source,
                const Derived& derived) {
  if (FindName(kOptOuts, name) >= 0) return derived.OptedOut() ? 1 : 2;
  if (Is(name, "Version")) return section == kUsNat ? 2 : 1;
  if (Is(name, "MspaVersion") || Is(name, "GpcSegmentType")) return 1;
  if (Is(name, "MspaCoveredTransaction")) return 2;
  if (Is(name, "Gpc")) return source.state->facts.signals & kGpcSignal ? 1 : 0;
  return name.ends_with("Notice") && !name.starts_with("Sensitive") ? 1 : 0;
}

String DecodedDocument(std::string_view text, IabKind kind) {
  String json;
  JsonWriter writer(&json);
  WriteDecoded(text, kind, VendorStyle::kIds, &writer);
  return json;
}

UsSection UsSectionOf(const UsLayout& layout, const SignalSource& source, const Derived& derived) {
  UsSection section;
  section.has_second = true;
  for (UsFields field(layout); field.Next();) {
    const uint8_t value = UsValue(UsFieldName(field.letter()), layout.id, source, derived);
    uint8_t* values = section.values + UsSlot(field.letter());
    for (int i = 0; i < field.count(); ++i) values[i] = value;
  }
  return section;
}

// Only a registered CMP makes TC strings, and only where people are asked before.
bool MakesTc(const SignalSource& source, const Derived& derived) {
  return derived.AsksBefore() &&
         source.consent["iab"]["cmp_id"].IntegerOr(0) >= kFirstRegisteredCmp;
}

// The sections that the rule of the region names, in the order of their ids; of those that hold a
// TC string, Europe's, when there is one.
List<int> SectionsOf(const SignalSource& source, bool has_tc, List<Problem>* problems) {
  const JsonView rule = RuleFor(source.consent["regions"], source.state->facts.region);
  List<int> ids;
  for (JsonItems item(rule["gpp"]); item.Next();) {
    const int id = GppSectionId(item.value().AsName());
    if (id == 0) {
      AddProblem(problems, "not_allowed", "/config/consent/regions", item.value().text(),
                 "the prefix of a GPP section, such as usnat or usca");
    }
    if (!FindUsLayout(id) && !(id == kTcfEuropeSection && has_tc)) continue;
    size_t place = 0;
    while (place < ids.size() && ids[place] < id) ++place;
    if (place == ids.size() || ids[place] != id) ids.insert(place, int{id});
  }
  return ids;
}

// A string, and what stands in it. Empty: there is none.
struct MadeTc {
  String text;
  TcString tc;
};
struct MadeGpp {
  String text;
  GppString gpp;
  bool has_us = false;
};

MadeTc MakeTc(const SignalSource& source, const Derived& derived, List<Problem>* problems) {
  MadeTc made;
  if (!MakesTc(source, derived)) return made;
  made.tc = TcOf(source, derived);
  const TcRefusal refusal = EncodeTc(made.tc, TcForm::kString, &made.text);
  if (refusal.allowed) {
    AddProblem(problems, "not_allowed", "/config/consent/iab",
               TcFieldName(TcForm::kString, refusal.field), refusal.allowed);
  }
  return made;
}

MadeGpp MakeGpp(const SignalSource& source, const Derived& derived, const MadeTc& tc,
                List<Problem>* problems) {
  MadeGpp made;
  const List<int> ids = SectionsOf(source, !tc.text.empty(), problems);
  if (ids.empty()) return made;
  made.text = EncodeGppHeader(ids);
  for (const int id : ids) {
    GppSection& section = made.gpp.sections.emplace_back();
    section.id = id;
    section.known = true;
    made.text.push_back('~');
    if (const UsLayout* layout = FindUsLayout(id)) {
      section.us = UsSectionOf(*layout, source, derived);
      made.text += EncodeUsSection(id, section.us);
      made.has_us = true;
    } else {
      section.tc = std::make_unique<TcString>(TcOf(source, derived));
      made.text += tc.text;
    }
  }
  return made;
}

void WriteKeys(const List<InAppKey>& keys, JsonWriter* writer) {
  for (const InAppKey& key : keys) {
    writer->Key(key.key);
    if (key.is_text)
      writer->Text(key.text);
    else
      writer->Integer(key.number);
  }
}

// 7_8: the sections in force.
String SectionIds(const GppString& gpp) {
  String ids;
  for (const GppSection& section : gpp.sections) {
    if (!ids.empty()) ids.push_back('_');
    AppendInteger(&ids, section.id);
  }
  return ids;
}

String UspString(const Derived& derived) { return derived.OptedOut() ? "1YYN" : "1YNN"; }

void AppendDotted(const List<int64_t>& ids, String* text) {
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) text->push_back('.');
    AppendInteger(text, ids[i]);
  }
}

String AdditionalConsentString(const Derived& derived) {
  String text = "2~";
  AppendDotted(derived.providers, &text);
  text += "~dv.";
  AppendDotted(derived.disclosed_providers, &text);
  return text;
}

// Compares lists of ids. Only of those that this policy knows something is said.
void CompareIds(const char* pointer, JsonView told, const List<int64_t>& allowed,
                const List<int64_t>* known, List<Problem>* problems) {
  List<int64_t> said;
  for (JsonItems id(told); id.Next();) AddId(&said, id.value().IntegerOr(0));
  for (const int64_t id : said) {
    if (Contains(allowed, id) || (known && !Contains(*known, id))) continue;
    AddProblem(problems, "more", pointer, Numbered("", id), "what the person has allowed");
  }
  for (const int64_t id : allowed) {
    if (Contains(said, id)) continue;
    AddProblem(problems, "less", pointer, Numbered("without ", id), "all that is allowed");
  }
}

void CheckTc(std::string_view text, const Derived& derived, List<Problem>* problems) {
  const String document = DecodedDocument(text, IabKind::kTc);
  const JsonView told(document);
  if (told["error"]) {
    return AddProblem(problems, "unreadable", "/tc", told["error"]["code"].AsName(), "a TC string");
  }
  CompareIds("/tc/purposeConsents", told["purposeConsents"], derived.purposes, nullptr, problems);
  CompareIds("/tc/purposeLegitimateInterests", told["purposeLegitimateInterests"],
             derived.interests, nullptr, problems);
  CompareIds("/tc/vendorConsents", told["vendorConsents"], derived.vendors, &derived.disclosed,
             problems);
}

void CheckOptOut(const String& pointer, bool told_out, bool is_out, List<Problem>* problems) {
  if (told_out == is_out) return;
  AddProblem(problems, is_out ? "more" : "less", pointer, told_out ? "opted out" : "not opted out",
             is_out ? "opted out" : "not opted out");
}

void CheckGpp(std::string_view text, const SignalSource& source, const Derived& derived,
              List<Problem>* problems) {
  const String document = DecodedDocument(text, IabKind::kGpp);
  const JsonView told(document);
  if (told["error"]) {
    return AddProblem(problems, "unreadable", "/gpp", told["error"]["code"].AsName(),
                      "a GPP string");
  }
  for (JsonItems section(told); section.Next();) {
    if (!section.key().starts_with("us")) continue;
    for (JsonItems member(section.value()); member.Next();) {
      String pointer = "/gpp/";
      pointer.append(section.key()).append("/").append(member.key());
      const int64_t value = member.value().IntegerOr(0);
      if (FindName(kOptOuts, member.key()) >= 0 && value != 0) {
        CheckOptOut(pointer, value == 1, derived.OptedOut(), problems);
      }
      const bool gpc = source.state->facts.signals & kGpcSignal;
      if (Is(member.key(), "Gpc")) CheckOptOut(pointer, member.value().AsBool(), gpc, problems);
    }
  }
}

void CheckMode(JsonView told, const Derived& derived, List<Problem>* problems) {
  const ConsentMode mode = ReadConsentMode(told, problems);
  for (int i = 0; i < kConsentModeTypeCount; ++i) {
    const bool says = mode.granted >> i & 1;
    const bool allowed = derived.mode.granted >> i & 1;
    if (says == allowed) continue;
    String pointer = "/consent_mode/";
    pointer += NameAt(kConsentModeTypes, i);
    AddProblem(problems, says ? "more" : "less", pointer, says ? "granted" : "denied",
               allowed ? "granted" : "denied");
  }
}

}  // namespace

void WriteSignalsOf(const SignalSource& source, JsonWriter* writer, List<Problem>* problems) {
  const Derived derived(source);
  writer->Key("consent_mode").Begin('{').Key("types");
  WriteConsentMode(derived.mode, writer);
  writer->Field("gcs", ConsentModeGcs(derived.mode)).End('}');
  const MadeTc tc = MakeTc(source, derived, problems);
  const MadeGpp gpp = MakeGpp(source, derived, tc, problems);
  writer->Field("tc", tc.text).Field("gpp", gpp.text);
  if (gpp.has_us) writer->Field("usp", UspString(derived));
  const bool providers = !derived.providers.empty() || !derived.disclosed_providers.empty();
  if (providers) writer->Field("additional_consent", AdditionalConsentString(derived));
}

ConsentMode ConsentModeOf(const SignalSource& source) { return Derived(source).mode; }

void WriteSignalsForPage(const SignalSource& source, JsonWriter* writer, List<Problem>* problems) {
  const Derived derived(source);
  // Where the strictest rules hold because nothing is known, an answer under them makes it known.
  if (source.policy->KnowsRules(source.state->facts.region) || source.state->answered()) {
    writer->FieldBool("gdpr_applies", derived.AsksBefore());
  }
  const MadeTc tc = MakeTc(source, derived, problems);
  const MadeGpp gpp = MakeGpp(source, derived, tc, problems);
  writer->Field("tc", tc.text).Field("gpp", gpp.text);
  const bool providers = !derived.providers.empty() || !derived.disclosed_providers.empty();
  if (providers) writer->Field("additional_consent", AdditionalConsentString(derived));
  if (!tc.text.empty()) {
    JsonText fields;
    WriteTcFields(tc.tc, TcForm::kString, VendorStyle::kIds, &fields);
    writer->Key("tc_fields").Begin('{').Raw(fields.text()).End('}');
  }
  JsonText sections;
  WriteGppFields(gpp.gpp, VendorStyle::kIds, &sections);
  writer->Key("gpp_sections").Begin('{').Raw(sections.text()).End('}');
}

String InAppKeysOf(const SignalSource& source) {
  const Derived derived(source);
  List<Problem> problems;
  IabFindings findings;
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  const MadeTc tc = MakeTc(source, derived, &problems);
  if (!tc.text.empty()) {
    WriteKeys(TcKeys(tc.tc, tc.text), &writer);
  } else {
    writer.Field("IABTCF_CmpSdkID", source.consent["iab"]["cmp_id"].IntegerOr(0));
    if (!derived.AsksBefore()) writer.Key("IABTCF_gdprApplies").Integer(0);
  }
  const MadeGpp gpp = MakeGpp(source, derived, tc, &problems);
  if (!gpp.text.empty()) {
    const GppString sections = DecodeGpp(gpp.text, &findings);
    WriteKeys(GppKeys(sections, gpp.text), &writer);
    writer.Field("IABGPP_GppSID", SectionIds(sections));
  }
  writer.End('}');
  return json;
}

void CheckSignals(const SignalSource& source, JsonView told, List<Problem>* problems) {
  const Derived derived(source);
  if (told["consent_mode"]) CheckMode(told["consent_mode"], derived, problems);
  if (told["tc"]) CheckTc(told["tc"].AsName(), derived, problems);
  if (told["gpp"]) CheckGpp(told["gpp"].AsName(), source, derived, problems);
  const std::string_view usp = told["usp"].AsName();
  constexpr size_t kOptOutSale = 2;
  if (usp.size() > kOptOutSale && usp[kOptOutSale] != '-') {
    CheckOptOut("/usp", usp[kOptOutSale] == 'Y', derived.OptedOut(), problems);
  }
  if (told["additional_consent"]) {
    const String document =
        DecodedDocument(told["additional_consent"].AsName(), IabKind::kAdditionalConsent);
    CompareIds("/additional_consent", JsonView(document)["consented"], derived.providers, nullptr,
               problems);
  }
}

}  // namespace waymark
