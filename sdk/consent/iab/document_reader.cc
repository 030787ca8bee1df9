#include "base/name_table.h"
#include "base/time.h"
#include "consent/iab/document.h"

namespace waymark {
namespace {

// "2024-06-14T00:00:00.000Z" as milliseconds; -1 for other texts.
int64_t ParseIso8601(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size()) return -1;
  int parts[7] = {};
  int part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (digit != (kForm[i] == '0') || (!digit && text[i] != kForm[i])) return -1;
    if (digit) {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    } else {
      ++part;
    }
  }
  const int64_t hours = DaysFromDate(parts[0], parts[1], parts[2]) * 24 + parts[3];
  return ((hours * 60 + parts[4]) * 60 + parts[5]) * 1000 + parts[6];
}

// Where in the document something is wrong.
class Place {
 public:
  Place(String&& pointer, List<Problem>* problems)
      : pointer_(std::move(pointer)), problems_(problems) {}

  void Refuse(std::string_view member, JsonView found, std::string_view allowed) const {
    String pointer = pointer_ + "/";
    pointer += member;
    AddProblem(problems_, "not_allowed", pointer,
               found ? JsonTypeName(found.type()) : std::string_view("nothing"), allowed);
  }
  Place Inside(std::string_view member) const {
    return Place((pointer_ + "/") + member, problems_);
  }

 private:
  String pointer_;
  List<Problem>* problems_;
};

// Whole numbers 0 to `max`.
uint64_t ReadNumber(JsonView value, std::string_view member, uint64_t max, const Place& place) {
  const int64_t number = value.IntegerOr(-1);
  if (number >= 0 && static_cast<uint64_t>(number) <= max) return static_cast<uint64_t>(number);
  place.Refuse(member, value, Numbered("a whole number 0 to ", static_cast<int64_t>(max)));
  return 0;
}

// Calls use(id) for ids 1 to `max` of a list: [1,3], or [true,false,true].
template <typename Use>
void ReadIds(JsonView list, std::string_view member, uint32_t max, const Place& place, Use use) {
  if (!list.is(JsonType::kArray)) {
    if (list) place.Refuse(member, list, "a list of ids");
    return;
  }
  for (JsonItems item(list); item.Next();) {
    const JsonView value = item.value();
    const bool flag = value.is(JsonType::kBool);
    const int64_t id = flag ? item.index() + 1 : value.IntegerOr(0);
    if (flag && !value.AsBool()) continue;
    if (id < 1 || id > max) {
      return place.Refuse(member, value, Numbered("ids 1 to ", max));
    }
    use(static_cast<uint32_t>(id));
  }
}

class TcDocumentReader {
 public:
  TcDocumentReader(JsonView document, TcForm form, Place&& place, TcString* tc)
      : document_(document), form_(form), place_(std::move(place)), tc_(tc) {}

  void Read() {
    const char* names = TcFieldName(form_, TcField::kVersion).data();
    FindMembers(document_, names, texts_);
    Numbers();
    Flags();
    Few();
    Vendors(TcField::kVendorConsents, &tc_->vendor_consents);
    Vendors(TcField::kVendorLegitimateInterests, &tc_->vendor_legitimate_interests);
    Vendors(TcField::kVendorsAllowed, &tc_->vendors_allowed);
    Vendors(TcField::kVendorsDisclosed, &tc_->vendors_disclosed);
    Restrictions();
  }

 private:
  JsonView View(TcField field) const {
    const std::string_view text = texts_[static_cast<int>(field)];
    return text.empty() ? JsonView() : JsonView(text);
  }
  std::string_view Name(TcField field) const { return TcFieldName(form_, field); }

  void Numbers();
  void Flags();
  void Few();
  template <typename Number>
  void Set(TcField field, uint64_t max, Number* number) {
    if (View(field)) {
      *number = static_cast<Number>(ReadNumber(View(field), Name(field), max, place_));
    }
  }
  template <typename Ids>
  void Set(TcField field, int count, Ids* ids) {
    ReadIds(View(field), Name(field), static_cast<uint32_t>(count), place_,
            [ids](uint32_t id) { *ids = static_cast<Ids>(*ids | Ids{1} << (id - 1)); });
  }
  void Flag(TcField field, bool* flag);
  void Time(TcField field, int64_t* ms);
  void Letters(TcField field, char* letters);
  void Vendors(TcField field, VendorSet* set);
  void Restrictions();
  void OneRestriction(JsonView restriction, const Place& place);

  JsonView document_;
  const TcForm form_;
  const Place place_;
  TcString* tc_;
  std::string_view texts_[kTcFields];
};

void TcDocumentReader::Time(TcField field, int64_t* ms) {
  const JsonView value = View(field);
  *ms = value.is(JsonType::kString) ? ParseIso8601(value.AsName()) : value.IntegerOr(-1);
  if (*ms < 0) {
    place_.Refuse(Name(field), value, "milliseconds, or a time such as 2026-03-01T00:00:00.000Z");
  }
}

