// The seams of c.h that a platform may fill: encryption, preferences, the worker's beginning and
// end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <map>
#include <thread>

#include "native/fixture.h"

namespace waymark_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kNowhere = "https://collector.example";

// A platform's HTTP that answers 200 to all, and keeps the bodies.
class Platform {
 public:
  waymark_http http = {sizeof http, this, Send, [](void*, int64_t) {}};

  // With this platform; not waited for, since its worker may ask for a request at once.
  waymark_status Open(Client* client) {
    client->options.http = &http;
    client->options.open_wait_ms = -1;
    const waymark_status status = client->Open();
    client_.set_value(client->get());
    return status == WAYMARK_OK ? waymark_client_ready(client->get(), 60'000) : status;
  }

  std::string bodies() const {
    const std::lock_guard hold(lock_);
    return bodies_;
  }

 private:
  static void Send(void* context, const waymark_http_request* request) {
    auto* self = static_cast<Platform*>(context);
    waymark_http_answer answer = {};
    answer.struct_size = sizeof answer;
    answer.status = 200;
    {
      const std::lock_guard hold(self->lock_);
      self->bodies_.append(reinterpret_cast<const char*>(request->body), request->body_size);
    }
    waymark_client_http_done(self->opened_.get(), request->id, &answer);
  }

  std::promise<waymark_client*> client_;
  std::shared_future<waymark_client*> opened_ = client_.get_future().share();
  mutable std::mutex lock_;
  std::string bodies_;
};

// No encryption: it only shows who was asked for what. A sealed text is its key, its name's sum and
// its bytes, each turned.
class ToyCipher {
 public:
  explicit ToyCipher(uint8_t key) : key_(key) {}

  waymark_cipher cipher = {sizeof cipher, this, kOverhead, Seal, Open};
  std::atomic<int> sealed{0};
  std::atomic<int> refused{0};
  std::atomic<bool> broken{false};  // seals nothing

 private:
  static constexpr size_t kOverhead = 2;

  static uint8_t SumOf(const char* name) {
    uint8_t sum = 0;
    while (*name) sum = static_cast<uint8_t>(sum * 31 + static_cast<uint8_t>(*name++));
    return sum;
  }
  static size_t Seal(void* context, const char* name, const uint8_t* bytes, size_t size,
                     uint8_t* out) {
    auto* self = static_cast<ToyCipher*>(context);
    if (self->broken) return 0;
    ++self->sealed;
    out[0] = self->key_;
    out[1] = SumOf(name);
    for (size_t i = 0; i < size; ++i) out[i + kOverhead] = bytes[i] ^ 0xa5;
    return size + kOverhead;
  }
  static size_t Open(void* context, const char* name, const uint8_t* bytes, size_t size,
                     uint8_t* out) {
    auto* self = static_cast<ToyCipher*>(context);
    if (size <= kOverhead || bytes[0] != self->key_ || bytes[1] != SumOf(name)) {
      ++self->refused;
      return 0;
    }
    for (size_t i = kOverhead; i < size; ++i) out[i - kOverhead] = bytes[i] ^ 0xa5;
    return size - kOverhead;
  }

