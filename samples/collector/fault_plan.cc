#include "fault_plan.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"

namespace waymark::collector {
namespace {

constexpr std::pair<FaultMode, absl::string_view> kModes[] = {
    {FaultMode::kNone, "none"},       {FaultMode::kDown, "down"},
    {FaultMode::kStatus, "status"},   {FaultMode::kDrop, "drop"},
    {FaultMode::kAckLoss, "ackloss"}, {FaultMode::kSlow, "slow"},
    {FaultMode::kPartial, "partial"}};

struct Range {
  uint64_t least;
  uint64_t most;
};

// Reads an optional integer member into `value`.
absl::Status ReadInteger(const Json& object, absl::string_view key, Range range, int64_t& value) {
  const Json* member = Find(object, key);
  if (member == nullptr || member->is_null()) return absl::OkStatus();
  // No range reaches below 0, and the parser holds such numbers unsigned.
  const uint64_t found = member->is_number_unsigned() ? member->get<uint64_t>() : UINT64_MAX;
  if (found >= range.least && found <= range.most) {
    value = static_cast<int64_t>(found);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("/", key, " must be an integer from ", range.least, " to ", range.most, "."));
}

absl::StatusOr<FaultMode> ReadMode(const Json& object) {
  const std::string name = FindText(object, "mode");
  for (const auto& [mode, known] : kModes) {
    if (name == known) return mode;
  }
  return absl::InvalidArgumentError(
      "/mode must be one of none, down, status, drop, ackloss, slow, partial.");
}

absl::StatusOr<bool> ReadFlag(const Json& object, absl::string_view key) {
  const Json* member = Find(object, key);
  if (member == nullptr || member->is_null()) return false;
  if (member->is_boolean()) return member->get<bool>();
  return absl::InvalidArgumentError(absl::StrCat("/", key, " must be true or false."));
}

absl::StatusOr<Verdict> ReadVerdict(const Json& object) {
  const Json* member = Find(object, "verdict");
  if (member == nullptr || *member == "retry") return Verdict::kRetry;
  if (*member == "drop") return Verdict::kRejected;
  return absl::InvalidArgumentError("/verdict must be drop or retry.");
}

}  // namespace

absl::string_view FaultModeName(FaultMode mode) {
  for (const auto& [known, name] : kModes) {
    if (known == mode) return name;
  }
  return "none";
}

absl::StatusOr<Fault> ParseFault(absl::string_view text) {
  absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) return json.status();
  if (!json->is_object()) return absl::InvalidArgumentError("the body is not a JSON object.");
  Fault fault;
  absl::StatusOr<FaultMode> mode = ReadMode(*json);
  if (!mode.ok()) return mode.status();
  fault.mode = *mode;
  absl::StatusOr<bool> expose = ReadFlag(*json, "expose_retry_after");
  if (!expose.ok()) return expose.status();
  fault.expose_retry_after = *expose;
  absl::StatusOr<Verdict> verdict = ReadVerdict(*json);
  if (!verdict.ok()) return verdict.status();
  fault.verdict = *verdict;
  int64_t status_code = fault.status;
  absl::Status status = ReadInteger(*json, "status", {200, 599}, status_code);
  status.Update(
      ReadInteger(*json, "retry_after_s", {0, kFaultRetryAfterSecondsMax}, fault.retry_after_s));
  status.Update(ReadInteger(*json, "delay_ms", {0, kFaultDelayMsMax}, fault.delay_ms));
  status.Update(ReadInteger(*json, "every", {1, kFaultEveryMax}, fault.every));
  status.Update(ReadInteger(*json, "for_ms", {0, kFaultForMsMax}, fault.for_ms));
  if (!status.ok()) return status;
  fault.status = static_cast<int>(status_code);
  return fault;
}

void FaultPlan::Set(const Fault& fault, int64_t now_ms) {
  absl::MutexLock lock(&mutex_);
  fault_ = fault;
  until_ms_ = fault.for_ms == 0 ? 0 : now_ms + fault.for_ms;
  judged_ = 0;
}

Fault FaultPlan::Current(int64_t now_ms) const {
  absl::MutexLock lock(&mutex_);
  const bool over = until_ms_ != 0 && now_ms >= until_ms_;
  return over ? Fault() : fault_;
}

Verdict FaultPlan::Judge(int64_t now_ms) {
  const Fault fault = Current(now_ms);
  if (fault.mode != FaultMode::kPartial) return Verdict::kAccepted;
  absl::MutexLock lock(&mutex_);
  return ++judged_ % fault.every == 0 ? fault.verdict : Verdict::kAccepted;
}

std::string FaultPlan::Describe(int64_t now_ms) const {
  const Fault fault = Current(now_ms);
  absl::MutexLock lock(&mutex_);
  const bool ends = fault.mode != FaultMode::kNone && until_ms_ != 0;
  return ToText({{"mode", std::string(FaultModeName(fault.mode))},
                 {"status", fault.status},
                 {"retry_after_s", fault.retry_after_s},
                 {"expose_retry_after", fault.expose_retry_after},
                 {"delay_ms", fault.delay_ms},
                 {"every", fault.every},
                 {"verdict", fault.verdict == Verdict::kRejected ? "drop" : "retry"},
                 {"for_ms", fault.for_ms},
                 {"until_ms", ends ? Json(until_ms_) : Json(nullptr)}});
}

}  // namespace waymark::collector
