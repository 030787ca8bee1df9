// The config and the keys of the hand-over server: the files that serve.mjs reads.
#ifndef WAYMARK_SAMPLES_HAND_OVER_CONFIG_H_
#define WAYMARK_SAMPLES_HAND_OVER_CONFIG_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sealer.h"

namespace waymark::hand_over {

struct Config {
  std::vector<std::string> domains;
  std::string keys;
  SealerOptions sealer;
  bool without_origin = false;
};

// Both throw std::runtime_error with one sentence that names the place.
Config ReadConfig(const std::string& file);
Keys ReadKeys(const std::string& file);

// Whether a host is one of the domains or below one.
bool IsOf(std::string_view host, const std::vector<std::string>& domains);
// The host of an origin: "https://shop.example:8443" is of shop.example.
std::optional<std::string> HostOf(std::string_view origin);

}  // namespace waymark::hand_over

#endif  // WAYMARK_SAMPLES_HAND_OVER_CONFIG_H_
