#include "delivery/outage.h"

namespace waymark {
namespace {

constexpr int kHeadFailuresMax = 3;

}  // namespace

bool NoteFailure(const Failure& failure, int64_t now_ms, Outage* outage) {
  if (!outage->failing()) outage->since_ms = now_ms;
  ++outage->attempts;
  if (!failure.answered || failure.events != 1) return false;
  if (outage->verifying && failure.first == outage->suspect) {
    *outage = Outage();  // the others are fine
    return true;
  }
  if (outage->suspect != 0) {
    // The one behind it fails as well: it is the collector.
    outage->suspect = 0;
    outage->head_failures = 0;
  }
  outage->head_failures = failure.first == outage->head ? outage->head_failures + 1 : 1;
  outage->head = failure.first;
  if (outage->head_failures >= kHeadFailuresMax && failure.others) outage->suspect = outage->head;
  return false;
}

void NoteSuccess(uint32_t first, size_t events, Outage* outage) {
  const Outage before = *outage;
  *outage = Outage();
  outage->probed = before.failing() && events == 1;
  if (before.suspect == 0 || first == before.suspect) return;
  outage->suspect = before.suspect;
  outage->verifying = true;
}

}  // namespace waymark
