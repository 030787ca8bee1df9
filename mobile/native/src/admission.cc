#include "admission.h"

#include <algorithm>

#include "base/json_check.h"
#include "base/json_view.h"
#include "base/name_table.h"

namespace waymark::native {
namespace {

Place PlaceFrom(JsonView word) {
  const int place = FindName("store,wait,drop", word.AsName());
  return place < 0 ? Place::kWait : static_cast<Place>(place);
}

std::string Name(std::string_view key) { return std::string(std::string_view(Unescape(key))); }

}  // namespace

std::shared_ptr<const Admission> Admission::From(std::string_view json) {
  auto table = std::make_shared<Admission>();
  const JsonView view(json);
  table->generation_ = static_cast<uint32_t>(view["generation"].IntegerOr(0));
  int type = 0;
  for (JsonItems item(view["types"]); item.Next() && type <= WAYMARK_GROUP; ++type) {
    table->types_[type] = PlaceFrom(item.value());
  }
  for (JsonItems item(view["names"]); item.Next();) {
    table->names_[Name(item.key())] = PlaceFrom(item.value());
  }
  for (JsonItems item(view["purposes"]); item.Next();) {
    table->purposes_[Name(item.key())] = PlaceFrom(item.value());
  }
  return table;
}

Place Admission::Of(const EventTexts& event) const {
  Place place = types_[event.type];
  if (event.type == WAYMARK_TRACK && !names_.empty()) {
    const auto found = names_.find(event.name);
    if (found != names_.end()) place = found->second;
  }
  if (event.needs.empty() || place == Place::kDrop) return place;
  // What is no list of known purposes is for the engine to refuse.
  const bool list = event.needs[0] == '[';
  if (!list || CheckJson(event.needs).fault != JsonCheck::Fault::kNone) return Place::kWait;
  for (JsonItems need{JsonView(event.needs)}; need.Next();) {
    const auto found = purposes_.find(need.value().AsName());
    place = std::max(place, found == purposes_.end() ? Place::kWait : found->second);
  }
  return place;
}

}  // namespace waymark::native