void TcDocumentReader::Letters(TcField field, char* letters) {
  const JsonView value = View(field);
  if (!value || Name(field).empty()) return;
  const std::string_view text = value.AsName();
  if (text.size() != 2) return place_.Refuse(Name(field), value, "two letters");
  letters[0] = text[0];
  letters[1] = text[1];
}

void TcDocumentReader::Flag(TcField field, bool* flag) {
  const JsonView value = View(field);
  if (!value || Name(field).empty()) return;
  if (!value.is(JsonType::kBool)) return place_.Refuse(Name(field), value, "true or false");
  *flag = value.AsBool();
}

void TcDocumentReader::Numbers() {
  Time(TcField::kCreated, &tc_->created_ms);
  Time(TcField::kLastUpdated, &tc_->last_updated_ms);
  Set(TcField::kCmpId, uint64_t{4095}, &tc_->cmp_id);
  Set(TcField::kCmpVersion, uint64_t{4095}, &tc_->cmp_version);
  Set(TcField::kConsentScreen, uint64_t{63}, &tc_->consent_screen);
  Set(TcField::kVendorListVersion, uint64_t{4095}, &tc_->vendor_list_version);
  Set(TcField::kPolicyVersion, uint64_t{63}, &tc_->policy_version);
  Set(TcField::kNumCustomPurposes, uint64_t{63}, &tc_->custom_purposes);
}

void TcDocumentReader::Flags() {
  Letters(TcField::kConsentLanguage, tc_->consent_language);
  Letters(TcField::kPublisherCountryCode, tc_->publisher_country_code);
  Flag(TcField::kIsServiceSpecific, &tc_->is_service_specific);
  Flag(TcField::kUseNonStandardTexts, &tc_->use_non_standard_texts);
  Flag(TcField::kPurposeOneTreatment, &tc_->purpose_one_treatment);
}

void TcDocumentReader::Few() {
  const int custom = tc_->custom_purposes;
  Set(TcField::kSpecialFeatureOptIns, kTcSpecialFeatures, &tc_->special_feature_opt_ins);
  Set(TcField::kPurposeConsents, kTcPurposes, &tc_->purpose_consents);
  Set(TcField::kPurposeLegitimateInterests, kTcPurposes, &tc_->purpose_legitimate_interests);
  Set(TcField::kPublisherConsents, kTcPurposes, &tc_->publisher_consents);
  Set(TcField::kPublisherLegitimateInterests, kTcPurposes, &tc_->publisher_legitimate_interests);
  Set(TcField::kPublisherCustomConsents, custom, &tc_->publisher_custom_consents);
  Set(TcField::kPublisherCustomLegitimateInterests, custom,
      &tc_->publisher_custom_legitimate_interests);
}

void TcDocumentReader::Vendors(TcField field, VendorSet* set) {
  if (!View(field) || Name(field).empty()) return;
  set->Resize(UINT16_MAX);
  ReadIds(View(field), Name(field), UINT16_MAX, place_, [set](uint32_t id) { set->Add(id, id); });
}

void TcDocumentReader::OneRestriction(JsonView value, const Place& place) {
  const bool string = form_ == TcForm::kString;
  const char* names = string ? "purposeId,restrictionType,vendors" : "key,type,ids";
  std::string_view texts[3];
  FindMembers(value, names, texts);
  uint64_t numbers[2] = {};
  for (int i = 0; i < 2; ++i) {
    const JsonView number = texts[i].empty() ? JsonView() : JsonView(texts[i]);
    numbers[i] = ReadNumber(number, NameAt(names, i), i == 0 ? 63 : 3, place);
  }
  const JsonView vendors = texts[2].empty() ? JsonView() : JsonView(texts[2]);
  ReadIds(vendors, NameAt(names, 2), UINT16_MAX, place, [&](uint32_t id) {
    const uint16_t vendor = static_cast<uint16_t>(id);
    tc_->restrictions.push_back(
        {static_cast<uint8_t>(numbers[0]), static_cast<uint8_t>(numbers[1]), {vendor, vendor}});
  });
}

void TcDocumentReader::Restrictions() {
  const TcField field = TcField::kPublisherRestrictions;
  const JsonView list = View(field);
  if (!list.is(JsonType::kArray)) {
    if (list) place_.Refuse(Name(field), list, "a list of restrictions");
    return;
  }
  for (JsonItems item(list); item.Next();) {
    OneRestriction(item.value(), place_.Inside(Name(field)).Inside(IntegerText(item.index())));
  }
  NormalizeRestrictions(&tc_->restrictions);
}

String EncodeTcDocument(JsonView document, TcForm form, String&& pointer, List<Problem>* problems) {
  TcString tc;
  TcDocumentReader(document, form, Place(String(pointer), problems), &tc).Read();
  String text;
  if (!problems->empty()) return text;
  const TcRefusal refusal = EncodeTc(tc, form, &text);
  if (refusal.allowed) {
    const std::string_view name = TcFieldName(form, refusal.field);
    Place(std::move(pointer), problems).Refuse(name, document[name], refusal.allowed);
  }
  return text;
}

