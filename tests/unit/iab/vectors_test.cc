// All of tests/vectors/iab.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consent/iab/gpp_layouts.h"
#include "consent/iab/legal_basis.h"
#include "unit/iab/iab_fixture.h"

namespace waymark_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(IabVectorsTest, TcStringsDecode) {
  for (const Json& vector : Vectors()["tc"]) {
    EXPECT_EQ(FieldsOf(Decode(vector["string"])), vector["expected"]) << vector["id"];
  }
  for (const Json& vector : Vectors()["tcPinned"]) {
    EXPECT_EQ(FieldsOf(Decode(vector["string"])), vector["expected"]) << vector["source"];
  }
}

TEST(IabVectorsTest, TcStringsSurviveEncoding) {
  int encoded = 0;
  for (const Json& vector : Vectors()["tc"]) {
    const Json& expected = vector["expected"];
    if (expected["cmpId"] <= 1) {
      const Json answer = Ask({{"query", "iab_encode"}, {"document", expected}});
      ASSERT_EQ(answer["problems"].size(), 1u);
      EXPECT_EQ(answer["problems"][0]["pointer"], "/cmpId");
      continue;
    }
    const std::string text = Encode(expected);
    EXPECT_EQ(FieldsOf(Decode(text)), expected) << vector["id"];
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('.', begin), text.size());
      EXPECT_EQ((end - begin) % 4, 0u) << "padded to 24 bits";
      begin = end + 1;
    }
    ++encoded;
  }
  EXPECT_GT(encoded, 150);
}

// Of the strings of the reference library, ours are never the longer ones.
TEST(IabVectorsTest, TheShorterFormOfVendorsIsWritten) {
  for (const Json& vector : Vectors()["tc"]) {
    const Json& expected = vector["expected"];
    if (expected["cmpId"] <= 1) continue;
    const std::string core = Encode(expected);
    const std::string given = vector["string"].get<std::string>();
    EXPECT_LE(core.find('.'), std::min(given.find('.'), given.size()) + 3) << vector["id"];
  }
}

TEST(IabVectorsTest, ValidForTcf23IsWhatHasDisclosedVendorsAndIsServiceSpecific) {
  for (const Json& vector : Vectors()["tc"]) {
    if (!vector.contains("validTcf23")) continue;
    const std::set<std::string> codes = CodesOf(Decode(vector["string"]));
    const bool missing = codes.contains("disclosed_vendors_missing") ||
                         codes.contains("policy_needs_disclosed_vendors");
    const bool global = codes.contains("not_service_specific");
    EXPECT_EQ(global, !vector["expected"]["isServiceSpecific"].get<bool>()) << vector["id"];
    if (vector["validTcf23"]) {
      EXPECT_FALSE(missing || global) << vector["id"];
    }
    // Strings of before 2026-03-01 that do not claim the policy of 2.3 need no such segment.
    const bool must =
        vector["expected"]["created"] >= 1772323200000 || vector["expected"]["policyVersion"] >= 5;
    EXPECT_EQ(missing, must && !vector["hasDisclosedVendors"].get<bool>()) << vector["id"];
  }
}

TEST(IabVectorsTest, WrongTcStrings) {
  const std::map<std::string, std::string> codes = {
      {"tc-neg-0", "empty"},
      {"tc-neg-1", "not_base64url"},
      {"tc-neg-2", "not_base64url"},
      {"tc-neg-3", "truncated"},
      {"tc-neg-4", "truncated"},
      {"tc-neg-5", "version_unsupported"},
      {"tc-neg-6", "version_unsupported"},
      {"tc-neg-7", "segment_empty"},
      {"tc-neg-8", "segment_unknown"},
      {"tc-neg-9", "segment_duplicate"},
      {"tc-neg-10", "range_reversed"},
      {"tc-neg-11", "vendor_id_above_max"},
      {"tc-neg-12", "vendor_id_zero"},
      {"tc-neg-13", "truncated"},
      {"tc-neg-14", "not_service_specific"},
      {"tc-neg-15", "policy_needs_disclosed_vendors"},
      {"tc-neg-16", "policy_version_retired"},
      {"tc-neg-17", "legitimate_interest_forbidden"},
  };
  ASSERT_EQ(Vectors()["tcNegative"].size(), codes.size());
  for (const Json& vector : Vectors()["tcNegative"]) {
    const std::string id = vector["id"];
    const Json document = Decode(vector["string"], "tc");
    EXPECT_THAT(CodesOf(document), Contains(codes.at(id))) << id << document;
    const bool readable = std::stoi(id.substr(7)) >= 9 && id != "tc-neg-13";
    EXPECT_EQ(document.contains("error"), !readable) << id;
    // What it looks like changes the words, never the verdict.
    EXPECT_EQ(Decode(vector["string"]).contains("error"), !readable) << id;
  }
}

