// Cases that the vectors do not have: the header form of sections 24 to 27, the versions of usnat,
// restrictions, what grants nothing, and what is too much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "consent/iab/legal_basis.h"
#include "unit/iab/iab_fixture.h"

namespace waymark_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// The header of a GPP string with one section, without groups.
std::string Header(const std::string& fibonacci) {
  return FromBits(Number(3, 6) + Number(1, 6) + Number(1, 12) + "0" + fibonacci);
}

// A section's own header. Which Fibonacci code stands for the core's id 0 is not defined; readers
// have to pass over it.
std::string OwnHeader(int id, int version = 1) {
  return FromBits(Number(id, 6) + Number(version, 6) + Number(1, 12) + "11" + "11");
}

TEST(IabCasesTest, SectionsWithAHeaderOfTheirOwn) {
  for (const Json& vector : Vectors()["gpp"]) {
    if (vector["sectionIds"].size() != 1 || vector["sectionIds"][0] < 24) continue;
    const std::string prefix = vector["expected"].items().begin().key();
    const std::string text = vector["string"];
    const std::string section = text.substr(text.find('~') + 1);
    const std::string own = OwnHeader(vector["sectionIds"][0]);
    const Json document = Decode(text.substr(0, text.find('~')) + "~" + own + "." + section);
    EXPECT_EQ(document, vector["expected"]) << vector["id"];
    // Without the optional sub-section, too.
    const Json core = Decode(text.substr(0, text.find('~')) + "~" + own + "." +
                             section.substr(0, section.find('.')));
    EXPECT_EQ(core[prefix]["SaleOptOut"], vector["expected"][prefix]["SaleOptOut"]);
    EXPECT_EQ(CodesOf(core), std::set<std::string>{});
  }
}

TEST(IabCasesTest, AHeaderOfAnotherSectionIsAnError) {
  for (const Json& vector : Vectors()["gpp"]) {
    if (vector["sectionIds"] != Json({24})) continue;
    const std::string text = vector["string"];
    const std::string head = text.substr(0, text.find('~'));
    const std::string section = text.substr(text.find('~') + 1);
    EXPECT_THAT(CodesOf(Decode(head + "~" + OwnHeader(25) + "." + section)),
                ElementsAre("section_id_mismatch"));
    EXPECT_THAT(CodesOf(Decode(head + "~" + OwnHeader(24))), ElementsAre("truncated"));
    EXPECT_THAT(CodesOf(Decode(head + "~" + OwnHeader(24, 2) + "." + section)),
                Contains("section_version"));
  }
}

std::string UsNat(int version, const std::string& values) {
  return "DBABLA~" + FromBits(Number(version, 6) + values);
}

TEST(IabCasesTest, UsNatVersion1InSixtyBitsAndInSixtySix) {
  std::string values;
  for (int i = 0; i < 27; ++i) values += i % 3 == 0 ? "01" : i % 3 == 1 ? "10" : "00";
  values.replace(48, 2, "01");  // MspaCoveredTransaction
  for (const std::string& padding : {"", "000000"}) {
    const Json usnat = Decode(UsNat(1, values + padding))["usnat"];
    EXPECT_EQ(usnat["Version"], 1);
    EXPECT_EQ(usnat["SharingNotice"], 1);
    EXPECT_EQ(usnat["SensitiveDataProcessing"].size(), 12u);
    EXPECT_EQ(usnat["SensitiveDataProcessing"][0], 1);
    EXPECT_EQ(usnat["SensitiveDataProcessing"][1], 2);
    EXPECT_EQ(usnat["KnownChildSensitiveDataConsents"], Json({1, 2}));
    EXPECT_EQ(usnat["PersonalDataConsents"], 0);
    EXPECT_EQ(usnat["MspaCoveredTransaction"], 1);
    EXPECT_EQ(usnat["MspaServiceProviderMode"], 0);
  }
  // What claims version 2 and has no more than these bits is read as they stand, and filled.
  const Json filled = Decode(UsNat(2, values + "000000"))["usnat"];
  EXPECT_EQ(filled["SensitiveDataProcessing"].size(), 16u);
  EXPECT_EQ(filled["KnownChildSensitiveDataConsents"], Json({1, 2, 0}));
  EXPECT_EQ(filled["MspaCoveredTransaction"], 1);
}

