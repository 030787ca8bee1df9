// Opens a client with an outside world of one's own: for tests, which cannot wait thirty minutes,
// nor guess what is random.
#ifndef WAYMARK_MOBILE_NATIVE_CLIENT_OPENING_H_
#define WAYMARK_MOBILE_NATIVE_CLIENT_OPENING_H_

#include <memory>

#include "clock.h"
#include "http.h"
#include "settings.h"
#include "waymark/c.h"

namespace waymark::native {

struct Outside {
  std::shared_ptr<const Clock> clock;
  EntropySource entropy;
  std::unique_ptr<Http> http;  // null: as the options say
};

// The device's.
Outside RealOutside();

// As waymark_client_open(). May throw.
waymark_status OpenClient(const waymark_options& options, Outside outside, waymark_client** client);

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_CLIENT_OPENING_H_
