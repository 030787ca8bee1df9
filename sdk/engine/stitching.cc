// Other devices' ids: what this one hands over, what it accepts, and what joins the two.
//
// Invariant: nothing said by a token joins somebody who is known on one side with somebody who is
// known on the other, and a token without the owner's seal joins nobody who is known at all.
#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "engine/engine_core.h"
#include "event/event.h"

namespace waymark {
namespace {

constexpr size_t kStitchesMax = 16;  // that wait; a page asks one or two
constexpr std::string_view kSealed = "s.";
constexpr size_t kConsentDigits = 12;
constexpr int64_t kSkewMs = 60'000;  // of two hosts' clocks
constexpr size_t kMarkDigits = 16;
constexpr int64_t kCookieMs = 60'000;  // every cookie that is written costs the page time

String Refusal(const char* why) {
  String json;
  JsonWriter(&json).Begin('{').FieldBool("accepted", false).Field("why", why).End('}');
  return json;
}

String Accepted(const char* how, std::string_view carry) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').FieldBool("accepted", true).Field("how", how).FieldRaw("carry", carry);
  writer.End('}');
  return json;
}

String Refused(const char* code, const char* pointer, const char* found, const char* allowed) {
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Key("problem").Begin('{').Field("code", code).Field("pointer", pointer);
  writer.Field("found", found).Field("allowed", allowed).End('}').End('}');
  return json;
}

// What stands for a token, or a foreign id, once it was taken.
String MarkOf(uint64_t number) {
  String mark;
  AppendHex(&mark, number, kMarkDigits);
  return mark;
}

template <typename T>
void DropFirst(List<T>* list) {
  bool first = true;
  list->RemoveIf([&](const T&) { return std::exchange(first, false); });
}

}  // namespace

void EngineCore::OnStitch(const Input& input) {
  prng_.Reseed(input.Body(input.fields["entropy"]));
  if (stitches_.size() >= kStitchesMax) {
    // The oldest: somebody still waits for its answer.
    AnswerStitch(stitches_[0], GateVerdict::kDrop, input.now);
    DropFirst(&stitches_);
  }
  Stitch& stitch = stitches_.emplace_back();
  stitch.type = input.type;
  stitch.fields = input.fields.text();
  ReleaseStitches(input.now);
}

// Those that need not wait any longer, in their order.
void EngineCore::ReleaseStitches(const Now& now) {
  const GateVerdict verdict = off_ ? GateVerdict::kDrop : MayStitch();
  if (verdict != GateVerdict::kHold) AnswerStitches(verdict, now);
}

void EngineCore::AnswerStitches(GateVerdict verdict, const Now& now) {
  const List<Stitch> waiting = std::move(stitches_);
  stitches_.clear();
  for (const Stitch& stitch : waiting) AnswerStitch(stitch, verdict, now);
}

// Ids are there when a collector may have them, and known when the store has said so.
GateVerdict EngineCore::MayStitch() const {
  if (ReadsIds()) return GateVerdict::kHold;
  const GateVerdict own = JudgeStitching();
  bool admits = false;
  bool holds = false;
  for (const Lane& lane : lanes_) {
    if (lane.for_records) continue;
    const GateVerdict verdict = Judge(config_.policy, consent_, lane.policy.needs);
    admits |= verdict == GateVerdict::kAdmit;
    holds |= verdict == GateVerdict::kHold;
  }
  if (own == GateVerdict::kHold || (own == GateVerdict::kAdmit && !admits && holds)) {
    return GateVerdict::kHold;
  }
  return own == GateVerdict::kAdmit && admits ? GateVerdict::kAdmit : GateVerdict::kDrop;
}