TEST(IabCasesTest, UsNatPinsOfItsOwnTests) {
  const Json first = Decode("DBABLA~BAAAVVVVUQA.QA")["usnat"];
  EXPECT_EQ(first["Version"], 1);
  EXPECT_EQ(first["SensitiveDataProcessing"], Json(std::vector<int>(12, 1)));
  const Json second = Decode("DBABLA~CAAAVVVVVVRA.QA")["usnat"];
  EXPECT_EQ(second["SensitiveDataProcessing"], Json(std::vector<int>(16, 1)));
  EXPECT_EQ(Decode("DBABLA~CVVVkkkkkpFY.YA")["usnat"]["Gpc"], true);
  const Json several = Decode("DBADLO8~BSJgmkoZJSA.YA~BSFgmiU~BWJYJllA~BSFgmSZQ.YA");
  for (const char* prefix : {"usnat", "usva", "usut", "usct"})
    EXPECT_TRUE(several.contains(prefix));
  for (const char* text : {"BAAAVVVVUQA.QA", "CAAAVVVVVVRA.QA", "CVVVkkkkkpFY.YA"}) {
    const Json document = Decode(std::string("DBABLA~") + text);
    EXPECT_EQ(Encode(FieldsOf(document)), std::string("DBABLA~") + text);
  }
}

TEST(IabCasesTest, ABareTcStringIsSectionTwo) {
  const std::string text = Vectors()["tcPinned"][0]["string"];
  EXPECT_EQ(Decode(text, "gpp")["tcfeuv2"]["CmpId"], 880);
}

TEST(IabCasesTest, SectionsThatNobodyKnowsAreNamedAndPassedOver) {
  // 28 = 21 + 5 + 2 in Fibonacci.
  const Json document = Decode(Header("01010011") + "~anything.at all");
  EXPECT_THAT(CodesOf(document), ElementsAre("section_unknown"));
  EXPECT_EQ(document["violations"][0]["section"], "28");
  EXPECT_THAT(CodesOf(Decode(Header("11") + "~BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA")),
              ElementsAre("section_dead"));
}

TEST(IabCasesTest, CanadaInTheCodeOfOldLibraries) {
  // The core of a library before 3.2: the range [100, 700 to 710] with fixed numbers.
  const std::string core = ToBits("BP7qygAP9_GsAGni3VENQmdypQK8gCUP0AAAAAAAAA").substr(0, 199);
  const std::string vendors = Number(710, 16) + "1" + Number(2, 12) + "0" + Number(100, 16) + "1" +
                              Number(700, 16) + Number(710, 16);
  const std::string none = Number(0, 16) + "0";
  const std::string text = FromBits(core + vendors + none + Number(0, 12));
  const Json document = Decode("DBABDA~" + text);
  EXPECT_THAT(CodesOf(document), Contains("legacy_ranges"));
  EXPECT_EQ(document["tcfcav1"]["VendorExpressConsent"],
            Json({100, 700, 701, 702, 703, 704, 705, 706, 707, 708, 709, 710}));
  // What is written again is written as it is written now.
  EXPECT_THAT(CodesOf(Decode(Encode(FieldsOf(document)))), IsEmpty());
}

// A document that all cases below begin with.
Json Plain() {
  Json document = Vectors()["tcPinned"][0]["expected"];
  document["created"] = document["lastUpdated"] = 1772323200000;
  document["policyVersion"] = 5;
  return document;
}

TEST(IabCasesTest, AStringByTheRulesHasNoViolation) {
  EXPECT_THAT(CodesOf(Decode(Encode(Plain()))), IsEmpty());
}

TEST(IabCasesTest, OnlyACmpMakesStrings) {
  for (const int id : {0, 1}) {
    Json document = Plain();
    document["cmpId"] = id;
    const Json problem = Ask({{"query", "iab_encode"}, {"document", document}})["problems"][0];
    EXPECT_EQ(problem["pointer"], "/cmpId");
    EXPECT_THAT(problem["allowed"].get<std::string>(), testing::HasSubstr("registered CMP"));
  }
}

