// Forgetting and withdrawing among several tabs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_host.h"

namespace waymark_test {
namespace {

// Another tab has put the record down.
void Hear(FakeHost& host, const std::string& record) {
  host.store["consent/record"] = record;
  host.Send({{"type", "store_changed"},
             {"key", "consent/record"},
             {"value", {{"offset", 0}, {"size", record.size()}}}},
            record);
  host.Settle();
}

std::string Forgetting(int generation) {
  return R"({"version":1,"revision":"2026-11-01","generation":)" + std::to_string(generation) +
         R"(,"time_ms":0,"choices":{},"forgetting":true})";
}

TEST(ForgetTest, WhoIsToldToForgetByTabsThatCountAlikeForgetsEachTime) {
  FakeHost host;
  Hear(host, Forgetting(2));
  Hear(host, Forgetting(1));  // of a tab that had not heard of the first
  const int generation = host.View()["consent"]["generation"];
  host.Track("a");
  Hear(host, Forgetting(1));  // the same once more
  EXPECT_EQ(host.View()["queue"]["held"], 1);
  Hear(host, Forgetting(generation));
  EXPECT_EQ(host.View()["queue"]["held"], 0);
}

TEST(ForgetTest, WhatATabWroteThatNeverHeardOfAWithdrawalGoesAtTheNextStart) {
  FakeHost host;
  host.SetConsent({{"analytics", "granted"}});
  host.network = [](const Request&) { return Answer{503, "", ""}; };
  host.Track("xxxx");
  host.Settle();
  const auto written = host.store;
  host.SetConsent({{"analytics", "denied"}});
  host.Settle();
  EXPECT_EQ(host.store.size(), 1u);
  for (const auto& [key, value] : written) host.store.emplace(key, value);
  host.Restart();
  host.Settle();
  EXPECT_EQ(host.store.size(), 1u);
}

}  // namespace
}  // namespace waymark_test
