#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "base/name_table.h"
#include "consent/iab/bit_reader.h"
#include "consent/iab/tc_string.h"

namespace waymark {
namespace {

// In the order of TcField; a form without the field has an empty name.
constexpr const char* kNames[] = {
    "version,created,lastUpdated,cmpId,cmpVersion,consentScreen,consentLanguage,vendorListVersion,"
    "policyVersion,isServiceSpecific,useNonStandardTexts,specialFeatureOptins,purposeConsents,"
    "purposeLegitimateInterests,purposeOneTreatment,publisherCountryCode,vendorConsents,"
    "vendorLegitimateInterests,publisherRestrictions,publisherConsents,"
    "publisherLegitimateInterests,numCustomPurposes,publisherCustomConsents,"
    "publisherCustomLegitimateInterests,vendorsAllowed,vendorsDisclosed",
    "Version,Created,LastUpdated,CmpId,CmpVersion,ConsentScreen,ConsentLanguage,VendorListVersion,"
    "PolicyVersion,IsServiceSpecific,UseNonStandardStacks,SpecialFeatureOptins,PurposeConsents,"
    "PurposeLegitimateInterests,PurposeOneTreatment,PublisherCountryCode,VendorConsents,"
    "VendorLegitimateInterests,PublisherRestrictions,PublisherConsents,"
    "PublisherLegitimateInterests,NumCustomPurposes,PublisherCustomConsents,"
    "PublisherCustomLegitimateInterests,VendorsAllowed,VendorsDisclosed",
    "Version,Created,LastUpdated,CmpId,CmpVersion,ConsentScreen,ConsentLanguage,VendorListVersion,"
    "TcfPolicyVersion,,UseNonStandardStacks,SpecialFeatureExpressConsent,PurposesExpressConsent,"
    "PurposesImpliedConsent,,,VendorExpressConsent,VendorImpliedConsent,PubRestrictions,"
    "PubPurposesExpressConsent,PubPurposesImpliedConsent,NumCustomPurposes,"
    "CustomPurposesExpressConsent,CustomPurposesImpliedConsent,,DisclosedVendors",
};

constexpr uint8_t F(TcField field) { return static_cast<uint8_t>(field); }

// How ids of vendors follow one another in the text.
enum class IdCode : uint8_t { kFixed, kFibonacci };

class TcReader {
 public:
  TcReader(std::string_view text, size_t at, TcForm form, IdCode code, TcString* tc,
           IabFindings* findings)
      : in_(text, at, findings), canada_(form == TcForm::kCanada), code_(code), tc_(tc) {}

  void Core();
  // A segment behind the core, by the type in its first three bits.
  void Segment();

 private:
  uint64_t Read(int bits, TcField field) { return in_.Read(bits, F(field)); }
  bool Flag(TcField field) { return in_.Flag(F(field)); }
  void Note(IabFault fault, TcField field) { in_.findings()->Note(fault, F(field), in_.at()); }
  int64_t Time(TcField field) { return static_cast<int64_t>(Read(36, field)) * 100; }
  void Letters(TcField field, char* letters);
  uint32_t Bits(int count, TcField field);
  uint64_t ManyBits(int count, TcField field);
  void Vendors(TcField field, VendorSet* set);
  void Ranges(TcField field, VendorSet* set);
  IdRange Entry(TcField field, uint32_t* before);
  void Restrictions();
  void RestrictedVendors(Restriction restriction);
  void Publisher();
  void SetOnce(bool* has, TcField field, VendorSet* set);