TEST(IabCasesTest, RestrictionsAreOrderedAndJoined) {
  Json document = Plain();
  document["publisherRestrictions"] = {
      {{"purposeId", 7}, {"restrictionType", 1}, {"vendors", {9, 7, 7, 8, 20}}},
      {{"purposeId", 2}, {"restrictionType", 0}, {"vendors", {3}}},
      {{"purposeId", 7}, {"restrictionType", 1}, {"vendors", {10}}}};
  EXPECT_EQ(Decode(Encode(document))["publisherRestrictions"],
            Json({{{"purposeId", 2}, {"restrictionType", 0}, {"vendors", {3}}},
                  {{"purposeId", 7}, {"restrictionType", 1}, {"vendors", {7, 8, 9, 10, 20}}}}));
}

// The bits of a core up to its vendors, whatever these are.
std::string CoreBits() { return ToBits(Encode(Plain())).substr(0, 213); }

std::string NoVendors() { return Number(0, 16) + "0"; }

TEST(IabCasesTest, ARestrictionThatStandsTheWrongWayRoundRestrictsAllTheSame) {
  const std::string restrictions =
      Number(1, 12) + Number(2, 6) + "00" + Number(1, 12) + "1" + Number(8, 16) + Number(5, 16);
  const Json document = Decode(FromBits(CoreBits() + NoVendors() + NoVendors() + restrictions));
  EXPECT_EQ(document["publisherRestrictions"][0]["vendors"], Json({5, 6, 7, 8}));
  EXPECT_THAT(CodesOf(document), Contains("range_reversed"));
}

TEST(IabCasesTest, AReversedRangeOfVendorsGrantsNothing) {
  const std::string vendors = Number(9, 16) + "1" + Number(2, 12) + "1" + Number(8, 16) +
                              Number(5, 16) + "0" + Number(2, 16);
  const Json document = Decode(FromBits(CoreBits() + vendors + NoVendors() + Number(0, 12)));
  EXPECT_EQ(document["vendorConsents"], Json({2}));
  EXPECT_THAT(CodesOf(document), Contains("range_reversed"));
}

TEST(IabCasesTest, VendorsAboveTheMaximumGrantNothing) {
  const std::string vendors = Number(9, 16) + "1" + Number(2, 12) + "1" + Number(8, 16) +
                              Number(65535, 16) + "0" + Number(400, 16);
  const Json document = Decode(FromBits(CoreBits() + vendors + NoVendors() + Number(0, 12)));
  EXPECT_EQ(document["vendorConsents"], Json({8, 9}));
  EXPECT_THAT(CodesOf(document), Contains("vendor_id_above_max"));
}

TEST(IabCasesTest, PaddingThatIsNone) {
  const std::string core = CoreBits() + NoVendors() + NoVendors() + Number(0, 12);
  EXPECT_THAT(CodesOf(Decode(FromBits(core + "1"))), Contains("padding_not_zero"));
  EXPECT_THAT(CodesOf(Decode(FromBits(core + Number(0, 40)))), Contains("padding_too_long"));
  EXPECT_THAT(CodesOf(Decode(FromBits(CoreBits() + NoVendors() + NoVendors()))),
              Contains("restrictions_missing"));
}

TEST(IabCasesTest, WhatTheRulesSayOfAStringThatCanBeRead) {
  const auto codes = [](const char* field, const Json& value) {
    Json document = Plain();
    document[field] = value;
    return CodesOf(Decode(Encode(document)));
  };
  EXPECT_THAT(codes("isServiceSpecific", false), ElementsAre("not_service_specific"));
  EXPECT_THAT(codes("purposeLegitimateInterests", {2, 3}),
              ElementsAre("legitimate_interest_forbidden"));
  EXPECT_THAT(codes("purposeLegitimateInterests", {2, 7, 8, 9, 10, 11}), IsEmpty());
  EXPECT_THAT(codes("policyVersion", 3), ElementsAre("policy_version_retired"));
  EXPECT_THAT(codes("created", 1772236800000), ElementsAre("times_differ"));
  const Json third = {{{"purposeId", 2}, {"restrictionType", 3}, {"vendors", {5}}}};
  EXPECT_THAT(codes("publisherRestrictions", third), ElementsAre("restriction_type_undefined"));
  const Json two = {{{"purposeId", 2}, {"restrictionType", 1}, {"vendors", {4, 5, 6}}},
                    {{"purposeId", 2}, {"restrictionType", 2}, {"vendors", {1, 6}}}};
  EXPECT_THAT(codes("publisherRestrictions", two), ElementsAre("restrictions_contradict"));
  const Json interest = {{{"purposeId", 3}, {"restrictionType", 2}, {"vendors", {5}}}};
  EXPECT_THAT(codes("publisherRestrictions", interest),
              ElementsAre("legitimate_interest_forbidden"));
}

