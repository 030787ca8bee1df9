#include "consent/iab/bit_writer.h"
#include "consent/iab/tc_string.h"

namespace waymark {
namespace {

constexpr int kEntriesMax = 4095;  // 12 bits

// The ranges of one set, as they would be written.
struct Ranges {
  List<IdRange> all;
  size_t fixed_bits = 12;
  size_t fibonacci_bits = 12;
};

int FibonacciBits(uint32_t value) {
  int bits = 2;
  for (uint32_t number = 1, next = 2; next <= value; ++bits) {
    const uint32_t sum = number + next;
    number = next;
    next = sum;
  }
  return bits;
}

void AddRange(IdRange range, Ranges* ranges) {
  const uint32_t before = ranges->all.empty() ? 0 : ranges->all.back().last;
  const bool single = range.first == range.last;
  ranges->fixed_bits += single ? 17 : 33;
  ranges->fibonacci_bits += static_cast<size_t>(
      1 + FibonacciBits(range.first - before) +
      (single ? 0 : FibonacciBits(static_cast<uint32_t>(range.last - range.first))));
  ranges->all.push_back(range);
}

class TcWriter {
 public:
  explicit TcWriter(TcForm form) : canada_(form == TcForm::kCanada) {}

  String Core(const TcString& tc);
  String Vendors(int type, const VendorSet& set);
  String Publisher(const TcString& tc);

 private:
  void Letters(const char* letters);
  void Bits(uint64_t ids, int count);
  void Set(const VendorSet& set);
  void Entries(const Ranges& ranges, size_t from, size_t count);
  void Restrictions(const List<Restriction>& restrictions);
  void RestrictedVendors(const Ranges& ranges);
  String Text();

