// A client: its worker's thread, and what its callers and the worker share.
#ifndef WAYMARK_MOBILE_NATIVE_HOST_H_
#define WAYMARK_MOBILE_NATIVE_HOST_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "calls.h"
#include "settings.h"
#include "worker.h"

namespace waymark::native {

class Host : public std::enable_shared_from_this<Host> {
 public:
  // `settings` has an Http and a clock. The worker starts with Start().
  explicit Host(Settings&& settings);
  ~Host();

  waymark_status Start();
  waymark_status Ready(int64_t wait_ms);
  waymark_status Close(int64_t wait_ms);

  // Any thread.
  Calls& calls() { return calls_; }
  Http& http() { return *settings_.http; }
  std::string View();
  void Count(waymark_counters* counters);
  int64_t open_wait_ms() const { return settings_.open_wait_ms; }

 private:
  enum class Phase : uint8_t { kOpening, kOpen, kFailed, kEnded };

  void Run();
  void Serve();
  void Enter(Phase phase, waymark_status status);

  const Settings settings_;
  WorkerCounters counters_;
  Calls calls_;
  std::thread thread_;
  std::atomic<bool> closing_{false};
  std::atomic<int64_t> deadline_ms_{0};  // of the steady clock, for what is left when closing
  std::mutex lock_;                      // guards the rest
  std::condition_variable changed_;
  Phase phase_ = Phase::kOpening;
  waymark_status status_ = WAYMARK_OK;  // why it failed
  bool closed_ = false;                 // by Close()
  std::string view_;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_HOST_H_