TEST(IabCasesTest, DisclosedVendorsCountByTheDayOfCreation) {
  const auto codes = [](int64_t created, int policy) {
    Json document = Plain();
    document["created"] = document["lastUpdated"] = created;
    document["policyVersion"] = policy;
    const std::string text = Encode(document);
    return CodesOf(Decode(text.substr(0, text.find('.'))));
  };
  EXPECT_THAT(codes(1772323200000, 4), ElementsAre("disclosed_vendors_missing"));
  EXPECT_THAT(codes(1772236800000, 4), IsEmpty());
  EXPECT_THAT(codes(1772236800000, 5), ElementsAre("policy_needs_disclosed_vendors"));
}

TEST(IabCasesTest, ErrorsSayWhere) {
  const Json error = Decode("CP3tAUAP3t+UAAfKABENB-FoAMIAAAIAAAYgBAwA")["error"];
  EXPECT_EQ(error["code"], "not_base64url");
  EXPECT_EQ(error["at"], 10);
  EXPECT_FALSE(error["rule"].get<std::string>().empty());
  const Json cut = Decode("CP3tAUAP3t")["error"];
  EXPECT_EQ(cut["field"], "lastUpdated");
  const Json section = Decode("DBABLA~CaFRqAh")["error"];
  EXPECT_EQ(section["section"], "usnat");
  EXPECT_EQ(section["at"], 14);
  // What a whole section violates is said of its beginning.
  EXPECT_EQ(Decode("DBABLA~DaFRqAhZEQFY.QA")["violations"][0]["at"], 7);
}

TEST(IabCasesTest, WideRestrictionsAreReadAndNotListedWithoutEnd) {
  // Each of 24 purposes, of three types, for all 65,535 vendors: 4.7 million ids.
  std::string restrictions = Number(72, 12);
  for (int i = 0; i < 72; ++i) {
    restrictions += Number(1 + i / 3, 6) + Number(i % 3, 2) + Number(1, 12) + "1" + Number(1, 16) +
                    Number(65535, 16);
  }
  const std::string text = FromBits(CoreBits() + NoVendors() + NoVendors() + restrictions);
  EXPECT_THAT(CodesOf(Decode(text)), ElementsAre("too_many_ids"));
  waymark::IabFindings findings;
  const waymark::TcString tc = waymark::DecodeTc(text, 0, waymark::TcForm::kString, &findings);
  EXPECT_FALSE(findings.failed());
  EXPECT_EQ(tc.restrictions.size(), 72u);
  EXPECT_EQ(waymark::RestrictionOf(tc, 65535, 24), 0);
}

