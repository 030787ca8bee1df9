// Personal data in texts goes before anything is kept, wherever the call brings it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Json DetectorConfig() {
  Json config = ShopConfig();
  config["privacy"] = {{"redact", {"email", "phone"}}, {"drop", {"card"}}, {"hash", {"iban"}}};
  return config;
}

std::string All(const FakeHost& host) {
  std::string all;
  for (const auto& [key, value] : host.store) all += key + value;
  for (const Request& request : host.requests) all += request.url + request.json.dump();
  for (const Json& effect : host.effects) all += effect.dump();
  for (const Json& problem : host.problems) all += problem.dump();
  return all;
}

TEST(EngineDetectorsTest, NothingOfItIsStoredOrSent) {
  FakeHost host(DetectorConfig());
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.Send({{"type", "set_context"},
             {"context",
              {{"page", {{"url", "https://x.de/?m=ann%40x.de"}, {"title", "Mail of ann@x.de"}}}}}});
  host.Track("note_written",
             {{"text", "I am ann@x.de"}, {"deep", {{{"card", "4111111111111111"}}}}});
  host.Send({{"type", "page"}, {"name", "Inbox of ann@x.de"}, {"context", {{"tab", "ann@x.de"}}}});
  host.Advance(5'000);
  const std::vector<Json> events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["properties"],
            Json({{"text", "I am redacted-email"}, {"deep", {Json::object()}}}));
  EXPECT_EQ(events[0]["context"]["page"]["url"], "https://x.de/?m=redacted-email");
  EXPECT_EQ(events[0]["context"]["page"]["title"], "Mail of redacted-email");
  EXPECT_EQ(events[1]["name"], "Inbox of redacted-email");
  EXPECT_EQ(events[1]["context"]["tab"], "redacted-email");
  EXPECT_THAT(All(host), Not(HasSubstr("ann@x.de")));
  EXPECT_THAT(All(host), Not(HasSubstr("ann%40x.de")));
  EXPECT_THAT(All(host), Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(host.View()["redactions"], Json({{"email", 5}, {"card", 1}}));
}

TEST(EngineDetectorsTest, WhatWaitsForAnAnswerHasBeenCleared) {
  FakeHost host(DetectorConfig());
  host.Track("note_written", {{"text", "ann@x.de"}});
  EXPECT_EQ(host.View()["queue"]["held"], 1);
  EXPECT_EQ(host.View()["redactions"], Json({{"email", 1}}));
  host.SetConsent({{"analytics", "granted"}});
  host.Advance(5'000);
  ASSERT_EQ(host.Delivered("segment").size(), 1u);
  EXPECT_EQ(host.Delivered("segment")[0]["properties"]["text"], "redacted-email");
  EXPECT_EQ(host.View()["redactions"], Json({{"email", 1}}));
}

TEST(EngineDetectorsTest, WhatNobodyMayHaveIsNotLookedAt) {
  FakeHost host(DetectorConfig());
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  host.Track("note_written", {{"text", "ann@x.de"}});
  EXPECT_EQ(host.View()["redactions"], Json::object());
}

TEST(EngineDetectorsTest, ContactDataOfTraitsIsTheRulesOfFields) {
  Json config = DetectorConfig();
  config["fields"] = {
      {{"path", "/properties/mail"}, {"needs", {"analytics"}}, {"otherwise", "drop"}}};
  FakeHost host(config);
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
  host.Identify("u-1", {{"email", "ann@x.de"}, {"second", "ann@x.de"}});
  host.Track("a", {{"mail", "ann@x.de"}, {"other", "ann@x.de"}});
  host.Advance(5'000);
  const std::vector<Json> events = host.Delivered("segment");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["traits"]["email"].get<std::string>().size(), 64u);
  EXPECT_EQ(events[0]["traits"]["second"], "redacted-email");
  EXPECT_EQ(events[1]["properties"], Json({{"mail", "ann@x.de"}, {"other", "redacted-email"}}));
}

TEST(EngineDetectorsTest, ARuleThatCannotBeIsRefusedByItsPlace) {
  Json config = ShopConfig();
  config["privacy"] = {{"redact", {"email"}}, {"drop", {"card", "email"}}};
  config["privacy"]["patterns"] = {{{"id", "card"}, {"pattern", "9{2}"}}};
  FakeHost host(config);
  const Json problems = host.Send({{"type", "wake"}})["problems"];
  ASSERT_EQ(problems.size(), 3u) << problems;
  EXPECT_EQ(problems[0]["pointer"], "/privacy/drop/1");
  EXPECT_EQ(problems[1]["pointer"], "/privacy/patterns/0/id");
  EXPECT_EQ(problems[2]["pointer"], "/privacy/patterns/0/pattern");
  config["privacy"] = {{"redact", {"e-mail"}}, {"patterns", {{{"id", "x"}}}}};
  FakeHost other(config);
  const Json found = other.Send({{"type", "wake"}})["problems"];
  ASSERT_EQ(found.size(), 2u) << found;
  EXPECT_EQ(found[0]["pointer"], "/privacy/redact/0");
  EXPECT_EQ(found[1]["pointer"], "/privacy/patterns/0/pattern");
}

}  // namespace
}  // namespace waymark_test