void EngineCore::AnswerStitch(const Stitch& stitch, GateVerdict verdict, const Now& now) {
  const bool admitted = verdict == GateVerdict::kAdmit;
  const InputType type = stitch.type;
  const JsonView fields(stitch.fields);
  if (type == InputType::kImportId) {
    if (admitted) ImportId(fields, now);
    return;
  }
  String answer;
  if (type == InputType::kHandOver) {
    answer = admitted ? CreateHandOver(fields, now)
                      : Refused("consent_missing", "/identity/needs", "a purpose that is denied",
                                "what the policy allows");
  } else {
    answer = admitted ? AcceptHandOver(fields, now) : Refusal("consent_missing");
  }
  Effect& effect = effects_.emplace_back();
  effect.type = EffectType::kAnswer;
  effect.target = fields["request_id"].IntegerOr(0);
  effect.bytes = std::move(answer);
}

String EngineCore::CreateHandOver(JsonView fields, const Now& now) {
  identity_dirty_ |= identity_.Ensure(&prng_, now.wall_ms);
  HandOver given;
  given.anonymous_id = identity_.anonymous_id;
  const SessionRules& rules = config_.session_rules;
  const bool lasts = now.wall_ms - session_.last_ms < rules.idle_ms &&
                     now.wall_ms - session_.started_ms < rules.max_ms;
  if (lasts) {
    given.session_id = session_.id;
    given.session_index = session_.index;
    given.event_index = session_.event_index;
    given.session_started_ms = session_.started_ms;
  }
  given.issued_ms = now.wall_ms;
  if (HasJourney()) SeeCustomer(now.wall_ms, true);
  given.ttl_s =
      std::clamp<int64_t>(fields["ttl_s"].IntegerOr(config_.hand_over_s), 1, kHandOverSecondsMax);
  given.nonce = prng_.Next();
  given.consent = ParseHex(std::string_view(consent_.log.hash).substr(0, kConsentDigits));
  given.known = !OwnMark().empty();
  given.user_mark = OwnMark();
  given.carry = fields["carry"].text();
  if (given.carry.size() > kCarryBytesMax || (!given.carry.empty() && given.carry[0] != '{')) {
    return Refused("too_big", "/carry", "more than 140 bytes, or no object",
                   "campaign and cart reference, 140 bytes of JSON");
  }
  if (config_.seals.empty() && !IsUuid(given.anonymous_id)) {
    return Refused("not_allowed", "/anonymous_id", "the id of another kit",
                   "a server that seals tokens (/identity/hand_over/url)");
  }
  const String host = fields["to"].AsString();
  const String browser = fields["browser"].AsString();
  const bool seals = !config_.seals.empty();
  String token;
  String to_seal;
  // Without a seal nobody would take it, and it tells who somebody is.
  if (!seals || (!given.known && IsUuid(given.anonymous_id))) {
    token = WriteHandOver(given, {host, browser});
  }
  if (seals) to_seal = WriteHandOver(given, {host, browser, true});
  if (token.empty() && to_seal.empty()) {
    return Refused("too_big", "/anonymous_id", "an imported id of more than 24 bytes", "a UUID");
  }
  String json;
  JsonWriter writer(&json);
  writer.Begin('{').Field("token", token).Field("to_seal", to_seal);
  writer.Field("seal", config_.seals).End('}');
  return json;
}

