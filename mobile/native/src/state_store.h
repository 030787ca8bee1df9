// What is looked up by key: decisions, ids, session, how far the collectors are. In SQLite.
//
// One table, `entries(key, value)`. A file that is none, or is damaged, is set aside and counted;
// one of a newer version is left alone. What is deleted is overwritten. Worker only.
#ifndef WAYMARK_MOBILE_NATIVE_STATE_STORE_H_
#define WAYMARK_MOBILE_NATIVE_STATE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cipher.h"
#include "fault.h"
#include "segment_store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace waymark::native {

// One change of a transaction.
struct StateChange {
  enum class Kind : uint8_t { kPut, kReplace, kDelete, kDeleteBelow };
  Kind kind = Kind::kPut;
  std::string key;  // or prefix
  std::string_view value;
};

class StateStore {
 public:
  explicit StateStore(const Cipher* cipher) : cipher_(cipher) {}
  ~StateStore();
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;

  // An empty path: in memory, gone with this object.
  Fault Open(const std::string& path);
  // All of them, or none. What decisions are is on the disk when this returns, everything else
  // soon.
  Fault Apply(const std::vector<StateChange>& changes);
  std::optional<std::string> Get(const std::string& key);
  // As SegmentStore::Read.
  Fault Read(std::string_view prefix, std::string_view after, size_t bytes_max,
             std::vector<StoreEntry>* entries, bool* more);

  uint64_t corrupt() const { return corrupt_; }

 private:
  struct Closed {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Closed>;

  Fault OpenOnce();
  Fault Prepare();
  Fault ApplyOne(const StateChange& change);
  Fault Run(const char* sql);
  Fault Step(sqlite3_stmt* statement);
  Fault Recover(Fault fault);
  void Close();
  void SetAside();
  int Number(const char* sql);

  const Cipher* cipher_;
  std::string path_;
  std::unique_ptr<sqlite3, Closed> database_;
  Statement put_;
  Statement replace_;
  Statement delete_;
  Statement delete_below_;
  Statement get_;
  Statement read_;
  bool synced_ = false;  // each transaction
  uint64_t corrupt_ = 0;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_STATE_STORE_H_
