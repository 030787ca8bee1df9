#include "settings.h"

#include <algorithm>
#include <cstring>

#include "version.h"

namespace waymark::native {
namespace {

constexpr size_t kKiB = 1024;
constexpr size_t kMiB = 1024 * kKiB;
constexpr int64_t kOpenWaitMs = 5'000;
constexpr size_t kOverheadMax = 1024;
constexpr const char* kSdkName = "waymark-native";

// Members that the caller's header did not know are those of a struct of zeroes.
template <typename T>
bool Known(const T& given, T* known) {
  if (given.struct_size < sizeof(size_t)) return false;
  std::memcpy(static_cast<void*>(known), &given, std::min(given.struct_size, sizeof(T)));
  return true;
}

std::string Text(const char* text, const char* otherwise = "") { return text ? text : otherwise; }

// 0 stands for `otherwise`; false: out of the range.
bool Bound(size_t given, size_t otherwise, size_t min, size_t max, size_t* bound) {
  *bound = given == 0 ? otherwise : given;
  return *bound >= min && *bound <= max;
}

}  // namespace

waymark_status ReadOptions(const waymark_options& given, Settings* settings) {
  waymark_options options = {};
  if (!Known(given, &options)) return WAYMARK_INVALID_ARGUMENT;
  if (options.c_version != WAYMARK_C_VERSION) return WAYMARK_VERSION_MISMATCH;
  if (!options.config) return WAYMARK_INVALID_ARGUMENT;
  settings->config = options.config_size == 0 ? std::string(options.config)
                                              : std::string(options.config, options.config_size);
  settings->directory = Text(options.directory);
  settings->region = Text(options.region);
  settings->sdk_name = Text(options.sdk_name, kSdkName);
  settings->sdk_version = Text(options.sdk_version, kVersion);
  settings->open_wait_ms = options.open_wait_ms == 0 ? kOpenWaitMs : options.open_wait_ms;
  const bool bounded =
      Bound(options.intake_bytes_max, 16 * kMiB, 64 * kKiB, kKiB * kMiB,
            &settings->intake_bytes_max) &&
      Bound(options.memory_bytes_max, kMiB, 64 * kKiB, 64 * kMiB, &settings->memory_bytes_max);
  if (!bounded) return WAYMARK_INVALID_ARGUMENT;
  if (options.cipher) {
    waymark_cipher cipher = {};
    if (!Known(*options.cipher, &cipher) || !cipher.seal || !cipher.open ||
        cipher.overhead_bytes > kOverheadMax) {
      return WAYMARK_INVALID_ARGUMENT;
    }
    settings->cipher = Cipher(cipher);
  }
  if (options.http) {
    waymark_http http = {};
    if (!Known(*options.http, &http) || !http.send || !http.abort) return WAYMARK_INVALID_ARGUMENT;
    settings->http = MakeSeamHttp(&http);
  }
  settings->context = options.context;
  settings->on_view = options.on_view;
  settings->on_problem = options.on_problem;
  settings->on_preference = options.on_preference;
  settings->on_worker_begin = options.on_worker_begin;
  settings->on_worker_end = options.on_worker_end;
  return WAYMARK_OK;
}

}  // namespace waymark::native
