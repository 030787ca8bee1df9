#include "base/limits.h"
#include "base/name_table.h"
#include "consent/iab/document.h"
#include "consent/iab/in_app_keys.h"

namespace waymark {
namespace {

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

void WriteFields(const Decoded& decoded, VendorStyle style, JsonWriter* out) {
  JsonText fields;
  switch (decoded.kind) {
    case IabKind::kTc:
      WriteTcFields(decoded.tc, TcForm::kString, style, &fields);
      break;
    case IabKind::kGpp:
      WriteGppFields(decoded.gpp, style, &fields);
      break;
    case IabKind::kUsPrivacy:
      WriteUsPrivacyFields(decoded.us_privacy, "version,notice,optOutSale,lspa", &fields);
      break;
    case IabKind::kAdditionalConsent:
      WriteAdditionalFields(decoded.additional, &fields);
      break;
  }
  if (!fields.text().empty()) out->Raw(fields.text());
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
