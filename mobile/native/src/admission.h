// Where a caller may put an event: the engine's answer, which nobody here changes.
#ifndef WAYMARK_MOBILE_NATIVE_ADMISSION_H_
#define WAYMARK_MOBILE_NATIVE_ADMISSION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "event_record.h"

namespace waymark::native {

// By its strictness.
enum class Place : uint8_t {
  kStore,  // into the intake
  kWait,   // only in memory
  kDrop,   // nobody wants it
};

// Immutable once it is made; a new one takes its place.
class Admission {
 public:
  // `json`: what Engine::Admission() writes, as an object.
  static std::shared_ptr<const Admission> From(std::string_view json);

  uint32_t generation() const { return generation_; }
  Place Of(const EventTexts& event) const;

 private:
  Place types_[WAYMARK_GROUP + 1] = {Place::kWait, Place::kWait, Place::kWait,
                                     Place::kWait, Place::kWait, Place::kWait};
  std::map<std::string, Place, std::less<>> names_;
  std::map<std::string, Place, std::less<>> purposes_;
  uint32_t generation_ = 0;
};

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_ADMISSION_H_
