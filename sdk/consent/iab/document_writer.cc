#include "base/limits.h"
#include "base/name_table.h"
#include "base/time.h"
#include "consent/iab/document.h"
#include "consent/iab/in_app_keys.h"

namespace waymark {
namespace {

std::string_view Letters(const char* letters) {
  size_t size = 2;
  while (size > 0 && letters[size - 1] == ' ') --size;
  return {letters, size};
}

void AppendId(uint32_t id, String* out) {
  if (out->size() > 1) out->push_back(',');
  AppendInteger(out, id);
}

String IdList(uint64_t ids, int count) {
  String out("[");
  for (int i = 0; i < count; ++i) {
    if (ids >> i & 1) AppendId(static_cast<uint32_t>(i + 1), &out);
  }
  return out + "]";
}

String BoolList(uint64_t ids, int count) {
  String out("[");
  for (int i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    out += ids >> i & 1 ? "true" : "false";
  }
  return out + "]";
}

String VendorIds(const VendorSet& set) {
  String out("[");
  for (IdRange next = set.Next(1); next.first != 0; next = set.Next(next.last + 1u)) {
    for (uint32_t id = next.first; id <= next.last; ++id) AppendId(id, &out);
  }
  return out + "]";
}

// The ids of one restriction after another, those of one purpose and type together.
class RestrictionWriter {
 public:
  RestrictionWriter(TcForm form, JsonWriter* out)
      : names_(form == TcForm::kString ? "purposeId,restrictionType,vendors" : "key,type,ids"),
        out_(out) {}

  void Write(const List<Restriction>& all) {
    out_->Begin('[');
    for (size_t i = 0; i < all.size(); ++i) {
      const bool same =
          i > 0 && all[i].purpose == all[i - 1].purpose && all[i].type == all[i - 1].type;
      if (!same) Open(all[i]);
      for (uint32_t id = all[i].vendors.first; id <= all[i].vendors.last; ++id) {
        AppendId(id, &ids_);
      }
    }
    Close();
    out_->End(']');
  }

 private:
  void Open(const Restriction& restriction) {
    Close();
    out_->Begin('{').Key(NameAt(names_, 0)).Integer(restriction.purpose);
    out_->Key(NameAt(names_, 1)).Integer(restriction.type).Key(NameAt(names_, 2));
    ids_ = "[";
  }
  void Close() {
    if (ids_.empty()) return;
    ids_ += "]";
    out_->Raw(ids_).End('}');
    ids_.clear();
  }

  const char* names_;
  JsonWriter* out_;
  String ids_;
};

class TcDocument {
 public:
  TcDocument(const TcString& tc, TcForm form, VendorStyle style, JsonWriter* out)
      : tc_(tc), form_(form), style_(style), out_(out) {}

  // All fields that the form has, into the object that is open.
  void Write() {
    const char* name = TcFieldName(form_, TcField::kVersion).data();
    for (int i = 0; i < kTcFields; ++i) {
      const std::string_view field = NameAt(name, 0);
      name = field.data() + field.size() + 1;
      if (field.empty()) continue;
      SegmentType(static_cast<TcField>(i));
      out_->Key(field);
      Value(static_cast<TcField>(i));
    }
  }

 private:
  // In GPP sections the type of a segment stands before its first field.
  void SegmentType(TcField field);
  void Value(TcField field);
  void Number(TcField field);
  void Time(int64_t ms);
  void Few(uint64_t ids, int count) {
    out_->Raw(form_ == TcForm::kString ? IdList(ids, count) : BoolList(ids, count));
  }
  void Vendors(const VendorSet& set);

