// The journey: what events make of it, how it is kept, and which silences are recorded.
//
// All of it stands behind kHasParts, and behind a config that has a journey. It is kept, put
// down and deleted as ids and the session are; before it is put beside other tabs it is merged with
// what they have put.
#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/json_check.h"
#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/uuid.h"
#include "delivery/batcher.h"
#include "engine/engine_core.h"
#include "engine/journey_keeper.h"
#include "event/vocabulary.h"
#include "journey/json_logic.h"

namespace waymark {
namespace {

// Timers of browsers turn over at 24.8 days: what is due later is looked at when the engine is
// called.
constexpr int64_t kTimerMsMax = 20 * kDayMs;

Stage StageOf(std::string_view name) {
  const int touchpoint = FindTouchpoint(name);
  return touchpoint < 0 ? Stage::kNone : StageFrom(StageName(touchpoint));
}

// Two engines that decide on the same silence give it the same name.
String SilenceId(const Silence& silence, const SilenceRule& rule, std::string_view anonymous_id) {
  const uint64_t hash = HashOf(IntegerText(silence.began_ms), HashOf(rule.name));
  return UuidOf(HashOf(anonymous_id, hash));
}

String SilenceProperties(const Silence& silence, const SilenceRule& rule, const Journey& journey) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("after", rule.after).Field("without", rule.without);
  writer.Field("step", silence.step).Field("touchpoint", silence.touchpoint);
  writer.Field("silence_ms", rule.within_ms).Field("stage", StageText(journey.stage.stage));
  // The customer took it to another device, of which this one hears nothing more.
  const bool handed = journey.handed_ms != 0 && journey.handed_ms >= silence.began_ms;
  if (handed) writer.FieldBool("handed_over", true);
  writer.End('}');
  return json;
}

}  // namespace

void DeleteJourney::Delete(JourneyKeeper* keeper) { delete keeper; }

JourneyPointer MakeJourneyKeeper(JsonView config, const Policy& policy, List<Problem>* problems) {
  const JsonView journey = config["journey"];
  // A tracking plan alone keeps nothing.
  bool asked = journey && !journey["plan"];
  for (JsonItems member(journey); member.Next();) asked |= member.key() != "plan";
  if (!asked) return JourneyPointer();
  auto* keeper = new JourneyKeeper();
  keeper->rules = ReadJourneyRules(config, policy, problems);
  return JourneyPointer(keeper);
}

// By its own purposes, where it has some.
GateVerdict EngineCore::JudgeJourney() const {
  if (!config_.journey) return GateVerdict::kDrop;
  const PurposeSet needs = config_.journey->rules.needs;
  if (needs != 0) return Judge(config_.policy, consent_, needs);
  return AnyLane(GateVerdict::kAdmit, false) ? GateVerdict::kAdmit : GateVerdict::kDrop;
}

bool EngineCore::MayKeepJourney() const {
  const PurposeSet needs = config_.journey->rules.needs;
  const PurposeSet with_storage = config_.policy.WithStorage() & consent_.Allowed();
  return JudgeJourney() == GateVerdict::kAdmit && (needs == 0 || (needs & with_storage) != 0);
}

// A page as the host tells of it, before its URL is scrubbed. Kept in memory until an event follows
// that is admitted. Gives what is to be told of its campaign, an object of JSON text; empty: it is
// no page.
String EngineCore::NoteArrival(JsonView context, int64_t time_ms) {
  JourneyKeeper& keeper = *config_.journey;
  const JsonView page = context["page"];
  const JsonView campaign = context["campaign"];
  if (!page["url"] && !campaign) return String();
  Touch arrival;
  arrival.time_ms = time_ms;
  arrival.source =
      SourceOf(page["url"].AsString(), page["referrer"].AsString(), campaign, keeper.rules.sites());
  String told;
  JsonWriter writer(&told);
  writer.Begin('{');
  WriteCampaign(arrival.source, &writer);
  if (told.size() == 1) writer.Key("campaign").Null();
  writer.End('}');
  if (keeper.arrivals.size() >= kArrivalsMax) {
    bool first = true;  // the landing page is worth more than those after it
    bool second = true;
    keeper.arrivals.RemoveIf(
        [&](const Touch&) { return !std::exchange(first, false) && std::exchange(second, false); });
  }
  keeper.arrivals.push_back(std::move(arrival));
  return campaign ? String("{}") : told;
}

