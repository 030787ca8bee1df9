// The virtual clock, and what is to happen when. Things of the same moment happen in the order in
// which they were planned, so a run depends on nothing but its seed.
#ifndef WAYMARK_TESTS_SIMULATION_SCHEDULE_H_
#define WAYMARK_TESTS_SIMULATION_SCHEDULE_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace waymark_simulation {

class Schedule {
 public:
  // Milliseconds since the world began.
  int64_t now_ms() const { return now_ms_; }

  void After(int64_t delay_ms, std::function<void()> action) {
    const int64_t at_ms = now_ms_ + std::max<int64_t>(delay_ms, 0);
    planned_.emplace(Key(at_ms, ++order_), std::move(action));
  }

  bool is_empty() const { return planned_.empty(); }

  // Does the next thing. False when nothing is planned up to `until_ms`; the clock stands at it
  // then.
  bool RunNext(int64_t until_ms) {
    if (planned_.empty() || planned_.begin()->first.first > until_ms) {
      now_ms_ = std::max(now_ms_, until_ms);
      return false;
    }
    auto next = planned_.extract(planned_.begin());
    now_ms_ = next.key().first;
    next.mapped()();
    return true;
  }

 private:
  using Key = std::pair<int64_t, uint64_t>;

  int64_t now_ms_ = 0;
  uint64_t order_ = 0;
  std::map<Key, std::function<void()>> planned_;
};

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_SCHEDULE_H_
