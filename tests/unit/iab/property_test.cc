// What holds for any string: random documents, and random damage to good strings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "unit/iab/iab_fixture.h"

namespace waymark_test {
namespace {

constexpr int kSeeds = 60;

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  bool Coin() { return Below(2) == 1; }

  // Ids 1 to `max`: none, a few, runs, or nearly all.
  Json Ids(int max) {
    std::set<int> ids;
    const int style = Below(4);
    for (int i = style * Below(1 + max / 8); i > 0 && style < 3; --i) ids.insert(1 + Below(max));
    for (int i = style == 3 ? 1 + Below(4) : 0; i > 0; --i) {
      const int first = 1 + Below(max);
      const int last = std::min(max, first + Below(1 + max / 4));
      for (int id = first; id <= last; ++id) ids.insert(id);
    }
    return ids;
  }

  Json Restrictions(int vendors) {
    std::map<std::pair<int, int>, std::set<int>> all;
    for (int i = Below(5); i > 0; --i) {
      const std::set<int> ids = Ids(vendors);
      if (ids.empty()) continue;
      all[{1 + Below(24), Below(4)}].insert(ids.begin(), ids.end());
    }
    Json list = Json::array();
    for (const auto& [key, ids] : all) {
      list.push_back({{"purposeId", key.first}, {"restrictionType", key.second}, {"vendors", ids}});
    }
    return list;
  }

  std::string Letters() {
    return {static_cast<char>('A' + Below(26)), static_cast<char>('A' + Below(26))};
  }

  Json Tc() {
    const int vendors = std::vector<int>{1, 7, 64, 800, 1500, 65535}[static_cast<size_t>(Below(6))];
    const int custom = Coin() ? 0 : Below(64);
    Json document = {{"version", 2},
                     {"created", int64_t{100} * Below(1 << 30) * 17},
                     {"lastUpdated", int64_t{86'400'000} * Below(30'000)},
                     {"cmpId", 2 + Below(4094)},
                     {"cmpVersion", Below(4096)},
                     {"consentScreen", Below(64)},
                     {"consentLanguage", Letters()},
                     {"vendorListVersion", Below(4096)},
                     {"policyVersion", Below(64)},
                     {"isServiceSpecific", Coin()},
                     {"useNonStandardTexts", Coin()},
                     {"specialFeatureOptins", Ids(12)},
                     {"purposeConsents", Ids(24)},
                     {"purposeLegitimateInterests", Ids(24)},
                     {"purposeOneTreatment", Coin()},
                     {"publisherCountryCode", Letters()},
                     {"vendorConsents", Ids(vendors)},
                     {"vendorLegitimateInterests", Ids(vendors)},
                     {"publisherRestrictions", Restrictions(std::min(vendors, 2000))},
                     {"vendorsDisclosed", Ids(vendors)},
                     {"vendorsAllowed", Ids(vendors)},
                     {"publisherConsents", Ids(24)},
                     {"publisherLegitimateInterests", Ids(24)},
                     {"numCustomPurposes", custom},
                     {"publisherCustomConsents", custom ? Ids(custom) : Json::array()},
                     {"publisherCustomLegitimateInterests", custom ? Ids(custom) : Json::array()}};
    return document;
  }

  // A section of the United States, by its published layout.
  Json UsSection(const Json& layout) {
    Json section;
    for (const Json& segment : layout["segments"]) {
      for (const Json& field : segment["fields"]) {
        section[field["name"].get<std::string>()] = UsValue(field);
      }
    }
    return section;
  }

 private:
  Json UsValue(const Json& field) {
    if (field["name"] == "Version" || field["name"] == "MspaVersion") return field["default"];
    if (field["type"] == "Boolean") return Coin();
    if (field["type"] != "FixedIntegerList") return Below(4);
    Json list = Json::array();
    for (int i = field["count"]; i > 0; --i) list.push_back(Below(4));
    return list;
  }

  std::mt19937 random_;
};

TEST(IabPropertyTest, ADocumentSurvivesItsString) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    const Json document = Generator(seed).Tc();
    EXPECT_EQ(FieldsOf(Decode(Encode(document))), document) << "seed " << seed;
  }
}

// As section 2 and, under its own names and codes, as section 5.
TEST(IabPropertyTest, SectionsSurviveTheirStrings) {
  const Json layouts = GppLayouts();
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    Generator random(seed);
    Json document;
    for (const auto& [prefix, layout] : layouts.items()) {
      if (layout["id"] < 7 || random.Below(4) > 0) continue;
      document[prefix] = random.UsSection(layout);
    }
    if (document.empty()) continue;
    EXPECT_EQ(FieldsOf(Decode(Encode(document))), document) << "seed " << seed;
  }
}

