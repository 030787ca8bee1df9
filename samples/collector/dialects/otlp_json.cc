// The table of OTLP's messages, and the check of a JSON body against it.
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "dialects/otlp_messages.h"

namespace waymark::collector {
namespace {

using enum FieldType;

const MessageType& AnyValueType();
const MessageType& KeyValueType();

const MessageType& ArrayValueType() {
  static const MessageType type = {{{1, "values", kMessage, true, AnyValueType}}};
  return type;
}

const MessageType& KeyValueListType() {
  static const MessageType type = {{{1, "values", kMessage, true, KeyValueType}}};
  return type;
}

const MessageType& AnyValueType() {
  static const MessageType type = {{{1, "stringValue", kString},
                                    {2, "boolValue", kBool},
                                    {3, "intValue", kInt64},
                                    {4, "doubleValue", kDouble},
                                    {5, "arrayValue", kMessage, false, ArrayValueType},
                                    {6, "kvlistValue", kMessage, false, KeyValueListType},
                                    {7, "bytesValue", kBytes}}};
  return type;
}

const MessageType& KeyValueType() {
  static const MessageType type = {
      {{1, "key", kString}, {2, "value", kMessage, false, AnyValueType}}};
  return type;
}

const MessageType& ResourceType() {
  static const MessageType type = {
      {{1, "attributes", kMessage, true, KeyValueType}, {2, "droppedAttributesCount", kUint32}}};
  return type;
}

const MessageType& ScopeType() {
  static const MessageType type = {{{1, "name", kString},
                                    {2, "version", kString},
                                    {3, "attributes", kMessage, true, KeyValueType},
                                    {4, "droppedAttributesCount", kUint32}}};
  return type;
}

const MessageType& ScopeLogsType() {
  static const MessageType type = {{{1, "scope", kMessage, false, ScopeType},
                                    {2, "logRecords", kMessage, true, LogRecordType},
                                    {3, "schemaUrl", kString}}};
  return type;
}

const MessageType& ResourceLogsType() {
  static const MessageType type = {{{1, "resource", kMessage, false, ResourceType},
                                    {2, "scopeLogs", kMessage, true, ScopeLogsType},
                                    {3, "schemaUrl", kString}}};
  return type;
}

// "time_unix_nano" of "timeUnixNano".
std::string SnakeCase(absl::string_view name) {
  std::string snake;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isupper(byte)) snake += '_';
    snake += absl::ascii_tolower(byte);
  }
  return snake;
}

// Whether a number, or decimal text, lies in the range of `Integer`.
template <typename Integer>
bool IsInteger(const Spot& spot) {
  Integer integer = 0;
  return absl::SimpleAtoi(spot.text(), &integer);
}

bool IsHex(const std::string& text, size_t digits) {
  for (const char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return text.empty() || text.size() == digits;
}

bool IsBase64(const Spot& spot) {
  std::string decoded;
  return spot.is_text() && (absl::Base64Unescape(spot.text(), &decoded) ||
                            absl::WebSafeBase64Unescape(spot.text(), &decoded));
}

// What one scalar must be; empty when it is.
absl::string_view WantedOf(const Spot& spot, FieldType type) {
  switch (type) {
    case kString:
      return spot.is_text() ? "" : "text";
    case kBool:
      return spot.value()->is_boolean() ? "" : "true or false";
    case kInt64:
      return IsInteger<int64_t>(spot) ? "" : "a 64-bit integer as decimal text";
    case kFixed64:
      return IsInteger<uint64_t>(spot) ? "" : "an unsigned 64-bit integer as decimal text";
    case kUint32:
    case kFixed32:
      return IsInteger<uint32_t>(spot) ? "" : "an unsigned 32-bit integer";
    case kEnum:
      return IsInteger<int32_t>(spot) || spot.is_text() ? "" : "the number of the value";
    case kDouble: {
      double number = 0;
      return spot.is_number() || absl::SimpleAtod(spot.text(), &number) ? "" : "a number";
    }
    case kBytes:
      return IsBase64(spot) ? "" : "base64";
    case kHex16:
      return spot.is_text() && IsHex(spot.text(), 32) ? "" : "32 hexadecimal digits";
    case kHex8:
      return spot.is_text() && IsHex(spot.text(), 16) ? "" : "16 hexadecimal digits";
    case kMessage:
      return spot.is_object() ? "" : "a JSON object";
  }
  return "";
}

class JsonCheck {
 public:
  JsonCheck(Problems& hard, Problems& soft) : hard_(hard), soft_(soft) {}

  void Check(const Spot& object, const MessageType& type) {
    for (const FieldSpec& field : type.fields) {
      const Spot value = object[field.name];
      if (!value.empty()) CheckField(value, field);
      const Spot snake = object[SnakeCase(field.name)];
      if (!snake.absent() && snake.where() != value.where()) {
        soft_.push_back(
            {snake.where(), "a name in snake_case, which is ignored", std::string(field.name)});
      }
    }
  }

 private:
  void CheckField(const Spot& value, const FieldSpec& field) {
    if (!field.repeated) return CheckValue(value, field);
    if (!value.is_array()) return hard_.push_back(value.Wrong("an array"));
    for (size_t i = 0; i < value.size(); ++i) CheckValue(value[i], field);
  }

  void CheckValue(const Spot& value, const FieldSpec& field) {
    const absl::string_view wanted = WantedOf(value, field.type);
    if (!wanted.empty()) return hard_.push_back(value.Wrong(wanted));
    if (field.type == kMessage) return Check(value, field.message());
    const bool wide = field.type == kInt64 || field.type == kFixed64;
    if (wide && !value.is_text()) soft_.push_back(value.Wrong("the same as decimal text"));
    if (field.type == kEnum && value.is_text()) {
      soft_.push_back(value.Wrong("the number of the value, not its name"));
    }
  }

  Problems& hard_;
  Problems& soft_;
};

}  // namespace

const MessageType& LogRecordType() {
  static const MessageType type = {{{1, "timeUnixNano", kFixed64},
                                    {11, "observedTimeUnixNano", kFixed64},
                                    {2, "severityNumber", kEnum},
                                    {3, "severityText", kString},
                                    {5, "body", kMessage, false, AnyValueType},
                                    {6, "attributes", kMessage, true, KeyValueType},
                                    {7, "droppedAttributesCount", kUint32},
                                    {8, "flags", kFixed32},
                                    {9, "traceId", kHex16},
                                    {10, "spanId", kHex8},
                                    {12, "eventName", kString}}};
  return type;
}

const MessageType& LogsRequestType() {
  static const MessageType type = {{{1, "resourceLogs", kMessage, true, ResourceLogsType}}};
  return type;
}

void CheckOtlpJson(const Spot& body, Problems& hard, Problems& soft) {
  if (NeedObject(body, hard)) JsonCheck(hard, soft).Check(body, LogsRequestType());
}

}  // namespace waymark::collector
