// The log into which callers put admitted events before the engine has them.
//
// A row of mapped files of one size, each a header and records behind one another; a record counts
// from the moment its size is written, which is last. So an event survives the process from the
// moment at which the call returns, for the price of a copy and a checksum.
//
//   file    = header *record, zeroes to the end
//   header  = 64 bytes: "WMIN", u32 version 1, u64 number of the file, zeroes
//   record  = u32 size of the payload, u32 CRC-32 of what follows up to the payload's end,
//             u64 sequence, i64 wall_ms, u32 generation of consent, u32 0, payload, zeroes up to a
//             multiple of 8. Little-endian.
//
// Two sides: callers and the worker. What the callers touch is guarded by the lock of Calls, which
// hands it through; the worker reads without it what was written before it last looked.
#ifndef WAYMARK_MOBILE_NATIVE_INTAKE_LOG_H_
#define WAYMARK_MOBILE_NATIVE_INTAKE_LOG_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipher.h"
#include "mapped_file.h"

namespace waymark::native {

struct IntakeRecord {
  uint64_t sequence = 0;
  int64_t wall_ms = 0;
  uint32_t generation = 0;
  std::string_view payload;
};

class IntakeLog {
 public:
  static constexpr size_t kFileBytes = size_t{1} << 20;

  // `lock` guards what the callers touch. Nothing lies anywhere before Open().
  IntakeLog(std::mutex* lock, const Cipher* cipher) : lock_(lock), cipher_(cipher) {}

  // Worker. Makes or opens the folder and the first file; finds what an earlier process left.
  Fault Open(const std::string& folder, size_t bytes_max);

  // Callers, under the lock: puts a record down. `payload_bytes_max` bytes at most are written by
  // `write(char*)`, which says how many. False: there is no room.
  template <typename Write>
  bool Append(const IntakeRecord& record, size_t payload_bytes_max, Write write) {
    char* room = Reserve(payload_bytes_max + cipher_->overhead());
    if (!room) return false;
    if (!cipher_->seals()) {
      Commit(record, room, write(room));
      return true;
    }
    scratch_.resize(payload_bytes_max);
    const size_t size = write(scratch_.data());
    const size_t sealed = cipher_->Seal(kSealName, {scratch_.data(), size}, room);
    if (sealed != 0) Commit(record, room, sealed);
    return sealed != 0;
  }
  // Callers, under the lock: bytes of records that the worker has not consumed.
  size_t backlog() const { return backlog_; }
  // Worker, under the lock: whether Read() would give something.
  bool has_unread() const {
    for (const auto& file : files_) {
      if (file->read != file->written) return true;
    }
    return false;
  }
  // Callers, under the lock: whether a caller had to make a file itself, since this was last asked.
  bool TakeStarved() { return std::exchange(starved_, false); }

  // Worker: hands over, in order, the records that were put down since the last call, at most
  // `bytes_max` of them, of sequences up to `through`. False: there is nothing more.
  bool Read(size_t bytes_max, uint64_t through,
            const std::function<void(const IntakeRecord&)>& take);
  // Worker: all that Read() gave has found its place elsewhere; it goes from here.
  void Consume();
  // Worker: keeps a file ready, so that callers need not make one.
  void MakeSpares();

  // Worker, once after Open(): records of earlier processes, in order; they stay until they are
  // dropped. Those up to `covered` have found their place already.
  void ReadEarlier(uint64_t covered, const std::function<void(const IntakeRecord&)>& take);
  void DropEarlier();
  bool has_earlier() const { return !earlier_.empty(); }
  // The highest sequence that was found by Open().
  uint64_t last_sequence() const { return last_sequence_; }
  uint64_t torn() const { return torn_; }

 private:
  static constexpr const char* kSealName = "intake";

  struct File {
    std::unique_ptr<MappedFile> map;
    size_t written = 0;  // callers; under the lock
    size_t read = 0;     // worker
  };

  char* Reserve(size_t payload_bytes);
  void Commit(const IntakeRecord& record, char* room, size_t size);
  std::unique_ptr<File> MakeFile(uint64_t number, Fault* fault) const;
  // An emptied file is of use again, or goes.
  void Recycle(std::unique_ptr<File> file);
  bool Walk(MappedFile* map, const std::function<void(const IntakeRecord&)>& take);
  bool Give(const IntakeRecord& record, const std::function<void(const IntakeRecord&)>& take);
  Fault FindEarlier();

  std::mutex* lock_;
  const Cipher* cipher_;
  std::string folder_;
  size_t files_max_ = 0;
  std::string scratch_;                        // callers, under the lock
  std::deque<std::unique_ptr<File>> files_;    // under the lock
  std::vector<std::unique_ptr<File>> spares_;  // under the lock
  size_t backlog_ = 0;                         // under the lock
  uint64_t next_file_ = 1;                     // under the lock
  bool starved_ = false;                       // under the lock
  size_t spares_wanted_ = 1;                   // worker
  std::vector<std::unique_ptr<MappedFile>> earlier_;
  uint64_t last_sequence_ = 0;
  uint64_t torn_ = 0;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_INTAKE_LOG_H_
