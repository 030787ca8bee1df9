#include "native/fixture.h"

#include <stdlib.h>

#include <algorithm>
#include <future>
#include <stdexcept>

namespace waymark_test {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "waymark-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no folder can be made at " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Json NativeConfig(const std::string& url) {
  Json config = Json::parse(R"({
    "waymark": 1,
    "app": {"id": "kiosk", "version": "1.0.0", "channel": "kiosk"},
    "consent": {"revision": "2026-11-01", "purposes": [
      {"id": "necessary", "basis": "exempt", "storage": true},
      {"id": "analytics", "basis": "consent", "storage": true, "before_answer": "hold"},
      {"id": "marketing", "basis": "consent", "storage": true, "before_answer": "drop"}]},
    "collectors": [{"id": "segment", "protocol": "segment", "needs": ["analytics"],
                    "options": {"write_key": "K"}}],
    "delivery": {"flush_ms": 50, "outbox_events_max": 100000, "outbox_bytes_max": 67108864}
  })");
  config["collectors"][0]["url"] = url;
  return config;
}

Client::Client(const Json& config, const std::string& folder)
    : clock(std::make_shared<waymark::native::SystemClock>()),
      config_(config.dump()),
      folder_(folder) {
  options.struct_size = sizeof options;
  options.c_version = WAYMARK_C_VERSION;
  options.context = this;
  options.open_wait_ms = 60'000;
  options.on_view = [](void* context) {
    auto* self = static_cast<Client*>(context);
    const std::lock_guard hold(self->lock_);
    self->changed_.notify_all();
  };
  options.on_problem = [](void* context, const char* code, const char* pointer, const char*,
                          const char*) {
    auto* self = static_cast<Client*>(context);
    const std::lock_guard hold(self->lock_);
    self->problems_.push_back(std::string(code) + " " + pointer);
    self->changed_.notify_all();
  };
}

Client::~Client() { waymark_client_free(client_); }

waymark_status Client::Open() {
  options.config = config_.c_str();
  options.directory = folder_.empty() ? nullptr : folder_.c_str();
  waymark::native::Outside outside = waymark::native::RealOutside();
  outside.clock = clock;
  return waymark::native::OpenClient(options, std::move(outside), &client_);
}

void Client::Close(int64_t wait_ms) {
  waymark_client_close(client_, wait_ms);
  waymark_client_free(client_);
  client_ = nullptr;
}

waymark_status Client::Track(const std::string& name, const Json& properties) {
  return waymark_client_track(client_, name.c_str(), properties.dump().c_str());
}

// Returns when the engine has taken it: what follows is judged by it.
void Client::SetConsent(const Json& choices) {
  waymark_client_set_consent(client_, choices.dump().c_str(), nullptr, nullptr);
  Ask({{"query", "inventory"}});
}

Json Client::View() const {
  std::string text(waymark_client_view(client_, nullptr, 0) + 4096, '\0');
  const size_t size = waymark_client_view(client_, text.data(), text.size());
  return Json::parse(text.substr(0, std::min(size, text.size() - 1)), nullptr, false);
}

Json Client::Ask(const Json& question) const {
  std::promise<std::string> told;
  const std::string text = question.dump();
  const waymark_status status = waymark_client_ask(
      client_, text.c_str(), text.size(),
      [](void* context, const char* answer, size_t size) {
        auto* promise = static_cast<std::promise<std::string>*>(context);
        promise->set_value(answer ? std::string(answer, size) : "null");
      },
      &told);
  if (status != WAYMARK_OK) return Json();
  return Json::parse(told.get_future().get());
}

waymark_counters Client::Counters() const {
  waymark_counters counters = {};
  counters.struct_size = sizeof counters;
  waymark_client_counters(client_, &counters);
  return counters;
}

std::vector<std::string> Client::Problems() const {
  const std::lock_guard hold(lock_);
  return problems_;
}

void Client::AwaitProblem(const std::string& code) const {
  std::unique_lock hold(lock_);
  changed_.wait(hold, [&] {
    return std::any_of(problems_.begin(), problems_.end(),
                       [&](const std::string& problem) { return problem.starts_with(code); });
  });
}

}  // namespace waymark_test
