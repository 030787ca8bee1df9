// Eight threads call everything at once, while the client opens, works and closes. What a race
// would be is for ThreadSanitizer to say: preset `tsan`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "native/fixture.h"

namespace waymark_test {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 300;

// A platform that answers from a thread of its own.
class Network {
 public:
  Network() {
    seam.struct_size = sizeof seam;
    seam.context = this;
    seam.send = [](void* context, const waymark_http_request* request) {
      auto* self = static_cast<Network*>(context);
      const std::lock_guard hold(self->lock_);
      self->asked_.push_back(request->id);
      self->changed_.notify_one();
    };
    seam.abort = [](void*, int64_t) {};
  }
  void AnswerTo(waymark_client* client) {
    thread_ = std::thread([this, client] {
      std::unique_lock hold(lock_);
      while (!ends_) {
        changed_.wait(hold, [this] { return ends_ || !asked_.empty(); });
        for (const int64_t id : std::exchange(asked_, {})) {
          waymark_http_answer answer = {};
          answer.struct_size = sizeof answer;
          answer.status = 200;
          waymark_client_http_done(client, id, &answer);
          ++answered;
        }
      }
    });
  }
  void End() {
    {
      const std::lock_guard hold(lock_);
      ends_ = true;
      changed_.notify_one();
    }
    thread_.join();
  }

  waymark_http seam = {};
  std::atomic<int> answered = 0;

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<int64_t> asked_;
  bool ends_ = false;
  std::thread thread_;
};

void CallEverything(waymark_client* client, int thread, std::atomic<int>* answers,
                    std::atomic<int>* asked) {
  char view[512];
  for (int i = 0; i < kRounds; ++i) {
    const int what = (i + thread * 3) % 23;
    waymark_client_track(client, "product_viewed", R"({"n":1})");
    if (what == 0)
      waymark_client_set_consent(client, R"({"analytics":"granted"})", nullptr, nullptr);
    if (what == 1)
      waymark_client_set_consent(client, R"({"analytics":"denied"})", nullptr, nullptr);
    if (what == 2 || what == 12) waymark_client_flush(client);
    if (what == 3) waymark_client_identify(client, "user", R"({"plan":"a"})");
    if (what == 4) waymark_client_reset(client);
    if (what == 5) waymark_client_set_context(client, R"({"locale":"de-DE"})");
    if (what == 6) waymark_client_signal(client, "region", R"("DE")", nullptr);
    if (what == 7) waymark_client_lifecycle(client, WAYMARK_BACKGROUND);
    if (what == 8) waymark_client_lifecycle(client, WAYMARK_FOREGROUND);
    if (what == 9) waymark_client_connectivity(client, 1, i % 2);
    if (what == 10) waymark_client_page(client, nullptr, nullptr);
    if (what == 11) waymark_client_screen(client, "home", nullptr);
    if (what == 13) waymark_client_group(client, "g", nullptr);
    if (what == 14) waymark_client_alias(client, "user", nullptr);
    if (what == 15) waymark_client_call(client, R"({"type":"narrow","document":{}})", 0);
    if (what == 16 && i > kRounds / 2) waymark_client_forget(client);
    if (what == 17) {
      *asked +=
          waymark_client_ask(
              client, R"({"query":"inventory"})", 0,
              [](void* count, const char*, size_t) { ++*static_cast<std::atomic<int>*>(count); },
              answers) == WAYMARK_OK;
    }
    waymark_client_view(client, view, sizeof view);
    waymark_counters counters = {};
    counters.struct_size = sizeof counters;
    waymark_client_counters(client, &counters);
    if (what == 18) waymark_client_ready(client, 1);
  }
}

TEST(ThreadsTest, EightThreadsCallEverythingAtOnce) {
  TemporaryFolder folder;
  Network network;
  Client client(NativeConfig("https://collector.example"), folder / "store");
  client.options.http = &network.seam;
  client.options.open_wait_ms = -1;
  ASSERT_EQ(client.Open(), WAYMARK_OK);
  network.AnswerTo(client.get());
  std::atomic<int> answers = 0;
  std::atomic<int> asked = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { CallEverything(client.get(), i, &answers, &asked); });
  }
  threads.emplace_back([&] {
    const waymark_status ready = waymark_client_ready(client.get(), 60'000);
    EXPECT_EQ(ready, WAYMARK_OK) << waymark_client_status_text(ready);
    while (ready == WAYMARK_OK && client.Counters().calls < kThreads * kRounds / 2) {
      std::this_thread::yield();
    }
    // The longest that may be asked for: a worker that nobody waits for answers questions later.
    EXPECT_EQ(waymark_client_close(client.get(), 60'000), WAYMARK_OK);
  });
  for (std::thread& thread : threads) thread.join();
  network.End();
  EXPECT_EQ(answers, asked) << "each question is answered once";
  EXPECT_EQ(client.Track("product_viewed"), WAYMARK_CLOSED);
}

}  // namespace
}  // namespace waymark_test
