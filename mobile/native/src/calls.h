// The way from callers to the worker: what they call, in its order, each where it may lie.
//
// Callers hold one lock for a copy and a checksum. The worker is woken when the first call comes,
// and when much has come; in between it gathers. Every call has a sequence, so that what lies in
// the intake and what waits in memory come out in one order.
#ifndef WAYMARK_MOBILE_NATIVE_CALLS_H_
#define WAYMARK_MOBILE_NATIVE_CALLS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "admission.h"
#include "cipher.h"
#include "clock.h"
#include "event_record.h"
#include "intake_log.h"
#include "waymark/c.h"

namespace waymark::native {

// A call that waits in memory.
struct Call {
  enum class Kind : uint8_t { kEvent, kCommand, kQuestion };

  Kind kind = Kind::kCommand;
  uint64_t sequence = 0;
  int64_t wall_ms = 0;
  std::string text;  // kEvent: a record; else an object of JSON text
  bool decides = false;
  waymark_answer answer = nullptr;  // kQuestion
  void* context = nullptr;
};

class Calls {
 public:
  struct Counters {
    uint64_t calls = 0;
    uint64_t queue_full = 0;
    uint64_t off = 0;
    uint64_t intake_bytes = 0;
    uint64_t memory_bytes = 0;
  };

  // `wake`: wakes the worker; called by callers, and must not wait.
  Calls(const Clock* clock, const Cipher* cipher, size_t memory_bytes_max,
        std::function<void()> wake);

  // Any thread.
  waymark_status Capture(const EventTexts& event);
  // `decides`: what was admitted before may be no more when it is done: until the worker says so,
  // nothing is put into the intake. Urgent calls wake the worker at once.
  waymark_status Post(Call&& call);
  Counters counters();

  // Worker.
  IntakeLog& intake() { return intake_; }
  void SetNextSequence(uint64_t sequence);
  void Publish(std::shared_ptr<const Admission> table);
  // All calls of memory that are there, and the sequence up to which `intake` belongs before them
  // or between.
  std::deque<Call> Take(uint64_t* through);
  // One call that decides has been carried out, and the table is published.
  void EndDecision();
  // What there is to do; when nothing, the next call will wake the worker.
  enum class Need : uint8_t { kNothing, kSoon, kNow };
  Need Look();
  // Events that found no room since this was last asked.
  uint64_t TakeLost();
  // Takes no more calls.
  void Close();

 private:
  bool PutIntoIntake(const EventTexts& event, int64_t wall_ms);
  waymark_status PutIntoMemory(Call&& call);
  void WakeIfNeeded(std::unique_lock<std::mutex>* hold, bool urgent);

  const Clock* clock_;
  const size_t memory_bytes_max_;
  const std::function<void()> wake_;
  std::mutex lock_;  // guards all below
  IntakeLog intake_;
  std::shared_ptr<const Admission> table_;  // null: nothing is known
  std::deque<Call> memory_;
  uint64_t next_sequence_ = 1;
  uint64_t lost_ = 0;
  Counters counters_;
  int decisions_ = 0;  // that wait to be carried out
  bool asleep_ = false;
  bool pressed_ = false;  // the worker was woken because much has come
  bool closed_ = false;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_CALLS_H_
