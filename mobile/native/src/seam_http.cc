// HTTP by the platform: requests go out through the functions of waymark_http, answers come back
// from any thread.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "http.h"

namespace waymark::native {
namespace {

class SeamHttp final : public Http {
 public:
  explicit SeamHttp(std::optional<waymark_http> http) : http_(http) {}

  void Send(HttpRequest&& request) override {
    if (!http_) return Done({request.id, WAYMARK_HTTP_NETWORK, 0, {}, {}, true});
    // Texts of the engine do not end with NUL.
    const std::string url(std::string_view(request.url));
    const std::string headers(std::string_view(request.headers));
    waymark_http_request asked = {};
    asked.struct_size = sizeof asked;
    asked.id = request.id;
    asked.method = request.get ? "GET" : "POST";
    asked.url = url.c_str();
    asked.headers = headers.c_str();
    asked.body = reinterpret_cast<const uint8_t*>(request.body.data());
    asked.body_size = request.body.size();
    asked.timeout_ms = request.timeout_ms;
    asked.answer_bytes_max = request.answer_bytes_max;
    asked.leaving = request.leaving;
    asked.credentials = request.credentials;
    http_->send(http_->context, &asked);
  }

  void Abort(int64_t id) override {
    if (http_) http_->abort(http_->context, id);
  }

  std::vector<HttpAnswer> Wait(int64_t wait_ms) override {
    std::unique_lock hold(lock_);
    const auto ready = [this] { return woken_ || !done_.empty(); };
    if (wait_ms < 0)
      changed_.wait(hold, ready);
    else
      changed_.wait_for(hold, std::chrono::milliseconds(wait_ms), ready);
    woken_ = false;
    return std::exchange(done_, {});
  }

  void Wake() override {
    const std::lock_guard hold(lock_);
    woken_ = true;
    changed_.notify_one();
  }

  void Done(HttpAnswer&& answer) override {
    const std::lock_guard hold(lock_);
    done_.push_back(std::move(answer));
    changed_.notify_one();
  }

 private:
  const std::optional<waymark_http> http_;
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<HttpAnswer> done_;  // under the lock
  bool woken_ = false;            // under the lock
};

}  // namespace

std::unique_ptr<Http> MakeSeamHttp(const waymark_http* http) {
  return std::make_unique<SeamHttp>(http ? std::optional(*http) : std::nullopt);
}

}  // namespace waymark::native