TEST(IabVectorsTest, WhatIsWrongGrantsNothing) {
  const auto vendors = [](int number) {
    const Json document = Decode(Vectors()["tcNegative"][number]["string"]);
    return document["vendorConsents"].get<std::vector<int>>();
  };
  // The reversed range 10 to 5, the entries above MaxVendorId, the id 0.
  EXPECT_THAT(vendors(12), Not(Contains(0)));
  const Json twice = Decode(Vectors()["tcNegative"][9]["string"]);
  EXPECT_THAT(twice["vendorsDisclosed"], IsEmpty());
}

TEST(IabVectorsTest, GppStringsDecode) {
  for (const Json& vector : Vectors()["gpp"]) {
    EXPECT_EQ(FieldsOf(Decode(vector["string"])), vector["expected"]) << vector["id"];
  }
  for (const Json& vector : Vectors()["gppPinned"]) {
    const Json document = Decode(vector["string"]);
    if (vector.contains("error")) {
      EXPECT_EQ(document["error"]["section"], "tcfcav1") << vector["source"];
    } else {
      EXPECT_EQ(FieldsOf(document), vector["expected"]) << vector["source"];
    }
  }
}

TEST(IabVectorsTest, GppStringsSurviveEncoding) {
  int same = 0;
  for (const Json& vector : Vectors()["gpp"]) {
    const std::string text = Encode(vector["expected"]);
    EXPECT_EQ(FieldsOf(Decode(text)), vector["expected"]) << vector["id"];
    const bool us_only =
        !vector["expected"].contains("tcfeuv2") && !vector["expected"].contains("tcfcav1");
    if (us_only) {
      EXPECT_EQ(text, vector["string"]) << vector["id"];
      ++same;
    }
  }
  EXPECT_GT(same, 60);
}

TEST(IabVectorsTest, HeadersOfBothPaddings) {
  for (const Json& vector : Vectors()["gppHeaders"]) {
    // Any text will do for the sections: the header is judged first.
    std::string sections;
    for (const Json& id : vector["sectionIds"]) {
      sections += id == 2   ? "~CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA"
                  : id == 5 ? "~BP7qygAP9_GsAGni3VENQmdypQK8gCUP0AAAAAAAAA"
                  : id == 6 ? "~1YNN"
                            : "~BVVVVVVVVVVVVVVVV";
    }
    const std::string spec = vector["spec6"].get<std::string>();
    const Json document = Decode(spec + sections);
    EXPECT_EQ(document.size() - document.contains("violations"), vector["sectionIds"].size())
        << document;
    EXPECT_EQ(FieldsOf(Decode(vector["iabgpp"].get<std::string>() + sections)), FieldsOf(document));
    EXPECT_THAT(CodesOf(Decode(spec + sections + "~1YNN")), ElementsAre("section_count"));
  }
}

// Canada's disclosed vendors hold one Fibonacci number.
TEST(IabVectorsTest, FibonacciCodes) {
  const std::string core = "BP7qygAP9_GsAGni3VENQmdypQK8gCUP0AAAAAAAAA";
  for (const Json& vector : Vectors()["fibonacci"]) {
    const std::string bits = "001" + Number(vector["n"], 16) + "1" + Number(1, 12) + "0" +
                             vector["bits"].get<std::string>();
    const Json document = Decode("DBABDA~" + core + "." + FromBits(bits));
    EXPECT_EQ(document["tcfcav1"]["DisclosedVendors"], Json::array({vector["n"]})) << vector;
    if (vector["n"] < 100) continue;  // of fewer, a bit field is shorter
    const std::string text = Encode(FieldsOf(document));
    EXPECT_THAT(ToBits(text.substr(text.rfind('.') + 1)), testing::StartsWith(bits)) << vector;
  }
}

