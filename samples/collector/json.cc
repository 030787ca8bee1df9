#include "json.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"

namespace waymark::collector {
namespace {

// Watches a parse, and says no to everything once a bound is passed.
class BoundsWatch {
 public:
  bool Admit(int depth, Json::parse_event_t what) {
    if (broken_) return false;
    if (what == Json::parse_event_t::object_start || what == Json::parse_event_t::array_start) {
      Enter(depth);
    } else if (what == Json::parse_event_t::key) {
      CountKey();
    } else if (what == Json::parse_event_t::object_end || what == Json::parse_event_t::array_end) {
      keys_.pop_back();
    }
    return !broken_;
  }

  absl::Status status() const { return status_; }

 private:
  void Enter(int depth) {
    keys_.push_back(0);
    if (depth >= kJsonDepthMax) Break(absl::StrCat("nested deeper than ", kJsonDepthMax));
  }

  void CountKey() {
    if (++keys_.back() > kJsonObjectKeysMax) {
      Break(absl::StrCat("an object has more than ", kJsonObjectKeysMax, " members"));
    }
  }

  void Break(const std::string& why) {
    broken_ = true;
    status_ = absl::InvalidArgumentError(absl::StrCat("JSON refused: ", why));
  }

  std::vector<int> keys_;  // members seen, one count for each open object or array
  bool broken_ = false;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  BoundsWatch watch;
  const auto callback = [&watch](int depth, Json::parse_event_t what, Json&) {
    return watch.Admit(depth, what);
  };
  try {
    Json value = Json::parse(text.begin(), text.end(), callback);
    if (!watch.status().ok()) return watch.status();
    return value;
  } catch (const Json::parse_error& error) {
    if (!watch.status().ok()) return watch.status();
    return absl::InvalidArgumentError(
        absl::StrCat("not JSON: the text breaks off or goes wrong at byte ", error.byte));
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError("not JSON: a number is out of range");
  }
}

std::string ToText(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string CleanUtf8(absl::string_view text) {
  return Json::parse(ToText(Json(std::string(text)))).get<std::string>();
}

const Json* Find(const Json& object, absl::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() ? nullptr : &*found;
}

std::string FindText(const Json& object, absl::string_view key) {
  const Json* value = Find(object, key);
  if (value == nullptr) return "";
  if (value->is_string()) return value->get<std::string>();
  if (value->is_number_integer()) return ToText(*value);
  return "";
}

int Depth(const Json& value) {
  if (!value.is_structured()) return 0;
  int deepest = 0;
  for (const Json& item : value) deepest = std::max(deepest, Depth(item));
  return deepest + 1;
}

Json TextOrNull(absl::string_view text) {
  return text.empty() ? Json(nullptr) : Json(std::string(text));
}

}  // namespace waymark::collector
