// The outbox on the device: values of the keys `outbox/…`, in mapped files that only grow.
//
// A value is a segment of records (sdk/docs/record.md), as the engine made it. Appending is a copy;
// deleting turns one word and gives the blocks back; a file goes when nothing in it is left.
//
//   file   = header *entry, zeroes to the end
//   header = 64 bytes: "WMSG", u32 version 1, u64 number of the file, zeroes
//   entry  = u32 state (0: end of the file, 1: live, 2: deleted), u32 size of the value,
//            u32 CRC-32 of what follows up to the key's end, u32 size of the key, u64 covered, key,
//            value, zeroes up to a multiple of 8. Little-endian.
//
// `covered`: the sequence up to which calls of the intake have found their place here: what a
// stopped process left there and is covered is not delivered twice. A segment has checksums of its
// own; this one keeps the reader on its way.
//
// Worker only. Invariant: what one Append() puts down is there as a whole or not at all.
#ifndef WAYMARK_MOBILE_NATIVE_SEGMENT_STORE_H_
#define WAYMARK_MOBILE_NATIVE_SEGMENT_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cipher.h"
#include "mapped_file.h"

namespace waymark::native {

struct StoreEntry {
  std::string key;
  std::string value;
};

class SegmentStore {
 public:
  explicit SegmentStore(const Cipher* cipher) : cipher_(cipher) {}

  Fault Open(const std::string& folder);

  // Puts values down; what a key had before goes.
  Fault Append(const std::vector<StoreEntry>& entries, uint64_t covered);
  bool Has(std::string_view key) const { return index_.find(key) != index_.end(); }
  void Delete(std::string_view key);
  void DeleteBelow(std::string_view prefix);
  // Entries below the prefix, behind `after`, in the order of their keys: at least one if there is
  // one, no more than `bytes_max` of values. True: there are more.
  bool Read(std::string_view prefix, std::string_view after, size_t bytes_max,
            std::vector<StoreEntry>* entries);

  uint64_t covered() const { return covered_; }
  size_t size() const { return index_.size(); }
  // Places that could not be read back.
  uint64_t corrupt() const { return corrupt_; }

 private:
  struct File {
    std::unique_ptr<MappedFile> map;
    size_t written = 0;
    int live = 0;
  };
  struct Place {
    uint64_t file = 0;
    size_t at = 0;  // of the entry
  };
  using Index = std::map<std::string_view, Place>;  // the keys lie in the files

  static size_t EntryBytes(const StoreEntry& entry);
  static void Write(const StoreEntry& entry, uint64_t covered, char* at);
  std::string_view ValueAt(const Place& place);
  Fault MakeRoom(size_t bytes);
  Fault ReadFile(const std::string& path);
  void Erase(Index::iterator entry);
  void RemoveEmptyFiles();

  const Cipher* cipher_;
  std::string folder_;
  std::map<uint64_t, File> files_;  // by number; the last one is written to
  Index index_;
  uint64_t next_file_ = 1;
  uint64_t covered_ = 0;
  uint64_t corrupt_ = 0;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_SEGMENT_STORE_H_
