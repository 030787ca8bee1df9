#include "consent/iab/document_fields.h"

#include "base/name_table.h"
#include "base/time.h"

namespace waymark {
namespace {

std::string_view Letters(const char* letters) {
  size_t size = 2;
  while (size > 0 && letters[size - 1] == ' ') --size;
  return {letters, size};
}

// Walks the fields of a form in the order of TcField.
class TcFields {
 public:
  TcFields(const TcString& tc, TcForm form, VendorStyle style, JsonText* out)
      : tc_(tc), form_(form), style_(style), out_(out) {}

  void Write() {
    const char* names = TcFieldName(form_, TcField::kVersion).data();
    for (int i = 0; i < kTcFields; ++i) {
      const std::string_view name = NameAt(names, 0);
      names = name.data() + name.size() + 1;
      if (name.empty()) continue;
      SegmentType(static_cast<TcField>(i));
      out_->Name(name);
      Value(static_cast<TcField>(i));
    }
  }

 private:
  void SegmentType(TcField field);
  void Value(TcField field);
  void Number(TcField field);
  void Time(int64_t ms);
  void Few(uint64_t ids, int count);
  void Vendors(const VendorSet& set);
  void Restrictions();

  const TcString& tc_;
  const TcForm form_;
  const VendorStyle style_;
  JsonText* out_;
};

// In GPP sections the type of a segment stands before its first field.
void TcFields::SegmentType(TcField field) {
  if (form_ == TcForm::kString) return;
  const bool europe = form_ == TcForm::kEurope;
  if (field == TcField::kPublisherConsents) {
    out_->Name(europe ? "PublisherPurposesSegmentType" : "PubPurposesSegmentType");
    out_->Number(3);
  } else if (field == TcField::kVendorsAllowed) {
    out_->Name("VendorsAllowedSegmentType");
    out_->Number(2);
  } else if (field == TcField::kVendorsDisclosed) {
    out_->Name(europe ? "VendorsDisclosedSegmentType" : "DisclosedVendorsSegmentType");
    out_->Number(1);
  }
}

void TcFields::Time(int64_t ms) {
  if (form_ == TcForm::kString) {
    out_->Number(static_cast<uint64_t>(ms));
  } else {
    out_->Text(FormatIso8601(ms));
  }
}

void TcFields::Few(uint64_t ids, int count) {
  out_->Open('[');
  for (int i = 0; i < count; ++i) {
    const bool in = (ids >> i & 1) != 0;
    if (form_ != TcForm::kString) {
      out_->Bool(in);
    } else if (in) {
      out_->Number(static_cast<uint64_t>(i + 1));
    }
  }
  out_->Close(']');
}

void WriteRange(const IdRange& range, JsonText* out) {
  for (uint32_t id = range.first; id <= range.last; ++id) out->Number(id);
}

void TcFields::Vendors(const VendorSet& set) {
  if (style_ == VendorStyle::kBits) return out_->Digits(set);
  out_->Open('[');
  for (IdRange next = set.Next(1); next.first != 0; next = set.Next(next.last + 1u)) {
    WriteRange(next, out_);
  }
  out_->Close(']');
}

// An object for all ranges of one purpose and type.
void TcFields::Restrictions() {
  const bool string = form_ == TcForm::kString;
  const List<Restriction>& all = tc_.restrictions;
  out_->Open('[');
  for (size_t i = 0; i < all.size();) {
    const size_t first = i;
    out_->Open('{');
    out_->Name(string ? "purposeId" : "key");
    out_->Number(all[i].purpose);
    out_->Name(string ? "restrictionType" : "type");
    out_->Number(all[i].type);
    out_->Name(string ? "vendors" : "ids");
    out_->Open('[');
    while (i < all.size() && all[i].purpose == all[first].purpose &&
           all[i].type == all[first].type) {
      WriteRange(all[i++].vendors, out_);
    }
    out_->Close(']');
    out_->Close('}');
  }
  out_->Close(']');
}

void TcFields::Number(TcField field) {
  switch (field) {
    case TcField::kVersion:
      return out_->Number(tc_.version);
    case TcField::kCmpId:
      return out_->Number(tc_.cmp_id);
    case TcField::kCmpVersion:
      return out_->Number(tc_.cmp_version);
    case TcField::kConsentScreen:
      return out_->Number(tc_.consent_screen);
    case TcField::kVendorListVersion:
      return out_->Number(tc_.vendor_list_version);
    case TcField::kPolicyVersion:
      return out_->Number(tc_.policy_version);
    default:
      return out_->Number(tc_.custom_purposes);
  }
}

void TcFields::Value(TcField field) {
  switch (field) {
    case TcField::kCreated:
      return Time(tc_.created_ms);
    case TcField::kLastUpdated:
      return Time(tc_.last_updated_ms);
    case TcField::kConsentLanguage:
      return out_->Text(Letters(tc_.consent_language));
    case TcField::kPublisherCountryCode:
      return out_->Text(Letters(tc_.publisher_country_code));
    case TcField::kIsServiceSpecific:
      return out_->Bool(tc_.is_service_specific);
    case TcField::kUseNonStandardTexts:
      return out_->Bool(tc_.use_non_standard_texts);
    case TcField::kPurposeOneTreatment:
      return out_->Bool(tc_.purpose_one_treatment);
    case TcField::kSpecialFeatureOptIns:
      return Few(tc_.special_feature_opt_ins, kTcSpecialFeatures);
    case TcField::kPurposeConsents:
      return Few(tc_.purpose_consents, kTcPurposes);
    case TcField::kPurposeLegitimateInterests:
      return Few(tc_.purpose_legitimate_interests, kTcPurposes);
    case TcField::kPublisherConsents:
      return Few(tc_.publisher_consents, kTcPurposes);
    case TcField::kPublisherLegitimateInterests:
      return Few(tc_.publisher_legitimate_interests, kTcPurposes);
    case TcField::kPublisherCustomConsents:
      return Few(tc_.publisher_custom_consents, tc_.custom_purposes);
    case TcField::kPublisherCustomLegitimateInterests:
      return Few(tc_.publisher_custom_legitimate_interests, tc_.custom_purposes);
    case TcField::kVendorConsents:
      return Vendors(tc_.vendor_consents);
    case TcField::kVendorLegitimateInterests:
      return Vendors(tc_.vendor_legitimate_interests);
    case TcField::kVendorsAllowed:
      return Vendors(tc_.vendors_allowed);
    case TcField::kVendorsDisclosed:
      return Vendors(tc_.vendors_disclosed);
    case TcField::kPublisherRestrictions:
      return Restrictions();
    default:
      return Number(field);
  }
}

void WriteIds(const List<uint32_t>& ids, JsonText* out) {
  out->Open('[');
  for (const uint32_t id : ids) out->Number(id);
  out->Close(']');
}

}  // namespace

void WriteTcFields(const TcString& tc, TcForm form, VendorStyle style, JsonText* out) {
  TcFields(tc, form, style, out).Write();
}

void WriteUsFields(int section, const UsSection& all, JsonText* out) {
  for (UsFields field(all.LayoutOf(section)); field.Next();) {
    const uint8_t* values = all.values + UsSlot(field.letter());
    out->Name(UsFieldName(field.letter()));
    if (field.is_bool()) {
      out->Bool(values[0] != 0);
      continue;
    }
    if (field.is_list()) out->Open('[');
    for (int i = 0; i < field.count(); ++i) out->Number(values[i]);
    if (field.is_list()) out->Close(']');
  }
}

void WriteUsPrivacyFields(const UsPrivacy& privacy, const char* names, JsonText* out) {
  const char answers[] = {privacy.notice, privacy.opt_out_sale, privacy.lspa};
  out->Name(NameAt(names, 0));
  out->Number(1);
  for (int i = 0; i < 3; ++i) {
    out->Name(NameAt(names, i + 1));
    out->Text({&answers[i], 1});
  }
}

void WriteAdditionalFields(const AdditionalConsent& consent, JsonText* out) {
  out->Name("version");
  out->Number(static_cast<uint64_t>(consent.version));
  out->Name("consented");
  WriteIds(consent.consented, out);
  out->Name("disclosed");
  WriteIds(consent.disclosed, out);
}

void WriteGppFields(const GppString& gpp, VendorStyle style, JsonText* out) {
  for (const GppSection& section : gpp.sections) {
    if (!section.known) continue;
    out->Name(GppPrefix(section.id));
    out->Open('{');
    if (section.tc) {
      WriteTcFields(*section.tc, TcFormOf(section.id), style, out);
    } else if (section.id == 6) {
      WriteUsPrivacyFields(section.us_privacy, "Version,Notice,OptOutSale,LspaCovered", out);
    } else {
      WriteUsFields(section.id, section.us, out);
    }
    out->Close('}');
  }
}

}  // namespace waymark
