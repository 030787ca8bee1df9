// Why the device did not take something, or cannot give it back.
#ifndef WAYMARK_MOBILE_NATIVE_FAULT_H_
#define WAYMARK_MOBILE_NATIVE_FAULT_H_

#include <cstdint>

#include "waymark/c.h"

namespace waymark::native {

enum class Fault : uint8_t { kNone, kQuota, kUnavailable, kCorrupt, kNewer, kBusy };

// The word that the engine knows it by (docs/input.md, store_failed).
inline const char* FaultReason(Fault fault) {
  if (fault == Fault::kQuota) return "quota";
  return fault == Fault::kCorrupt ? "unknown" : "unavailable";
}

// What a caller is told who could not open a store.
inline waymark_status FaultStatus(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return WAYMARK_OK;
    case Fault::kBusy:
      return WAYMARK_STORE_BUSY;
    case Fault::kNewer:
      return WAYMARK_STORE_NEWER;
    default:
      return WAYMARK_STORE_UNAVAILABLE;
  }
}

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_FAULT_H_
