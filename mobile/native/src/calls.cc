#include "calls.h"

#include <utility>

namespace waymark::native {
namespace {

// The worker gathers no longer when so much waits in the intake.
constexpr size_t kPressingBytes = 128 * 1024;
constexpr size_t kCallBytes = sizeof(Call) + 32;  // of a call besides its text

}  // namespace

Calls::Calls(const Clock* clock, const Cipher* cipher, size_t memory_bytes_max,
             std::function<void()> wake)
    : clock_(clock),
      memory_bytes_max_(memory_bytes_max),
      wake_(std::move(wake)),
      intake_(&lock_, cipher) {}

waymark_status Calls::Capture(const EventTexts& event) {
  const int64_t wall_ms = clock_->WallMs();
  std::unique_lock hold(lock_);
  if (closed_) return WAYMARK_CLOSED;
  ++counters_.calls;
  const Place place = table_ && decisions_ == 0 ? table_->Of(event) : Place::kWait;
  if (place == Place::kDrop) {
    ++counters_.off;
    return WAYMARK_OK;
  }
  if (place == Place::kStore && PutIntoIntake(event, wall_ms)) {
    WakeIfNeeded(&hold, false);
    return WAYMARK_OK;
  }
  Call call;
  call.kind = Call::Kind::kEvent;
  call.wall_ms = wall_ms;
  call.text.resize(RecordBytes(event));
  WriteRecord(event, call.text.data());
  const waymark_status status = PutIntoMemory(std::move(call));
  WakeIfNeeded(&hold, false);
  return status;
}

waymark_status Calls::Post(Call&& call) {
  call.wall_ms = clock_->WallMs();
  std::unique_lock hold(lock_);
  if (closed_) return WAYMARK_CLOSED;
  const bool decides = call.decides;
  const waymark_status status = PutIntoMemory(std::move(call));
  decisions_ += status == WAYMARK_OK && decides;
  WakeIfNeeded(&hold, true);
  return status;
}

bool Calls::PutIntoIntake(const EventTexts& event, int64_t wall_ms) {
  IntakeRecord record;
  record.sequence = next_sequence_;
  record.wall_ms = wall_ms;
  record.generation = table_->generation();
  const bool put = intake_.Append(record, RecordBytes(event),
                                  [&](char* room) { return WriteRecord(event, room); });
  next_sequence_ += put;
  return put;
}

waymark_status Calls::PutIntoMemory(Call&& call) {
  const size_t bytes = call.text.size() + kCallBytes;
  // A decision always finds room: it is small, and what it takes back must go.
  if (!call.decides && counters_.memory_bytes + bytes > memory_bytes_max_) {
    ++counters_.queue_full;
    lost_ += call.kind == Call::Kind::kEvent;
    return WAYMARK_QUEUE_FULL;
  }
  counters_.memory_bytes += bytes;
  call.sequence = next_sequence_++;
  memory_.push_back(std::move(call));
  return WAYMARK_OK;
}

void Calls::WakeIfNeeded(std::unique_lock<std::mutex>* hold, bool urgent) {
  const bool presses = !pressed_ && intake_.backlog() > kPressingBytes;
  pressed_ |= presses || urgent;
  const bool wakes = std::exchange(asleep_, false) || presses || urgent;
  hold->unlock();
  if (wakes) wake_();
}

Calls::Counters Calls::counters() {
  const std::lock_guard hold(lock_);
  counters_.intake_bytes = intake_.backlog();
  return counters_;
}

void Calls::SetNextSequence(uint64_t sequence) {
  const std::lock_guard hold(lock_);
  // Calls that came before the store was open stand behind what is found in it.
  for (Call& call : memory_) call.sequence += sequence;
  next_sequence_ += sequence;
}

void Calls::Publish(std::shared_ptr<const Admission> table) {
  const std::lock_guard hold(lock_);
  table_ = std::move(table);
}

std::deque<Call> Calls::Take(uint64_t* through) {
  const std::lock_guard hold(lock_);
  pressed_ = false;
  *through = next_sequence_ - 1;
  counters_.memory_bytes = 0;
  return std::exchange(memory_, {});
}

void Calls::EndDecision() {
  const std::lock_guard hold(lock_);
  --decisions_;
}

Calls::Need Calls::Look() {
  const std::lock_guard hold(lock_);
  asleep_ = memory_.empty() && !intake_.has_unread();
  if (asleep_) return Need::kNothing;
  return pressed_ || closed_ ? Need::kNow : Need::kSoon;
}

uint64_t Calls::TakeLost() {
  const std::lock_guard hold(lock_);
  return std::exchange(lost_, 0);
}

void Calls::Close() {
  {
    const std::lock_guard hold(lock_);
    closed_ = true;
  }
  wake_();
}

}  // namespace waymark::native