  BitReader in_;
  const bool canada_;
  const IdCode code_;
  TcString* tc_;
};

void TcReader::Letters(TcField field, char* letters) {
  for (int i = 0; i < 2; ++i) {
    const int letter = static_cast<int>(Read(6, field));
    if (letter >= 26) Note(IabFault::kLettersInvalid, field);
    letters[i] = letter == 63 ? ' ' : static_cast<char>('A' + letter);
  }
}

// The first bit of the text is id 1, which is the lowest bit here.
uint64_t TcReader::ManyBits(int count, TcField field) {
  uint64_t ids = 0;
  if (count == 0) return ids;
  if (count > 32) {
    ids = ManyBits(32, field);
    return ids | ManyBits(count - 32, field) << 32;
  }
  const uint64_t bits = Read(count, field);
  for (int i = 0; i < count; ++i) ids |= (bits >> (count - 1 - i) & 1) << i;
  return ids;
}

uint32_t TcReader::Bits(int count, TcField field) {
  return static_cast<uint32_t>(ManyBits(count, field));
}

// One entry of a range section. `before`: the last id so far, for codes that count from it. A
// reversed entry comes back as it stands.
IdRange TcReader::Entry(TcField field, uint32_t* before) {
  const bool range = Flag(field);
  uint32_t first = 0;
  uint32_t last = 0;
  if (code_ == IdCode::kFixed) {
    first = static_cast<uint32_t>(Read(16, field));
    last = range ? static_cast<uint32_t>(Read(16, field)) : first;
  } else {
    first = *before + in_.Fibonacci(F(field));
    last = range ? first + in_.Fibonacci(F(field)) : first;
    *before = last;
    if (last > UINT16_MAX) in_.findings()->Fail(IabFault::kNumberTooLarge, F(field), in_.at());
  }
  if (first == 0 && !in_.failed()) Note(IabFault::kVendorIdZero, field);
  if (last < first) Note(IabFault::kRangeReversed, field);
  return {static_cast<uint16_t>(first), static_cast<uint16_t>(last)};
}

void TcReader::Vendors(TcField field, VendorSet* set) {
  const uint32_t max_id = static_cast<uint32_t>(Read(16, field));
  const bool ranges = Flag(field);
  if (ranges) {
    set->Resize(max_id);
    Ranges(field, set);
  } else if (in_.Expect(max_id, F(field))) {
    set->Resize(max_id);
    if (max_id > 0) in_.Copy(max_id, F(field), set->bytes());
  }
}

void TcReader::Ranges(TcField field, VendorSet* set) {
  const int entries = static_cast<int>(Read(12, field));
  uint32_t before = 0;
  for (int i = 0; i < entries && !in_.failed(); ++i) {
    const IdRange range = Entry(field, &before);
    // What does not stand as it should grants nothing.
    if (in_.failed() || range.first == 0 || range.last < range.first) continue;
    if (range.last > set->max_id()) Note(IabFault::kVendorIdAboveMax, field);
    set->Add(range.first, range.last);
  }
}

void TcReader::RestrictedVendors(Restriction restriction) {
  const TcField field = TcField::kPublisherRestrictions;
  if (canada_ && code_ == IdCode::kFibonacci) {
    VendorSet set;
    Vendors(field, &set);
    for (IdRange next = set.Next(1); next.first != 0; next = set.Next(next.last + 1u)) {
      restriction.vendors = next;
      tc_->restrictions.push_back(restriction);
    }
    return;
  }
  const int entries = static_cast<int>(Read(12, field));
  for (int i = 0; i < entries && !in_.failed(); ++i) {
    IdRange range = Entry(field, nullptr);
    // A restriction takes away: one that stands the wrong way round takes all between.
    if (range.last < range.first) std::swap(range.first, range.last);
    if (range.first == 0) range.first = 1;
    if (range.last < range.first) continue;
    restriction.vendors = range;
    tc_->restrictions.push_back(restriction);
  }
}

void TcReader::Restrictions() {
  const TcField field = TcField::kPublisherRestrictions;
  if (in_.bits_left() < 12 && in_.all_zero_from_here()) {
    if (!in_.failed()) Note(IabFault::kRestrictionsMissing, field);
    return;
  }
  const int count = static_cast<int>(Read(12, field));
  for (int i = 0; i < count && !in_.failed(); ++i) {
    Restriction restriction = {};
    restriction.purpose = static_cast<uint8_t>(Read(6, field));
    restriction.type = static_cast<uint8_t>(Read(2, field));
    if (restriction.purpose == 0 || restriction.purpose > kTcPurposes) {
      Note(IabFault::kRestrictionPurpose, field);
    }
    RestrictedVendors(restriction);
  }
  NormalizeRestrictions(&tc_->restrictions);
}

void TcReader::Core() {
  tc_->version = static_cast<uint8_t>(Read(6, TcField::kVersion));
  if (tc_->version != (canada_ ? 1 : 2)) {
    in_.findings()->Fail(IabFault::kVersionUnsupported, F(TcField::kVersion), in_.at() - 1);
    return;
  }
  tc_->created_ms = Time(TcField::kCreated);
  tc_->last_updated_ms = Time(TcField::kLastUpdated);
  tc_->cmp_id = static_cast<uint16_t>(Read(12, TcField::kCmpId));
  tc_->cmp_version = static_cast<uint16_t>(Read(12, TcField::kCmpVersion));
  tc_->consent_screen = static_cast<uint8_t>(Read(6, TcField::kConsentScreen));
  Letters(TcField::kConsentLanguage, tc_->consent_language);
  tc_->vendor_list_version = static_cast<uint16_t>(Read(12, TcField::kVendorListVersion));
  tc_->policy_version = static_cast<uint8_t>(Read(6, TcField::kPolicyVersion));
  if (!canada_) tc_->is_service_specific = Flag(TcField::kIsServiceSpecific);
  tc_->use_non_standard_texts = Flag(TcField::kUseNonStandardTexts);
  tc_->special_feature_opt_ins =
      static_cast<uint16_t>(Bits(kTcSpecialFeatures, TcField::kSpecialFeatureOptIns));
  tc_->purpose_consents = Bits(kTcPurposes, TcField::kPurposeConsents);
  tc_->purpose_legitimate_interests = Bits(kTcPurposes, TcField::kPurposeLegitimateInterests);
  if (!canada_) {
    tc_->purpose_one_treatment = Flag(TcField::kPurposeOneTreatment);
    Letters(TcField::kPublisherCountryCode, tc_->publisher_country_code);
  }
  Vendors(TcField::kVendorConsents, &tc_->vendor_consents);
  Vendors(TcField::kVendorLegitimateInterests, &tc_->vendor_legitimate_interests);
  Restrictions();
  in_.End();
}

void TcReader::SetOnce(bool* has, TcField field, VendorSet* set) {
  const bool again = *has;
  *has = true;
  Vendors(field, set);
  if (again) {
    Note(IabFault::kSegmentDuplicate, field);
    set->Resize(0);
  }
}

void TcReader::Publisher() {
  const bool again = tc_->has_publisher;
  tc_->has_publisher = true;
  tc_->publisher_consents = Bits(kTcPurposes, TcField::kPublisherConsents);
  tc_->publisher_legitimate_interests = Bits(kTcPurposes, TcField::kPublisherLegitimateInterests);
  const int custom = static_cast<int>(Read(6, TcField::kNumCustomPurposes));
  tc_->custom_purposes = static_cast<uint8_t>(custom);
  tc_->publisher_custom_consents = ManyBits(custom, TcField::kPublisherCustomConsents);
  tc_->publisher_custom_legitimate_interests =
      ManyBits(custom, TcField::kPublisherCustomLegitimateInterests);
  if (!again) return;
  Note(IabFault::kSegmentDuplicate, TcField::kPublisherConsents);
  tc_->publisher_consents = 0;
  tc_->publisher_legitimate_interests = 0;
  tc_->publisher_custom_consents = 0;
  tc_->publisher_custom_legitimate_interests = 0;
}

void TcReader::Segment() {
  const uint64_t type = in_.Read(3, kNoField);
  if (type == 1) {
    SetOnce(&tc_->has_disclosed, TcField::kVendorsDisclosed, &tc_->vendors_disclosed);
  } else if (type == 2 && !canada_) {
    SetOnce(&tc_->has_allowed, TcField::kVendorsAllowed, &tc_->vendors_allowed);
  } else if (type == 3) {
    Publisher();
  } else {
    in_.findings()->Fail(IabFault::kSegmentUnknown, kNoField, in_.at());
  }
  in_.End();
}

void DecodeSegments(std::string_view text, size_t at, TcForm form, IdCode code, TcString* tc,
                    IabFindings* findings) {
  bool core = true;
  for (size_t begin = 0; begin <= text.size() && !findings->failed();) {
    const size_t end = std::min(text.find('.', begin), text.size());
    if (end == begin) {
      findings->Fail(IabFault::kSegmentEmpty, kNoField, at + begin);
      return;
    }
    TcReader reader(text.substr(begin, end - begin), at + begin, form, code, tc, findings);
    if (core) {
      reader.Core();
    } else {
      reader.Segment();
    }
    core = false;
    begin = end + 1;
  }
}

// Whether nothing stood against the reading but rules that both codes share.
bool ReadsWell(const IabFindings& findings) {
  for (const IabFinding& found : findings.violations()) {
    if (found.fault == IabFault::kPaddingNotZero || found.fault == IabFault::kPaddingTooLong ||
        found.fault == IabFault::kVendorIdAboveMax) {
      return false;
    }
  }
  return !findings.failed();
}

// The reference library wrote vendors of Canada as fixed ranges until 3.1. Nothing in the text says
// so: what does not read well as it is written now, and does so as it was, is of that time.
void DecodeCanada(std::string_view text, size_t at, TcString* tc, IabFindings* findings) {
  IabFindings now = findings->Fresh();
  DecodeSegments(text, at, TcForm::kCanada, IdCode::kFibonacci, tc, &now);
  if (!ReadsWell(now)) {
    TcString old_tc;
    IabFindings old = findings->Fresh();
    DecodeSegments(text, at, TcForm::kCanada, IdCode::kFixed, &old_tc, &old);
    if (ReadsWell(old)) {
      old.Note(IabFault::kLegacyRanges, F(TcField::kVendorConsents), at);
      *tc = std::move(old_tc);
      now = std::move(old);
    }
  }
  findings->Take(std::move(now));
}

bool Before(const Restriction& a, const Restriction& b) {
  if (a.purpose != b.purpose) return a.purpose < b.purpose;
  if (a.type != b.type) return a.type < b.type;
  return a.vendors.first < b.vendors.first;
}

}  // namespace

TcForm TcFormOf(int section) {
  if (section == 0) return TcForm::kString;
  return section == 5 ? TcForm::kCanada : TcForm::kEurope;
}

std::string_view TcFieldName(TcForm form, TcField field) {
  return NameAt(kNames[static_cast<int>(form)], static_cast<int>(field));
}

void NormalizeRestrictions(List<Restriction>* restrictions) {
  List<Restriction>& all = *restrictions;
  std::sort(all.begin(), all.end(), Before);
  size_t kept = 0;
  for (const Restriction& next : all) {
    Restriction* last = kept > 0 ? &all[kept - 1] : nullptr;
    if (last && last->purpose == next.purpose && last->type == next.type &&
        next.vendors.first <= last->vendors.last + 1) {
      last->vendors.last = std::max(last->vendors.last, next.vendors.last);
    } else {
      all[kept++] = next;
    }
  }
  while (all.size() > kept) all.pop_back();
}

TcString DecodeTc(std::string_view text, size_t at, TcForm form, IabFindings* findings) {
  TcString tc;
  if (text.empty()) {
    findings->Fail(IabFault::kEmpty, kNoField, at);
  } else if (text.size() > kIabTextCharsMax) {
    findings->Fail(IabFault::kTooLong, kNoField, at + kIabTextCharsMax);
  } else if (form != TcForm::kCanada) {
    DecodeSegments(text, at, form, IdCode::kFixed, &tc, findings);
  } else {
    DecodeCanada(text, at, &tc, findings);
  }
  return tc;
}

}  // namespace waymark
