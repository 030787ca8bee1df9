// Whether a decision log is whole: for tools, not for pages.
#ifndef WAYMARK_CONSENT_VERIFY_LOG_H_
#define WAYMARK_CONSENT_VERIFY_LOG_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"

namespace waymark {

// Whether an entry is as it was written. kElsewhere: its hash does not stand at its end; somebody
// has written it anew, and nothing can be said.
enum class EntryHash : uint8_t { kFits, kDiffers, kElsewhere };
EntryHash HashOf(JsonView entry);

struct LogVerdict {
  int64_t entries = 0;
  int64_t first = 0;     // number of the first entry: a device keeps the last ones
  int64_t forks = 0;     // entries beside others: two tabs decided at once, or one stopped midway
  int64_t anchored = 0;  // number of the entry that the anchor names; 0: no anchor was given
};

// `entries`: an array in the order of their numbers, as `records` gives it. `anchor`: the hash that
// the last entry had when it was noted; empty: none, and then a cut tail goes unseen. Adds a
// problem for each entry that was changed, is missing, or stands elsewhere; `pointer`: of the
// array.
LogVerdict VerifyLog(JsonView entries, std::string_view anchor, std::string_view pointer,
                     List<Problem>* problems);

}  // namespace waymark

#endif  // WAYMARK_CONSENT_VERIFY_LOG_H_
