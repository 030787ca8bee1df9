// In which form a batch leaves: compressed or plain, with or without a CORS preflight, and by which
// way of the platform.
//
// A browser lets a request across origins go at once only when it is "simple": a POST of text
// without headers of its own. Any other waits for the answer to a preflight, which a page that is
// going may not live to see. Across origins means: the host said from which origin it sends.
#ifndef WAYMARK_DELIVERY_TRANSPORT_PLANNER_H_
#define WAYMARK_DELIVERY_TRANSPORT_PLANNER_H_

#include <cstdint>
#include <string_view>

#include "collector/collector.h"

namespace waymark {

// The platform's ways.
enum class Transport : uint8_t {
  kFetch,
  kKeepalive,  // must outlive the page
  kBeacon,     // the page is going: hand over synchronously
};

// When a batch is sent, seen from the page.
enum class Leaving : uint8_t {
  kNo,
  kHidden,   // it may come back, or may end without another word
  kClosing,  // it is going
};

struct TransportFacts {
  bool cross_origin = false;
  bool can_be_simple = false;
  bool preflight_cached = false;  // probably
  bool gzip_refused = false;      // learned from answers
  GzipWay gzip = GzipWay::kNone;
  Leaving leaving = Leaving::kNo;
};

struct TransportPlan {
  bool gzip = false;
  bool simple = false;  // needs no preflight, wherever the collector is
};

// `raw_bytes`: of the body before compression.
TransportPlan PlanTransport(const TransportFacts& facts, size_t raw_bytes);

// The platform's way for a body of that size, when `bytes_left` may still be on their way from a
// page that is gone. `beacon`: the browser adds its cookies to it, so not for what is
// de-identified.
Transport ChooseTransport(const TransportPlan& plan, Leaving leaving, bool beacon,
                          int64_t body_bytes, int64_t bytes_left);

// Whether a request from `origin` to `url` is one across origins; never when `origin` is empty.
bool IsCrossOrigin(std::string_view origin, std::string_view url);

}  // namespace waymark

#endif  // WAYMARK_DELIVERY_TRANSPORT_PLANNER_H_