// The page's context, with what its URL says of a campaign before it is scrubbed.
String EngineCore::ScrubWithCampaign(JsonView context, const Now& now) {
  const String told = NoteArrival(context, now.wall_ms);
  if (told.empty()) return ScrubContext(config_.url_rules, context);
  const String whole = MergeObjects(context, JsonView(told));
  return ScrubContext(config_.url_rules, JsonView(whole));
}

// Gives the event's own context, with what it is to tell of the journey; empty: it has none.
String EngineCore::TouchJourney(const Event& event) {
  String context;
  if (!event.context.empty()) context = ScrubContext(config_.url_rules, JsonView(event.context));
  if (config_.journey->skips || JudgeJourney() != GateVerdict::kAdmit) return context;
  JourneyKeeper& keeper = *config_.journey;
  if (!event.context.empty()) NoteArrival(JsonView(event.context), event.time_ms);
  Journey& journey = keeper.journey;
  NoteEnded(event.time_ms);
  Happening happening;
  happening.time_ms = event.time_ms;
  happening.name = SelectorOf(event);
  happening.properties = JsonView(event.properties);
  if (event.type == EventType::kTrack) happening.stage = StageOf(event.name);
  if (event.type == EventType::kIdentify) happening.traits = happening.properties;
  const int64_t idle_ms = config_.session_rules.idle_ms;
  happening.new_visit = journey.empty() || event.time_ms - journey.last_ms >= idle_ms;
  const bool arrived = TakeArrivals(event.time_ms, happening.new_visit);
  const bool converts = Happen(happening, keeper.rules, &journey);
  keeper.of = identity_.anonymous_id;
  OnJourneyChanged();
  if (!keeper.rules.context || !(arrived || converts)) return context;
  String told;
  JsonWriter writer(&told);
  writer.Begin('{').Key("journey").Begin('{');
  if (arrived) writer.Key("touch");
  if (arrived) WriteTouch(journey.touches.back(), &writer);
  if (converts) WriteConversion(journey, keeper.rules, event.time_ms, &writer);
  writer.End('}').End('}');
  return context.empty() ? told : MergeObjects(JsonView(context), JsonView(told));
}

// True: a touch began.
bool EngineCore::TakeArrivals(int64_t time_ms, bool new_visit) {
  JourneyKeeper& keeper = *config_.journey;
  bool began = false;
  for (Touch& arrival : keeper.arrivals) {
    if (arrival.time_ms > time_ms) continue;
    const bool touched = Arrive(arrival, new_visit, &keeper.journey);
    new_visit &= !touched;
    began |= touched;
  }
  keeper.arrivals.RemoveIf([&](const Touch& arrival) { return arrival.time_ms <= time_ms; });
  if (!new_visit) return began;
  Touch direct;
  direct.time_ms = time_ms;
  return Arrive(direct, true, &keeper.journey) || began;
}

// What the customer's return at that time would hide.
void EngineCore::NoteEnded(int64_t time_ms) {
  JourneyKeeper& keeper = *config_.journey;
  for (Silence& silence : EndedSilences(keeper.journey, keeper.rules, time_ms)) {
    keeper.ended.push_back(std::move(silence));
  }
  if (!keeper.ended.empty()) keeper.due_ms = 0;
}

void EngineCore::OnJourneyChanged() {
  JourneyKeeper& keeper = *config_.journey;
  keeper.fresh = false;
  keeper.dirty = keeper.stale = view_dirty_ = true;
}

// The customer was seen elsewhere: on another device that is this one's, or on another host.
void EngineCore::SeeCustomer(int64_t time_ms, bool hands_over) {
  JourneyKeeper& keeper = *config_.journey;
  if (keeper.journey.empty() || JudgeJourney() != GateVerdict::kAdmit) return;
  NoteEnded(time_ms);
  ComeBack(time_ms, &keeper.journey);
  if (hands_over) keeper.journey.handed_ms = time_ms;
  OnJourneyChanged();
}

void EngineCore::ClearJourney() {
  if (!config_.journey) return;
  JourneyKeeper& keeper = *config_.journey;
  keeper.journey = Journey();
  keeper.of.clear();
  keeper.ended.clear();
  keeper.segments.clear();
  keeper.due_ms = kNever;
  keeper.fresh = keeper.decides = keeper.put = false;
  keeper.dirty = keeper.stale = false;
  ForgetOperations(StoreUse::kJourney);
  keeper.reading = 0;
}

