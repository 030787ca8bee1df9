// The clocks of the device, and a seam for tests that have to wait thirty minutes.
#ifndef WAYMARK_MOBILE_NATIVE_CLOCK_H_
#define WAYMARK_MOBILE_NATIVE_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace waymark::native {

class Clock {
 public:
  virtual ~Clock() = default;

  // Unix milliseconds; may jump either way. Any thread.
  virtual int64_t WallMs() const = 0;
  // Milliseconds of a clock that never goes back. Any thread.
  virtual int64_t MonoMs() const = 0;
  // How many milliseconds of real time the worker may sleep until `mono_ms`. A test's clock, which
  // somebody moves, says so itself.
  virtual int64_t SleepMs(int64_t mono_ms) const { return mono_ms - MonoMs(); }
};

class SystemClock final : public Clock {
 public:
  int64_t WallMs() const override { return Read(CLOCK_REALTIME); }
  int64_t MonoMs() const override { return Read(kMonotonic); }

 private:
#if defined(CLOCK_BOOTTIME)
  // Goes on while the device sleeps, as back-off and the silence of a session do.
  static constexpr clockid_t kMonotonic = CLOCK_BOOTTIME;
#else
  static constexpr clockid_t kMonotonic = CLOCK_MONOTONIC;
#endif

  static int64_t Read(clockid_t clock) {
    timespec now;
    clock_gettime(clock, &now);
    return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
  }
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_CLOCK_H_
