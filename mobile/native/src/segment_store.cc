#include "segment_store.h"

#include <dirent.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "codec/crc32.h"

namespace waymark::native {
namespace {

constexpr char kMagic[] = "WMSG";
constexpr uint32_t kVersion = 1;
constexpr size_t kFileBytes = size_t{1} << 20;
constexpr size_t kFileHeaderBytes = 64;
constexpr size_t kHeaderBytes = 24;
constexpr size_t kCheckedFrom = 12;  // of an entry: size of the key, covered, key
constexpr size_t kKeyBytesMax = 4096;
constexpr uint32_t kLive = 1;
constexpr uint32_t kDeleted = 2;

void SetState(char* at, uint32_t state) {
  std::atomic_ref<uint32_t>(*reinterpret_cast<uint32_t*>(at))
      .store(state, std::memory_order_release);
}

uint32_t Checksum(const char* at, uint32_t value_bytes, size_t key_bytes) {
  const uint32_t seed = Crc32({reinterpret_cast<const char*>(&value_bytes), sizeof value_bytes});
  return Crc32({at + kCheckedFrom, kHeaderBytes - kCheckedFrom + key_bytes}, seed);
}

bool IsBelow(std::string_view key, std::string_view prefix) { return key.starts_with(prefix); }

}  // namespace

Fault SegmentStore::Open(const std::string& folder) {
  folder_ = folder;
  if (!MakeFolder(folder)) return Fault::kUnavailable;
  std::vector<std::string> names;
  DIR* listed = opendir(folder.c_str());
  if (!listed) return Fault::kUnavailable;
  while (const dirent* entry = readdir(listed)) {
    const std::string name = entry->d_name;
    if (name.size() == 16 && name.ends_with(".seg")) names.push_back(name);
  }
  closedir(listed);
  // Later files hold later values.
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    next_file_ = std::max<uint64_t>(next_file_, std::strtoull(name.c_str(), nullptr, 16) + 1);
    const Fault fault = ReadFile(folder + "/" + name);
    if (fault == Fault::kNewer) return fault;
    corrupt_ += fault != Fault::kNone;
  }
  RemoveEmptyFiles();
  return Fault::kNone;
}

Fault SegmentStore::ReadFile(const std::string& path) {
  Fault fault = Fault::kNone;
  std::unique_ptr<MappedFile> map = MappedFile::Open(path, &fault);
  if (!map) return fault;
  char* data = map->data();
  const size_t size = map->size();
  if (size < kFileHeaderBytes || std::memcmp(data, kMagic, 4) != 0) {
    std::rename(path.c_str(), (path + ".corrupt").c_str());
    return Fault::kCorrupt;
  }
  if (Get<uint32_t>(data + 4) > kVersion) return Fault::kNewer;
  const uint64_t number = next_file_ - 1;
  File& file = files_[number];
  file.map = std::move(map);
  // Nothing is ever written behind what an earlier process wrote.
  file.written = size;
  size_t at = kFileHeaderBytes;
  while (at + kHeaderBytes <= size) {
    const auto state = Get<uint32_t>(data + at);
    if (state == 0) break;
    const auto value_bytes = Get<uint32_t>(data + at + 4);
    const auto key_bytes = Get<uint32_t>(data + at + 12);
    const size_t left = size - at - kHeaderBytes;
    const bool fits = state <= kDeleted && key_bytes <= kKeyBytesMax && key_bytes <= left &&
                      value_bytes <= left - key_bytes;
    if (!fits || Get<uint32_t>(data + at + 8) != Checksum(data + at, value_bytes, key_bytes)) {
      return Fault::kCorrupt;
    }
    covered_ = std::max(covered_, Get<uint64_t>(data + at + 16));
    if (state == kLive) {
      const std::string_view key(data + at + kHeaderBytes, key_bytes);
      const auto found = index_.find(key);
      if (found != index_.end()) Erase(found);
      index_[key] = {number, at};
      ++file.live;
    }
    at += Padded(kHeaderBytes + key_bytes + value_bytes);
  }
  return Fault::kNone;
}

// The last one stays: it says what is covered.
void SegmentStore::RemoveEmptyFiles() {
  for (auto file = files_.begin(); file != files_.end();) {
    const auto next = std::next(file);
    if (next != files_.end() && file->second.live == 0) {
      file->second.map->Remove();
      files_.erase(file);
    }
    file = next;
  }
}

size_t SegmentStore::EntryBytes(const StoreEntry& entry) {
  return Padded(kHeaderBytes + entry.key.size() + entry.value.size());
}

// All but the state.
void SegmentStore::Write(const StoreEntry& entry, uint64_t covered, char* at) {
  const auto value_bytes = static_cast<uint32_t>(entry.value.size());
  Put(at + 4, value_bytes);
  Put(at + 12, static_cast<uint32_t>(entry.key.size()));
  Put(at + 16, covered);
  std::memcpy(at + kHeaderBytes, entry.key.data(), entry.key.size());
  std::memcpy(at + kHeaderBytes + entry.key.size(), entry.value.data(), entry.value.size());
  Put(at + 8, Checksum(at, value_bytes, entry.key.size()));
}

