// HTTP in a test's hands, and with it the worker: it takes a turn only when the test says so.
#ifndef WAYMARK_TESTS_NATIVE_STEP_HTTP_H_
#define WAYMARK_TESTS_NATIVE_STEP_HTTP_H_

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "http.h"

namespace waymark_test {

class StepHttp final : public waymark::native::Http {
 public:
  // Test. Lets the worker take one turn, and returns when that is over.
  void Step() {
    std::unique_lock hold(lock_);
    stepped_ = true;
    parked_ = false;
    changed_.notify_all();
    changed_.wait(hold, [this] { return parked_; });
  }
  // Returns when the worker waits for its first turn.
  void AwaitWorker() {
    std::unique_lock hold(lock_);
    changed_.wait(hold, [this] { return parked_; });
  }
  // From here on the worker waits for nothing.
  void LetGo() {
    const std::lock_guard hold(lock_);
    free_ = true;
    changed_.notify_all();
  }
  // While the worker waits: what it has sent so far.
  const std::vector<waymark::native::HttpRequest>& sent() const { return sent_; }

  void Send(waymark::native::HttpRequest&& request) override {
    sent_.push_back(std::move(request));
  }
  void Abort(int64_t) override {}
  std::vector<waymark::native::HttpAnswer> Wait(int64_t) override {
    std::unique_lock hold(lock_);
    parked_ = true;
    changed_.notify_all();
    changed_.wait(hold, [this] { return stepped_ || free_; });
    stepped_ = false;
    return std::exchange(done_, {});
  }
  void Wake() override {}
  void Done(waymark::native::HttpAnswer&& answer) override {
    const std::lock_guard hold(lock_);
    done_.push_back(std::move(answer));
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<waymark::native::HttpAnswer> done_;
  std::vector<waymark::native::HttpRequest> sent_;
  bool stepped_ = false;
  bool parked_ = false;
  bool free_ = false;
};

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_NATIVE_STEP_HTTP_H_
