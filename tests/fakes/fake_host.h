// A host made of memory: clock, store and network, all in the test's hands. It talks to the engine
// as every face does, through the C boundary.
#ifndef WAYMARK_TESTS_FAKES_FAKE_HOST_H_
#define WAYMARK_TESTS_FAKES_FAKE_HOST_H_

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "waymark/abi.h"

namespace waymark_test {

using Json = nlohmann::ordered_json;

// A config with one Segment and one Snowplow collector that both need `analytics`, and a purpose
// `marketing` without a collector.
Json ShopConfig();

// The same with the Segment collector alone.
Json SegmentOnly();

struct Request {
  int64_t effect_id = 0;
  std::string method;
  std::string url;
  Json headers;
  std::string transport;
  std::string credentials;
  std::string body;  // as sent
  Json json;         // the body, inflated and parsed; discarded when it is no JSON
  size_t answer_bytes_max = 0;
};

struct Answer {
  int status = 200;
  std::string error;
  std::string retry_after;
  std::string body = "";  // told as far as it was asked for
};

class FakeHost {
 public:
  // `origin`: of the page; empty: there is no page, and no CORS.
  explicit FakeHost(Json config = ShopConfig(), std::string origin = "");
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // Stops the engine where it stands and opens another one on the same device.
  void Restart();

  // Hands one input over; queues its effects. The output, or null for "nothing to do".
  Json Send(Json input, std::string_view bodies = {});
  Json SendText(const std::string& text);

  Json Track(const std::string& name, Json properties = Json::object());
  Json Page(const std::string& name = "");
  Json Identify(const std::string& user_id, Json traits = Json::object());
  Json Alias(const std::string& user_id, const std::string& previous_id = "");
  Json Group(const std::string& group_id, Json traits = Json::object());
  Json Reset() { return Send({{"type", "reset"}}); }
  Json SetConsent(const Json& choices);
  Json Lifecycle(const std::string& state);

  // Performs queued effects and due wakes at this moment until nothing is left to do.
  void Settle();
  // Moves both clocks, waking the engine whenever it asked for it, and settles.
  void Advance(int64_t ms);

  Json View();
  // A question; its answer, or what is wrong with it.
  Json Query(const Json& question);
  // What the device answers who asks for its records.
  Json Records();

  int64_t wall_ms = 1'793'817'970'000;
  int64_t mono_ms = 1'000;
  std::map<std::string, std::string> store;
  bool store_fails = false;
  bool leads = true;              // is given the lead whenever it claims
  Json live = Json::array();      // writers of other engines that are awake
  bool store_answers = true;      // puts and deletions are done, but no reading is answered
  int entropy_seed = 0;           // other devices and tabs draw other bytes
  bool store_is_slow = false;     // writes wait until it is false again
  std::string store_keeps;        // deletions below this prefix fail, and all behind them
  std::vector<Request> requests;  // all that were started
  std::vector<Json> problems;     // all that were reported
  Json answer;                    // the last one to an input that asked
  std::vector<Json> effects;      // all that were asked for
  // What the network says. An answer with status 0 and no error is kept back: nothing comes.
  std::function<Answer(const Request&)> network = [](const Request&) { return Answer(); };

  // Keys in the store, without those of the decision log: that keeps what was decided.
  std::vector<std::string> Kept() const;
  // The decision log, in order.
  std::vector<Json> Log() const;

  // Events that reached a collector, in order, from bodies that were answered with 200.
  std::vector<Json> Delivered(const std::string& host) const;

 private:
  struct Queued {
    Json effect;
    std::string body;
  };

  void Open();
  void Perform(const Queued& queued);
  void PerformHttp(const Queued& queued);
  Json Read(const uint8_t* result, std::string* bodies);

  Json config_;
  std::string origin_;
  waymark_engine* engine_ = nullptr;
  std::deque<Queued> queued_;
  std::deque<Queued> late_;  // writes for which the store was too slow
  Json wake_at_ms_;
  std::vector<std::pair<std::string, Json>> delivered_;
  int entropy_ = 0;
};

// The person lets be analysed.
void Grant(FakeHost& host);

// A second tab on the device of the first one, a minute later.
void OpenBeside(FakeHost& first, FakeHost& second);

// The body as a collector reads it.
std::string Inflate(const std::string& gzip);

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_FAKES_FAKE_HOST_H_