TEST(IabPropertyTest, CanadaSurvivesItsString) {
  // From a string that was read: every vendor set, and restrictions, replaced.
  const Json base = FieldsOf(Decode(Vectors()["gpp"][2]["string"]));
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    Generator random(seed);
    Json document = base;
    Json& section = document["tcfcav1"];
    section["VendorExpressConsent"] = random.Ids(3000);
    section["VendorImpliedConsent"] = random.Ids(300);
    section["DisclosedVendors"] = random.Ids(65535);
    section["PubRestrictions"] = Json::array();
    for (const Json& restriction : random.Restrictions(900)) {
      section["PubRestrictions"].push_back({{"key", restriction["purposeId"]},
                                            {"type", restriction["restrictionType"]},
                                            {"ids", restriction["vendors"]}});
    }
    EXPECT_EQ(FieldsOf(Decode(Encode(document))), document) << "seed " << seed;
  }
}

// A set of vendors is written in the shorter form.
TEST(IabPropertyTest, NoOtherFormIsShorter) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    const Json document = Generator(seed).Tc();
    const std::string text = Encode(document);
    const std::string bits = ToBits(text.substr(0, text.find('.')));
    const bool ranges = bits[213 + 16] == '1';
    const std::set<int> ids = document["vendorConsents"];
    size_t range_bits = 12;
    size_t entries = 0;
    for (const int id : ids) {
      if (ids.contains(id - 1)) continue;
      range_bits += ids.contains(id + 1) ? 33 : 17;
      ++entries;
    }
    const size_t field_bits = ids.empty() ? 0 : static_cast<size_t>(*ids.rbegin());
    EXPECT_EQ(ranges, range_bits < field_bits && entries <= 4095) << "seed " << seed;
  }
}

// A string that was cut is never read, save behind a whole segment, or inside padding.
TEST(IabPropertyTest, WhatWasCutGrantsNothingMore) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    Json document = Generator(seed).Tc();
    document["vendorsAllowed"] = Json::array();
    const std::string text = Encode(document);
    if (text.size() > 2000) continue;
    for (size_t size = 0; size < text.size(); ++size) {
      const Json cut = Decode(text.substr(0, size));
      if (cut.contains("error")) continue;
      EXPECT_EQ(cut["vendorConsents"], document["vendorConsents"]);
      for (const char* field : {"vendorsDisclosed", "publisherConsents"}) {
        EXPECT_TRUE(cut[field] == document[field] || cut[field].empty()) << field;
      }
    }
  }
}

// Valid is what has no violation, and what cannot be read is not valid.
TEST(IabPropertyTest, VerdictsAgreeWithDocuments) {
  std::mt19937 random(1);
  for (const Json& vector : Vectors()["tc"]) {
    std::string text = vector["string"];
    if (text.size() > 1000) continue;
    text[random() % text.size()] = "ABCDwxyz_-."[random() % 11];
    const Json document = Decode(text, "tc");
    const Json verdict = Ask({{"query", "iab_validate"}, {"text", text}, {"kind", "tc"}})["result"];
    EXPECT_EQ(verdict["valid"], CodesOf(document).empty());
    EXPECT_EQ(CodesOf(verdict), CodesOf(document));
  }
}

}  // namespace
}  // namespace waymark_test
