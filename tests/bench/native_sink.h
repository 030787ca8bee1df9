// The collector of the native benchmark, in a process of its own: reads requests, counts their
// bytes, says 200. Its time is not the client's.
#ifndef WAYMARK_TESTS_BENCH_NATIVE_SINK_H_
#define WAYMARK_TESTS_BENCH_NATIVE_SINK_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>

namespace waymark_bench {

// In memory that both processes see.
struct SinkCounts {
  std::atomic<uint64_t> requests;
  std::atomic<uint64_t> wire_bytes;  // headers and bodies of requests
};

class NativeSink {
 public:
  NativeSink();
  ~NativeSink();
  std::string url() const;
  const SinkCounts& counts() const { return *counts_; }

 private:
  SinkCounts* counts_;
  pid_t process_ = 0;
  int port_ = 0;
};

}  // namespace waymark_bench

#endif  // WAYMARK_TESTS_BENCH_NATIVE_SINK_H_
