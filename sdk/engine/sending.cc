// Delivery: what goes to which collector, and when.
#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/name_table.h"
#include "engine/engine_core.h"

namespace waymark {
namespace {

// How long an event waits before it is compressed: bursts are fed in one slice, and what is sent at
// once anyway never passes through a draft.
constexpr int64_t kFeedDelayMs = 200;
constexpr int64_t kFeedPauseMs = 20;  // between slices of a long queue

// Bodies that came out bigger than allowed are built anew, smaller, so many times.
constexpr int kBuildsMax = 4;

// Of a compressed body, before it says how well the next will compress.
constexpr size_t kRatioBytesMin = 16'000;

// A page that is leaving sends one batch beside the one in flight, not more; where a request holds
// one event only, a batch is so many requests.
constexpr size_t kFlightsMax = 2;
constexpr size_t kSingleFlightsMax = 16;

}  // namespace

LaneQueue EngineCore::QueueOf(size_t lane_index, const Now& now) {
  return {&lanes_[lane_index], static_cast<int>(lane_index), &rules_, now, &outbox_, &losses_,
          &problems_};
}

int64_t EngineCore::PendingOf(size_t lane_index) const {
  return outbox_.pending(lane_index, !metered_);
}

void EngineCore::Schedule(size_t lane_index, const Now& now) {
  Lane& lane = lanes_[lane_index];
  const int64_t pending = PendingOf(lane_index);
  if (pending == 0) {
    lane.due_ms = lane.feed_ms = kNever;
    return;
  }
  const bool compresses = lane.collector->rules().gzip != GzipWay::kNone;
  // Bytes of a compressed body are known by its draft only.
  const bool heavy = compresses ? lane.draft.full
                                : outbox_.bytes() >= static_cast<int64_t>(config_.batch.bytes_max);
  if (heavy || pending >= static_cast<int64_t>(BatchEventsMax(lane)))
    lane.due_ms = std::min(lane.due_ms, now.mono_ms);
  else if (lane.due_ms == kNever)
    lane.due_ms = DueOfOldest(lane_index, now);
  if (compresses && lane.feed_ms == kNever) lane.feed_ms = now.mono_ms + kFeedDelayMs;
}

// An event waits for company only once. Never: all of it is on its way.
int64_t EngineCore::DueOfOldest(size_t lane_index, const Now& now) const {
  for (const Record& record : outbox_.records()) {
    const bool waits = (record.pending & ~record.in_flight) >> lane_index & 1;
    const bool held_back = metered_ && record.priority == Priority::kBulk;
    if (waits && !held_back) {
      return std::max(record.queued_mono_ms + config_.flush_ms, now.mono_ms);
    }
  }
  return kNever;
}

bool EngineCore::Sends(const Lane& lane) const {
  return online_ && !off_ && !lane.off && (lane.policy.needs & consent_.unsure) == 0;
}

int64_t EngineCore::LaneWake(size_t lane_index) const {
  const Lane& lane = lanes_[lane_index];
  if (!Sends(lane) || PendingOf(lane_index) == 0) return kNever;
  const int64_t send_ms = lane.busy() ? kNever : std::max(lane.due_ms, lane.retry_ms);
  return lane.failing() ? send_ms : std::min(send_ms, lane.feed_ms);
}

void EngineCore::SendDue(const Now& now) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = lanes_[i];
    if (!Sends(lane)) continue;
    const bool due = lane.due_ms <= now.mono_ms && lane.retry_ms <= now.mono_ms;
    if (due && !lane.busy())
      Send(i, now, Leaving::kNo);
    else if (lane.feed_ms <= now.mono_ms && !lane.failing())
      Feed(i, now);
  }
}

void EngineCore::SendLeaving(const Now& now) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    const bool may = Sends(lane) && lane.retry_ms <= now.mono_ms && PendingOf(i) != 0;
    if (!may || lane.flights.size() >= kFlightsMax) continue;
    const bool one_by_one = lane.collector->rules().events_max == 1;
    size_t before = 0;
    do {
      before = lane.flights.size();
      Send(i, now, page_);
    } while (one_by_one && lane.flights.size() > before && before < kSingleFlightsMax);
  }
}