void ReadUsField(const UsFields& field, JsonView value, const Place& place, UsSection* section) {
  const std::string_view name = UsFieldName(field.letter());
  uint8_t* values = section->values + UsSlot(field.letter());
  const uint64_t max = (uint64_t{1} << field.bits()) - 1;
  if (field.is_bool()) {
    if (!value.is(JsonType::kBool)) return place.Refuse(name, value, "true or false");
    values[0] = value.AsBool() ? 1 : 0;
  } else if (!field.is_list()) {
    values[0] = static_cast<uint8_t>(ReadNumber(value, name, max, place));
  } else {
    JsonItems item(value);
    for (int i = 0; i < field.count() && item.Next(); ++i) {
      values[i] = static_cast<uint8_t>(ReadNumber(item.value(), name, max, place));
    }
    if (!value.is(JsonType::kArray) || item.index() + 1 != field.count() || item.Next()) {
      place.Refuse(name, value, Numbered("a list of ", field.count(), " numbers"));
    }
  }
}

String EncodeUsDocument(int id, JsonView document, const Place& place, List<Problem>* problems) {
  UsSection section;
  section.values[UsSlot('V')] = static_cast<uint8_t>(document["Version"].IntegerOr(0));
  for (UsFields field(section.LayoutOf(id)); field.Next();) {
    ReadUsField(field, document[UsFieldName(field.letter())], place, &section);
  }
  if (LooksLikeOwnHeader(id, section)) {
    place.Refuse("MspaVersion", document["MspaVersion"], "1: 24 to 27 would begin a header");
  }
  return problems->empty() ? EncodeUsSection(id, section) : String();
}

String EncodeUsPrivacyDocument(JsonView document, const char* names, const Place& place) {
  char answers[3] = {};
  for (int i = 0; i < 3; ++i) {
    const std::string_view name = NameAt(names, i);
    const std::string_view answer = document[name].AsName();
    const bool good =
        answer.size() == 1 && (answer[0] == 'Y' || answer[0] == 'N' || answer[0] == '-');
    if (!good) place.Refuse(name, document[name], "\"Y\", \"N\" or \"-\"");
    answers[i] = good ? answer[0] : '-';
  }
  return EncodeUsPrivacy({answers[0], answers[1], answers[2]});
}

String EncodeAdditionalDocument(JsonView document, const Place& place) {
  AdditionalConsent consent;
  consent.version = static_cast<int>(document["version"].IntegerOr(2));
  if (consent.version != 1 && consent.version != 2) {
    place.Refuse("version", document["version"], "1 or 2");
  }
  ReadIds(document["consented"], "consented", UINT32_MAX / 100, place,
          [&](uint32_t id) { consent.consented.push_back(id); });
  ReadIds(document["disclosed"], "disclosed", UINT32_MAX / 100, place,
          [&](uint32_t id) { consent.disclosed.push_back(id); });
  return EncodeAdditionalConsent(consent);
}

String EncodeGppDocument(JsonView document, List<Problem>* problems) {
  String sections;
  List<int> ids;
  for (int id = 2; id <= 27; ++id) {
    const std::string_view prefix = GppPrefix(id);
    const JsonView value = prefix.empty() ? JsonView() : document[prefix];
    if (!value) continue;
    const Place place((String("/") + prefix), problems);
    ids.push_back(id);
    sections += "~";
    if (id == 2 || id == 5) {
      sections += EncodeTcDocument(value, TcFormOf(id), String("/") + prefix, problems);
    } else if (id == 6) {
      sections += EncodeUsPrivacyDocument(value, "Notice,OptOutSale,LspaCovered", place);
    } else {
      sections += EncodeUsDocument(id, value, place, problems);
    }
  }
  return EncodeGppHeader(ids) + sections;
}

// Members that no kind of document has are mistakes of whoever wrote it.
bool IsGpp(JsonView document, List<Problem>* problems) {
  for (JsonItems item(document); item.Next();) {
    if (item.key() == "violations" || GppSectionId(item.key()) != 0) continue;
    Place(String(), problems)
        .Refuse(item.key(), item.value(),
                "sections such as tcfeuv2 and usnat; or the fields of a TC (cmpId), US Privacy "
                "(notice) or Additional Consent string (consented)");
    return false;
  }
  return true;
}

}  // namespace

bool EncodeDocument(JsonView document, String* text, List<Problem>* problems) {
  const Place place(String(), problems);
  if (!document.is(JsonType::kObject)) {
    AddProblem(problems, "wrong_type", "", JsonTypeName(document.type()), "an object");
  } else if (document["cmpId"]) {
    *text = EncodeTcDocument(document, TcForm::kString, String(), problems);
  } else if (document["notice"]) {
    *text = EncodeUsPrivacyDocument(document, "notice,optOutSale,lspa", place);
  } else if (document["consented"]) {
    *text = EncodeAdditionalDocument(document, place);
  } else if (IsGpp(document, problems)) {
    *text = EncodeGppDocument(document, problems);
  }
  return problems->empty();
}

}  // namespace waymark
