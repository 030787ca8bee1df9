#include "delivery/transport_planner.h"

namespace waymark {
namespace {

// Below this a body goes uncompressed: that needs no preflight, and the header would cost what gzip
// saves.
constexpr size_t kGzipBytesMin = 1024;

}  // namespace

TransportPlan PlanTransport(const TransportFacts& facts, size_t raw_bytes) {
  TransportPlan plan;
  const bool needs_preflight = facts.gzip == GzipWay::kHeader && facts.cross_origin;
  // A page that is going cannot wait for the answer to a preflight.
  const bool in_time = facts.leaving != Leaving::kClosing || !needs_preflight ||
                       facts.preflight_cached || !facts.can_be_simple;
  plan.gzip =
      facts.gzip != GzipWay::kNone && !facts.gzip_refused && raw_bytes >= kGzipBytesMin && in_time;
  plan.simple = facts.can_be_simple && !(plan.gzip && facts.gzip == GzipWay::kHeader);
  return plan;
}

Transport ChooseTransport(const TransportPlan& plan, Leaving leaving, bool beacon,
                          int64_t body_bytes, int64_t bytes_left) {
  if (body_bytes > bytes_left) return Transport::kFetch;
  const bool can_beacon = beacon && plan.simple && leaving == Leaving::kClosing;
  return can_beacon ? Transport::kBeacon : Transport::kKeepalive;
}

bool IsCrossOrigin(std::string_view origin, std::string_view url) {
  if (origin.empty()) return false;
  const bool same =
      url.starts_with(origin) && (url.size() == origin.size() || url[origin.size()] == '/');
  return !same;
}

}  // namespace waymark
