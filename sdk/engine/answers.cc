// What came of a request: acknowledged, given up, or tried again later.
#include <algorithm>
#include <utility>

#include "base/json_check.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
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
constexpr size_t kFieldBytesMax = 64;
constexpr int kTimeout = -1;  // in place of a status

// What a collector calls a field may be repeated when it looks like a name.
bool IsFieldName(std::string_view text) {
  for (const char c : text) {
    const bool fits = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                      IndexOf("_$.-", c) < 4;
    if (!fits) return false;
  }
  return !text.empty() && text.size() <= kFieldBytesMax;
}

bool LeavesUnanswered(const Lane& lane) {
  return kProtocolNeeds.unanswered && !lane.collector->rules().resends_unanswered;
}

}  // namespace

void EngineCore::OnHttpDone(const Input& input, const Now& now) {
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
    OnAnswer(i, &landed, input, now);
    delivery_dirty_ |= outbox_.Sweep();
    Schedule(i, now);
    const bool flushing = lane.flush_through != 0 && !outbox_.records().empty() &&
                          outbox_.records()[0].id <= lane.flush_through;
    if (flushing) lane.due_ms = std::min(lane.due_ms, now.mono_ms);
    view_dirty_ = true;
    return;
  }
}

void EngineCore::OnAnswer(size_t lane_index, Flight* flight, const Input& fact, const Now& now) {
  Lane& lane = lanes_[lane_index];
  const int status = static_cast<int>(std::clamp<int64_t>(fact.Integer("status"), 0, 999));
  if (status == 0) return OnNoAnswer(lane_index, *flight, fact.fields["error"].AsName(), now);
  if (status == kUnsupportedMediaType && flight->gzip) {
    lane.gzip_trust = GzipTrust::kRefused;
    lane.due_ms = now.mono_ms;
    return;
  }
  Failed failed;
  failed.status = status;
  failed.retry_after = fact.fields["retry_after"].AsName();
  if (!kProtocolNeeds.answers) {
    const Verdict verdict = lane.collector->JudgeStatus(status, &failed.cool_down_ms);
    return OnVerdict(lane_index, *flight, verdict, false, failed, now);
  }
  CollectorAnswer answer;
  answer.status = status;
  answer.events = flight->record_ids.size();
  answer.body = fact.Body(fact.fields["body"]).substr(0, lane.collector->rules().answer_bytes_max);
  String text(answer.body);
  text.push_back('\n');  // ends a bare number
  if (CheckJson(text).fault == JsonCheck::Fault::kNone) answer.json = JsonView(text);
  const Judgement judgement = lane.collector->JudgeAnswer(answer);
  failed.field = judgement.field;
  failed.cool_down_ms = judgement.cool_down_ms;
  OnJudgement(lane_index, flight, judgement, failed, now);
}

void EngineCore::OnNoAnswer(size_t lane_index, const Flight& flight, std::string_view error,
                            const Now& now) {
  Lane& lane = lanes_[lane_index];
  if (Is(error, "refused")) return OnRefusedByPlatform(lane_index, flight, now);
  // It probably went out, and what became of it nobody knows.
  const bool timeout = Is(error, "timeout");
  const bool queued = Is(error, "queued");
  const bool aborted = Is(error, "aborted");
  if (LeavesUnanswered(lane) && (timeout || queued || aborted)) {
    GiveUpAll(lane_index, flight, Loss::kUnanswered);
    if (!timeout) return;
  }
  if (aborted) return;
  if (queued) {  // taken over by the platform, which is no acceptance
    lane.retry_ms = std::max(now.mono_ms + kBeaconDoubtMs, lane.asked_until_ms);
    lane.due_ms = lane.retry_ms;
    return;
  }
  Failed failed;
  if (timeout) failed.status = kTimeout;
  RetryLater(lane_index, flight, failed, now);
}

// What is said of one record; the first word counts.
Verdict EngineCore::VerdictOn(const Judgement& judgement, uint32_t record_id, size_t index) {
  const Record* record = judgement.each.empty() ? nullptr : outbox_.Find(record_id);
  const JsonView event(record ? std::string_view(record->event) : std::string_view());
  for (const RecordVerdict& one : judgement.each) {
    if (one.index == static_cast<int64_t>(index)) return one.verdict;
    for (const char* member : {"message_id", "anonymous_id", "user_id"}) {
      if (!one.id.empty() && event[member].AsString() == one.id) return one.verdict;
    }
  }
  return judgement.verdict;
}

void EngineCore::OnJudgement(size_t lane_index, Flight* flight, const Judgement& judgement,
                             const Failed& failed, const Now& now) {
  List<uint32_t> parts[kVerdicts];
  int64_t rejected = judgement.rejected;
  for (size_t i = 0; i < flight->record_ids.size(); ++i) {
    const uint32_t id = flight->record_ids[i];
    Verdict verdict = VerdictOn(judgement, id, i);
    if (verdict == Verdict::kAccepted && rejected-- > 0) verdict = Verdict::kRejected;
    const bool again = !LeavesUnanswered(lanes_[lane_index]);
    if (verdict == Verdict::kUnknown && again) verdict = Verdict::kRetry;
    parts[static_cast<size_t>(verdict)].push_back(id);
  }
  const bool fewer = !parts[static_cast<size_t>(Verdict::kRejected)].empty();
  for (size_t i = 0; i < kVerdicts; ++i) {
    flight->record_ids = std::move(parts[i]);
    if (flight->record_ids.empty()) continue;
    OnVerdict(lane_index, *flight, static_cast<Verdict>(i), fewer, failed, now);
  }
}

