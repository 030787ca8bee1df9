#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

namespace waymark::native {
namespace {

constexpr std::string_view kOutbox = "outbox/";

}  // namespace

Store::~Store() {
  if (lock_ >= 0) close(lock_);
}

Fault Store::Lock() {
  lock_ = open((folder_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return Fault::kUnavailable;
  // The system lets go of it with the process, however that ends.
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return Fault::kNone;
  return errno == EWOULDBLOCK ? Fault::kBusy : Fault::kUnavailable;
}

Fault Store::Open(const std::string& folder) {
  folder_ = folder;
  if (folder.empty()) return state_.Open("");
  if (!MakeFolder(folder)) return Fault::kUnavailable;
  if (const Fault fault = Lock(); fault != Fault::kNone) return fault;
  if (const Fault fault = state_.Open(folder + "/state.db"); fault != Fault::kNone) return fault;
  return segments_.Open(folder + "/outbox");
}

bool Store::IsSegment(std::string_view key) const {
  return !folder_.empty() && key.starts_with(kOutbox);
}

Fault Store::ApplyToSegments(const std::vector<StateChange>& changes, uint64_t covered) {
  std::vector<StoreEntry> puts;
  for (const StateChange& change : changes) {
    const bool put = change.kind == StateChange::Kind::kPut ||
                     (change.kind == StateChange::Kind::kReplace && segments_.Has(change.key));
    if (put) puts.push_back({change.key, std::string(change.value)});
  }
  if (!puts.empty()) {
    if (const Fault fault = segments_.Append(puts, covered); fault != Fault::kNone) return fault;
  }
  for (const StateChange& change : changes) {
    if (change.kind == StateChange::Kind::kDelete) segments_.Delete(change.key);
    if (change.kind == StateChange::Kind::kDeleteBelow) segments_.DeleteBelow(change.key);
  }
  return Fault::kNone;
}

Fault Store::Apply(const std::vector<StateChange>& changes, uint64_t covered) {
  for (size_t begin = 0; begin < changes.size();) {
    size_t end = begin;
    const bool segment = IsSegment(changes[begin].key);
    while (end < changes.size() && IsSegment(changes[end].key) == segment) ++end;
    const std::vector<StateChange> run(changes.begin() + static_cast<std::ptrdiff_t>(begin),
                                       changes.begin() + static_cast<std::ptrdiff_t>(end));
    const Fault fault = segment ? ApplyToSegments(run, covered) : state_.Apply(run);
    if (fault != Fault::kNone) return fault;
    begin = end;
  }
  return Fault::kNone;
}

Fault Store::Read(std::string_view prefix, std::string_view after, size_t bytes_max,
                  std::vector<StoreEntry>* entries, bool* more) {
  if (!IsSegment(prefix)) return state_.Read(prefix, after, bytes_max, entries, more);
  *more = segments_.Read(prefix, after, bytes_max, entries);
  return Fault::kNone;
}

}  // namespace waymark::native
