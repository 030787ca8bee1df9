// Protocol Buffers' wire format, as much of it as we use: varints, 64-bit values and bytes.
// https://protobuf.dev/programming-guides/encoding/
#ifndef WAYMARK_CODEC_PROTOBUF_H_
#define WAYMARK_CODEC_PROTOBUF_H_

#include <cstdint>
#include <string_view>

#include "base/string.h"

namespace waymark {

// Append one field of a message: its number, and its value.
void AppendVarintField(String* message, int field, uint64_t value);
void AppendFixed64Field(String* message, int field, uint64_t value);
// Text, bytes, or a message.
void AppendBytesField(String* message, int field, std::string_view bytes);

// The bits of the double that is nearest to a number as JSON writes it: 0.1 is 0x3fb999999999999a.
// Infinity when it is too big for any.
uint64_t DoubleBits(std::string_view number);

// Walks the fields of a message that somebody else wrote, up to the first that is cut off or of a
// kind that is no longer in use.
//
//   for (ProtobufFields field(bytes); field.Next();) Use(field.number(), field.value());
class ProtobufFields {
 public:
  explicit ProtobufFields(std::string_view message) : rest_(message) {}

  bool Next();
  uint64_t number() const { return number_; }
  uint64_t value() const { return value_; }          // of a varint; else 0
  std::string_view bytes() const { return bytes_; }  // of text, bytes or a message; else empty

 private:
  bool ReadVarint(uint64_t* value);
  bool Take(uint64_t size);

  std::string_view rest_;
  uint64_t number_ = 0;
  uint64_t value_ = 0;
  std::string_view bytes_;
};

}  // namespace waymark

#endif  // WAYMARK_CODEC_PROTOBUF_H_