  const uint8_t key_;
};

std::string AllBytesBelow(const std::string& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

Json OfflineConfig() {
  Json config = NativeConfig(kNowhere);
  config["collectors"][0]["options"]["gzip"] = false;
  return config;
}

class CipherTest : public testing::Test {
 protected:
  // A client that has a decision and three events, and is offline; then it goes.
  void Leave(ToyCipher* cipher) {
    Client client(OfflineConfig(), folder_ / "store");
    client.options.cipher = cipher ? &cipher->cipher : nullptr;
    ASSERT_EQ(client.Open(), WAYMARK_OK);
    waymark_client_connectivity(client.get(), 0, 0);
    client.SetConsent({{"analytics", "granted"}});
    for (int i = 0; i < 3; ++i)
      client.Track("lamp_rubbed", {{"secret", "sesame-" + std::to_string(i)}});
    client.AwaitView([](const Json& view) { return view["queue"].value("events", 0) == 3; });
    client.Close();
  }

  TemporaryFolder folder_;
  Platform platform_;
};

TEST_F(CipherTest, NothingOnTheDeviceCanBeRead) {
  Leave(nullptr);
  EXPECT_THAT(AllBytesBelow(folder_ / "store"), HasSubstr("sesame-0"));
  std::filesystem::remove_all(folder_ / "store");
  ToyCipher cipher(7);
  Leave(&cipher);
  EXPECT_GT(cipher.sealed, 3);
  const std::string all = AllBytesBelow(folder_ / "store");
  EXPECT_THAT(all, Not(HasSubstr("sesame")));
  EXPECT_THAT(all, Not(HasSubstr("lamp_rubbed")));
  EXPECT_THAT(all, Not(HasSubstr("anonymous_id")));
  EXPECT_THAT(all, Not(HasSubstr("granted")));
}

TEST_F(CipherTest, TheSameKeyDeliversAtTheNextStart) {
  ToyCipher cipher(7);
  Leave(&cipher);
  Client client(OfflineConfig(), folder_ / "store");
  client.options.cipher = &cipher.cipher;
  ASSERT_EQ(platform_.Open(&client), WAYMARK_OK);
  client.AwaitView(
      [](const Json& view) { return view["collectors"]["segment"].value("acknowledged", 0) == 3; });
  EXPECT_THAT(platform_.bodies(), HasSubstr("sesame-2"));
  EXPECT_EQ(cipher.refused, 0);
}

TEST_F(CipherTest, AnotherKeyIsANewBeginningAndNoCrash) {
  ToyCipher old_key(7);
  Leave(&old_key);
  ToyCipher new_key(8);
  Client client(OfflineConfig(), folder_ / "store");
  client.options.cipher = &new_key.cipher;
  ASSERT_EQ(platform_.Open(&client), WAYMARK_OK);
  EXPECT_GT(new_key.refused, 0);
  EXPECT_FALSE(client.View()["consent"].value("answered", true));
  client.SetConsent({{"analytics", "granted"}});
  client.Track("lamp_rubbed", {{"secret", "open"}});
  client.AwaitView(
      [](const Json& view) { return view["collectors"]["segment"].value("acknowledged", 0) == 1; });
  EXPECT_THAT(platform_.bodies(), HasSubstr("\"open\""));
  EXPECT_THAT(platform_.bodies(), Not(HasSubstr("sesame")));
}

TEST_F(CipherTest, ASealThatFailsKeepsEventsInMemory) {
  ToyCipher cipher(7);
  Client client(OfflineConfig(), folder_ / "store");
  client.options.cipher = &cipher.cipher;
  ASSERT_EQ(platform_.Open(&client), WAYMARK_OK);
  client.SetConsent({{"analytics", "granted"}});
  cipher.broken = true;
  EXPECT_EQ(client.Track("lamp_rubbed", {{"secret", "in memory"}}), WAYMARK_OK);
  client.AwaitView(
      [](const Json& view) { return view["collectors"]["segment"].value("acknowledged", 0) == 1; });
  EXPECT_THAT(platform_.bodies(), HasSubstr("in memory"));
  EXPECT_GT(client.Counters().store_failures, 0u);
}

// What an app's preferences would hold.
struct Preferences {
  std::mutex lock;
  std::map<std::string, std::string> values;
  std::vector<std::string> removed;
};

class PreferenceTest : public testing::Test {
 protected:
  static Json Config() {
    Json config = NativeConfig(kNowhere);
    Json& consent = config["consent"];
    consent["purposes"][1]["tcf"] = {1, 7, 8};
    consent["purposes"][2]["tcf"] = {1, 2, 3, 4};
    consent["vendors"] =
        Json::parse(R"([{"id": "google", "tcf_id": 755, "purposes": ["marketing"]}])");
    consent["regions"] = Json::parse(R"([
      {"match": ["EU"], "model": "opt_in"},
      {"match": ["US-CA"], "model": "opt_out", "gpp": ["usca", "usnat"]}])");
    consent["iab"] = {{"cmp_id", 300},
                      {"publisher_cc", "DE"},
                      {"in_app_keys", true},
                      {"vendor_list_version", 48}};
    return config;
  }
  void Listen(Client* client) {
    client->options.context = &preferences_;
    client->options.on_view = nullptr;
    client->options.on_problem = nullptr;
    client->options.on_preference = [](void* context, const char* name, const char* json) {
      auto* kept = static_cast<Preferences*>(context);
      const std::lock_guard hold(kept->lock);
      if (json) {
        kept->values[name] = json;
      } else {
        kept->removed.push_back(name);
        kept->values.erase(name);
      }
    };
  }
  std::string Value(const std::string& name) {
    const std::lock_guard hold(preferences_.lock);
    const auto found = preferences_.values.find(name);
    return found == preferences_.values.end() ? "removed" : found->second;
  }
  static void Tell(Client* client, const char* region) {
    waymark_client_signal(client->get(), "region", region, nullptr);
    client->Ask({{"query", "inventory"}});
  }

  Preferences preferences_;
  TemporaryFolder folder_;
};

TEST_F(PreferenceTest, ConsentStringsFollowTheDecisionAndThePlace) {
  Client client(Config(), folder_ / "store");
  Listen(&client);
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  Tell(&client, "\"DE\"");
  client.SetConsent({{"analytics", "granted"}, {"marketing", "denied"}});
  EXPECT_EQ(Value("IABTCF_CmpSdkID"), "300");
  EXPECT_EQ(Value("IABTCF_gdprApplies"), "1");
  EXPECT_EQ(Value("IABTCF_PurposeConsents"), "\"00000011\"");
  EXPECT_THAT(preferences_.removed, IsEmpty());
  Tell(&client, "\"US-CA\"");
  EXPECT_EQ(Value("IABTCF_gdprApplies"), "0");
  EXPECT_EQ(Value("IABGPP_GppSID"), "\"7_8\"");
  EXPECT_EQ(Value("IABTCF_TCString"), "removed");
  EXPECT_EQ(Value("IABTCF_PurposeConsents"), "removed");
  EXPECT_THAT(preferences_.removed, Not(testing::Contains("")));
}

// The names that are to go were told by a process that has ended.
TEST_F(PreferenceTest, WhatAnEarlierProcessToldIsRemoved) {
  {
    Client client(Config(), folder_ / "store");
    Listen(&client);
    ASSERT_EQ(client.Open(), WAYMARK_OK);
    Tell(&client, "\"DE\"");
    client.SetConsent({{"analytics", "granted"}, {"marketing", "granted"}});
    ASSERT_NE(Value("IABTCF_TCString"), "removed");
    client.Close();
  }
  Client client(Config(), folder_ / "store");
  Listen(&client);
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  Tell(&client, "\"US-CA\"");
  EXPECT_EQ(Value("IABTCF_TCString"), "removed");
  EXPECT_THAT(preferences_.removed, testing::Contains("IABTCF_TCString"));
}

struct Diary {
  std::mutex lock;
  std::vector<std::string> entries;
  std::thread::id worker;
  bool same_thread = true;

