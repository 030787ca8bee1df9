// A value of a parsed body together with the place where it stood, so that a check can say where
// it failed without being told.
//
// A Spot borrows the value: the tree must outlive it.
#ifndef WAYMARK_SAMPLES_COLLECTOR_SPOT_H_
#define WAYMARK_SAMPLES_COLLECTOR_SPOT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "json.h"
#include "problem.h"

namespace waymark::collector {

class Spot {
 public:
  // The whole of `value`, which stood at `where` ("" for a body).
  explicit Spot(const Json& value, std::string where = "");

  // The member or item; it may be absent, and then knows where it would have stood.
  Spot operator[](absl::string_view key) const;
  Spot operator[](size_t index) const;

  // A JSON Pointer, or "body" for the whole of it.
  std::string where() const { return where_.empty() ? "body" : where_; }
  const Json* value() const { return value_; }
  bool absent() const { return value_ == nullptr; }
  // Absent, or the word null, which most collectors take for the same.
  bool empty() const { return absent() || value_->is_null(); }
  bool is_object() const { return !absent() && value_->is_object(); }
  bool is_array() const { return !absent() && value_->is_array(); }
  bool is_text() const { return !absent() && value_->is_string(); }
  bool is_number() const { return !absent() && value_->is_number(); }
  size_t size() const { return absent() ? 0 : value_->size(); }
  // Strings as they are, integers as digits, else empty.
  std::string text() const;

  // The problem of this place: what stands here is not what is `allowed`.
  Problem Wrong(absl::string_view allowed) const;

 private:
  Spot(const Json* value, std::string where);
  const Json* value_;
  std::string where_;
};

// Each check adds what it found wrong to `problems`, and is true when all was well. The May* ones
// let an absent value and null pass.
bool NeedText(const Spot& spot, size_t characters_max, Problems& problems);
bool MayText(const Spot& spot, size_t characters_max, Problems& problems);
bool NeedObject(const Spot& spot, Problems& problems);
bool MayObject(const Spot& spot, Problems& problems);
bool MayBool(const Spot& spot, Problems& problems);
// 8-4-4-4-12 hexadecimal digits, of any version.
bool NeedUuid(const Spot& spot, Problems& problems);
bool MayUuid(const Spot& spot, Problems& problems);
// "2026-11-21T18:00:00.000Z"
bool NeedIsoTime(const Spot& spot, Problems& problems);
bool MayIsoTime(const Spot& spot, Problems& problems);

// Milliseconds since the epoch of an ISO 8601 time; `otherwise` where it is none.
int64_t IsoTimeOr(const Spot& spot, int64_t otherwise);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_SPOT_H_
