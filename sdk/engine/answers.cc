// What came of a request: acknowledged, given up, or tried again later.
#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/name_table.h"
#include "delivery/retry_policy.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

// What a beacon took is asked for again after this, when the page has not gone after all.
constexpr int64_t kBeaconDoubtMs = 5'000;

// Also a collector that says "at once" is left alone for so long.
constexpr int64_t kRetryMsMin = 1'000;

// A page that leaves tries so often to get its last batch out: beacon, half of it, ordinary ways.
constexpr int kRefusalsMax = 4;

constexpr int kUnsupportedMediaType = 415;
constexpr int kPayloadTooLarge = 413;
constexpr int kServerErrors = 500;

}  // namespace

void EngineCore::OnHttpDone(const Input& input, Now now) {
  const int64_t effect_id = input.Integer("effect_id");
  for (size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    Flight landed;
    lane.flights.RemoveIf([&](Flight& flight) {
      if (flight.effect_id != effect_id) return false;
      landed = std::move(flight);
      return true;
    });
    if (landed.effect_id == 0) continue;
    for (const uint32_t id : landed.record_ids) outbox_.Land(id, i);
    OnAnswer(i, landed, input, now);
    delivery_dirty_ |= outbox_.Sweep();
    Schedule(i, now);
    const bool flushing = lane.flush_through != 0 && !outbox_.records().empty() &&
                          outbox_.records()[0].id <= lane.flush_through;
    if (flushing) lane.due_ms = std::min(lane.due_ms, now.mono_ms);
    view_dirty_ = true;
    return;
  }
}

void EngineCore::OnAnswer(size_t lane_index, const Flight& flight, const Input& fact, Now now) {
  Lane& lane = lanes_[lane_index];
  const std::string_view error = fact.fields["error"].AsName();
  const int status = static_cast<int>(std::clamp<int64_t>(fact.Integer("status"), 0, 999));
  if (Is(error, "refused")) return OnRefusedByPlatform(lane_index, flight, now);
  if (Is(error, "aborted")) return;
  if (Is(error, "queued")) {  // taken over by the platform, which is no acceptance
    lane.retry_ms = now.mono_ms + kBeaconDoubtMs;
    lane.due_ms = lane.retry_ms;
    return;
  }
  if (status == kUnsupportedMediaType && flight.gzip) {
    lane.gzip_trust = GzipTrust::kRefused;
    lane.due_ms = now.mono_ms;
    return;
  }
  const Verdict verdict = status == 0 ? Verdict::kRetry : lane.collector->JudgeAnswer(status);
  const bool split = verdict == Verdict::kSplit && flight.record_ids.size() > 1;
  if (verdict == Verdict::kAccepted) {
    Acknowledge(lane_index, flight, now);
  } else if (verdict == Verdict::kRetry) {
    RetryLater(lane_index, flight, status, fact.fields["retry_after"], now);
  } else if (split) {
    lane.events_max = flight.record_ids.size() / 2;
    lane.due_ms = now.mono_ms;
    DropBatch(&lane.draft);
  } else {
    GiveUpAll(lane_index, flight, status);
  }
}

// The browser's budget for pages that leave is shared with the page's own requests.
void EngineCore::OnRefusedByPlatform(size_t lane_index, const Flight& flight, Now now) {
  Lane& lane = lanes_[lane_index];
  DropBatch(&lane.draft);
  // A dead host is now and then told as a full budget: no reason to hurry. The next one goes as an
  // ordinary request.
  if (++lane.refusals > kRefusalsMax || page_ == Leaving::kNo) {
    return RetryLater(lane_index, flight, 0, JsonView(), now);
  }
  lane.events_max = std::max<size_t>(flight.record_ids.size() / 2, 1);
  Send(lane_index, now, page_);
}

