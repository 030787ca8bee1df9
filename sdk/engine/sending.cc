// Delivery: what goes to which collector, when, and what its answer means.
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "codec/gzip.h"
#include "delivery/retry_policy.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

// Below this a body goes uncompressed: that needs no preflight, and the header would cost what gzip saves.
constexpr size_t kGzipBytesMin = 1024;

// What a beacon took is asked for again after this, when the page has not gone after all.
constexpr int64_t kBeaconDoubtMs = 5'000;

constexpr int kUnsupportedMediaType = 415;
constexpr int kPayloadTooLarge = 413;

}  // namespace

void EngineCore::Schedule(size_t lane_index, Now now) {
  Lane& lane = lanes_[lane_index];
  const int64_t pending = outbox_.pending(static_cast<int>(lane_index));
  if (pending == 0) {
    lane.due_ms = kNever;
    return;
  }
  const bool full = pending >= static_cast<int64_t>(config_.batch.events_max) ||
                    outbox_.bytes() >= static_cast<int64_t>(config_.batch.bytes_max);
  if (full) lane.due_ms = std::min(lane.due_ms, now.mono_ms);
  else if (lane.due_ms == kNever) lane.due_ms = now.mono_ms + config_.flush_ms;
}

void EngineCore::SendDue(Now now) {
  if (!online_) return;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    if (lane.busy() || lane.due_ms > now.mono_ms || lane.retry_ms > now.mono_ms) continue;
    Send(i, now, false, false);
  }
}

void EngineCore::SendLeaving(Now now, bool closing) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].busy() && lanes_[i].retry_ms <= now.mono_ms) Send(i, now, true, closing);
  }
  EmitStoreChanges();
}

int64_t EngineCore::KeepaliveBytesLeft() const {
  int64_t left = static_cast<int64_t>(kKeepaliveBytesMax);
  for (const Lane& lane : lanes_) {
    if (lane.busy()) left -= lane.body_bytes;
  }
  return std::max<int64_t>(left, 0);
}

void EngineCore::Send(size_t lane_index, Now now, bool leaving, bool closing) {
  Lane& lane = lanes_[lane_index];
  const int lane_number = static_cast<int>(lane_index);
  BatchLimits limits = config_.batch;
  limits.bytes_max = std::min(limits.bytes_max, lane.collector->BatchBytesMax());
  const int64_t left = KeepaliveBytesLeft();
  if (leaving) limits.bytes_max = std::min(limits.bytes_max, static_cast<size_t>(left));
  Batch batch = BuildBatch(lane, lane_number, limits, Rules(), now, &outbox_, &losses_);
  lane.due_ms = kNever;
  if (batch.record_ids.empty()) return;
  // Bigger than what may outlive the page: it stays stored for the next visit.
  if (leaving && static_cast<int64_t>(batch.body.size()) > left) return Schedule(lane_index, now);

  HttpSend send;
  const bool compress = !closing && lane.collector->TakesGzip() &&
                        lane.gzip_trust != GzipTrust::kRefused &&
                        batch.body.size() >= kGzipBytesMin;
  std::string compressed = compress ? Gzip(batch.body) : std::string();
  lane.gzip = !compressed.empty();
  send.body = lane.gzip ? std::move(compressed) : std::move(batch.body);
  const bool simple = !lane.gzip && lane.collector->CanBeSimple();
  CollectorRequest request = lane.collector->Request(simple, lane.gzip, batch.deidentified);
  send.method = "POST";
  send.url = std::move(request.url);
  send.headers = std::move(request.headers);
  send.credentials = request.credentials;
  send.timeout_ms = kHttpTimeoutMs;
  const bool fits = static_cast<int64_t>(send.body.size()) <= left;
  if (closing && simple && fits) send.transport = Transport::kBeacon;
  else if (fits) send.transport = Transport::kKeepalive;

  lane.body_bytes = static_cast<int64_t>(send.body.size());
  lane.sent += static_cast<int64_t>(batch.record_ids.size());
  for (const uint64_t id : batch.record_ids) outbox_.Find(id)->in_flight |= 1u << lane_index;
  lane.record_ids = std::move(batch.record_ids);
  lane.effect_id = Emit(std::move(send));
  view_dirty_ = true;
}

void EngineCore::OnFlush(Now now) {
  for (Lane& lane : lanes_) {
    lane.due_ms = now.mono_ms;
    if (!outbox_.records().empty()) lane.flush_through = outbox_.records().back().id;
  }
}

void EngineCore::OnLifecycle(const Lifecycle& fact, Now now) {
  if (fact.state == LifecycleState::kHidden) return SendLeaving(now, false);
  if (fact.state == LifecycleState::kClosing) return SendLeaving(now, true);
}

void EngineCore::OnConnectivity(const Connectivity& fact, Now now) {
  const bool back = fact.online && !online_;
  online_ = fact.online;
  view_dirty_ = true;
  if (!back) return;
  for (Lane& lane : lanes_) lane.due_ms = lane.retry_ms = now.mono_ms;
}

