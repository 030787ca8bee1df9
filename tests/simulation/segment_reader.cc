#include "simulation/segment_reader.h"

#include "nlohmann/json.hpp"
#include "simulation/token.h"

namespace waymark_simulation {
namespace {

constexpr size_t kHeaderBytes = 28;
constexpr size_t kKindOffset = 1;
constexpr size_t kFlagsOffset = 2;
constexpr size_t kSizeOffset = 4;
constexpr size_t kSequenceOffset = 8;
constexpr uint8_t kEventKind = 1;
constexpr uint8_t kDeidentified = 1;

uint64_t LittleEndian(std::string_view bytes, size_t offset, size_t count) {
  uint64_t number = 0;
  for (size_t i = count; i-- > 0;) {
    number = number << 8 | static_cast<uint8_t>(bytes[offset + i]);
  }
  return number;
}

// The name of an event document: all by which a de-identified one is known.
int TokenOfDocument(std::string_view payload) {
  const auto document = nlohmann::json::parse(payload, nullptr, false);
  if (!document.is_object()) return kNoToken;
  return TokenOfName(document.value("name", ""));
}

StoredEvent ReadEvent(std::string_view frame, size_t begin) {
  StoredEvent event;
  event.begin = begin;
  event.end = begin + frame.size();
  event.identified = (static_cast<uint8_t>(frame[kFlagsOffset]) & kDeidentified) == 0;
  event.sequence = LittleEndian(frame, kSequenceOffset, 8);
  const std::string_view payload = frame.substr(kHeaderBytes);
  event.token = event.identified ? FindToken(payload) : TokenOfDocument(payload);
  return event;
}

// What stands between `prefix` and the next slash.
std::string NameBehind(std::string_view prefix, std::string_view key) {
  if (key.substr(0, prefix.size()) != prefix) return {};
  key.remove_prefix(prefix.size());
  return std::string(key.substr(0, key.find('/')));
}

}  // namespace

SegmentContents ReadSegment(std::string_view bytes) {
  SegmentContents contents;
  size_t at = 0;
  while (bytes.size() - at >= kHeaderBytes) {
    const size_t size = kHeaderBytes + LittleEndian(bytes, at + kSizeOffset, 4);
    if (size > bytes.size() - at) break;
    const std::string_view frame = bytes.substr(at, size);
    if (static_cast<uint8_t>(frame[kKindOffset]) == kEventKind) {
      contents.events.push_back(ReadEvent(frame, at));
    }
    at += size;
  }
  contents.torn = at != bytes.size();
  return contents;
}

std::string SegmentWriter(std::string_view key) { return NameBehind("outbox/", key); }

std::string DeliveryWriter(std::string_view key) { return NameBehind("state/delivery/", key); }

}  // namespace waymark_simulation
