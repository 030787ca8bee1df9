// Delivery: what goes to which collector, when, and what its answer means.
#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "codec/gzip.h"
#include "delivery/retry_policy.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

// Below this a body goes uncompressed: that needs no preflight, and the header would cost what gzip
// saves.
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
  if (full)
    lane.due_ms = std::min(lane.due_ms, now.mono_ms);
  else if (lane.due_ms == kNever)
    lane.due_ms = now.mono_ms + config_.flush_ms;
}

void EngineCore::SendDue(Now now) {
  if (!online_) return;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    if (lane.busy() || lane.due_ms > now.mono_ms || lane.retry_ms > now.mono_ms) continue;
    Send(i, now, false, false);
  }
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
  BatchLimits limits = config_.batch;
  limits.bytes_max = std::min(limits.bytes_max, lane.collector->BatchBytesMax());
  const int64_t left = KeepaliveBytesLeft();
  if (leaving) limits.bytes_max = std::min(limits.bytes_max, static_cast<size_t>(left));
  Batch batch =
      BuildBatch(lane, static_cast<int>(lane_index), limits, Rules(), now, &outbox_, &losses_);
  lane.due_ms = kNever;
  if (batch.record_ids.empty()) return;
  // Bigger than what may outlive the page: it stays stored for the next visit.
  if (leaving && static_cast<int64_t>(batch.body.size()) > left) return Schedule(lane_index, now);
  StartRequest(lane_index, &batch, closing, left);
}

void EngineCore::StartRequest(size_t lane_index, Batch* batch, bool closing, int64_t bytes_left) {
  Lane& lane = lanes_[lane_index];
  const bool compress = !closing && lane.collector->TakesGzip() &&
                        lane.gzip_trust != GzipTrust::kRefused &&
                        batch->body.size() >= kGzipBytesMin;
  String compressed = compress ? Gzip(batch->body) : String();
  lane.gzip = !compressed.empty();
  const bool simple = !lane.gzip && lane.collector->CanBeSimple();
  CollectorRequest request = lane.collector->Request(simple, lane.gzip, batch->deidentified);

  Effect& send = Emit(EffectType::kHttpSend);
  send.name = std::move(request.url);
  send.headers = std::move(request.headers);
  send.credentials = request.credentials;
  send.bytes = lane.gzip ? std::move(compressed) : std::move(batch->body);
  lane.body_bytes = static_cast<int64_t>(send.bytes.size());
  if (lane.body_bytes <= bytes_left) {
    send.transport = closing && simple ? Transport::kBeacon : Transport::kKeepalive;
  }
  lane.effect_id = send.effect_id;
  lane.record_ids = std::move(batch->record_ids);
  lane.sent += static_cast<int64_t>(lane.record_ids.size());
  for (const uint64_t id : lane.record_ids) outbox_.Find(id)->in_flight |= 1u << lane_index;
  view_dirty_ = true;
}

void EngineCore::OnFlush(Now now) {
  for (Lane& lane : lanes_) {
    lane.due_ms = now.mono_ms;
    if (!outbox_.records().empty()) lane.flush_through = outbox_.records().back().id;
  }
}

void EngineCore::OnLifecycle(const Input& input, Now now) {
  const std::string_view state = input.fields["state"].AsName();
  const bool closing = Is(state, "closing");
  if (!closing && !Is(state, "hidden")) return;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].busy() && lanes_[i].retry_ms <= now.mono_ms) Send(i, now, true, closing);
  }
  EmitStoreChanges();
}

void EngineCore::OnConnectivity(const Input& input, Now now) {
  const bool was_online = online_;
  online_ = input.fields["online"].AsBool(true);
  view_dirty_ = true;
  if (!online_ || was_online) return;
  for (Lane& lane : lanes_) lane.due_ms = lane.retry_ms = now.mono_ms;
}

void EngineCore::OnHttpDone(const Input& input, Now now) {
  const int64_t effect_id = input.Integer("effect_id");
  for (size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    if (!lane.busy() || lane.effect_id != effect_id) continue;
    lane.effect_id = 0;
    lane.body_bytes = 0;
    const List<uint64_t> ids = std::move(lane.record_ids);
    lane.record_ids.clear();
    for (const uint64_t id : ids) {
      if (Record* record = outbox_.Find(id)) record->in_flight &= ~(1u << i);
    }
    OnAnswer(i, ids, input, now);
    outbox_.Sweep();
    Schedule(i, now);
    const bool flushing = lane.flush_through != 0 && !outbox_.records().empty() &&
                          outbox_.records()[0].id <= lane.flush_through;
    if (flushing) lane.due_ms = std::min(lane.due_ms, now.mono_ms);
    view_dirty_ = true;
    return;
  }
}