// `fewer`: others of its batch were refused.
void EngineCore::OnVerdict(size_t lane_index, const Flight& flight, Verdict verdict, bool fewer,
                           const Failed& failed, const Now& now) {
  Lane& lane = lanes_[lane_index];
  switch (verdict) {
    case Verdict::kRejected:
      Reject(lane_index, flight, failed.status, failed.field);
      break;
    case Verdict::kUnknown:
      if (kProtocolNeeds.unanswered) GiveUpAll(lane_index, flight, Loss::kUnanswered);
      break;
    case Verdict::kAccepted:
      Acknowledge(lane_index, flight, now);
      break;
    case Verdict::kAgain:  // the same batch once more would come to the same end
    case Verdict::kSplit:
      SendAgain(lane_index, flight, !fewer || verdict == Verdict::kSplit, failed.status, now);
      break;
    case Verdict::kRetry:
      return RetryLater(lane_index, flight, failed, now);
  }
  lane.retry_ms = std::max(lane.retry_ms, now.mono_ms + failed.cool_down_ms);
}

// At once, in halves if `split`, down to the one event that is refused.
void EngineCore::SendAgain(size_t lane_index, const Flight& flight, bool split, int status,
                           const Now& now) {
  Lane& lane = lanes_[lane_index];
  if (split && flight.record_ids.size() == 1) return Reject(lane_index, flight, status, {});
  if (split) lane.events_max = flight.record_ids.size() / 2;
  lane.due_ms = now.mono_ms;
  DropBatch(&lane.draft);
}

// The browser's budget for pages that leave is shared with the page's own requests.
void EngineCore::OnRefusedByPlatform(size_t lane_index, const Flight& flight, const Now& now) {
  Lane& lane = lanes_[lane_index];
  DropBatch(&lane.draft);
  // A dead host is now and then told as a full budget: no reason to hurry. The next one goes as an
  // ordinary request.
  if (++lane.refusals > kRefusalsMax || page_ == Leaving::kNo) {
    return RetryLater(lane_index, flight, Failed(), now);
  }
  lane.events_max = std::max<size_t>(flight.record_ids.size() / 2, 1);
  Send(lane_index, now, page_);
}

void EngineCore::Acknowledge(size_t lane_index, const Flight& flight, const Now& now) {
  Lane& lane = lanes_[lane_index];
  lane.refusals = 0;
  if (flight.gzip)
    lane.gzip_trust = GzipTrust::kWorks;
  else if (lane.gzip_trust == GzipTrust::kDoubted)
    lane.gzip_trust = GzipTrust::kOnTrial;
  if (!flight.simple) lane.preflight_until_ms = now.mono_ms + lane.collector->rules().preflight_ms;
  for (const uint32_t id : flight.record_ids) {
    Record* record = outbox_.Find(id);
    if (!record || !(record->pending >> lane_index & 1)) continue;
    if (lane.for_records) EndReport(*record);
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
  // Another request may have been asked for patience meanwhile.
  lane.retry_ms = lane.asked_until_ms;
  lane.events_max = split ? lane.events_max * 2 : SIZE_MAX;
}

void EngineCore::Reject(size_t lane_index, const Flight& flight, int status,
                        std::string_view field) {
  String found = Numbered("HTTP ", status);
  if (IsFieldName(field)) found.append(" for ").append(field);
  Report("rejected", Numbered("/collectors/", static_cast<int64_t>(lane_index)), found,
         "an answer of 200 to 299");
  GiveUpAll(lane_index, flight, status == kPayloadTooLarge ? Loss::kOversize : Loss::kRejected);
}

void EngineCore::GiveUpAll(size_t lane_index, const Flight& flight, Loss reason) {
  for (const uint32_t id : flight.record_ids) {
    Record* record = outbox_.Find(id);
    if (record) outbox_.GiveUp(record, static_cast<int>(lane_index), reason);
  }
}

// What is on its way from a page that goes would be sent again at the next start.
void EngineCore::LeaveUnanswered() {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (!LeavesUnanswered(lanes_[i])) continue;
    for (const Flight& flight : lanes_[i].flights) GiveUpAll(i, flight, Loss::kUnanswered);
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

void EngineCore::RetryLater(size_t lane_index, const Flight& flight, const Failed& failed,
                            const Now& now) {
  Lane& lane = lanes_[lane_index];
  ++lane.tries.failures;
  lane.tries.last_status = failed.status;
  if (failed.status <= 0) DoubtCompression(flight, &lane);
  Failure failure;
  // Also one that takes the others and wants this one later.
  failure.answered = failed.status >= kServerErrors || failed.status / 100 == 2;
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
           Numbered("HTTP ", failed.status, " for one event only"), "an answer of 200 to 299");
    if (Record* record = outbox_.Find(failure.first)) {
      outbox_.GiveUp(record, static_cast<int>(lane_index), Loss::kRetryExhausted);
    }
  }
  DropBatch(&lane.draft);
  int64_t delay_ms = RetryDelayMs(outage_ms, attempts, &prng_);
  delay_ms = std::max(delay_ms, failed.cool_down_ms);
  if (const auto asked_ms = RetryAfterMs(failed.retry_after, now.wall_ms)) {
    delay_ms = std::max(*asked_ms, kRetryMsMin);
    lane.asked_until_ms = now.mono_ms + delay_ms;
  }
  // Of two that were on their way at once only one may have been asked for patience.
  lane.retry_ms = std::max(now.mono_ms + delay_ms, lane.asked_until_ms);
  lane.due_ms = lane.retry_ms;
}

}  // namespace waymark