TEST(IabCasesTest, TextsHaveABound) {
  EXPECT_THAT(CodesOf(Decode("C" + std::string(131'072, 'A'))), ElementsAre("too_long"));
  EXPECT_THAT(CodesOf(Decode("D" + std::string(131'072, '~'))), ElementsAre("too_long"));
  EXPECT_THAT(CodesOf(Decode("2~" + std::string(131'072, '1'))), ElementsAre("too_long"));
  EXPECT_TRUE(Decode("DBAA" + std::string(100'000, '~')).contains("error"));
}

waymark::TcString Tc(const Json& document) {
  waymark::IabFindings findings;
  return waymark::DecodeTc(Encode(document), 0, waymark::TcForm::kString, &findings);
}

TEST(IabCasesTest, MayProcess) {
  using waymark::Declaration;
  using waymark::LegalBasis;
  const Declaration consent = {LegalBasis::kConsent, true};
  const Declaration interest = {LegalBasis::kLegitimateInterest, false};
  Json document = Plain();
  document["purposeConsents"] = {1, 2, 3};
  document["purposeLegitimateInterests"] = {2, 3};
  document["vendorConsents"] = {1, 2};
  document["vendorLegitimateInterests"] = {1, 2, 3};
  document["vendorsDisclosed"] = {1, 2, 3};
  EXPECT_EQ(MayProcess(Tc(document), 1, 1, consent), LegalBasis::kConsent);
  EXPECT_EQ(MayProcess(Tc(document), 1, 4, consent), LegalBasis::kNone);
  EXPECT_EQ(MayProcess(Tc(document), 3, 2, consent), LegalBasis::kNone);
  EXPECT_EQ(MayProcess(Tc(document), 3, 2, interest), LegalBasis::kLegitimateInterest);
  EXPECT_EQ(MayProcess(Tc(document), 3, 3, interest), LegalBasis::kNone) << "never for 3 to 6";
  EXPECT_EQ(MayProcess(Tc(document), 0, 1, consent), LegalBasis::kNone);
  EXPECT_EQ(MayProcess(Tc(document), 1, 25, consent), LegalBasis::kNone);
  Json undisclosed = document;
  undisclosed["vendorsDisclosed"] = {2, 3};
  EXPECT_EQ(MayProcess(Tc(undisclosed), 1, 1, consent), LegalBasis::kNone);
  Json global = document;
  global["isServiceSpecific"] = false;
  EXPECT_EQ(MayProcess(Tc(global), 1, 1, consent), LegalBasis::kNone);
  waymark::TcString undisclosing = Tc(document);
  undisclosing.has_disclosed = false;  // created on 2026-03-01
  EXPECT_EQ(MayProcess(undisclosing, 1, 1, consent), LegalBasis::kNone);
  undisclosing.created_ms -= 1000;
  EXPECT_EQ(MayProcess(undisclosing, 1, 1, consent), LegalBasis::kConsent);
  waymark::TcString old_policy = Tc(document);
  old_policy.policy_version = 3;
  EXPECT_EQ(MayProcess(old_policy, 1, 1, consent), LegalBasis::kNone);
  Json restricted = document;
  restricted["publisherRestrictions"] = {
      {{"purposeId", 2}, {"restrictionType", 2}, {"vendors", {1}}},
      {{"purposeId", 1}, {"restrictionType", 3}, {"vendors", {1}}}};
  EXPECT_EQ(MayProcess(Tc(restricted), 1, 2, consent), LegalBasis::kLegitimateInterest);
  EXPECT_EQ(MayProcess(Tc(restricted), 1, 1, consent), LegalBasis::kNone);
}

TEST(IabCasesTest, AdditionalConsentThatIsNone) {
  for (const char* text : {"2~1", "2~1~", "2~1~dv", "2~1.~dv.", "2~.1~dv.", "2~1..2~dv.", "2~0~dv.",
                           "2~1~dv.1~", "3~1~dv.", "1~1~dv.", "2~99999999999~dv."}) {
    EXPECT_THAT(CodesOf(Decode(text, "ac")), ElementsAre("additional_consent_form")) << text;
  }
}

TEST(IabCasesTest, DocumentsThatMakeNoString) {
  const auto pointer = [](const Json& document) {
    const Json answer = Ask({{"query", "iab_encode"}, {"document", document}});
    EXPECT_FALSE(answer.contains("result"));
    return answer["problems"].empty() ? "none"
                                      : answer["problems"][0]["pointer"].get<std::string>();
  };
  EXPECT_EQ(pointer(3), "");
  EXPECT_EQ(pointer({{"cmp", 3}}), "/cmp");
  EXPECT_EQ(pointer({{"usva", {{"Version", 1}}}}), "/usva/SharingNotice");
  EXPECT_EQ(pointer({{"notice", "X"}, {"optOutSale", "N"}, {"lspa", "N"}}), "/notice");
  EXPECT_EQ(pointer({{"consented", {0}}}), "/consented");
  Json document = Plain();
  document["vendorConsents"] = {65536};
  EXPECT_EQ(pointer(document), "/vendorConsents");
  document = Plain();
  document["publisherRestrictions"] = {
      {{"purposeId", 2}, {"restrictionType", 4}, {"vendors", {1}}}};
  EXPECT_EQ(pointer(document), "/publisherRestrictions/0/restrictionType");
  document = Plain();
  document["consentLanguage"] = "e1";
  EXPECT_EQ(pointer(document), "/consentLanguage");
}

TEST(IabCasesTest, KeysOfAGppString) {
  const Json keys = KeysOf("DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN");
  EXPECT_EQ(keys["IABGPP_HDR_Version"], "1");
  EXPECT_EQ(keys["IABGPP_HDR_Sections"], "2_6");
  EXPECT_EQ(keys["IABGPP_2_TCString"], "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA");
  EXPECT_EQ(keys["IABGPP_TCFEU2_CmpSdkID"], 31);
  EXPECT_EQ(keys["IABGPP_6_String"], "1YNN");
  EXPECT_EQ(keys["IABGPP_USP1_Notice"], "Y");
  const Json nation = KeysOf("DBABLA~CaFRqAhZEQFY.QA");
  EXPECT_EQ(nation["IABGPP_USNAT_Version"], 2);
  EXPECT_EQ(nation["IABGPP_USNAT_SensitiveDataProcessing"], "2_2_2_0_0_0_2_0_1_1_2_1_0_1_0_1");
  EXPECT_EQ(nation["IABGPP_USNAT_Gpc"], 0);
  EXPECT_FALSE(KeysOf("DBABLA~CaFRqAhZEQFY").contains("IABGPP_USNAT_Gpc"));
  const Json canada = KeysOf(Vectors()["gpp"][2]["string"]);
  EXPECT_EQ(canada["IABGPP_TCFCAV1_Created"], 1710720000000);
  EXPECT_EQ(canada["IABGPP_TCFCAV1_SpecialFeatureExpressConsent"], "1_4_6_8_11");
}

TEST(IabCasesTest, KeysDoNotTellOnWhatIsNotAllowed) {
  Json document = Plain();
  document["purposeLegitimateInterests"] = {1, 2, 3, 6};
  document["publisherRestrictions"] = {
      {{"purposeId", 2}, {"restrictionType", 1}, {"vendors", {2, 3}}},
      {{"purposeId", 2}, {"restrictionType", 2}, {"vendors", {3}}},
      {{"purposeId", 9}, {"restrictionType", 3}, {"vendors", {5}}}};
  const Json keys = KeysOf(Encode(document));
  EXPECT_EQ(keys["IABTCF_PurposeLegitimateInterests"], "01");
  EXPECT_EQ(keys["IABTCF_PublisherRestrictions2"], "_10__");
  EXPECT_EQ(keys["IABTCF_PublisherRestrictions9"], "____0");
  EXPECT_EQ(Ask({{"query", "iab_keys"}, {"text", "1YNN"}})["problems"][0]["pointer"], "/text");
}

TEST(IabCasesTest, ConsentModeRefusesWhatItDoesNotKnow) {
  const auto pointer = [](const Json& types) {
    const Json answer = Ask({{"query", "consent_mode"}, {"types", types}});
    return answer["problems"].empty() ? "none"
                                      : answer["problems"][0]["pointer"].get<std::string>();
  };
  EXPECT_EQ(pointer({{"ad_storage", "granted"}}), "none");
  EXPECT_EQ(pointer({{"ad_storage", true}}), "/types/ad_storage");
  EXPECT_EQ(pointer({{"ads", "granted"}}), "/types/ads");
}

// Codes are fixed, and what they mean can be looked up.
TEST(IabCasesTest, TheDocsNameEveryCode) {
  std::ifstream file(WAYMARK_DOCS "/iab.md");
  const std::string docs((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const int last = static_cast<int>(waymark::IabFault::kSubsectionExtra);
  std::set<std::string> codes;
  for (int i = 1; i <= last; ++i) {
    const waymark::IabFault fault = static_cast<waymark::IabFault>(i);
    const std::string code(CodeOf(fault));
    EXPECT_TRUE(codes.insert(code).second) << code;
    EXPECT_THAT(docs,
                testing::HasSubstr("| `" + code + "` | " + std::string(RuleOf(fault)) + " |"));
    const bool violation = fault >= waymark::kFirstViolation;
    EXPECT_EQ(violation, docs.find("| `" + code) > docs.find("## Violations")) << code;
  }
}

}  // namespace
}  // namespace waymark_test
