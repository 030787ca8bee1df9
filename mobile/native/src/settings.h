// What a client was opened with, copied out of waymark_options.
#ifndef WAYMARK_MOBILE_NATIVE_SETTINGS_H_
#define WAYMARK_MOBILE_NATIVE_SETTINGS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "cipher.h"
#include "clock.h"
#include "http.h"
#include "waymark/c.h"

namespace waymark::native {

inline constexpr size_t kEntropyBytes = 32;

// Writes kEntropyBytes bytes that nobody can guess; false: there are none.
using EntropySource = std::function<bool(char*)>;

struct Settings {
  std::string config;
  std::string directory;
  std::string region;
  std::string sdk_name;
  std::string sdk_version;
  size_t intake_bytes_max = 0;
  size_t memory_bytes_max = 0;
  int64_t open_wait_ms = 0;
  Cipher cipher;
  std::unique_ptr<Http> http;
  std::shared_ptr<const Clock> clock;
  EntropySource entropy;
  void* context = nullptr;
  void (*on_view)(void*) = nullptr;
  void (*on_problem)(void*, const char*, const char*, const char*, const char*) = nullptr;
  void (*on_preference)(void*, const char*, const char*) = nullptr;
  void (*on_worker_begin)(void*) = nullptr;
  void (*on_worker_end)(void*) = nullptr;
};

// The options with what they leave open filled in; or what is wrong with them. `http` is null where
// the library is to choose.
waymark_status ReadOptions(const waymark_options& options, Settings* settings);

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_SETTINGS_H_