  const bool canada_;
  BitWriter out_;
};

void TcWriter::Letters(const char* letters) {
  for (int i = 0; i < 2; ++i) out_.Write(static_cast<uint64_t>(letters[i] - 'A'), 6);
}

void TcWriter::Bits(uint64_t ids, int count) {
  for (int i = 0; i < count; ++i) out_.Write(ids >> i & 1, 1);
}

void TcWriter::Entries(const Ranges& ranges, size_t from, size_t count) {
  out_.Write(count, 12);
  uint32_t before = 0;
  for (size_t i = from; i < from + count; ++i) {
    const IdRange& range = ranges.all[i];
    const bool single = range.first == range.last;
    out_.Write(single ? 0 : 1, 1);
    if (canada_) {
      out_.Fibonacci(range.first - before);
      if (!single) out_.Fibonacci(static_cast<uint32_t>(range.last - range.first));
      before = range.last;
    } else {
      out_.Write(range.first, 16);
      if (!single) out_.Write(range.last, 16);
    }
  }
}

// The shorter of the two forms, by exact count; the bit field when they are equal.
void TcWriter::Set(const VendorSet& set) {
  Ranges ranges;
  for (IdRange next = set.Next(1); next.first != 0; next = set.Next(next.last + 1u)) {
    AddRange(next, &ranges);
  }
  const uint32_t last = set.last();
  const size_t bits = canada_ ? ranges.fibonacci_bits : ranges.fixed_bits;
  out_.Write(last, 16);
  const bool as_ranges = bits < last && ranges.all.size() <= kEntriesMax;
  out_.Write(as_ranges ? 1 : 0, 1);
  if (as_ranges) {
    Entries(ranges, 0, ranges.all.size());
  } else {
    for (uint32_t id = 1; id <= last; ++id) out_.Write(set.Has(id) ? 1 : 0, 1);
  }
}

void TcWriter::RestrictedVendors(const Ranges& ranges) {
  if (!canada_) return Entries(ranges, 0, ranges.all.size());
  VendorSet set;
  set.Resize(ranges.all.back().last);
  for (const IdRange& range : ranges.all) set.Add(range.first, range.last);
  Set(set);
}

// Restrictions of one purpose and type go together, as many ranges as the count can hold.
void TcWriter::Restrictions(const List<Restriction>& all) {
  List<size_t> begins;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool same = i > 0 && all[i].purpose == all[i - 1].purpose &&
                      all[i].type == all[i - 1].type &&
                      (canada_ || i - begins.back() < kEntriesMax);
    if (!same) begins.push_back(i);
  }
  out_.Write(begins.size(), 12);
  for (size_t group = 0; group < begins.size(); ++group) {
    const size_t end = group + 1 < begins.size() ? begins[group + 1] : all.size();
    Ranges ranges;
    for (size_t i = begins[group]; i < end; ++i) AddRange(all[i].vendors, &ranges);
    out_.Write(all[begins[group]].purpose, 6);
    out_.Write(all[begins[group]].type, 2);
    RestrictedVendors(ranges);
  }
}

// What Canada's section is padded to is 8 bits, then 6; a TC string's segments are whole groups of
// 24, because one old decoder wants it so.
String TcWriter::Text() {
  out_.PadTo(canada_ ? 8 : 24);
  return out_.Text();
}

String TcWriter::Core(const TcString& tc) {
  out_.Write(canada_ ? 1 : 2, 6);
  out_.Write(static_cast<uint64_t>(tc.created_ms / 100), 36);
  out_.Write(static_cast<uint64_t>(tc.last_updated_ms / 100), 36);
  out_.Write(tc.cmp_id, 12);
  out_.Write(tc.cmp_version, 12);
  out_.Write(tc.consent_screen, 6);
  Letters(tc.consent_language);
  out_.Write(tc.vendor_list_version, 12);
  out_.Write(tc.policy_version, 6);
  if (!canada_) out_.Write(tc.is_service_specific, 1);
  out_.Write(tc.use_non_standard_texts, 1);
  Bits(tc.special_feature_opt_ins, kTcSpecialFeatures);
  Bits(tc.purpose_consents, kTcPurposes);
  Bits(tc.purpose_legitimate_interests, kTcPurposes);
  if (!canada_) {
    out_.Write(tc.purpose_one_treatment, 1);
    Letters(tc.publisher_country_code);
  }
  Set(tc.vendor_consents);
  Set(tc.vendor_legitimate_interests);
  Restrictions(tc.restrictions);
  return Text();
}

String TcWriter::Vendors(int type, const VendorSet& set) {
  out_.Write(static_cast<uint64_t>(type), 3);
  Set(set);
  return Text();
}

String TcWriter::Publisher(const TcString& tc) {
  out_.Write(3, 3);
  Bits(tc.publisher_consents, kTcPurposes);
  Bits(tc.publisher_legitimate_interests, kTcPurposes);
  out_.Write(tc.custom_purposes, 6);
  Bits(tc.publisher_custom_consents, tc.custom_purposes);
  Bits(tc.publisher_custom_legitimate_interests, tc.custom_purposes);
  return Text();
}

bool AreLetters(const char* letters) {
  for (int i = 0; i < 2; ++i) {
    if (letters[i] < 'A' || letters[i] > 'Z') return false;
  }
  return true;
}

constexpr int64_t kTimeMsMax = ((int64_t{1} << 36) - 1) * 100;

TcRefusal Check(const TcString& tc) {
  if (tc.cmp_id <= 1 || tc.cmp_id > 4095) {
    return {TcField::kCmpId, "the id of a registered CMP, 2 to 4095: only a CMP makes TC strings"};
  }
  if (tc.cmp_version > 4095) return {TcField::kCmpVersion, "0 to 4095"};
  if (tc.consent_screen > 63) return {TcField::kConsentScreen, "0 to 63"};
  if (tc.vendor_list_version > 4095) return {TcField::kVendorListVersion, "0 to 4095"};
  if (tc.policy_version > 63) return {TcField::kPolicyVersion, "0 to 63"};
  if (tc.custom_purposes > 63) return {TcField::kNumCustomPurposes, "0 to 63"};
  if (tc.created_ms < 0 || tc.created_ms > kTimeMsMax) {
    return {TcField::kCreated, "a time from 1970 on, of 36 bits in tenths of a second"};
  }
  if (tc.last_updated_ms < 0 || tc.last_updated_ms > kTimeMsMax) {
    return {TcField::kLastUpdated, "a time from 1970 on, of 36 bits in tenths of a second"};
  }
  if (!AreLetters(tc.consent_language)) {
    return {TcField::kConsentLanguage, "two letters A to Z"};
  }
  if (!AreLetters(tc.publisher_country_code)) {
    return {TcField::kPublisherCountryCode, "two letters A to Z"};
  }
  for (const Restriction& restriction : tc.restrictions) {
    if (restriction.purpose > 63 || restriction.type > 3 || restriction.vendors.first == 0) {
      return {TcField::kPublisherRestrictions, "purposes to 63, types 0 to 3, vendors from 1 on"};
    }
  }
  return {TcField::kVersion, nullptr};
}

bool PublisherSays(const TcString& tc) {
  return tc.custom_purposes > 0 || tc.publisher_consents != 0 ||
         tc.publisher_legitimate_interests != 0;
}

}  // namespace

TcRefusal EncodeTc(const TcString& tc, TcForm form, String* text) {
  const TcRefusal refusal = Check(tc);
  if (refusal.allowed) return refusal;
  *text = TcWriter(form).Core(tc);
  *text += ".";
  *text += TcWriter(form).Vendors(1, tc.vendors_disclosed);
  if (tc.vendors_allowed.last() > 0 && form != TcForm::kCanada) {
    *text += ".";
    *text += TcWriter(form).Vendors(2, tc.vendors_allowed);
  }
  if (PublisherSays(tc)) {
    *text += ".";
    *text += TcWriter(form).Publisher(tc);
  }
  return refusal;
}

}  // namespace waymark