void EngineCore::OnAnswer(size_t lane_index, const List<uint64_t>& ids, const Input& fact,
                          Now now) {
  Lane& lane = lanes_[lane_index];
  const std::string_view error = fact.fields["error"].AsName();
  const int status = static_cast<int>(std::clamp<int64_t>(fact.Integer("status"), 0, 999));
  if (Is(error, "aborted")) return;
  if (Is(error, "queued")) {  // taken over by the platform, which is no acceptance
    lane.retry_ms = now.mono_ms + kBeaconDoubtMs;
    lane.due_ms = lane.retry_ms;
    return;
  }
  if (status == kUnsupportedMediaType && lane.gzip) {
    lane.gzip_trust = GzipTrust::kRefused;
    lane.due_ms = now.mono_ms;
    return;
  }
  const Verdict verdict = status == 0 ? Verdict::kRetry : lane.collector->JudgeAnswer(status);
  if (verdict == Verdict::kAccepted) {
    if (lane.gzip) lane.gzip_trust = GzipTrust::kWorks;
    SettleAll(lane_index, ids, nullptr);
    Recover(&lane);
  } else if (verdict == Verdict::kRetry) {
    RetryLater(&lane, status, fact.fields["retry_after"], now);
  } else if (verdict == Verdict::kSplit && ids.size() > 1) {
    lane.events_max = ids.size() / 2;
    lane.due_ms = now.mono_ms;
  } else {
    const Loss reason = status == kPayloadTooLarge ? Loss::kOversize : Loss::kRejected;
    Report("rejected", "/collectors/" + IntegerText(static_cast<int64_t>(lane_index)),
           "HTTP " + IntegerText(status), "an answer of 200 to 299");
    SettleAll(lane_index, ids, &reason);
  }
}

void EngineCore::SettleAll(size_t lane_index, const List<uint64_t>& ids, const Loss* reason) {
  Lane& lane = lanes_[lane_index];
  for (const uint64_t id : ids) {
    Record* record = outbox_.Find(id);
    if (!record) continue;
    const std::string_view writer = outbox_.WriterOf(*record);
    if (!writer.empty()) lane.MoveCursor(writer, record->sequence);
    outbox_.Settle(record, static_cast<int>(lane_index));
    // As long as its segment is there: after a stop here it must not go to this collector again.
    if (!writer.empty()) delivery_dirty_ = true;
    if (reason)
      losses_.Add(*reason);
    else
      ++lane.acknowledged;
  }
  if (reason) delivery_dirty_ = losses_dirty_ = true;  // losses are counted over restarts
}

void EngineCore::Recover(Lane* lane) {
  const bool split = lane->events_max < config_.batch.events_max;
  // What piled up in an outage or behind a split has waited long enough; other events may wait for
  // company.
  lane->due_ms = lane->failing() || split ? 0 : kNever;
  lane->failing_since_ms = kNever;
  lane->attempts = 0;
  lane->retry_ms = 0;
  lane->events_max = split ? lane->events_max * 2 : SIZE_MAX;
}

void EngineCore::RetryLater(Lane* lane, int status, JsonView retry_after, Now now) {
  if (status == 0 && lane->gzip && lane->gzip_trust == GzipTrust::kUntried) {
    lane->gzip_trust = GzipTrust::kRefused;
  } else if (status == 0 && lane->gzip_trust == GzipTrust::kRefused) {
    lane->gzip_trust = GzipTrust::kUntried;  // it was not the compression
  }
  if (!lane->failing()) lane->failing_since_ms = now.mono_ms;
  ++lane->attempts;
  const int64_t outage_ms = now.mono_ms - lane->failing_since_ms;
  const int64_t delay_ms = RetryDelayMs(outage_ms, lane->attempts, &prng_);
  lane->retry_ms = now.mono_ms + RetryAfterMs(retry_after.AsName()).value_or(delay_ms);
  lane->due_ms = lane->retry_ms;
}

}  // namespace waymark
