// The messages of an OTLP logs request, as a table: names and types for JSON, numbers for protobuf.
// Both forms are read by it into the same JSON tree, the one of OTLP's JSON encoding.
//
// Source: opentelemetry/proto/{collector/logs,logs,resource,common}/v1.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECTS_OTLP_MESSAGES_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECTS_OTLP_MESSAGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "spot.h"

namespace waymark::collector {

enum class FieldType {
  kMessage,
  kString,
  kBool,
  kInt64,  // JSON: decimal text
  kUint32,
  kEnum,     // JSON: a number
  kFixed64,  // JSON: decimal text
  kFixed32,
  kDouble,
  kBytes,  // JSON: base64
  kHex16,  // bytes; JSON: 32 hexadecimal digits, unlike protobuf's own rules
  kHex8,   // the same with 16 digits
};

struct MessageType;

struct FieldSpec {
  uint32_t number;
  absl::string_view name;  // lowerCamelCase
  FieldType type;
  bool repeated = false;
  const MessageType& (*message)() = nullptr;  // of kMessage
};

struct MessageType {
  std::vector<FieldSpec> fields;
};

// ExportLogsServiceRequest, and the LogRecord inside it.
const MessageType& LogsRequestType();
const MessageType& LogRecordType();

// Checks a JSON body. `hard` gets what no receiver can read; `soft` what the specification forbids
// and receivers take or ignore.
void CheckOtlpJson(const Spot& body, Problems& hard, Problems& soft);

struct OtlpMessage {
  Json json;
  std::vector<absl::string_view> log_records;  // the bytes of each, in their order in `json`
};

// Reads a protobuf body; the views point into `bytes`. InvalidArgument says what is broken, and at
// which byte.
absl::StatusOr<OtlpMessage> ReadOtlpProtobuf(absl::string_view bytes);

// ExportLogsServiceResponse with a partial success, and google.rpc.Status, as protobuf.
std::string PartialSuccessBytes(int64_t rejected, absl::string_view message);
std::string StatusBytes(int code, absl::string_view message);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECTS_OTLP_MESSAGES_H_
