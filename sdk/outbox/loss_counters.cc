#include "outbox/loss_counters.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"

namespace waymark {
namespace {

constexpr const char* kNames =
    "quota,age,oversize,rejected,retry_exhausted,corrupt,unanswered,consent,invalid";

// Of what a store says: more would be no count of ours, and sums must not overflow.
constexpr int64_t kCountMax = int64_t{1} << 40;

}  // namespace

void LossCounters::Add(const LossCounters& others) {
  for (int i = 0; i < kLossReasons; ++i) counts_[i] += others.counts_[i];
}

bool LossCounters::empty() const {
  for (const int64_t count : counts_) {
    if (count != 0) return false;
  }
  return true;
}

String LossCounters::Json(int reasons, bool zeros) const {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (int i = 0; i < reasons; ++i) {
    if (zeros || counts_[i] != 0) writer.Key(NameAt(kNames, i)).Integer(counts_[i]);
  }
  writer.End('}');
  return json;
}

void LossCounters::Subtract(JsonView json, LossCounters* rest) {
  for (int i = 0; i < kLossReasons; ++i) {
    const int64_t count = json[NameAt(kNames, i)].IntegerOr(0);
    const int64_t here = std::clamp<int64_t>(count, 0, counts_[i]);
    counts_[i] -= here;
    rest->counts_[i] -= std::clamp<int64_t>(count - here, 0, rest->counts_[i]);
  }
}

void LossCounters::AddFrom(JsonView json) {
  for (int i = 0; i < kLossReasons; ++i) {
    counts_[i] += std::clamp<int64_t>(json[NameAt(kNames, i)].IntegerOr(0), 0, kCountMax);
  }
}

}  // namespace waymark
