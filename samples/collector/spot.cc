#include "spot.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "iso_time.h"

namespace waymark::collector {
namespace {

bool Add(const Spot& spot, absl::string_view allowed, Problems& problems) {
  problems.push_back(spot.Wrong(allowed));
  return false;
}

bool FitsText(const Spot& spot, size_t characters_max) {
  if (!spot.is_text()) return false;
  const std::string& text = spot.value()->get_ref<const std::string&>();
  return !text.empty() && CountCharacters(text) <= characters_max;
}

bool IsIsoTime(const Spot& spot) {
  return spot.is_text() && ParseIsoTime(spot.value()->get_ref<const std::string&>()).ok();
}

bool IsUuid(absl::string_view text) {
  constexpr absl::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  bool fits = text.size() == kShape.size();
  for (size_t i = 0; fits && i < text.size(); ++i) {
    const bool digit = absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
    fits = kShape[i] == '-' ? text[i] == '-' : digit;
  }
  return fits;
}

constexpr absl::string_view kIsoTime =
    "an ISO 8601 time with a zone, such as 2026-11-21T18:00:00.000Z";

}  // namespace

Spot::Spot(const Json& value, std::string where) : Spot(&value, std::move(where)) {}

Spot::Spot(const Json* value, std::string where) : value_(value), where_(std::move(where)) {}

Spot Spot::operator[](absl::string_view key) const {
  const std::string token = absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}});
  return Spot(absent() ? nullptr : Find(*value_, key), absl::StrCat(where_, "/", token));
}

Spot Spot::operator[](size_t index) const {
  const bool there = is_array() && index < value_->size();
  return Spot(there ? &(*value_)[index] : nullptr, absl::StrCat(where_, "/", index));
}

std::string Spot::text() const {
  if (absent()) return "";
  if (value_->is_string()) return value_->get<std::string>();
  return value_->is_number_integer() ? ToText(*value_) : "";
}

Problem Spot::Wrong(absl::string_view allowed) const {
  return {where(), DescribeValue(value_), std::string(allowed)};
}

bool NeedText(const Spot& spot, size_t characters_max, Problems& problems) {
  if (FitsText(spot, characters_max)) return true;
  return Add(spot, absl::StrCat("text of 1 to ", characters_max, " characters"), problems);
}

bool MayText(const Spot& spot, size_t characters_max, Problems& problems) {
  const bool fits = spot.is_text() &&
                    CountCharacters(spot.value()->get_ref<const std::string&>()) <= characters_max;
  if (spot.empty() || fits) return true;
  return Add(spot, absl::StrCat("text of at most ", characters_max, " characters"), problems);
}

bool NeedObject(const Spot& spot, Problems& problems) {
  return spot.is_object() || Add(spot, "a JSON object", problems);
}

bool MayObject(const Spot& spot, Problems& problems) {
  return spot.empty() || NeedObject(spot, problems);
}

bool MayBool(const Spot& spot, Problems& problems) {
  if (spot.empty() || spot.value()->is_boolean()) return true;
  return Add(spot, "true or false", problems);
}

bool NeedUuid(const Spot& spot, Problems& problems) {
  return IsUuid(spot.text()) || Add(spot, "a UUID", problems);
}

bool MayUuid(const Spot& spot, Problems& problems) {
  return spot.empty() || NeedUuid(spot, problems);
}

bool NeedIsoTime(const Spot& spot, Problems& problems) {
  return IsIsoTime(spot) || Add(spot, kIsoTime, problems);
}

bool MayIsoTime(const Spot& spot, Problems& problems) {
  return spot.empty() || NeedIsoTime(spot, problems);
}

int64_t IsoTimeOr(const Spot& spot, int64_t otherwise) {
  return spot.is_text() ? ParseIsoTime(spot.text()).value_or(otherwise) : otherwise;
}

}  // namespace waymark::collector
