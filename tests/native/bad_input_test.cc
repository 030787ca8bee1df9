// Bad input and bad days: each gets an answer or a count, none ends the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "native/fixture.h"
#include "native/sink.h"

namespace waymark_test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kNowhere = "http://127.0.0.1:9";

class BadInputTest : public testing::Test {
 protected:
  std::string store() const { return folder_ / "store"; }
  // Opens, lets analytics be, and tracks so many.
  void Fill(Client* client, int events) {
    ASSERT_EQ(client->Open(), WAYMARK_OK);
    client->SetConsent({{"analytics", "granted"}});
    for (int i = 0; i < events; ++i) client->Track("product_viewed", {{"n", i}});
  }
  static void Execute(const std::string& database, const std::string& sql) {
    sqlite3* opened = nullptr;
    ASSERT_EQ(sqlite3_open(database.c_str(), &opened), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(opened);
    sqlite3_close(opened);
  }
  static void Overwrite(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  TemporaryFolder folder_;
  Sink sink_;
};

TEST_F(BadInputTest, NullAndClosedAreAnswers) {
  EXPECT_EQ(waymark_client_track(nullptr, "a", nullptr), WAYMARK_INVALID_ARGUMENT);
  EXPECT_EQ(waymark_client_view(nullptr, nullptr, 0), 0u);
  EXPECT_EQ(waymark_client_open(nullptr, nullptr), WAYMARK_INVALID_ARGUMENT);
  waymark_client_free(nullptr);
  Client client(NativeConfig(kNowhere), store());
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  EXPECT_EQ(waymark_client_track(client.get(), nullptr, nullptr), WAYMARK_INVALID_ARGUMENT);
  EXPECT_EQ(waymark_client_capture(client.get(), nullptr), WAYMARK_INVALID_ARGUMENT);
  EXPECT_EQ(waymark_client_set_consent(client.get(), "{", nullptr, nullptr),
            WAYMARK_INVALID_ARGUMENT);
  EXPECT_EQ(waymark_client_call(client.get(), R"({"type":"lead"})", 0), WAYMARK_INVALID_ARGUMENT);
  EXPECT_EQ(waymark_client_track(client.get(), std::string(201, 'n').c_str(), nullptr),
            WAYMARK_TOO_BIG);
  EXPECT_EQ(waymark_client_close(client.get(), 60'000), WAYMARK_OK);
  EXPECT_EQ(waymark_client_close(client.get(), 60'000), WAYMARK_CLOSED);
  EXPECT_EQ(client.Track("a"), WAYMARK_CLOSED);
  EXPECT_EQ(waymark_client_flush(client.get()), WAYMARK_CLOSED);
}

TEST_F(BadInputTest, AConfigThatDoesNotFitIsRefusedWithItsReason) {
  Json config = NativeConfig(kNowhere);
  config["collectors"][0]["speed"] = 9;
  Client client(config, store());
  EXPECT_EQ(client.Open(), WAYMARK_CONFIG_REFUSED);
  EXPECT_THAT(client.Problems(), Contains("unknown_key /collectors/0/speed"));
  Client no_json("{", store());
  EXPECT_EQ(no_json.Open(), WAYMARK_CONFIG_REFUSED);
}

// What broke a peer: text that ends a statement of SQL.
TEST_F(BadInputTest, TextsOfTheWorldGoThroughAsTheyAre) {
  Client client(NativeConfig(sink_.url()), store());
  Fill(&client, 0);
  const std::vector<std::string> texts = {
      "Levi's 501",
      "x'); DELETE FROM events; --",
      "\"; DROP TABLE entries; --",
      "\xF0\x9F\xA5\xBE \xF0\x9F\x8F\xB4\xE2\x80\x8D\xE2\x98\xA0",
      "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
      "%s%n\\u0000"};
  for (const std::string& text : texts) client.Track("product_viewed", {{"text", text}});
  waymark_client_identify(client.get(), "Robert'); DROP TABLE entries;--", nullptr);
  const std::vector<Json> events = sink_.Await(texts.size() + 1);
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(events[i].at("properties").value("text", ""), texts[i]);
  }
}

TEST_F(BadInputTest, TextThatIsNoneIsCountedAndTheRestGoesOn) {
  Client client(NativeConfig(sink_.url()), store());
  Fill(&client, 0);
  waymark_client_track(client.get(), "product_viewed", "{\"a\":");
  waymark_client_track(client.get(), "product_viewed", "{\"a\":\"\xff\"}");
  waymark_client_track(client.get(), "\xc3\x28", nullptr);
  // One that would end its own part of the event and begin another.
  waymark_client_track(client.get(), "product_viewed", R"({},"user_id":"x","properties":{})");
  waymark_client_track(client.get(), "product_viewed", R"({"half":"\ud83d"})");
  const std::vector<Json> events = sink_.Await(1);
  EXPECT_EQ(events[0].at("properties").value("half", ""), "\xEF\xBF\xBD");
  const Json view =
      client.AwaitView([](const Json& now) { return now["losses"].value("invalid", 0) == 4; });
  EXPECT_THAT(client.Problems(), Contains("not_utf8 /properties/a"));
}

TEST_F(BadInputTest, ASecondClientOnTheSameFolderIsToldSo) {
  Client first(NativeConfig(sink_.url()), store());
  Fill(&first, 0);
  Client second(NativeConfig(sink_.url()), store());
  EXPECT_EQ(second.Open(), WAYMARK_STORE_BUSY);
  EXPECT_EQ(first.Track("product_viewed"), WAYMARK_OK);
  sink_.Await(1);
  first.Close();
  EXPECT_EQ(second.Open(), WAYMARK_OK);
}

TEST_F(BadInputTest, ADatabaseOfANewerVersionIsLeftAlone) {
  {
    Client client(NativeConfig(kNowhere), store());
    Fill(&client, 1);
    client.Close(0);
  }
  Execute(store() + "/state.db", "PRAGMA user_version=99");
  const auto size = fs::file_size(store() + "/state.db");
  Client client(NativeConfig(kNowhere), store());
  EXPECT_EQ(client.Open(), WAYMARK_STORE_NEWER);
  EXPECT_EQ(fs::file_size(store() + "/state.db"), size);
  EXPECT_FALSE(fs::exists(store() + "/state.db.corrupt"));
}

TEST_F(BadInputTest, ADamagedDatabaseIsSetAsideAndCounted) {
  {
    Client client(NativeConfig(kNowhere), store());
    Fill(&client, 1);
    client.Close(0);
  }
  Overwrite(store() + "/state.db", std::string(8192, '#'));
  Client client(NativeConfig(sink_.url()), store());
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  EXPECT_EQ(client.Counters().corrupt_files, 1u);
  EXPECT_THAT(client.Problems(), Contains(StartsWith("store_corrupt")));
  EXPECT_TRUE(fs::exists(store() + "/state.db.corrupt"));
  client.SetConsent({{"analytics", "granted"}});
  client.Track("product_viewed");
  sink_.Await(1);
}

// Every file of the store, overwritten from the middle on.
TEST_F(BadInputTest, DamagedSegmentsAndIntakeAreSurvived) {
  for (const char* part : {"outbox", "intake"}) {
    SCOPED_TRACE(part);
    TemporaryFolder folder;
    const std::string store = folder / "store";
    {
      Client client(NativeConfig(kNowhere), store);
      Fill(&client, 200);
      client.Close(1'000);
    }
    int damaged = 0;
    for (const auto& entry : fs::directory_iterator(store + "/" + part)) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(damaged % 2 == 0 ? 80 : 9'000);
      file << std::string(600, '\xee');
      ++damaged;
    }
    ASSERT_GT(damaged, 0);
    Sink sink;
    Client client(NativeConfig(sink.url()), store);
    ASSERT_EQ(client.Open(), WAYMARK_OK);
    client.Track("product_added");
    sink.AwaitEvents([](const std::vector<Json>& events) {
      return !events.empty() && events.back().value("event", "") == "Product Added";
    });
  }
}

TEST_F(BadInputTest, AFolderThatCannotBeWrittenIsAnError) {
  Overwrite(folder_ / "file", "no folder");
  Client in_a_file(NativeConfig(kNowhere), (folder_ / "file") + "/store");
  EXPECT_EQ(in_a_file.Open(), WAYMARK_STORE_UNAVAILABLE);
  Client no_parent(NativeConfig(kNowhere), folder_ / "none/store");
  EXPECT_EQ(no_parent.Open(), WAYMARK_STORE_UNAVAILABLE);
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere: the rest needs another user";
  fs::create_directory(folder_ / "read_only");
  fs::permissions(folder_ / "read_only", fs::perms::owner_read | fs::perms::owner_exec);
  Client client(NativeConfig(kNowhere), folder_ / "read_only");
  EXPECT_EQ(client.Open(), WAYMARK_STORE_UNAVAILABLE);
}

// Files may not grow: what the disk does when it is full, with a signal besides.
TEST_F(BadInputTest, AFullDiskLosesNothingThatFitsIntoMemory) {
  Client client(NativeConfig(sink_.url()), store());
  Fill(&client, 0);
  sink_.Answer(503);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full = {4'096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  int taken = 0;
  const std::string text(1'000, 'x');
  for (int i = 0; i < 3'000; ++i) {
    taken += client.Track("product_viewed", {{"n", i}, {"text", text}}) == WAYMARK_OK;
    if (i % 100 == 99) client.Ask({{"query", "inventory"}});
  }
  client.AwaitProblem("store_failed");
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_GT(client.Counters().store_failures, 0u);
  EXPECT_EQ(taken, 3'000);
  sink_.Answer(200);
  const std::vector<Json> events = sink_.Await(3'000);
  EXPECT_EQ(events.size(), 3'000u);
}

TEST_F(BadInputTest, ALockedDatabaseDoublesNothing) {
  Client client(NativeConfig(sink_.url()), store());
  Fill(&client, 0);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((store() + "/state.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  for (int i = 0; i < 50; ++i) client.Track("product_viewed", {{"n", i}});
  client.AwaitProblem("store_failed");
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  sink_.Await(50);
  client.Close();
  EXPECT_EQ(sink_.Events().size(), 50u);
}

TEST_F(BadInputTest, AQueueThatFillsIsCounted) {
  Json config = NativeConfig(kNowhere);
  Client client(config, "");
  client.options.memory_bytes_max = 65'536;
  // The worker stands still meanwhile.
  static std::mutex gate;
  gate.lock();
  client.options.open_wait_ms = -1;
  client.options.on_worker_begin = [](void*) { const std::lock_guard wait(gate); };
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  int full = 0;
  for (int i = 0; i < 1'000; ++i) full += client.Track("product_viewed") == WAYMARK_QUEUE_FULL;
  EXPECT_GT(full, 0);
  EXPECT_EQ(client.Counters().queue_full, static_cast<uint64_t>(full));
  // A decision finds room all the same.
  EXPECT_EQ(
      waymark_client_set_consent(client.get(), R"({"analytics":"granted"})", nullptr, nullptr),
      WAYMARK_OK);
  gate.unlock();
  ASSERT_EQ(waymark_client_ready(client.get(), 60'000), WAYMARK_OK);
  // Of those that found room, not all may be held for an answer.
  client.AwaitView([&](const Json& view) { return view["losses"].value("quota", 0) >= full; });
}

TEST_F(BadInputTest, CloseKeepsItsBoundWhileARequestIsUnderWay) {
  {
    Client client(NativeConfig(sink_.url()), store());
    Fill(&client, 0);
    sink_.Answer(0);
    client.Track("product_viewed");
    sink_.AwaitRequest();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(waymark_client_close(client.get(), 300), WAYMARK_OK);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
  sink_.Answer(200);
  Client client(NativeConfig(sink_.url()), store());
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  sink_.Await(1);
}

TEST_F(BadInputTest, AQuestionIsAnsweredOnceAlsoWhenTheClientCloses) {
  std::atomic<int> answers = 0;
  Client client(NativeConfig(kNowhere), store());
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  int asked = 0;
  std::thread closing([&] { waymark_client_close(client.get(), 1'000); });
  for (int i = 0; i < 200; ++i) {
    asked += waymark_client_ask(
                 client.get(), R"({"query":"inventory"})", 0,
                 [](void* count, const char*, size_t) { ++*static_cast<std::atomic<int>*>(count); },
                 &answers) == WAYMARK_OK;
  }
  closing.join();
  EXPECT_EQ(answers, asked);
}

}  // namespace
}  // namespace waymark_test