// Its purposes do not allow it any more.
void EngineCore::EndJourney(bool in_store) {
  if (!config_.journey || JudgeJourney() == GateVerdict::kAdmit) return;
  ClearJourney();
  config_.journey->arrivals.clear();
  if (!in_store || store_phase_ != StorePhase::kOpen) return;
  Delete(EffectType::kStoreDelete, kJourneyKey);
  config_.journey->put = false;
}

// What the store has of this visitor: of before, or of another tab.
void EngineCore::TakeJourney(JsonView stored) {
  if (!config_.journey || !stored.is(JsonType::kObject)) return;
  JourneyKeeper& keeper = *config_.journey;
  const auto generation = static_cast<uint32_t>(stored["generation"].IntegerOr(0));
  keeper.put = true;
  const bool had = !keeper.journey.empty();
  if (!keeper.of.empty() && !(keeper.of == identity_.anonymous_id)) ClearJourney();
  const bool own = stored["anonymous_id"].AsString() == identity_.anonymous_id;
  const bool gone = IsWithdrawn(keeper.rules.needs, generation, consent_);
  if (!own || gone || JudgeJourney() != GateVerdict::kAdmit) return;
  const Journey other = ReadJourney(stored);
  // Who was active elsewhere in between was not silent.
  keeper.ended.RemoveIf([&](const Silence& silence) {
    const int64_t since_ms = other.last_ms - silence.began_ms;
    return since_ms > 0 && since_ms < keeper.rules.silence[silence.rule].within_ms;
  });
  Merge(other, &keeper.journey);
  keeper.of = identity_.anonymous_id;
  OnJourneyChanged();
  keeper.dirty = had;
}

// Another tab has put it down.
void EngineCore::HearJourney(std::string_view stored) {
  if (CheckJson(stored).fault == JsonCheck::Fault::kNone) TakeJourney(JsonView(stored));
  config_.journey->dirty = false;
}

// The store is closed: nobody answers any more.
void EngineCore::CloseJourney() {
  config_.journey->reading = 0;
  config_.journey->decides = false;
  ForgetOperations(StoreUse::kJourney);
}

void EngineCore::OnJourneyRead(const Input& input, const Now& now) {
  JourneyKeeper& keeper = *config_.journey;
  keeper.reading = 0;
  for (JsonItems entry(input.fields["entries"]); entry.Next();) {
    if (!entry.value()["key"].IsName(kJourneyKey)) continue;
    const std::string_view bytes = input.Body(entry.value()["value"]);
    if (CheckJson(bytes).fault == JsonCheck::Fault::kNone) TakeJourney(JsonView(bytes));
  }
  GoOnWithJourney(now);
}

// What the store has is known, or cannot be.
void EngineCore::GoOnWithJourney(const Now& now) {
  JourneyKeeper& keeper = *config_.journey;
  keeper.reading = 0;
  keeper.fresh = keeper.dirty = true;
  if (std::exchange(keeper.decides, false)) RecordSilences(now);
  keeper.fresh = true;
}

void EngineCore::ReadOthersJourney() {
  JourneyKeeper& keeper = *config_.journey;
  Read(kJourneyKey, {}, StoreUse::kJourney);
  keeper.reading = store_operations_.back().effect_id;
}

// Beside other tabs theirs is read first; a page that leaves has no time for that.
void EngineCore::PutJourney() {
  JourneyKeeper& keeper = *config_.journey;
  if (keeper.reading != 0) return;
  keeper.dirty = false;
  if (!MayKeepJourney()) return;
  const bool alone = leading_ && IsAlone();
  if (!alone && !keeper.fresh && page_ == Leaving::kNo) return ReadOthersJourney();
  PutState(kJourneyKey, WriteJourney(keeper.journey, identity_.anonymous_id, consent_.generation));
  keeper.put = true;
  keeper.fresh = false;
}

void EngineCore::RecordSilences(const Now& now) {
  JourneyKeeper& keeper = *config_.journey;
  NoteEnded(now.wall_ms);
  const List<Silence> ended = std::move(keeper.ended);
  keeper.ended.clear();
  for (const Silence& silence : ended) RecordSilence(silence, now);
  keeper.stale = true;
}

