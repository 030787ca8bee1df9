#include "outbox/loss_counters.h"

#include <algorithm>

#include "base/json_writer.h"

namespace waymark {
namespace {

constexpr const char* kNames[kLossReasons] = {
    "quota", "age", "consent", "oversize", "rejected", "retry_exhausted", "corrupt", "invalid"};

}  // namespace

String LossCounters::Json() const {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (size_t i = 0; i < counts_.size(); ++i) writer.Field(kNames[i], counts_[i]);
  writer.End('}');
  return json;
}

void LossCounters::AddFrom(JsonView json) {
  for (size_t i = 0; i < counts_.size(); ++i) {
    counts_[i] += std::max<int64_t>(0, json[kNames[i]].IntegerOr(0));
  }
}

}  // namespace waymark
