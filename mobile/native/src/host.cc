#include "host.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

namespace waymark::native {
namespace {

// The system lets go of a worker that is done well within this.
constexpr int64_t kJoinGraceMs = 250;

// Signals that an app handles are not for this thread; those that a broken pipe or a bounded file
// would raise are errors here.
void BlockSignals(sigset_t* before) {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP})
    sigdelset(&all, fault);
  pthread_sigmask(SIG_BLOCK, &all, before);
}

}  // namespace

Host::Host(Settings&& settings)
    : settings_(std::move(settings)),
      calls_(settings_.clock.get(), &settings_.cipher, settings_.memory_bytes_max,
             [this] { settings_.http->Wake(); }) {}

Host::~Host() {
  if (thread_.joinable()) thread_.detach();
}

waymark_status Host::Start() {
  sigset_t before;
  BlockSignals(&before);  // the thread inherits it
  waymark_status status = WAYMARK_OK;
  try {
    // The thread keeps what it stands on, should nobody wait for its end.
    thread_ = std::thread([self = shared_from_this()] { self->Run(); });
  } catch (const std::system_error&) {
    status = WAYMARK_NO_MEMORY;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return status;
}

void Host::Enter(Phase phase, waymark_status status) {
  const std::lock_guard hold(lock_);
  phase_ = phase;
  if (status != WAYMARK_OK) status_ = status;
  changed_.notify_all();
}

void Host::Run() {
  if (settings_.on_worker_begin) settings_.on_worker_begin(settings_.context);
  try {
    Serve();
  } catch (const std::exception&) {
    // Memory that cannot be had ends the client, not its host.
    calls_.Close();
    Enter(Phase::kFailed, WAYMARK_NO_MEMORY);
  }
  if (settings_.on_worker_end) settings_.on_worker_end(settings_.context);
  Enter(Phase::kEnded, WAYMARK_OK);
}

void Host::Serve() {
  Worker worker(&settings_, &calls_, settings_.http.get(), &counters_, [this](std::string&& view) {
    const std::lock_guard hold(lock_);
    view_ = std::move(view);
  });
  const waymark_status status = worker.Open();
  if (status != WAYMARK_OK) {
    calls_.Close();
    worker.EndQuestions();
    return Enter(Phase::kFailed, status);
  }
  Enter(Phase::kOpen, WAYMARK_OK);
  worker.Turn({});  // calls that came before
  while (!closing_) worker.Turn(settings_.http->Wait(worker.WaitMs()));
  worker.Leave(deadline_ms_);
  worker.EndQuestions();
}

waymark_status Host::Ready(int64_t wait_ms) {
  std::unique_lock hold(lock_);
  changed_.wait_for(hold, std::chrono::milliseconds(wait_ms),
                    [this] { return phase_ != Phase::kOpening; });
  if (closed_) return WAYMARK_CLOSED;
  if (phase_ == Phase::kOpening) return WAYMARK_TIMEOUT;
  return status_;
}

waymark_status Host::Close(int64_t wait_ms) {
  {
    const std::lock_guard hold(lock_);
    if (std::exchange(closed_, true)) return WAYMARK_CLOSED;
  }
  deadline_ms_ = SystemClock().MonoMs() + wait_ms;
  closing_ = true;
  calls_.Close();
  std::unique_lock hold(lock_);
  const bool ended = changed_.wait_for(hold, std::chrono::milliseconds(wait_ms + kJoinGraceMs),
                                       [this] { return phase_ == Phase::kEnded; });
  hold.unlock();
  if (!thread_.joinable()) return WAYMARK_OK;
  if (!ended) {
    thread_.detach();
    return WAYMARK_TIMEOUT;
  }
  thread_.join();
  return WAYMARK_OK;
}

std::string Host::View() {
  const std::lock_guard hold(lock_);
  return view_;
}

void Host::Count(waymark_counters* counters) {
  const Calls::Counters calls = calls_.counters();
  counters->calls = calls.calls;
  counters->queue_full = calls.queue_full;
  counters->off = calls.off;
  counters->intake_bytes = calls.intake_bytes;
  counters->memory_bytes = calls.memory_bytes;
  counters->replayed = counters_.replayed;
  counters->torn = counters_.torn;
  counters->corrupt_files = counters_.corrupt;
  counters->store_failures = counters_.store_failures;
  counters->wake_ups = counters_.wake_ups;
  counters->requests = counters_.requests;
  counters->request_bytes = counters_.request_bytes;
  counters->stored_segments = counters_.stored_segments;
}

}  // namespace waymark::native