// Compresses what waits, a slice at a time, so that sending it later costs no more than its end.
void EngineCore::Feed(size_t lane_index, const Now& now) {
  Lane& lane = lanes_[lane_index];
  const LaneQueue queue = QueueOf(lane_index, now);
  lane.feed_ms = kNever;
  if (!Plan(lane, now, Leaving::kNo, SIZE_MAX).gzip || lane.outage.suspect != 0) return;
  EnsureOwnId(lane);
  if (!lane.draft.open || !IsCurrent(queue, &lane.draft)) OpenBatch(queue, true, &lane.draft);
  const size_t before = lane.draft.record_ids.size();
  const size_t most = std::min(BatchEventsMax(lane), lane.events_max);
  const size_t slice = std::min(most - std::min(before, most), kFeedEventsMax);
  FillBatch(queue, RawBytesMax(lane, true, config_.batch.bytes_max), slice, &lane.draft);
  if (lane.draft.record_ids.size() == before + kFeedEventsMax) {
    lane.feed_ms = now.mono_ms + kFeedPauseMs;
  }
  if (lane.draft.full && !lane.busy()) lane.due_ms = std::min(lane.due_ms, now.mono_ms);
}

void EngineCore::DropDrafts() {
  for (Lane& lane : lanes_) DropBatch(&lane.draft);
}

int64_t EngineCore::KeepaliveBytesLeft() const {
  int64_t left = static_cast<int64_t>(kKeepaliveBytesMax);
  for (const Lane& lane : lanes_) {
    for (const Flight& flight : lane.flights) left -= flight.body_bytes;
  }
  return std::max<int64_t>(left, 0);
}

TransportPlan EngineCore::Plan(const Lane& lane, const Now& now, Leaving leaving,
                               size_t raw_bytes) const {
  TransportFacts facts;
  facts.cross_origin = lane.cross_origin;
  const CollectorRules& rules = lane.collector->rules();
  facts.can_be_simple =
      rules.can_be_simple && (leaving != Leaving::kNo || !rules.simple_only_leaving);
  facts.preflight_cached = lane.preflight_until_ms > now.mono_ms;
  facts.gzip_refused = lane.gzip_trust >= GzipTrust::kDoubted;
  facts.gzip = rules.gzip;
  facts.leaving = leaving;
  return PlanTransport(facts, raw_bytes);
}

// How many events a request to this collector may hold.
size_t EngineCore::BatchEventsMax(const Lane& lane) const {
  return std::min(config_.batch.events_max, lane.collector->rules().events_max);
}

// How many events the next request may hold.
size_t EngineCore::EventsMax(size_t lane_index, const Now& now, Leaving leaving) {
  Lane& lane = lanes_[lane_index];
  const size_t most = std::min(BatchEventsMax(lane), lane.events_max);
  if (leaving != Leaving::kNo) return most;
  // After a failure one event is tried alone.
  if (lane.failing() || lane.outage.verifying) return 1;
  const auto burst = static_cast<int64_t>(config_.batch.events_max);
  const int64_t tokens = lane.rate.Available(config_.events_per_s_max, burst, now.mono_ms);
  const int64_t wanted = std::min(PendingOf(lane_index), static_cast<int64_t>(most));
  if (tokens >= wanted) return most;
  lane.due_ms =
      now.mono_ms + std::max<int64_t>(lane.rate.WaitMs(wanted, config_.events_per_s_max), 1);
  return 0;
}

// `bytes_max`: of the body as it is sent.
size_t EngineCore::RawBytesMax(const Lane& lane, bool gzip, size_t bytes_max) const {
  const size_t ratio = gzip ? static_cast<size_t>(lane.gzip_ratio) : 1;
  return std::min(bytes_max * ratio, lane.collector->rules().batch_bytes_max);
}