void EngineCore::OnHttpDone(const HttpDone& fact, Now now) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    if (!lane.busy() || lane.effect_id != fact.effect_id) continue;
    lane.effect_id = 0;
    lane.body_bytes = 0;
    const std::vector<uint64_t> ids = std::move(lane.record_ids);
    lane.record_ids.clear();
    for (const uint64_t id : ids) {
      if (Record* record = outbox_.Find(id)) record->in_flight &= ~(1u << i);
    }
    OnAnswer(i, ids, fact, now);
    outbox_.Sweep();
    Schedule(i, now);
    if (lane.flush_through != 0 && !outbox_.records().empty() &&
        outbox_.records().front().id <= lane.flush_through) {
      lane.due_ms = std::min(lane.due_ms, now.mono_ms);
    }
    view_dirty_ = true;
    return;
  }
}

void EngineCore::OnAnswer(size_t lane_index, const std::vector<uint64_t>& ids,
                          const HttpDone& fact, Now now) {
  Lane& lane = lanes_[lane_index];
  if (fact.error == "aborted") return;
  if (fact.error == "queued") {  // taken over by the platform, which is no acceptance
    lane.retry_ms = now.mono_ms + kBeaconDoubtMs;
    lane.due_ms = lane.retry_ms;
    return;
  }
  if (fact.status == kUnsupportedMediaType && lane.gzip) {
    lane.gzip_trust = GzipTrust::kRefused;
    lane.due_ms = now.mono_ms;
    return;
  }
  const Verdict verdict =
      fact.status == 0 ? Verdict::kRetry : lane.collector->JudgeAnswer(fact.status);
  switch (verdict) {
    case Verdict::kAccepted:
      if (lane.gzip) lane.gzip_trust = GzipTrust::kWorks;
      Acknowledge(lane_index, ids);
      return Recover(&lane);
    case Verdict::kRetry:
      return RetryLater(&lane, fact, now);
    case Verdict::kSplit:
      if (ids.size() > 1) {
        lane.events_max = ids.size() / 2;
        lane.due_ms = now.mono_ms;
        return;
      }
      return GiveUpAll(lane_index, ids,
                       fact.status == kPayloadTooLarge ? Loss::kOversize : Loss::kRejected);
    case Verdict::kRejected:
      Report({"rejected", "/collectors/" + std::to_string(lane_index),
              "HTTP " + std::to_string(fact.status), "an answer of 200 to 299"});
      return GiveUpAll(lane_index, ids, Loss::kRejected);
  }
}

void EngineCore::Acknowledge(size_t lane_index, const std::vector<uint64_t>& ids) {
  Lane& lane = lanes_[lane_index];
  for (const uint64_t id : ids) {
    Record* record = outbox_.Find(id);
    if (!record) continue;
    MoveCursor(lane.id, *record);
    outbox_.Settle(record, static_cast<int>(lane_index));
    // Another collector still waits for it: after a stop here only that one must get it.
    if (record->pending != 0 && record->segment != kNoSegment) delivery_dirty_ = true;
    ++lane.acknowledged;
  }
}

void EngineCore::GiveUpAll(size_t lane_index, const std::vector<uint64_t>& ids, Loss reason) {
  for (const uint64_t id : ids) {
    Record* record = outbox_.Find(id);
    if (!record) continue;
    MoveCursor(lanes_[lane_index].id, *record);
    outbox_.Settle(record, static_cast<int>(lane_index));
    losses_.Add(reason);
  }
  delivery_dirty_ = true;  // losses are counted over restarts
}

void EngineCore::Recover(Lane* lane) {
  const bool split = lane->events_max < config_.batch.events_max;
  // What piled up in an outage or behind a split has waited long enough; other events may wait for company.
  lane->due_ms = lane->failing() || split ? 0 : kNever;
  lane->failing_since_ms = kNever;
  lane->attempts = 0;
  lane->retry_ms = 0;
  lane->events_max = split ? lane->events_max * 2 : SIZE_MAX;
}

void EngineCore::RetryLater(Lane* lane, const HttpDone& fact, Now now) {
  if (fact.status == 0 && lane->gzip && lane->gzip_trust == GzipTrust::kUntried) {
    lane->gzip_trust = GzipTrust::kRefused;
  } else if (fact.status == 0 && lane->gzip_trust == GzipTrust::kRefused) {
    lane->gzip_trust = GzipTrust::kUntried;  // it was not the compression
  }
  if (!lane->failing()) lane->failing_since_ms = now.mono_ms;
  ++lane->attempts;
  const int64_t outage_ms = now.mono_ms - lane->failing_since_ms;
  const int64_t delay_ms = RetryDelayMs(outage_ms, lane->attempts, &prng_);
  lane->retry_ms = now.mono_ms + RetryAfterMs(fact.retry_after).value_or(delay_ms);
  lane->due_ms = lane->retry_ms;
}

}  // namespace waymark
