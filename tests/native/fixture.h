// What the tests of the native client share: a folder, a config, a client with its ears open.
#ifndef WAYMARK_TESTS_NATIVE_FIXTURE_H_
#define WAYMARK_TESTS_NATIVE_FIXTURE_H_

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client_opening.h"
#include "nlohmann/json.hpp"
#include "waymark/c.h"

namespace waymark_test {

using Json = nlohmann::ordered_json;

// A folder that goes with this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// One Segment collector that needs `analytics`; flushes soon.
Json NativeConfig(const std::string& url);

// A clock that somebody moves. The worker looks at it every few milliseconds.
class HandClock final : public waymark::native::Clock {
 public:
  int64_t WallMs() const override { return wall_ms; }
  int64_t MonoMs() const override { return mono_ms; }
  int64_t SleepMs(int64_t until) const override { return until <= mono_ms ? 0 : 2; }
  void Advance(int64_t ms) {
    wall_ms += ms;
    mono_ms += ms;
  }

  std::atomic<int64_t> wall_ms{1'793'817'970'000};
  std::atomic<int64_t> mono_ms{1'000};
};

class Client {
 public:
  // An empty folder: in memory.
  Client(const Json& config, const std::string& folder);
  ~Client();

  waymark_options options = {};  // to be changed before Open()
  std::shared_ptr<const waymark::native::Clock> clock;

  waymark_status Open();
  waymark_client* get() const { return client_; }
  void Close(int64_t wait_ms = 5'000);

  waymark_status Track(const std::string& name, const Json& properties = Json::object());
  void SetConsent(const Json& choices);
  Json View() const;
  // The view, once it is as wanted.
  template <typename Wanted>
  Json AwaitView(Wanted wanted) const {
    std::unique_lock hold(lock_);
    Json view;
    changed_.wait(hold, [&] {
      view = View();
      return view.is_object() && wanted(view);
    });
    return view;
  }
  // An answer to a question.
  Json Ask(const Json& question) const;
  waymark_counters Counters() const;
  std::vector<std::string> Problems() const;
  // Once there is one of this code.
  void AwaitProblem(const std::string& code) const;

 private:
  std::string config_;
  std::string folder_;
  waymark_client* client_ = nullptr;
  mutable std::mutex lock_;
  mutable std::condition_variable changed_;
  std::vector<std::string> problems_;
};

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_NATIVE_FIXTURE_H_