TEST(IabVectorsTest, UsPrivacyStrings) {
  for (const Json& vector : Vectors()["usp"]) {
    const std::string text = vector["string"];
    const Json document = Decode(text, "usp");
    if (vector["expected"].is_null()) {
      EXPECT_THAT(CodesOf(document), ElementsAre("us_privacy_form")) << text;
      EXPECT_TRUE(Decode(text).contains("error"));
      continue;
    }
    EXPECT_EQ(Decode(text), vector["expected"]) << text;
    EXPECT_EQ(Encode(vector["expected"]), text);
  }
}

TEST(IabVectorsTest, AdditionalConsentStrings) {
  for (const Json& vector : Vectors()["acString"]) {
    const std::string text = vector["string"];
    if (vector["expected"].is_null()) {
      EXPECT_THAT(CodesOf(Decode(text, "ac")), ElementsAre("additional_consent_form")) << text;
      EXPECT_TRUE(Decode(text).contains("error"));
      continue;
    }
    EXPECT_EQ(Decode(text), vector["expected"]) << text;
    EXPECT_EQ(Encode(vector["expected"]), text);
  }
}

waymark::LegalBasis BasisOf(const std::string& name) {
  if (name == "consent") return waymark::LegalBasis::kConsent;
  return name == "li" ? waymark::LegalBasis::kLegitimateInterest : waymark::LegalBasis::kNone;
}

TEST(IabVectorsTest, LegalBasis) {
  for (const Json& row : Vectors()["legalBasis"]) {
    const waymark::Declaration declared = {BasisOf(row["declared"]), row["flexible"]};
    const int restriction =
        row["restriction"].is_null() ? waymark::kNoRestriction : row["restriction"].get<int>();
    EXPECT_EQ(BasisToCheck(declared, restriction), BasisOf(row["check"])) << row;
  }
}

// The letters of gpp_layouts.cc say what gpp_layouts.json says.
TEST(IabVectorsTest, LayoutsOfTheUnitedStates) {
  int sections = 0;
  const Json layouts = GppLayouts();
  for (const auto& [prefix, layout] : layouts.items()) {
    const waymark::UsLayout* ours = waymark::FindUsLayout(layout["id"].get<int>());
    EXPECT_EQ(waymark::GppPrefix(layout["id"]), prefix);
    if (!ours) continue;
    ++sections;
    waymark::UsFields field(*ours);
    int subsection = 0;
    for (const Json& segment : layout["segments"]) {
      for (const Json& wanted : segment["fields"]) {
        ASSERT_TRUE(field.Next());
        EXPECT_EQ(waymark::UsFieldName(field.letter()), wanted["name"].get<std::string>());
        EXPECT_EQ(field.bits(), wanted["bits"]);
        EXPECT_EQ(field.count(), wanted.value("count", 1));
        EXPECT_EQ(field.is_list(), wanted.contains("count"));
        EXPECT_EQ(field.subsection(), subsection);
      }
      ++subsection;
    }
    EXPECT_FALSE(field.Next());
  }
  EXPECT_EQ(sections, 21);
}

TEST(IabVectorsTest, KeysOfApps) {
  int compared = 0;
  for (const Json& vector : Vectors()["tc"]) {
    if (!vector.contains("inApp")) continue;
    EXPECT_EQ(KeysOf(vector["string"]), vector["inApp"]) << vector["id"];
    ++compared;
  }
  EXPECT_EQ(compared, 20);
}

TEST(IabVectorsTest, ConsentModeGcs) {
  for (Json row : Vectors()["gcs"]) {
    const std::string gcs = row["gcs"];
    row.erase("gcs");
    const Json result = Ask({{"query", "consent_mode"}, {"types", row}})["result"];
    EXPECT_EQ(result["gcs"], gcs);
    EXPECT_EQ(result["types"].size(), 7u);
    EXPECT_EQ(result["types"]["ad_storage"], row["ad_storage"]);
    EXPECT_EQ(result["types"]["ad_user_data"], "denied");
  }
}

}  // namespace
}  // namespace waymark_test
