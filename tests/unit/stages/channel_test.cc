// By which channel somebody came.
#include "journey/channel.h"

#include <gtest/gtest.h>

#include <string>

namespace waymark {
namespace {

struct Row {
  const char* url;
  const char* referrer;
  const char* channel;
  const char* source = "";
  const char* campaign = "";
  const char* click_id = "";
};

class ChannelTest : public testing::TestWithParam<Row> {};

TEST_P(ChannelTest, IsTold) {
  const Row& row = GetParam();
  const SiteRules rules{JsonView(std::string_view(R"(["shop-outlet.example"])")),
                        JsonView(std::string_view(R"(["partner.example"])")),
                        JsonView(std::string_view(R"(["pay.example"])"))};
  const Source source = SourceOf(row.url, row.referrer, JsonView(), rules);
  EXPECT_EQ(ChannelText(source.channel), row.channel) << row.url << ' ' << row.referrer;
  EXPECT_EQ(source.source, row.source) << row.url << ' ' << row.referrer;
  EXPECT_EQ(source.campaign, row.campaign);
  EXPECT_EQ(source.click_id, row.click_id);
}

constexpr const char* kHome = "https://www.shop.example/";

INSTANTIATE_TEST_SUITE_P(
    Journey, ChannelTest,
    testing::Values(
        Row{kHome, "", "direct"}, Row{kHome, "https://shop.example/cart", "internal"},
        Row{kHome, "https://m.shop-outlet.example/", "internal"},
        Row{kHome, "https://checkout.pay.example/3ds", "internal"},
        Row{kHome, "https://www.google.co.uk/", "search", "google"},
        Row{kHome, "https://www.google.com/", "search", "google"},
        Row{kHome, "https://search.yahoo.com/search", "search", "yahoo"},
        Row{kHome, "android-app://com.google.android.googlequicksearchbox/", "search", "google"},
        Row{kHome, "https://mail.google.com/mail", "email", "gmail"},
        Row{kHome, "https://t.co/abc", "social", "twitter"},
        Row{kHome, "https://l.facebook.com/l.php", "social", "facebook"},
        Row{kHome, "https://chatgpt.com/", "ai_assistant", "chatgpt"},
        Row{kHome, "https://gemini.google.com/app", "ai_assistant", "gemini"},
        Row{kHome, "https://www.perplexity.ai/search", "ai_assistant", "perplexity"},
        Row{kHome, "https://claude.ai/", "ai_assistant", "claude"},
        Row{kHome, "android-app://com.openai.chatgpt/", "ai_assistant", "chatgpt"},
        Row{kHome, "https://www.amazon.de/dp/1", "shopping", "amazon"},
        Row{kHome, "https://www.idealo.de/", "shopping", "idealo"},
        Row{kHome, "https://shopping.google.com/", "shopping", "google"},
        Row{kHome, "https://l.threads.com/", "social", "threads"},
        Row{kHome, "https://go.bsky.app/", "social", "bluesky"},
        Row{kHome, "https://outlook.cloud.microsoft/", "email", "outlook"},
        Row{kHome, "https://blog.partner.example/", "partner", "blog"},
        Row{kHome, "https://notpartner.example/", "referral", "notpartner.example"},
        Row{kHome, "https://some.blog.example/post", "referral", "some.blog.example"},
        Row{"https://shop.example/?utm_source=news&utm_medium=email&utm_campaign=May%20%26%20June",
            "", "email", "news", "May & June"},
        Row{"https://shop.example/?utm_medium=cpc&utm_source=google&gclid=x", "", "paid", "google",
            "", "gclid"},
        Row{"https://shop.example/?a=1&GCLID=secret", "https://www.google.com/", "paid", "google",
            "", "gclid"},
        Row{"https://shop.example/?fbclid=x", "https://l.facebook.com/", "social", "facebook", "",
            "fbclid"},
        Row{"https://shop.example/?fbclid=x&utm_medium=paid_social&utm_source=meta", "", "paid",
            "meta", "", "fbclid"},
        Row{"https://shop.example/?awc=1", "", "partner", "awin", "", "awc"},
        Row{"https://shop.example/?mc_eid=1", "", "email", "mailchimp", "", "mc_eid"},
        Row{"https://shop.example/?srsltid=1", "", "search", "google", "", "srsltid"},
        Row{"https://shop.example/?utm_source=chatgpt.com", "", "ai_assistant", "chatgpt.com"},
        Row{"https://shop.example/?utm_source=instagram", "", "social", "instagram"},
        Row{"https://shop.example/?utm_medium=marketplace&utm_source=otto", "", "shopping", "otto"},
        Row{"https://shop.example/?utm_medium=qr&utm_source=parcel", "", "out_of_home", "parcel"},
        Row{"https://shop.example/?utm_medium=web_push&utm_source=crm", "", "push", "crm"},
        Row{"https://shop.example/?utm_medium=weird&utm_source=crm", "", "other", "crm"},
        Row{"https://shop.example/?utm_source=jane%40example.com", "", "direct"},
        Row{"https://shop.example/#?utm_source=x", "", "direct"},
        Row{"not a url", "neither", "direct"}));

TEST(ChannelTest, WhatTheCallerSaysGoesFirst) {
  const JsonView campaign(std::string_view(R"({"source":"crm","medium":"sms","name":"May"})"));
  const Source source =
      SourceOf("https://shop.example/?utm_source=a&utm_medium=cpc", "", campaign, {});
  EXPECT_EQ(ChannelText(source.channel), "sms");
  EXPECT_EQ(source.source, "crm");
  EXPECT_EQ(source.campaign, "May");
}

TEST(ChannelTest, TextsAreBoundedAndValuesOfClickIdsNeverKept) {
  const std::string url =
      "https://shop.example/?gclid=secret-1&utm_campaign=" + std::string(5'000, 'x');
  const Source source = SourceOf(url, "", JsonView(), {});
  EXPECT_EQ(source.campaign.size(), 100u);
  EXPECT_EQ(source.click_id, "gclid");
}

}  // namespace
}  // namespace waymark