  const TcString& tc_;
  const TcForm form_;
  const VendorStyle style_;
  JsonWriter* out_;
};

void TcDocument::SegmentType(TcField field) {
  if (form_ == TcForm::kString) return;
  const bool europe = form_ == TcForm::kEurope;
  if (field == TcField::kPublisherConsents) {
    out_->Field(europe ? "PublisherPurposesSegmentType" : "PubPurposesSegmentType", int64_t{3});
  } else if (field == TcField::kVendorsAllowed) {
    out_->Field("VendorsAllowedSegmentType", int64_t{2});
  } else if (field == TcField::kVendorsDisclosed) {
    out_->Field(europe ? "VendorsDisclosedSegmentType" : "DisclosedVendorsSegmentType", int64_t{1});
  }
}

void TcDocument::Time(int64_t ms) {
  if (form_ == TcForm::kString) {
    out_->Integer(ms);
  } else {
    out_->Text(FormatIso8601(ms));
  }
}

void TcDocument::Vendors(const VendorSet& set) {
  if (style_ == VendorStyle::kIds) {
    out_->Raw(VendorIds(set));
  } else {
    out_->Text(set.Bits());
  }
}

void TcDocument::Number(TcField field) {
  switch (field) {
    case TcField::kVersion:
      out_->Integer(tc_.version);
      break;
    case TcField::kCmpId:
      out_->Integer(tc_.cmp_id);
      break;
    case TcField::kCmpVersion:
      out_->Integer(tc_.cmp_version);
      break;
    case TcField::kConsentScreen:
      out_->Integer(tc_.consent_screen);
      break;
    case TcField::kVendorListVersion:
      out_->Integer(tc_.vendor_list_version);
      break;
    case TcField::kPolicyVersion:
      out_->Integer(tc_.policy_version);
      break;
    default:
      out_->Integer(tc_.custom_purposes);
  }
}

void TcDocument::Value(TcField field) {
  switch (field) {
    case TcField::kCreated:
      return Time(tc_.created_ms);
    case TcField::kLastUpdated:
      return Time(tc_.last_updated_ms);
    case TcField::kConsentLanguage:
      return void(out_->Text(Letters(tc_.consent_language)));
    case TcField::kPublisherCountryCode:
      return void(out_->Text(Letters(tc_.publisher_country_code)));
    case TcField::kIsServiceSpecific:
      return void(out_->Bool(tc_.is_service_specific));
    case TcField::kUseNonStandardTexts:
      return void(out_->Bool(tc_.use_non_standard_texts));
    case TcField::kPurposeOneTreatment:
      return void(out_->Bool(tc_.purpose_one_treatment));
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
      return RestrictionWriter(form_, out_).Write(tc_.restrictions);
    default:
      return Number(field);
  }
}

void WriteUs(int id, const UsSection& section, JsonWriter* out) {
  for (UsFields field(section.LayoutOf(id)); field.Next();) {
    const uint8_t* values = section.values + UsSlot(field.letter());
    out->Key(UsFieldName(field.letter()));
    if (field.is_bool()) {
      out->Bool(values[0] != 0);
      continue;
    }
    if (field.is_list()) out->Begin('[');
    for (int i = 0; i < field.count(); ++i) out->Integer(values[i]);
    if (field.is_list()) out->End(']');
  }
}

void WriteUsPrivacy(const UsPrivacy& privacy, const char* names, JsonWriter* out) {
  const char answers[] = {privacy.notice, privacy.opt_out_sale, privacy.lspa};
  out->Key(NameAt(names, 0)).Integer(1);
  for (int i = 0; i < 3; ++i) out->Key(NameAt(names, i + 1)).Text({&answers[i], 1});
}

void WriteIds(const List<uint32_t>& ids, JsonWriter* out) {
  out->Begin('[');
  for (const uint32_t id : ids) out->Integer(id);
  out->End(']');
}

void WriteFinding(const IabFinding& finding, JsonWriter* out) {
  out->Begin('{').Key("code").Text(CodeOf(finding.fault));
  if (finding.section != 0) {
    const std::string_view prefix = GppPrefix(finding.section);
    out->Field("section", prefix.empty() ? std::string_view(IntegerText(finding.section)) : prefix);
  }
  out->Field("field", FieldName(finding));
  out->Field("at", static_cast<int64_t>(finding.at));
  out->Key("rule").Text(RuleOf(finding.fault)).End('}');
}

void WriteError(const IabFinding& error, JsonWriter* out) {
  out->Key("error");
  WriteFinding(error, out);
}

void WriteViolations(const IabFindings& findings, JsonWriter* out) {
  out->Key("violations").Begin('[');
  for (const IabFinding& finding : findings.violations()) WriteFinding(finding, out);
  out->End(']');
}

// A string that was read, whatever its kind.
struct Decoded {
  IabKind kind;
  TcString tc;
  GppString gpp;
  UsPrivacy us_privacy;
  AdditionalConsent additional;
};

Decoded Decode(std::string_view text, IabKind kind, IabFindings* findings) {
  Decoded decoded = {kind, {}, {}, {}, {}};
  switch (kind) {
    case IabKind::kTc:
      decoded.tc = DecodeTc(text, 0, TcForm::kString, findings);
      ValidateTc(decoded.tc, TcForm::kString, findings);
      break;
    case IabKind::kGpp:
      decoded.gpp = DecodeGpp(text, findings);
      ValidateGpp(decoded.gpp, findings);
      break;
    case IabKind::kUsPrivacy:
      decoded.us_privacy = DecodeUsPrivacy(text, 0, findings);
      break;
    case IabKind::kAdditionalConsent:
      decoded.additional = DecodeAdditionalConsent(text, findings);
      break;
  }
  return decoded;
}

size_t RestrictedIds(const TcString& tc) {
  size_t ids = 0;
  for (const Restriction& restriction : tc.restrictions) {
    ids += static_cast<size_t>(restriction.vendors.last - restriction.vendors.first) + 1;
  }
  return ids;
}

// A document lists ids one by one; what would be longer than any real string is not written.
void BoundIds(const Decoded& decoded, IabFindings* findings) {
  size_t ids = RestrictedIds(decoded.tc);
  for (const GppSection& section : decoded.gpp.sections) {
    if (section.tc) ids += RestrictedIds(*section.tc);
  }
  if (ids > kIabListedIdsMax) {
    findings->Fail(IabFault::kTooManyIds, static_cast<uint8_t>(TcField::kPublisherRestrictions), 0);
  }
}

void WriteSection(const GppSection& section, VendorStyle style, JsonWriter* out) {
  if (!section.known) return;
  out->Key(GppPrefix(section.id)).Begin('{');
  if (section.tc) {
    TcDocument(*section.tc, TcFormOf(section.id), style, out).Write();
  } else if (section.id == 6) {
    WriteUsPrivacy(section.us_privacy, "Version,Notice,OptOutSale,LspaCovered", out);
  } else {
    WriteUs(section.id, section.us, out);
  }
  out->End('}');
}

void WriteFields(const Decoded& decoded, VendorStyle style, JsonWriter* out) {
  switch (decoded.kind) {
    case IabKind::kTc:
      TcDocument(decoded.tc, TcForm::kString, style, out).Write();
      break;
    case IabKind::kGpp:
      for (const GppSection& section : decoded.gpp.sections) WriteSection(section, style, out);
      break;
    case IabKind::kUsPrivacy:
      WriteUsPrivacy(decoded.us_privacy, "version,notice,optOutSale,lspa", out);
      break;
    case IabKind::kAdditionalConsent:
      out->Field("version", static_cast<int64_t>(decoded.additional.version));
      out->Key("consented");
      WriteIds(decoded.additional.consented, out);
      out->Key("disclosed");
      WriteIds(decoded.additional.disclosed, out);
      break;
  }
}

void WriteKey(const InAppKey& key, JsonWriter* out) {
  out->Begin('{').Field("key", key.key).Field("type", key.is_text ? "string" : "int");
  out->Key("value");
  if (key.is_text) {
    out->Text(key.text);
  } else {
    out->Integer(key.number);
  }
  out->End('}');
}

}  // namespace

IabKind KindOf(std::string_view text) {
  const char first = text.empty() ? '\0' : text[0];
  if (first == 'D') return IabKind::kGpp;
  if (first < '0' || first > '9') return IabKind::kTc;
  const bool tilde = text.size() > 1 && text[1] == '~';
  return tilde ? IabKind::kAdditionalConsent : IabKind::kUsPrivacy;
}

void WriteDecoded(std::string_view text, IabKind kind, VendorStyle style, JsonWriter* out) {
  IabFindings findings;
  const Decoded decoded = Decode(text, kind, &findings);
  BoundIds(decoded, &findings);
  out->Begin('{');
  if (findings.failed()) {
    WriteError(findings.error(), out);
  } else {
    WriteFields(decoded, style, out);
    if (!findings.violations().empty()) WriteViolations(findings, out);
  }
  out->End('}');
}

void WriteValidity(std::string_view text, IabKind kind, JsonWriter* out) {
  IabFindings findings;
  (void)Decode(text, kind, &findings);
  out->Begin('{').Key("kind").Text(NameAt(kIabKinds, static_cast<int>(kind)));
  out->FieldBool("valid", !findings.failed() && findings.violations().empty());
  if (findings.failed()) {
    WriteError(findings.error(), out);
  } else {
    WriteViolations(findings, out);
  }
  out->End('}');
}

void WriteKeys(std::string_view text, IabKind kind, JsonWriter* out) {
  IabFindings findings;
  const Decoded decoded = Decode(text, kind, &findings);
  BoundIds(decoded, &findings);
  out->Begin('{');
  if (findings.failed()) {
    WriteError(findings.error(), out);
  } else {
    const List<InAppKey> keys =
        kind == IabKind::kGpp ? GppKeys(decoded.gpp, text) : TcKeys(decoded.tc, text);
    out->Key("keys").Begin('[');
    for (const InAppKey& key : keys) WriteKey(key, out);
    out->End(']');
  }
  out->End('}');
}

void WriteEncoded(std::string_view text, JsonWriter* out) {
  IabFindings findings;
  (void)Decode(text, KindOf(text), &findings);
  out->Begin('{').Key("string").Text(text);
  if (!findings.violations().empty()) WriteViolations(findings, out);
  out->End('}');
}

}  // namespace waymark
