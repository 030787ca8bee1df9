// A strict reader of protobuf's wire format, driven by the table of otlp_messages.h.
//
// Strict: an unknown wire type, a known field of another wire type, an end inside a field, a varint
// of more than 64 bits and text that is not UTF-8 are errors. Unknown fields are skipped, as
// protobuf demands.
#include <bit>
#include <cmath>
#include <cstring>

#include "absl/base/casts.h"
#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "dialects/otlp_messages.h"

namespace waymark::collector {
namespace {

using enum FieldType;

enum WireType { kVarint = 0, kI64 = 1, kLen = 2, kI32 = 5 };

int WireTypeOf(FieldType type) {
  switch (type) {
    case kBool:
    case kInt64:
    case kUint32:
    case kEnum:
      return kVarint;
    case kFixed64:
    case kDouble:
      return kI64;
    case kFixed32:
      return kI32;
    default:
      return kLen;
  }
}

// Reads values from the front of a text. Every read says whether it was there.
class WireReader {
 public:
  explicit WireReader(absl::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  const char* at() const { return rest_.data(); }

  bool Varint(uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (rest_.empty()) return false;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool Fixed(size_t bytes, uint64_t& value) {
    if (rest_.size() < bytes) return false;
    value = 0;
    for (size_t i = bytes; i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>(rest_[i - 1]);
    }
    rest_.remove_prefix(bytes);
    return true;
  }

  bool Bytes(absl::string_view& bytes) {
    uint64_t size = 0;
    if (!Varint(size) || size > rest_.size()) return false;
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

 private:
  absl::string_view rest_;
};

// One field as it stood on the wire.
struct WireValue {
  uint32_t number = 0;
  int type = 0;
  uint64_t integer = 0;
  absl::string_view bytes;
};

bool ReadValue(WireReader& reader, WireValue& value) {
  uint64_t tag = 0;
  if (!reader.Varint(tag) || tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF) return false;
  value.number = static_cast<uint32_t>(tag >> 3);
  value.type = static_cast<int>(tag & 7);
  switch (value.type) {
    case kVarint:
      return reader.Varint(value.integer);
    case kI64:
      return reader.Fixed(8, value.integer);
    case kI32:
      return reader.Fixed(4, value.integer);
    case kLen:
      return reader.Bytes(value.bytes);
    default:
      return false;
  }
}

Json DoubleJson(uint64_t bits) {
  const double number = absl::bit_cast<double>(bits);
  if (std::isfinite(number)) return number;
  return std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
}

Json ScalarJson(const WireValue& value, FieldType type) {
  switch (type) {
    case kBool:
      return value.integer != 0;
    case kInt64:
      return absl::StrCat(static_cast<int64_t>(value.integer));
    case kFixed64:
      return absl::StrCat(value.integer);
    case kEnum:
      return static_cast<int32_t>(value.integer);
    case kUint32:
    case kFixed32:
      return static_cast<uint32_t>(value.integer);
    case kDouble:
      return DoubleJson(value.integer);
    case kBytes:
      return absl::Base64Escape(value.bytes);
    case kHex16:
    case kHex8:
      return absl::BytesToHexString(value.bytes);
    default:
      return std::string(value.bytes);
  }
}

class Decoder {
 public:
  explicit Decoder(absl::string_view bytes) : begin_(bytes.data()) {}

  absl::Status Decode(absl::string_view bytes, const MessageType& type, int depth, Json& json) {
    if (json.is_null()) json = Json::object();
    WireReader reader(bytes);
    while (!reader.done()) {
      const char* const field_begin = reader.at();
      WireValue value;
      if (!ReadValue(reader, value))
        return Broken("a field breaks off or is malformed", field_begin);
      const FieldSpec* field = FindField(type, value.number);
      if (field == nullptr) continue;
      if (WireTypeOf(field->type) != value.type) {
        return Broken(absl::StrCat(field->name, " has wire type ", value.type), field_begin);
      }
      if (absl::Status status = Add(value, *field, depth, json); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> log_records;

 private:
  static const FieldSpec* FindField(const MessageType& type, uint32_t number) {
    for (const FieldSpec& field : type.fields) {
      if (field.number == number) return &field;
    }
    return nullptr;
  }

  absl::Status Add(const WireValue& value, const FieldSpec& field, int depth, Json& json) {
    Json& member = json[std::string(field.name)];
    if (field.repeated && member.is_null()) member = Json::array();
    if (field.type != kMessage) return AddScalar(value, field, member);
    if (depth == kJsonDepthMax) return Broken("messages are nested too deep", value.bytes.data());
    const MessageType& type = field.message();
    if (&type == &LogRecordType()) log_records.push_back(value.bytes);
    if (!field.repeated) return Decode(value.bytes, type, depth + 1, member);
    member.push_back(Json::object());
    return Decode(value.bytes, type, depth + 1, member.back());
  }

  absl::Status AddScalar(const WireValue& value, const FieldSpec& field, Json& member) {
    if (field.type == kString && CleanUtf8(value.bytes) != value.bytes) {
      return Broken(absl::StrCat(field.name, " is not UTF-8"), value.bytes.data());
    }
    const size_t wanted = field.type == kHex16 ? 16 : 8;
    const bool id = field.type == kHex16 || field.type == kHex8;
    if (id && !value.bytes.empty() && value.bytes.size() != wanted) {
      return Broken(
          absl::StrCat(field.name, " has ", value.bytes.size(), " bytes instead of ", wanted),
          value.bytes.data());
    }
    member = ScalarJson(value, field.type);
    return absl::OkStatus();
  }

  absl::Status Broken(absl::string_view what, const char* where) const {
    return absl::InvalidArgumentError(
        absl::StrCat("no OTLP logs request: ", what, ", at byte ", where - begin_));
  }

  const char* const begin_;
};

void AppendVarint(uint64_t value, std::string& bytes) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
}

void AppendInteger(uint32_t number, uint64_t value, std::string& bytes) {
  AppendVarint(number << 3 | kVarint, bytes);
  AppendVarint(value, bytes);
}

void AppendBytes(uint32_t number, absl::string_view value, std::string& bytes) {
  AppendVarint(number << 3 | kLen, bytes);
  AppendVarint(value.size(), bytes);
  absl::StrAppend(&bytes, value);
}

}  // namespace

absl::StatusOr<OtlpMessage> ReadOtlpProtobuf(absl::string_view bytes) {
  OtlpMessage message;
  Decoder decoder(bytes);
  absl::Status status = decoder.Decode(bytes, LogsRequestType(), 0, message.json);
  if (!status.ok()) return status;
  message.log_records = std::move(decoder.log_records);
  return message;
}

std::string PartialSuccessBytes(int64_t rejected, absl::string_view message) {
  std::string partial;
  if (rejected > 0) AppendInteger(1, static_cast<uint64_t>(rejected), partial);
  if (!message.empty()) AppendBytes(2, message, partial);
  std::string bytes;
  AppendBytes(1, partial, bytes);
  return bytes;
}

std::string StatusBytes(int code, absl::string_view message) {
  std::string bytes;
  AppendInteger(1, static_cast<uint64_t>(code), bytes);
  AppendBytes(2, message, bytes);
  return bytes;
}

}  // namespace waymark::collector
