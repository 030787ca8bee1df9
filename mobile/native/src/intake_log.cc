#include "intake_log.h"

#include <dirent.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <utility>

#include "codec/crc32.h"

namespace waymark::native {
namespace {

constexpr char kMagic[] = "WMIN";
constexpr uint32_t kVersion = 1;
constexpr size_t kFileHeaderBytes = 64;
constexpr size_t kHeaderBytes = 32;
constexpr size_t kCheckedFrom = 8;  // of a record: behind size and checksum
constexpr size_t kSparesMax = 8;    // a burst of 14,000 events
constexpr size_t kEraseInPlaceBytes = 64 * 1024;

uint32_t Checksum(const char* record, size_t payload_bytes) {
  return Crc32({record + kCheckedFrom, kHeaderBytes - kCheckedFrom + payload_bytes});
}

}  // namespace

Fault IntakeLog::Open(const std::string& folder, size_t bytes_max) {
  folder_ = folder;
  files_max_ = std::max<size_t>(bytes_max / kFileBytes, 2);
  if (!MakeFolder(folder)) return Fault::kUnavailable;
  if (const Fault fault = FindEarlier(); fault != Fault::kNone) return fault;
  Fault fault = Fault::kNone;
  std::unique_ptr<File> file = MakeFile(next_file_++, &fault);
  if (!file) return fault;
  const std::lock_guard hold(*lock_);
  files_.push_back(std::move(file));
  return Fault::kNone;
}

std::unique_ptr<IntakeLog::File> IntakeLog::MakeFile(uint64_t number, Fault* fault) const {
  char name[32];
  std::snprintf(name, sizeof name, "/%012llx.log", static_cast<unsigned long long>(number));
  auto file = std::make_unique<File>();
  file->map = MappedFile::Create(folder_ + name, kFileBytes, fault);
  if (!file->map) return nullptr;
  std::memcpy(file->map->data(), kMagic, 4);
  Put(file->map->data() + 4, kVersion);
  Put(file->map->data() + 8, number);
  file->written = file->read = kFileHeaderBytes;
  return file;
}

char* IntakeLog::Reserve(size_t payload_bytes) {
  const size_t bytes = Padded(kHeaderBytes + payload_bytes);
  if (files_.empty() || bytes > kFileBytes - kFileHeaderBytes) return nullptr;
  File* file = files_.back().get();
  if (file->written + bytes > kFileBytes) {
    if (files_.size() >= files_max_) return nullptr;
    starved_ |= spares_.empty();
    if (spares_.empty()) {
      Fault fault = Fault::kNone;
      std::unique_ptr<File> made = MakeFile(next_file_++, &fault);
      if (!made) return nullptr;
      spares_.push_back(std::move(made));
    }
    files_.push_back(std::move(spares_.back()));
    spares_.pop_back();
    file = files_.back().get();
  }
  return file->map->data() + file->written + kHeaderBytes;
}

void IntakeLog::Commit(const IntakeRecord& record, char* room, size_t size) {
  char* at = room - kHeaderBytes;
  Put(at + 8, record.sequence);
  Put(at + 16, record.wall_ms);
  Put(at + 24, record.generation);
  Put(at + 28, uint32_t{0});
  Put(at + 4, Checksum(at, size));
  // Last: what has a size is whole.
  std::atomic_ref<uint32_t>(*reinterpret_cast<uint32_t*>(at))
      .store(static_cast<uint32_t>(size), std::memory_order_release);
  const size_t bytes = Padded(kHeaderBytes + size);
  files_.back()->written += bytes;
  backlog_ += bytes;
}

bool IntakeLog::Give(const IntakeRecord& record,
                     const std::function<void(const IntakeRecord&)>& take) {
  if (!cipher_->seals()) {
    take(record);
    return true;
  }
  const std::optional<std::string> opened = cipher_->Open(kSealName, record.payload);
  if (!opened) return false;
  IntakeRecord open = record;
  open.payload = *opened;
  take(open);
  return true;
}

bool IntakeLog::Read(size_t bytes_max, uint64_t through,
                     const std::function<void(const IntakeRecord&)>& take) {
  struct Span {
    File* file;
    size_t written;
  };
  std::vector<Span> spans;
  {
    const std::lock_guard hold(*lock_);
    for (const auto& file : files_) spans.push_back({file.get(), file->written});
  }
  size_t given = 0;
  for (const Span& span : spans) {
    while (span.file->read < span.written) {
      const char* at = span.file->map->data() + span.file->read;
      const auto size = Get<uint32_t>(at);
      const IntakeRecord record{Get<uint64_t>(at + 8),
                                Get<int64_t>(at + 16),
                                Get<uint32_t>(at + 24),
                                {at + kHeaderBytes, size}};
      if (record.sequence > through || given >= bytes_max) return record.sequence <= through;
      torn_ += !Give(record, take);
      given += size;
      span.file->read += Padded(kHeaderBytes + size);
    }
  }
  return false;
}

void IntakeLog::Consume() {
  std::vector<std::unique_ptr<File>> done;
  {
    const std::lock_guard hold(*lock_);
    while (files_.size() > 1 && files_.front()->read == files_.front()->written) {
      done.push_back(std::move(files_.front()));
      files_.pop_front();
    }
    File* file = files_.empty() ? nullptr : files_.front().get();
    const size_t used = file ? file->read - kFileHeaderBytes : 0;
    if (file && files_.size() == 1 && used != 0 && file->read == file->written) {
      if (used > kEraseInPlaceBytes && !spares_.empty()) {
        done.push_back(std::move(files_.front()));
        files_.front() = std::move(spares_.back());
        spares_.pop_back();
      } else {
        std::memset(file->map->data() + kFileHeaderBytes, 0, used);
        file->written = file->read = kFileHeaderBytes;
      }
    }
    backlog_ = 0;
    for (const auto& left : files_) backlog_ += left->written - left->read;
  }
  for (auto& file : done) Recycle(std::move(file));
}

void IntakeLog::Recycle(std::unique_ptr<File> file) {
  {
    const std::lock_guard hold(*lock_);
    if (spares_.size() >= spares_wanted_) {
      file->map->Remove();
      return;
    }
  }
  std::memset(file->map->data() + kFileHeaderBytes, 0, file->written - kFileHeaderBytes);
  file->written = file->read = kFileHeaderBytes;
  const std::lock_guard hold(*lock_);
  spares_.push_back(std::move(file));
}

void IntakeLog::MakeSpares() {
  bool starved = false;
  size_t there = 0;
  size_t room = 0;
  {
    const std::lock_guard hold(*lock_);
    if (files_.empty()) return;
    starved = TakeStarved();
    there = spares_.size();
    room = files_max_ - std::min(files_max_, files_.size());
    // A burst is over when nothing waits any more.
    if (!starved && backlog_ == 0) spares_wanted_ = 1;
  }
  if (starved) spares_wanted_ = std::min(spares_wanted_ * 2, kSparesMax);
  for (; there < std::min(spares_wanted_, room); ++there) {
    std::unique_lock hold(*lock_);
    const uint64_t number = next_file_++;
    hold.unlock();
    Fault fault = Fault::kNone;
    std::unique_ptr<File> file = MakeFile(number, &fault);
    if (!file) return;
    hold.lock();
    spares_.push_back(std::move(file));
  }
}

// The first record that is not whole ends a file: behind it nothing was ever written, or a page of
// it never reached the disk.
bool IntakeLog::Walk(MappedFile* map, const std::function<void(const IntakeRecord&)>& take) {
  size_t at = kFileHeaderBytes;
  uint64_t last = 0;
  while (at + kHeaderBytes <= map->size()) {
    const char* record = map->data() + at;
    const auto size = Get<uint32_t>(record);
    if (size == 0) return true;
    if (size > map->size() - at - kHeaderBytes) return false;
    const auto sequence = Get<uint64_t>(record + 8);
    if (Get<uint32_t>(record + 4) != Checksum(record, size) || sequence <= last) return false;
    last = sequence;
    take({sequence,
          Get<int64_t>(record + 16),
          Get<uint32_t>(record + 24),
          {record + kHeaderBytes, size}});
    at += Padded(kHeaderBytes + size);
  }
  return true;
}

Fault IntakeLog::FindEarlier() {
  std::vector<std::string> names;
  if (DIR* folder = opendir(folder_.c_str())) {
    while (const dirent* entry = readdir(folder)) {
      const std::string name = entry->d_name;
      if (name.size() == 16 && name.ends_with(".log")) names.push_back(name);
    }
    closedir(folder);
  } else {
    return Fault::kUnavailable;
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    next_file_ = std::max<uint64_t>(next_file_, std::strtoull(name.c_str(), nullptr, 16) + 1);
    Fault fault = Fault::kNone;
    std::unique_ptr<MappedFile> map = MappedFile::Open(folder_ + "/" + name, &fault);
    if (!map) {
      ++torn_;
      continue;
    }
    const bool ours = map->size() >= kFileHeaderBytes && std::memcmp(map->data(), kMagic, 4) == 0;
    if (ours && Get<uint32_t>(map->data() + 4) > kVersion) return Fault::kNewer;
    if (ours) {
      Walk(map.get(), [&](const IntakeRecord& record) {
        last_sequence_ = std::max(last_sequence_, record.sequence);
      });
    }
    torn_ += !ours && Get<uint32_t>(map->data()) != 0;
    earlier_.push_back(std::move(map));
  }
  return Fault::kNone;
}

void IntakeLog::ReadEarlier(uint64_t covered,
                            const std::function<void(const IntakeRecord&)>& take) {
  std::vector<IntakeRecord> records;
  for (const auto& map : earlier_) {
    if (std::memcmp(map->data(), kMagic, 4) != 0) continue;
    torn_ += !Walk(map.get(), [&](const IntakeRecord& record) {
      if (record.sequence > covered) records.push_back(record);
    });
  }
  // Recycled files do not stand in the order of their names.
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  for (const IntakeRecord& record : records) torn_ += !Give(record, take);
}

void IntakeLog::DropEarlier() {
  for (const auto& map : earlier_) {
    map->Erase(0, map->size());
    map->Remove();
  }
  earlier_.clear();
}

}  // namespace waymark::native
