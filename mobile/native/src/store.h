// All that a client has on the device: who has the folder, and which key lies where.
//
//   lock           held as long as the client lives
//   state.db       SQLite: every key but those of the outbox
//   outbox/        mapped segments
//   intake/        mapped log of the callers (Calls has it)
//
// Without a folder all of it is in memory. Worker only.
#ifndef WAYMARK_MOBILE_NATIVE_STORE_H_
#define WAYMARK_MOBILE_NATIVE_STORE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cipher.h"
#include "segment_store.h"
#include "state_store.h"

namespace waymark::native {

class Store {
 public:
  explicit Store(const Cipher* cipher) : state_(cipher), segments_(cipher) {}
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Empty: in memory.
  Fault Open(const std::string& folder);

  // Changes of one transaction, in their order. Those that lie in one place take effect as one;
  // where both have some, what comes first is done first.
  Fault Apply(const std::vector<StateChange>& changes, uint64_t covered);
  Fault Read(std::string_view prefix, std::string_view after, size_t bytes_max,
             std::vector<StoreEntry>* entries, bool* more);
  std::optional<std::string> Get(const std::string& key) { return state_.Get(key); }

  const std::string& folder() const { return folder_; }
  uint64_t covered() const { return segments_.covered(); }
  uint64_t corrupt() const { return state_.corrupt() + segments_.corrupt(); }
  size_t segments() const { return segments_.size(); }

 private:
  Fault Lock();
  Fault ApplyToSegments(const std::vector<StateChange>& changes, uint64_t covered);
  bool IsSegment(std::string_view key) const;

  std::string folder_;
  int lock_ = -1;
  StateStore state_;
  SegmentStore segments_;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_STORE_H_
