#include "outbox/loss_counters.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"

namespace waymark {
namespace {

constexpr const char* kNames =
    "quota,age,consent,oversize,rejected,retry_exhausted,corrupt,invalid";

}  // namespace

String LossCounters::Json() const {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (int i = 0; i < kLossReasons; ++i) writer.Key(NameAt(kNames, i)).Integer(counts_[i]);
  writer.End('}');
  return json;
}

void LossCounters::AddFrom(JsonView json) {
  for (int i = 0; i < kLossReasons; ++i) {
    counts_[i] += std::max<int64_t>(0, json[NameAt(kNames, i)].IntegerOr(0));
  }
}

}  // namespace waymark
