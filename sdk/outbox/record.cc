#include "outbox/record.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json_check.h"
#include "base/limits.h"
#include "codec/crc32.h"

namespace waymark {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kEventFrame = 1;
constexpr uint8_t kContextFrame = 2;
constexpr uint16_t kFlagDeidentified = 1;
constexpr int kPriorityShift = 1;  // bits 1 and 2
constexpr uint16_t kPriorityMask = 3;
constexpr uint32_t kNoKey = 0;  // key ids are kept free for encrypted payloads
constexpr size_t kSequenceOffset = 8;
constexpr size_t kChecksumOffset = 24;
constexpr size_t kHeaderBytes = 28;

struct FrameHeader {
  uint8_t kind = 0;
  uint16_t flags = 0;
  uint64_t sequence = 0;
  uint32_t generation = 0;
};

void AppendFrame(String* out, const FrameHeader& header, std::string_view payload) {
  const size_t begin = out->size();
  out->push_back(static_cast<char>(kVersion));
  out->push_back(static_cast<char>(header.kind));
  AppendLittleEndian(out, header.flags);
  AppendU32(out, static_cast<uint32_t>(payload.size()));
  AppendLittleEndian(out, header.sequence);
  AppendU32(out, header.generation);
  AppendU32(out, kNoKey);
  const uint32_t crc = Crc32(std::string_view(*out).substr(begin, kChecksumOffset));
  AppendU32(out, Crc32(payload, crc));
  *out += payload;
}

uint16_t FlagsOf(bool deidentified, Priority priority) {
  const int flags = static_cast<int>(priority) << kPriorityShift;
  return static_cast<uint16_t>(flags | (deidentified ? kFlagDeidentified : 0));
}

bool IsWholeObject(std::string_view json) {
  return !json.empty() && json[0] == '{' && CheckJson(json).fault == JsonCheck::Fault::kNone;
}

bool IsWhole(std::string_view frame) {
  const std::string_view payload = frame.substr(kHeaderBytes);
  const uint32_t crc = Crc32(payload, Crc32(frame.substr(0, kChecksumOffset)));
  return static_cast<uint8_t>(frame[0]) == kVersion && ReadU32(frame, 20) == kNoKey &&
         ReadU32(frame, kSequenceOffset + 4) == 0 &&  // no writer lives to see its upper half
         ReadU32(frame, kChecksumOffset) == crc && IsWholeObject(payload);
}

}  // namespace

void AppendContextFrame(String* segment, std::string_view context) {
  AppendFrame(segment, {kContextFrame, 0, 0, 0}, context);
}

void AppendEventFrame(String* segment, const Record& record) {
  const uint16_t flags = FlagsOf(record.deidentified, record.priority);
  AppendFrame(segment, {kEventFrame, flags, record.sequence, record.generation}, record.event);
}

DecodedSegment DecodeSegment(std::string_view bytes) {
  DecodedSegment segment;
  String context;
  while (!bytes.empty()) {
    const size_t size =
        bytes.size() < kHeaderBytes ? SIZE_MAX : kHeaderBytes + size_t{ReadU32(bytes, 4)};
    if (size > bytes.size()) {
      ++segment.corrupt;
      break;
    }
    const std::string_view frame = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (!IsWhole(frame)) {
      ++segment.corrupt;
      continue;
    }
    String payload(frame.substr(kHeaderBytes));
    if (static_cast<uint8_t>(frame[1]) == kContextFrame) {
      context = std::move(payload);
      continue;
    }
    StoredRecord& record = segment.records.emplace_back();
    const uint16_t flags = ReadLittleEndian<uint16_t>(frame, 2);
    record.deidentified = flags & kFlagDeidentified;
    record.priority = static_cast<Priority>(
        std::min<int>(flags >> kPriorityShift & kPriorityMask, kPriorities - 1));
    record.sequence = ReadU32(frame, kSequenceOffset);
    record.generation = ReadU32(frame, 16);
    if (!record.deidentified) record.context = context;
    record.event = std::move(payload);
  }
  return segment;
}

}  // namespace waymark