void EngineCore::Send(size_t lane_index, const Now& now, Leaving leaving) {
  Lane& lane = lanes_[lane_index];
  lane.due_ms = lane.feed_ms = kNever;
  const size_t events_max = EventsMax(lane_index, now, leaving);
  if (events_max == 0) return;
  const Record* suspect = outbox_.Find(lane.outage.suspect);
  const bool waits = suspect && suspect->pending >> lane_index & 1;
  // Without others nobody can tell whether it is the event or the collector.
  const bool alone = !lane.outage.verifying && PendingOf(lane_index) == 1;
  if (!waits || alone) {
    lane.outage.suspect = 0;
    lane.outage.verifying = false;
  }
  String body;
  if (BuildBody(lane_index, now, leaving, events_max, &body)) {
    StartRequest(lane_index, std::move(body), now, leaving);
  } else if (lane.due_ms == kNever && texts_wanted_ == kNoSegment && leaving != Leaving::kNo) {
    Schedule(lane_index, now);  // too big to leave with the page: it stays stored
  }
  DropBatch(&lane.draft);
}

// The draft, when it holds what is asked for; else a batch built now. False: there is nothing that
// may go.
bool EngineCore::BuildBody(size_t lane_index, const Now& now, Leaving leaving, size_t events_max,
                           String* body) {
  Lane& lane = lanes_[lane_index];
  Batch* batch = &lane.draft;
  EnsureOwnId(lane);
  const LaneQueue queue = QueueOf(lane_index, now);
  size_t bytes_max = config_.batch.bytes_max;
  if (leaving != Leaving::kNo) {
    bytes_max = std::min(bytes_max, static_cast<size_t>(KeepaliveBytesLeft()));
  }
  bool gzip = Plan(lane, now, leaving, SIZE_MAX).gzip;
  batch->open = batch->open && batch->gzip == gzip && lane.outage.suspect == 0 &&
                batch->record_ids.size() <= events_max && IsCurrent(queue, batch);
  for (int build = 0; build < kBuildsMax; ++build) {
    if (!batch->open) OpenBatch(queue, gzip, batch);
    const size_t raw_bytes_max = RawBytesMax(lane, gzip, bytes_max);
    const Filled filled =
        FillBatch(queue, raw_bytes_max, events_max - batch->record_ids.size(), batch);
    texts_wanted_ = filled.to_read;
    const bool pack = leaving != Leaving::kNo && (filled.full || batch->raw_bytes > raw_bytes_max);
    if (pack) PackBatch(queue, raw_bytes_max, events_max, gzip, batch);
    if (batch->record_ids.empty()) return false;
    // What is small goes plain.
    if (gzip && !Plan(lane, now, leaving, batch->raw_bytes).gzip) {
      gzip = batch->open = false;
      continue;
    }
    const size_t raw_bytes = batch->raw_bytes;
    *body = CloseBatch(queue, batch);
    if (body->empty()) {  // no memory for the compressor
      lane.gzip_trust = GzipTrust::kRefused;
      gzip = false;
      continue;
    }
    // A short body has nothing to repeat, and says nothing of a long one.
    if (gzip && raw_bytes >= kRatioBytesMin) {
      lane.gzip_ratio = static_cast<int64_t>(std::max<size_t>(raw_bytes / body->size(), 1));
    }
    if (body->size() <= bytes_max) return true;
    const size_t events = batch->record_ids.size();
    if (events == 1) return leaving == Leaving::kNo;
    events_max = std::max<size_t>(events * bytes_max / body->size() * 7 / 8, 1);
  }
  return false;
}

// What the collector may say of this try in its headers.
Attempt EngineCore::NewAttempt(Lane* lane, const TransportPlan& plan, const Now& now) {
  const Batch& batch = lane->draft;
  Attempt attempt;
  attempt.now = now;
  attempt.simple = plan.simple;
  attempt.gzip = plan.gzip;
  attempt.deidentified = batch.deidentified;
  if (!kProtocolNeeds.tries) return attempt;
  Tries& tries = lane->tries;
  if (tries.fingerprint != batch.fingerprint) {
    tries = Tries();
    tries.fingerprint = batch.fingerprint;
    tries.first_ms = tries.last_ms = now.mono_ms;
  }
  attempt.recovered = batch.record_ids[0] < kFirstOwnId;
  attempt.key = batch.key;
  attempt.batch = batch.fingerprint;
  attempt.failures = tries.failures;
  attempt.last_status = tries.last_status;
  attempt.since_first_ms = now.mono_ms - tries.first_ms;
  attempt.since_last_ms = now.mono_ms - tries.last_ms;
  tries.last_ms = now.mono_ms;
  return attempt;
}

