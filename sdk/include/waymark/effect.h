// Outputs: all that leaves the engine. docs/effect.md describes each; the bytes form is written in capi/.
#ifndef WAYMARK_INCLUDE_WAYMARK_EFFECT_H_
#define WAYMARK_INCLUDE_WAYMARK_EFFECT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"
#include "base/time.h"

namespace waymark {

struct StoreGet {
  std::string prefix;
  std::string after;  // exclusive; empty: from the start
  int64_t bytes_max = 0;
};
struct StorePut {
  std::string key;
  std::string value;
};
struct StoreDelete {
  std::string key;     // exactly one of the two is set
  std::string prefix;
};

enum class Transport : uint8_t { kFetch, kKeepalive, kBeacon };

struct HttpSend {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Transport transport = Transport::kFetch;
  int64_t timeout_ms = 0;
  bool credentials = false;
};
struct HttpAbort {
  int64_t target = 0;
};
struct Notify {};

struct Effect {
  int64_t effect_id = 0;  // only grows; 0 for Notify
  std::variant<StoreGet, StorePut, StoreDelete, HttpSend, HttpAbort, Notify> body;
};

struct Output {
  std::vector<Effect> effects;     // to be started in this order
  int64_t wake_at_ms = kNever;     // on the monotonic clock
  std::vector<Problem> problems;
  bool refused = false;            // the start was refused; nothing else will ever come
  bool nothing = false;            // nothing to do, and the last wake_at_ms still holds
};

}  // namespace waymark

#endif  // WAYMARK_INCLUDE_WAYMARK_EFFECT_H_
