// A collector on this machine: takes Segment batches and remembers what came.
#ifndef WAYMARK_TESTS_NATIVE_SINK_H_
#define WAYMARK_TESTS_NATIVE_SINK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace waymark_test {

using Json = nlohmann::ordered_json;

class Sink {
 public:
  Sink();
  ~Sink();

  std::string url() const;
  // What it answers with from now on: HTTP's status. 0: nothing, it keeps the connection open until
  // this changes or the sink goes.
  void Answer(int status);
  // Events that it has accepted, in the order in which they came.
  std::vector<Json> Events() const;
  // The same, once there are `count` of them.
  std::vector<Json> Await(size_t count) const;
  // Returns when the accepted events are as wanted.
  void AwaitEvents(const std::function<bool(const std::vector<Json>&)>& wanted) const;
  // Returns when a request has come, whatever became of it.
  void AwaitRequest() const;
  size_t requests() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_NATIVE_SINK_H_
