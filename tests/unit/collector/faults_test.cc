// What is the same for all protocols when no answer comes, or one that asks for patience. What each
// status and each partial failure means stands in the tests of the protocols.
#include <gtest/gtest.h>

#include <set>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

struct Form {
  const char* protocol;
  const char* options;
  bool removes_doubles = true;
};

constexpr Form kForms[] = {
    {"amplitude", R"({"api_key":"K"})"},
    {"amplitude", R"({"api_key":"K","api":"batch"})"},
    {"cloudevents", "{}"},
    {"cloudevents", R"({"batch":false})"},
    {"ga4", R"({"measurement_id":"G-X"})", false},
    {"generic", R"({"event":{"e":{"$":"/name"}}})"},
    {"generic", R"({"event":{"e":{"$":"/name"}},"batch":"single","unanswered":"leave"})", false},
    {"jitsu", R"({"write_key":"k:s"})"},
    {"matomo", R"({"site_id":1})", false},
    {"mixpanel", R"({"token":"T"})"},
    {"mixpanel", R"({"token":"T","api":"import","project_id":1,"username":"u","secret":"s"})"},
    {"otlp", "{}"},
    {"otlp", R"({"encoding":"protobuf"})"},
    {"plausible", R"({"domain":"d"})", false},
    {"posthog", R"({"api_key":"K"})"},
    {"posthog", R"({"api_key":"K","version":"v1"})"},
    {"rudderstack", R"({"write_key":"K"})"},
    {"segment", R"({"write_key":"K"})"},
    {"snowplow", "{}"},
    {"snowplow", R"({"method":"get"})"},
    {"umami", R"({"website_id":"9c1a2f6e-3b7d-4a58-8f0e-5d6c7b8a9012"})", false},
};

class FaultsTest : public testing::TestWithParam<Form> {
 protected:
  std::string FateAfter(const Answer& answer) {
    return Fates(GetParam().protocol, Json::parse(GetParam().options), answer, 1);
  }
};

TEST_P(FaultsTest, WhatNeverGotThereGoesLater) { EXPECT_EQ(FateAfter({0, "network"}), "later 1"); }

TEST_P(FaultsTest, WithoutAnAnswerOnlyWhoRemovesDoublesGetsItAgain) {
  EXPECT_EQ(FateAfter({0, "timeout"}), GetParam().removes_doubles ? "later 1" : "unanswered 1");
}

TEST_P(FaultsTest, ASuccessWithABodyThatNobodyCanReadIsASuccess) {
  for (const char* body : {"", "<html>", "{", "[1]", "null"}) {
    EXPECT_EQ(FateAfter({200, "", "", body}), "acknowledged 1") << body;
  }
}

TEST_P(FaultsTest, WhoAsksForPatienceGetsIt) {
  for (const int status : {429, 503}) {
    FakeHost host(OneCollector(GetParam().protocol, Json::parse(GetParam().options)));
    host.network = [&](const Request&) {
      return host.requests.empty() ? Answer{status, "", "100"} : Answer();
    };
    host.Track("a");
    host.Advance(99'000);
    EXPECT_EQ(host.requests.size(), 1u) << status;
    host.Advance(10'000);
    EXPECT_EQ(host.requests.size(), 2u) << status;
    EXPECT_EQ(host.View()["collectors"]["c"]["acknowledged"], 1) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, FaultsTest, testing::ValuesIn(kForms), [](const auto& info) {
  return std::string(info.param.protocol) + "_" + std::to_string(info.index);
});

TEST(FaultFormsTest, NoProtocolIsLeftOut) {
  std::set<std::string> tried;
  for (const Form& form : kForms) tried.insert(form.protocol);
  std::set<std::string> there;
  for (size_t i = 0; i < waymark::kProtocolCount; ++i) there.insert(waymark::kProtocols[i].name);
  EXPECT_EQ(tried, there);
}

}  // namespace
}  // namespace waymark_test
