#include "native/sink.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "fakes/fake_host.h"
#include "httplib.h"

namespace waymark_test {

struct Sink::State {
  httplib::Server server;
  std::thread thread;
  int port = 0;
  mutable std::mutex lock;
  mutable std::condition_variable changed;
  int answer = 200;
  bool ends = false;
  size_t requests = 0;
  std::vector<Json> events;

  void Take(const httplib::Request& request, httplib::Response& response) {
    std::unique_lock hold(lock);
    ++requests;
    changed.notify_all();
    changed.wait(hold, [&] { return answer != 0 || ends; });
    response.status = answer == 0 ? 503 : answer;
    if (answer != 200) return;
    const Json body = Json::parse(Inflate(request.body), nullptr, false);
    if (!body.is_object() || !body.contains("batch")) {
      response.status = 400;
      return;
    }
    for (const Json& event : body["batch"]) events.push_back(event);
    response.set_content(R"({"success":true})", "application/json");
    changed.notify_all();
  }
};

Sink::Sink() : state_(std::make_shared<State>()) {
  State* state = state_.get();
  // What comes compressed is inflated here, as the body says.
  state->server.Post("/.*", [state](const httplib::Request& request, httplib::Response& response,
                                    const httplib::ContentReader& read) {
    httplib::Request whole = request;
    read([&](const char* bytes, size_t size) {
      whole.body.append(bytes, size);
      return true;
    });
    state->Take(whole, response);
  });
  state->port = state->server.bind_to_any_port("127.0.0.1");
  state->thread = std::thread([state] { state->server.listen_after_bind(); });
  while (!state->server.is_running()) std::this_thread::yield();
}

Sink::~Sink() {
  {
    const std::lock_guard hold(state_->lock);
    state_->ends = true;
    state_->changed.notify_all();
  }
  state_->server.stop();
  state_->thread.join();
}

std::string Sink::url() const { return "http://127.0.0.1:" + std::to_string(state_->port); }

void Sink::Answer(int status) {
  const std::lock_guard hold(state_->lock);
  state_->answer = status;
  state_->changed.notify_all();
}

std::vector<Json> Sink::Events() const {
  const std::lock_guard hold(state_->lock);
  return state_->events;
}

std::vector<Json> Sink::Await(size_t count) const {
  std::unique_lock hold(state_->lock);
  state_->changed.wait(hold, [&] { return state_->events.size() >= count; });
  return state_->events;
}

void Sink::AwaitEvents(const std::function<bool(const std::vector<Json>&)>& wanted) const {
  std::unique_lock hold(state_->lock);
  state_->changed.wait(hold, [&] { return wanted(state_->events); });
}

void Sink::AwaitRequest() const {
  std::unique_lock hold(state_->lock);
  state_->changed.wait(hold, [&] { return state_->requests > 0; });
}

size_t Sink::requests() const {
  const std::lock_guard hold(state_->lock);
  return state_->requests;
}

}  // namespace waymark_test
