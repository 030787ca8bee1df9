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

// An object in place of its number names the only collectors that get it.
std::set<std::string> OnlyCollectors(std::string_view payload) {
  std::set<std::string> only;
  if (payload.find("\"sequence\":{") == payload.npos) return only;
  const auto document = nlohmann::json::parse(payload, nullptr, false);
  const auto route = document.is_object() ? document.find("sequence") : document.end();
  if (route == document.end() || !route->is_object()) return only;
  for (const auto& [collector, number] : route->items()) only.insert(collector);
  return only;
}

// Message ids and purposes need no escaping, so they are found without parsing.
std::string TextBetween(std::string_view begin, std::string_view end, std::string_view payload) {
  const size_t at = payload.find(begin);
  if (at == payload.npos) return {};
  payload.remove_prefix(at + begin.size());
  return std::string(payload.substr(0, payload.find(end)));
}

StoredEvent ReadEvent(std::string_view frame, size_t begin) {
  StoredEvent event;
  event.begin = begin;
  event.end = begin + frame.size();
  event.identified = (static_cast<uint8_t>(frame[kFlagsOffset]) & kDeidentified) == 0;
  event.sequence = LittleEndian(frame, kSequenceOffset, 8);
  const std::string_view payload = frame.substr(kHeaderBytes);
  event.message_id = TextBetween("\"message_id\":\"", "\"", payload);
  event.allowed = "{" + TextBetween("\"consent\":{", "}", payload) + "}";
  event.only = OnlyCollectors(payload);
  event.token = event.identified ? FindToken(payload) : TokenOfDocument(payload);
  return event;
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

std::vector<StoredEvent> EventsIn(std::string_view key, std::string_view value) {
  if (!SegmentWriter(key).empty()) return ReadSegment(value).events;
  std::vector<StoredEvent> events;
  const auto add = [&](std::string_view text, const std::set<std::string>& only) {
    for (const int token : FindTokens(text)) {
      StoredEvent& event = events.emplace_back();
      event.token = token;
      event.only = only;
      event.end = value.size();
    }
  };
  const auto document = nlohmann::json::parse(value, nullptr, false);
  const bool has_calls = document.is_object() && document.contains("held");
  if (!has_calls) add(value, {});
  for (const auto& call : has_calls ? document["held"] : nlohmann::json::array()) {
    add(call.dump(), call.value("to", std::set<std::string>()));
  }
  return events;
}

std::string SegmentWriter(std::string_view key) {
  constexpr std::string_view kOutbox = "outbox/";
  if (key.substr(0, kOutbox.size()) != kOutbox) return {};
  key.remove_prefix(kOutbox.size());
  return std::string(key.substr(0, key.find('/')));
}

}  // namespace waymark_simulation