  void Write(const char* what) {
    const std::lock_guard hold(lock);
    if (entries.empty()) worker = std::this_thread::get_id();
    same_thread &= worker == std::this_thread::get_id();
    if (entries.empty() || entries.back() != what) entries.emplace_back(what);
  }
};

void KeepDiary(Client* client, Diary* diary) {
  client->options.context = diary;
  client->options.on_problem = nullptr;
  client->options.on_view = [](void* context) { static_cast<Diary*>(context)->Write("view"); };
  client->options.on_worker_begin = [](void* context) {
    static_cast<Diary*>(context)->Write("begin");
  };
  client->options.on_worker_end = [](void* context) { static_cast<Diary*>(context)->Write("end"); };
}

TEST(WorkerTest, BeginsAndEndsOnItsOwnThreadFirstAndLast) {
  Diary diary;
  Client client(NativeConfig(kNowhere), "");
  KeepDiary(&client, &diary);
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  client.SetConsent({{"analytics", "granted"}});
  client.Close();
  EXPECT_THAT(diary.entries, ElementsAre("begin", "view", "end"));
  EXPECT_TRUE(diary.same_thread);
  EXPECT_NE(diary.worker, std::this_thread::get_id());
}

// A client that cannot open lets go of its thread, too.
TEST(WorkerTest, EndsAlsoWhereTheConfigIsRefused) {
  Diary diary;
  Client client(Json::object({{"waymark", 1}}), "");
  KeepDiary(&client, &diary);
  ASSERT_EQ(client.Open(), WAYMARK_CONFIG_REFUSED);
  const std::lock_guard hold(diary.lock);
  EXPECT_THAT(diary.entries, ElementsAre("begin", "end"));
}

// What people ask of a policy is for the command line: no app carries the code behind it.
TEST(QuestionTest, ThereAreThoseOfAnApp) {
  const TemporaryFolder folder;
  Client client(OfflineConfig(), folder / "store");
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  for (const char* query : {"admission", "inventory"}) {
    EXPECT_EQ(client.Ask({{"query", query}})["problems"], Json::array()) << query;
  }
  const Json explained = client.Ask(
      {{"query", "explain"}, {"event", {{"type", "track"}, {"name", "product_viewed"}}}});
  EXPECT_EQ(explained["problems"], Json::array());
  const Json linted = client.Ask({{"query", "lint"}, {"config", Json::object()}});
  EXPECT_EQ(linted["problems"][0]["code"], "required");
  for (const char* query : {"prove", "table", "signals", "iab_decode", "verify_records"}) {
    const Json answer = client.Ask({{"query", query}, {"config", Json::object()}});
    EXPECT_EQ(answer["problems"][0]["code"], "not_allowed") << query;
    EXPECT_EQ(answer["problems"][0]["pointer"], "/query") << query;
  }
}

}  // namespace
}  // namespace waymark_test