String EngineCore::AcceptHandOver(JsonView fields, const Now& now) {
  const String token = fields["token"].AsString();
  const bool opened = fields["opened"].AsBool();
  if (std::string_view(token).starts_with(kSealed)) {
    if (config_.seals.empty()) return Refusal("token_invalid");
    String json;
    JsonWriter(&json).Begin('{').Field("open", config_.seals + "/open").End('}');
    return json;
  }
  HandOver given;
  const String host = fields["host"].AsString();
  const String browser = fields["browser"].AsString();
  const char* why = ReadHandOver(token, {host, browser, opened}, now.wall_ms, &given);
  if (why) return Refusal(why);
  if (given.anonymous_id == identity_.anonymous_id) return Accepted("same", given.carry);
  why = WhyNotJoined(given, opened);
  if (why) return Refusal(why);
  Use(MarkOf(given.nonce));
  if (HasJourney()) SeeCustomer(now.wall_ms, false);
  const bool adopts = identity_.anonymous_id.empty();
  // Whose it is is known from here on: no other user goes with it.
  if (!given.user_mark.empty() && identity_.user_id.empty()) identity_.user_mark = given.user_mark;
  if (adopts) {
    Adopt(given, now);
  } else {
    String evidence = R"("evidence":")";
    evidence.append(opened ? "sealed_token" : "token").append(R"(","consent":")");
    AppendHex(&evidence, given.consent, kConsentDigits);
    evidence += "\"";
    Join(given.anonymous_id, evidence, now);
  }
  return Accepted(adopts ? "adopted" : "joined", given.carry);
}

// What tells who is known on this device; empty: nobody is.
std::string_view EngineCore::OwnMark() const {
  if (identity_.user_id.empty()) return identity_.user_mark;
  own_mark_ = UserMark(identity_.user_id);
  return own_mark_;
}

// Null: they may be joined.
const char* EngineCore::WhyNotJoined(const HandOver& given, bool opened) const {
  // Of before somebody left: it may be theirs.
  if (IsUsed(MarkOf(given.nonce)) || given.issued_ms <= parted_ms_) return "token_used";
  if (!opened && !IsUuid(given.anonymous_id))
    return "token_invalid";  // any text: it may be a user's id
  const std::string_view mark = OwnMark();
  if (!opened && (!mark.empty() || given.known)) return "known_user";
  return !mark.empty() && given.known && !(given.user_mark == mark) ? "user_conflict" : nullptr;
}

// Continues the journey, and the session where it has not ended.
void EngineCore::Adopt(const HandOver& given, const Now& now) {
  identity_.anonymous_id = given.anonymous_id;
  identity_.made_ms = now.wall_ms;
  identity_dirty_ = view_dirty_ = true;
  if (given.session_id.empty() || !session_.id.empty()) return;
  session_.id = given.session_id;
  session_.index = given.session_index;
  session_.event_index = given.event_index;
  session_.started_ms = given.session_started_ms;
  session_.last_ms = given.issued_ms;
  session_dirty_ = true;
}

// Tells the collectors, once, that the other id is this visitor's.
void EngineCore::Join(std::string_view other_id, std::string_view evidence, const Now& now) {
  Event event;
  event.type = EventType::kAlias;
  event.other_id = other_id;
  event.evidence = evidence;
  event.needs = config_.stitch_needs_text;
  event.time_ms = now.wall_ms;
  event.priority = Priority::kCritical;
  const Routing routing = Route(event, 0);
  CountRefused(routing, Admit(event, context_, routing, now));
}

// Of another kit that was here before: taken for this device's own where that has none yet, and
// told of once where it has.
void EngineCore::ImportId(JsonView fields, const Now& now) {
  const String id = fields["id"].AsString();
  if (id.empty() || id.size() > kUserIdBytesMax || IsNobody(id)) return;
  const String mark = MarkOf(HashOf(id));
  if (id == identity_.anonymous_id || IsUsed(mark) || parted_ms_ != 0) return;
  Use(mark);
  if (identity_.anonymous_id.empty()) {
    HandOver given;
    given.anonymous_id = id;
    given.issued_ms = now.wall_ms;
    return Adopt(given, now);
  }
  String evidence = R"("evidence":)";
  AppendJsonString(&evidence, "import:" + fields["source"].AsString());
  Join(id, evidence, now);
}