void EngineCore::Acknowledge(size_t lane_index, const Flight& flight, Now now) {
  Lane& lane = lanes_[lane_index];
  lane.refusals = 0;
  if (flight.gzip)
    lane.gzip_trust = GzipTrust::kWorks;
  else if (lane.gzip_trust == GzipTrust::kDoubted)
    lane.gzip_trust = GzipTrust::kOnTrial;
  if (!flight.simple) lane.preflight_until_ms = now.mono_ms + lane.collector->PreflightMs();
  for (const uint32_t id : flight.record_ids) {
    Record* record = outbox_.Find(id);
    if (!record || !(record->pending >> lane_index & 1)) continue;
    outbox_.Settle(record, static_cast<int>(lane_index));
    ++lane.acknowledged;
  }
  for (Writer& writer : outbox_.writers()) {
    uint32_t& reported = writer.lanes[lane_index].reported;
    reported = std::max(reported, flight.told);
  }
  const bool split = lane.events_max < config_.batch.events_max;
  // What piled up in an outage or behind a split has waited long enough; other events may wait for
  // company.
  lane.due_ms = lane.failing() || lane.outage.suspect != 0 || split ? now.mono_ms : kNever;
  NoteSuccess(flight.record_ids[0], flight.record_ids.size(), &lane.outage);
  lane.retry_ms = 0;
  lane.events_max = split ? lane.events_max * 2 : SIZE_MAX;
}

void EngineCore::GiveUpAll(size_t lane_index, const Flight& flight, int status) {
  const Loss reason = status == kPayloadTooLarge ? Loss::kOversize : Loss::kRejected;
  Report("rejected", Numbered("/collectors/", static_cast<int64_t>(lane_index)),
         Numbered("HTTP ", status), "an answer of 200 to 299");
  for (const uint32_t id : flight.record_ids) {
    Record* record = outbox_.Find(id);
    if (record) outbox_.GiveUp(record, static_cast<int>(lane_index), reason);
  }
}

void EngineCore::DoubtCompression(const Flight& flight, Lane* lane) {
  if (flight.gzip && lane->gzip_trust == GzipTrust::kUntried) {
    lane->gzip_trust = GzipTrust::kDoubted;
  } else if (flight.gzip && lane->gzip_trust == GzipTrust::kOnTrial) {
    lane->gzip_trust = GzipTrust::kRefused;
  } else if (!flight.gzip && lane->gzip_trust == GzipTrust::kDoubted) {
    lane->gzip_trust = GzipTrust::kUntried;  // it was not the compression
  }
}

void EngineCore::RetryLater(size_t lane_index, const Flight& flight, int status,
                            JsonView retry_after, Now now) {
  Lane& lane = lanes_[lane_index];
  if (status == 0) DoubtCompression(flight, &lane);
  Failure failure;
  failure.answered = status >= kServerErrors;
  failure.first = flight.record_ids[0];
  failure.events = flight.record_ids.size();
  failure.others = PendingOf(lane_index) > 1;
  // One went through, all together do not: it is one of them.
  const bool choked = failure.answered && failure.events > 1 && lane.outage.probed;
  if (choked) lane.events_max = failure.events / 2;
  const int64_t outage_ms = lane.failing() ? now.mono_ms - lane.outage.since_ms : 0;
  const int attempts = lane.outage.attempts + 1;
  if (NoteFailure(failure, now.mono_ms, &lane.outage)) {
    Report("retry_exhausted", Numbered("/collectors/", static_cast<int64_t>(lane_index)),
           Numbered("HTTP ", status, " for one event only"), "an answer of 200 to 299");
    if (Record* record = outbox_.Find(failure.first)) {
      outbox_.GiveUp(record, static_cast<int>(lane_index), Loss::kRetryExhausted);
    }
  }
  DropBatch(&lane.draft);
  int64_t delay_ms = RetryDelayMs(outage_ms, attempts, &prng_);
  delay_ms = std::max(delay_ms, lane.collector->CoolDownMs(status));
  if (const auto asked_ms = RetryAfterMs(retry_after.AsName(), now.wall_ms)) {
    delay_ms = std::max(*asked_ms, kRetryMsMin);
    lane.asked_until_ms = now.mono_ms + delay_ms;
  }
  lane.retry_ms = now.mono_ms + delay_ms;
  lane.due_ms = lane.retry_ms;
}

}  // namespace waymark