void EngineCore::StartRequest(size_t lane_index, String&& body, const Now& now, Leaving leaving) {
  Lane& lane = lanes_[lane_index];
  Batch* batch = &lane.draft;
  const CollectorRules& rules = lane.collector->rules();
  TransportPlan plan = Plan(lane, now, leaving, batch->gzip ? SIZE_MAX : 0);
  plan.gzip = batch->gzip;
  CollectorRequest request = lane.collector->Request(NewAttempt(&lane, plan, now));
  if (rules.get) {
    request.url += body;
    body.clear();
  }
  Flight& flight = lane.flights.emplace_back();
  flight.gzip = batch->gzip;
  flight.simple = plan.simple;
  flight.told = batch->deidentified ? 0 : batch->told;  // of nobody's events no writer is told
  flight.body_bytes = 0;
  const auto size = static_cast<int64_t>(body.size());
  // A platform that refused one takes an ordinary request.
  const bool refused = lane.refusals > 0 && leaving == Leaving::kNo;
  const bool beacon = !batch->deidentified && !rules.get && lane.refusals < 2;
  Effect& send = Emit(EffectType::kHttpSend);
  send.name = std::move(request.url);
  send.headers = std::move(request.headers);
  send.credentials = request.credentials;
  send.bytes = std::move(body);
  send.get = rules.get;
  if (kProtocolNeeds.answers) send.answer_bytes_max = rules.answer_bytes_max;
  send.transport = ChooseTransport(plan, leaving, beacon, size, refused ? 0 : KeepaliveBytesLeft());
  flight.effect_id = send.effect_id;
  flight.body_bytes = send.transport == Transport::kFetch ? 0 : size;
  flight.record_ids = std::move(batch->record_ids);
  const auto events = static_cast<int64_t>(flight.record_ids.size());
  lane.sent += events;
  lane.rate.Take(events);
  for (const uint32_t id : flight.record_ids) {
    if (const Record* record = outbox_.Find(id)) lane.sent_for |= record->needs;
    outbox_.Launch(id, lane_index);
  }
  view_dirty_ = true;
}

void EngineCore::OnFlush(const Now& now) {
  store_paid_ms_ = 0;
  for (Lane& lane : lanes_) {
    lane.due_ms = now.mono_ms;
    if (!outbox_.records().empty()) lane.flush_through = outbox_.records().back().id;
  }
}

void EngineCore::OnLifecycle(const Input& input, const Now& now) {
  const std::string_view state = input.fields["state"].AsName();
  const bool frozen = Is(state, "frozen");
  const bool awake = Is(state, "visible") || Is(state, "resumed");
  if (awake && asleep_) WakeUp(now);
  if (awake) page_ = Leaving::kNo;
  if (!awake) store_paid_ms_ = 0;
  if (!awake) EndReread(now);
  if (Is(state, "hidden")) page_ = Leaving::kHidden;
  if (Is(state, "closing")) page_ = Leaving::kClosing;
  flush_leaving_ = !awake && !frozen;
  if (frozen || page_ == Leaving::kClosing) {
    // From here on others may take over what is stored, and what was counted.
    falls_asleep_ = !asleep_;
    asleep_ = true;
    slept_ms_ = now.mono_ms;
    leading_ = false;
    delivery_dirty_ = losses_dirty_ = true;
  }
  const bool may_put = !awake && (!asleep_ || falls_asleep_) && left_.empty() && KeepsDecision();
  if (may_put && store_phase_ == StorePhase::kReadingState && !held_.empty()) PutDelivery();
}

void EngineCore::OnConnectivity(const Input& input, const Now& now) {
  const bool was_online = online_;
  online_ = input.fields["online"].AsBool(true);
  metered_ = input.fields["metered"].AsBool();
  // A draft that went past what had to wait may not go on with what comes behind it.
  if (metered_ != rules_.bulk_waits) DropDrafts();
  rules_.bulk_waits = metered_;
  view_dirty_ = true;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (online_ && !was_online) {
      lanes_[i].due_ms = now.mono_ms;
      lanes_[i].retry_ms = std::max(lanes_[i].asked_until_ms, now.mono_ms);
    }
    Schedule(i, now);
  }
}

}  // namespace waymark