// Another host of the domain has put it down. Of two ids that nobody is known by, the older is
// everybody's; where somebody has signed in elsewhere in this browser, theirs is; two users stay
// apart.
void EngineCore::TakeCookie(const IdCookie& cookie, const Now& now) {
  if (!MayTake(cookie, now)) return;
  const Identity& theirs = cookie.identity;
  const bool same = theirs.anonymous_id == identity_.anonymous_id;
  const bool none = identity_.anonymous_id.empty();
  const bool newer =
      cookie.session.last_ms > session_.last_ms && cookie.session.last_ms <= now.wall_ms;
  if (!cookie.session.id.empty() && (!same || newer)) session_ = cookie.session;
  if (HasJourney() && newer) SeeCustomer(cookie.session.last_ms, false);
  const bool both = OwnMark().empty() == theirs.user_mark.empty();
  if (identity_.user_id.empty()) identity_.user_mark = theirs.user_mark;
  if (same) return;
  const String own = std::move(identity_.anonymous_id);
  identity_.anonymous_id = theirs.anonymous_id;
  identity_.made_ms = theirs.made_ms;
  if (!none) identity_.group_id.clear();
  identity_dirty_ = session_dirty_ = view_dirty_ = true;
  cookie_of_ = identity_.anonymous_id + String(OwnMark());
  if (!none && both) Join(own, R"("evidence":"cookie")", now);
}

bool EngineCore::MayTake(const IdCookie& cookie, const Now& now) const {
  const Identity& theirs = cookie.identity;
  const int64_t age_ms = now.wall_ms - theirs.made_ms;
  // Who has left this device is nobody's id any more, whatever another host has put down.
  const bool left = theirs.made_ms <= parted_ms_;
  if (theirs.anonymous_id.empty() || left || age_ms < -kSkewMs) return false;
  if (age_ms > config_.policy.storage_days * kDayMs) return false;
  for (const String& retired : retired_ids_) {
    if (retired == theirs.anonymous_id) return false;
  }
  const std::string_view mark = OwnMark();
  const bool one = mark.empty() || mark == theirs.user_mark;
  if (theirs.anonymous_id == identity_.anonymous_id) {
    return one || theirs.user_mark.empty();
  }
  const bool older =
      theirs.made_ms < identity_.made_ms || (mark.empty() && !theirs.user_mark.empty());
  return one && (identity_.anonymous_id.empty() || older);
}

// The purposes of what is shared allow it, besides those of ids.
bool EngineCore::SharesId() const {
  return config_.shares_id && AnyLane(GateVerdict::kAdmit, true) &&
         JudgeStitching() == GateVerdict::kAdmit;
}

// By its own purposes; it may have none.
GateVerdict EngineCore::JudgeStitching() const {
  if (config_.stitch_needs == 0) return GateVerdict::kAdmit;
  return Judge(config_.policy, consent_, config_.stitch_needs);
}

// What the store has of who was here, and of what was taken: other tabs put it down, too.
void EngineCore::LearnWhoLeft(JsonView identity) {
  parted_ms_ = std::max(parted_ms_, identity["parted_ms"].IntegerOr(0));
  for (JsonItems mark(identity["used"]); mark.Next();) Use(mark.value().AsName());
}

// Once a minute, and at once when it is somebody else's.
void EngineCore::PutCookie(const Now& now) {
  const String of = identity_.anonymous_id + String(OwnMark());
  if (!SharesId() || (cookie_of_ == of && now.mono_ms < cookie_ms_ + kCookieMs)) return;
  String text = WriteIdCookie(identity_, session_);
  if (text.empty()) return;
  cookie_of_ = of;
  cookie_ms_ = now.mono_ms;
  PutState(kCookieKey, std::move(text));
}

bool EngineCore::IsUsed(std::string_view mark) const {
  for (const String& used : used_marks_) {
    if (used == mark) return true;
  }
  return false;
}

void EngineCore::Use(std::string_view mark) {
  if (mark.size() != kMarkDigits || IsUsed(mark)) return;
  if (used_marks_.size() >= kUsedMarksMax) {
    DropFirst(&used_marks_);
  }
  used_marks_.emplace_back() = mark;
  identity_dirty_ = true;
}

}  // namespace waymark