// Once: with the step and the last touchpoint, at the time at which it began. It is no touchpoint
// of the customer's.
void EngineCore::RecordSilence(const Silence& silence, const Now& now) {
  JourneyKeeper& keeper = *config_.journey;
  const SilenceRule& rule = keeper.rules.silence[silence.rule];
  for (const SilenceState& state : keeper.journey.silences) {
    if (state.name == rule.name && state.recorded_ms >= silence.began_ms) return;
  }
  NoteRecorded(silence, keeper.rules, &keeper.journey);
  OnJourneyChanged();
  const String properties = SilenceProperties(silence, rule, keeper.journey);
  const String message_id = SilenceId(silence, rule, identity_.anonymous_id);
  Event event;
  event.name = rule.name;
  event.properties = properties;
  event.needs = keeper.rules.needs_text;
  event.time_ms = silence.began_ms;
  event.message_id = message_id;
  const Routing routing = Route(event, 0);
  const String standing = WithoutPath(JsonView(context_), "/page");  // it may be another page
  SkipTouch(true);
  CountRefused(routing, Admit(event, standing, routing, now));
  SkipTouch(false);
}

// What a call that waits notes when the journey has it, which is when it may.
uint32_t EngineCore::TouchedBit() const {
  return JudgeJourney() == GateVerdict::kAdmit ? kTouchedBit : 0;
}

void EngineCore::SkipTouch(bool skip) { config_.journey->skips = skip; }

// The one that leads decides, and those that see the customer come back.
void EngineCore::DecideOnSilences(const Now& now) {
  JourneyKeeper& keeper = *config_.journey;
  if (std::exchange(keeper.stale, false)) PlanJourney(now);
  const bool due = keeper.due_ms <= now.mono_ms && (leading_ || !keeper.ended.empty());
  if (!due || ReadsIds() || asleep_ || keeper.reading != 0) return;
  const bool alone = leading_ && IsAlone();
  const bool open = store_phase_ == StorePhase::kOpen && !StorePaused(now);
  if (!open || alone || !MayKeepJourney()) {
    RecordSilences(now);
    return PlanJourney(now);
  }
  keeper.decides = true;
  ReadOthersJourney();
}

// When the next silence is due, and which segments hold.
void EngineCore::PlanJourney(const Now& now) {
  JourneyKeeper& keeper = *config_.journey;
  keeper.stale = false;
  const int64_t next_ms = NextSilence(keeper.journey, keeper.rules);
  const bool soon = next_ms - now.wall_ms < kTimerMsMax && next_ms != kNever;
  keeper.due_ms = soon ? now.mono_ms + std::max<int64_t>(next_ms - now.wall_ms, 0) : kNever;
  if (!keeper.ended.empty()) keeper.due_ms = now.mono_ms;
  FindSegments();
}

int64_t EngineCore::JourneyWake(const Now& now) const {
  const JourneyKeeper& keeper = *config_.journey;
  const bool puts = keeper.dirty && !StorePaused(now) && keeper.reading == 0;
  if (keeper.stale || puts) return puts ? StoreDue(now) : now.mono_ms;
  const bool decides = leading_ || !keeper.ended.empty();
  return decides && keeper.reading == 0 && !ReadsIds() ? keeper.due_ms : kNever;
}

void EngineCore::FindSegments() {
  JourneyKeeper& keeper = *config_.journey;
  List<String> holding;
  if (JudgeJourney() == GateVerdict::kAdmit && !keeper.rules.segments.empty()) {
    String journey;
    JsonWriter writer(&journey);
    writer.Begin('{');
    WriteJourneyView(keeper.journey, keeper.rules, &writer);
    writer.End('}');
    const String& traits = keeper.journey.traits;
    const LogicData data = {JsonView(journey), JsonView(context_),
                            traits.empty() ? JsonView() : JsonView(traits)};
    for (const SegmentRule& rule : keeper.rules.segments) {
      if (Holds(JsonView(rule.when), data)) holding.push_back(rule.id);
    }
  }
  bool same = holding.size() == keeper.segments.size();
  for (size_t i = 0; same && i < holding.size(); ++i) same = holding[i] == keeper.segments[i];
  view_dirty_ |= !same;
  keeper.segments = std::move(holding);
}

void EngineCore::WriteJourneyAndSegments(JsonWriter* writer) const {
  const JourneyKeeper& keeper = *config_.journey;
  writer->Key("journey").Begin('{');
  WriteJourneyView(keeper.journey, keeper.rules, writer);
  writer->End('}').Key("segments").Begin('[');
  for (const String& id : keeper.segments) writer->Text(id);
  writer->End(']');
}

bool EngineCore::JourneyIsDirty() const { return config_.journey->dirty; }

bool EngineCore::HasJourneyInStore() const { return config_.journey && config_.journey->put; }

}  // namespace waymark