// In the last file, or in a new one: what belongs together lies in one.
Fault SegmentStore::MakeRoom(size_t bytes) {
  if (!files_.empty()) {
    const File& last = files_.rbegin()->second;
    if (last.written + bytes <= last.map->size()) return Fault::kNone;
  }
  Fault fault = Fault::kNone;
  const uint64_t number = next_file_++;
  char name[32];
  std::snprintf(name, sizeof name, "/%012llx.seg", static_cast<unsigned long long>(number));
  File file;
  file.map =
      MappedFile::Create(folder_ + name, std::max(kFileBytes, kFileHeaderBytes + bytes), &fault);
  if (!file.map) return fault;
  std::memcpy(file.map->data(), kMagic, 4);
  Put(file.map->data() + 4, kVersion);
  Put(file.map->data() + 8, number);
  file.written = kFileHeaderBytes;
  files_[number] = std::move(file);
  return Fault::kNone;
}

Fault SegmentStore::Append(const std::vector<StoreEntry>& entries, uint64_t covered) {
  std::vector<StoreEntry> sealed;
  const std::vector<StoreEntry>* all = &entries;
  if (cipher_->seals()) {
    for (const StoreEntry& entry : entries) {
      std::optional<std::string> value = cipher_->Seal(entry.key, entry.value);
      if (!value) return Fault::kUnavailable;
      sealed.push_back({entry.key, std::move(*value)});
    }
    all = &sealed;
  }
  size_t bytes = 0;
  for (const StoreEntry& entry : *all) bytes += EntryBytes(entry);
  if (const Fault fault = MakeRoom(bytes); fault != Fault::kNone) return fault;
  const uint64_t number = files_.rbegin()->first;
  File& file = files_.rbegin()->second;
  const size_t first = file.written;
  std::vector<Index::iterator> before;
  covered_ = std::max(covered_, covered);
  for (const StoreEntry& entry : *all) {
    char* at = file.map->data() + file.written;
    Write(entry, covered_, at);
    if (file.written != first) SetState(at, kLive);
    file.written += EntryBytes(entry);
    ++file.live;
  }
  // The reader stops where there is no state: with the first one all of them are there.
  SetState(file.map->data() + first, kLive);
  size_t at = first;
  for (const StoreEntry& entry : *all) {
    const auto found = index_.find(entry.key);
    if (found != index_.end()) Erase(found);
    index_[{file.map->data() + at + kHeaderBytes, entry.key.size()}] = {number, at};
    at += EntryBytes(entry);
  }
  // The file before was kept to be written to.
  if (first == kFileHeaderBytes) RemoveEmptyFiles();
  return Fault::kNone;
}

void SegmentStore::Erase(Index::iterator entry) {
  const Place place = entry->second;
  index_.erase(entry);
  File& file = files_[place.file];
  --file.live;
  char* at = file.map->data() + place.at;
  SetState(at, kDeleted);
  const auto value_bytes = Get<uint32_t>(at + 4);
  const auto key_bytes = Get<uint32_t>(at + 12);
  file.map->Erase(place.at + kHeaderBytes + key_bytes, value_bytes);
  if (file.live > 0 || place.file == files_.rbegin()->first) return;
  file.map->Remove();
  files_.erase(place.file);
}

void SegmentStore::Delete(std::string_view key) {
  const auto found = index_.find(key);
  if (found != index_.end()) Erase(found);
}

void SegmentStore::DeleteBelow(std::string_view prefix) {
  for (auto at = index_.lower_bound(prefix); at != index_.end() && IsBelow(at->first, prefix);) {
    const auto next = std::next(at);
    Erase(at);
    at = next;
  }
}

std::string_view SegmentStore::ValueAt(const Place& place) {
  const char* at = files_[place.file].map->data() + place.at;
  return {at + kHeaderBytes + Get<uint32_t>(at + 12), Get<uint32_t>(at + 4)};
}

bool SegmentStore::Read(std::string_view prefix, std::string_view after, size_t bytes_max,
                        std::vector<StoreEntry>* entries) {
  size_t bytes = 0;
  auto at = after < prefix ? index_.lower_bound(prefix) : index_.upper_bound(after);
  for (; at != index_.end() && IsBelow(at->first, prefix); ++at) {
    const std::string_view value = ValueAt(at->second);
    if (!entries->empty() && bytes + value.size() > bytes_max) return true;
    std::string key(at->first);
    std::optional<std::string> opened = cipher_->Open(key, value);
    corrupt_ += !opened;
    // The engine counts what it cannot read.
    entries->push_back({std::move(key), opened ? std::move(*opened) : std::string("\0", 1)});
    bytes += value.size();
  }
  return false;
}

}  // namespace waymark::native
