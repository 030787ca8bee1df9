// The engine's state, and the order in which its stages are called.
//
// One class, one file a concern: engine.cc (dispatch, what goes out), capture.cc (an event's way
// into the outbox), filtering.cc (the tracking plan, detectors), admission.cc (what a host may put
// down before), decisions.cc (consent, withdrawal, forget), storage.cc (what is kept), adoption.cc
// (what others left in the store), proof.cc (what was decided and deleted), sending.cc (what is
// delivered), stitching.cc (other devices' ids), answers.cc (what came of it), narrowing.cc (what
// is switched off from afar), journeying.cc (what events make of a journey), view.cc (what is
// shown). Invariant: a stage gets plain values and returns plain values; only this class holds them
// together.
#ifndef WAYMARK_ENGINE_ENGINE_CORE_H_
#define WAYMARK_ENGINE_ENGINE_CORE_H_

#include "base/json_writer.h"
#include "base/list.h"
#include "base/prng.h"
#include "base/string.h"
#include "base/uuid.h"
#include "consent/consent_gate.h"
#include "consent/consent_state.h"
#include "consent/decision_log.h"
#include "delivery/transport_planner.h"
#include "engine/config.h"
#include "identity/hand_over.h"
#include "identity/identity.h"
#include "identity/own_ids.h"
#include "journey/id_cookie.h"
#include "journey/session.h"
#include "outbox/loss_counters.h"
#include "outbox/outbox.h"
#include "waymark/effect.h"
#include "waymark/input.h"

namespace waymark {

// Views into `fields`. The first four input types are the event types.
Event ReadEvent(InputType type, JsonView fields, int64_t time_ms);

// The key of an engine's delivery state is this and the name of one of its writers.
inline constexpr std::string_view kDeliveryPrefix = "state/delivery/";

inline constexpr const char* kConsentKey = "consent/record";
inline constexpr const char* kIdentityKey = "state/identity";
// Beside the collectors that have a call that waits: the journey has it, too.
inline constexpr uint32_t kTouchedBit = 1u << 31;

inline constexpr const char* kJourneyKey = "state/journey";
inline constexpr const char* kCookieKey = "state/cookie";  // a cookie, where the host has such

// A writer's name begins with the time at which it began, as hexadecimal milliseconds until the
// year 2527.
inline constexpr size_t kWriterTimeDigits = 11;

struct Silence;

class EngineCore {
 public:
  explicit EngineCore(const Start& start);

  Output Handle(const Input& input);
  Output HandleLate(const Input& input, uint32_t generation);
  void Admission(JsonWriter* writer) const;
  bool HasUnstored() const;
  String View() const;
  void Explain(JsonView event, JsonWriter* writer) const;
  void Inventory(JsonWriter* writer) const;

 private:
  // A call that waits in memory: for the visitor's answer, or for the ids to be read from the
  // store.
  struct Held {
    InputType type = InputType::kTrack;  // an event, or kReset: a logout between two
    String fields;                       // its input
    String standing;                     // standing context at the call
    int64_t time_ms = 0;
    uint32_t generation = 0;  // of consent, at the call
    uint32_t served = 0;      // collectors that have it already
    uint32_t refused = 0;     // collectors that were not to have it when it was called
    String message_id;        // it was put down with this one; empty: it has none yet
  };

  // A question about others' ids that waits as calls do.
  struct Stitch {
    InputType type = InputType::kHandOver;
    String fields;
  };

  // Which collectors get an event, and how.
  struct Routing {
    uint32_t admit = 0;
    uint32_t deidentify = 0;
    uint32_t hold = 0;
    uint32_t drop = 0;
    bool wanted = false;  // by any collector's name list
  };

  enum class StorePhase : uint8_t { kClosed, kReadingState, kOpen, kFailed };
  enum class StoreUse : uint8_t {
    kNone,
    kState,
    kDeliveries,  // of other engines
    kSegments,
    kTexts,
    kConsent,
    kSegmentPut,
    kStatePut,
    kDeliveryPut,
    kLeft,  // a delivery document that was put before this engine slept
    kDelete,
    kClear,  // of all there is
    kLog,    // for somebody who asked
    kLogClear,
    kRecord,
    kPerson,   // whose ids are deleted, for the owner
    kIds,      // whether another tab has named somebody
    kJourney,  // other tabs' version of it
  };
  // Something asked of the store whose reply matters.
  struct StoreOperation {
    int64_t effect_id = 0;
    StoreUse use = StoreUse::kNone;
    uint32_t segment = kNoSegment;  // kSegmentPut
    int64_t request_id = 0;         // kLog
    String key;                     // kDelete, kStatePut; kDeliveryPut and kLeft: the document;
                                    // kLog: the entries that were read
    bool ends_withdrawal = false;   // the last deletion of one
  };

  // Another engine's delivery document, taken over, or one of its own from before. Each version of
  // this engine's own deletes it, until the store has one of them.
  struct Taken {
    String key;
    String document;
    int64_t since = 0;  // effect id of the first of these versions; 0: there is none yet
  };

  // What brings a change of consent about.
  struct Decision {
    PurposeSet was = 0;   // what was allowed before
    std::string_view by;  // who or what decides
    JsonView shown;       // what the person saw
    std::string_view entropy;
  };

  // Why a batch is tried again.
  struct Failed {
    int status = 0;  // HTTP's; 0 without an answer, -1 after a timeout
    std::string_view retry_after;
    std::string_view field;  // what the collector says was wrong
    int64_t cool_down_ms = 0;
  };

  // engine.cc
  void Dispatch(const Input& input, const Now& now, uint32_t refused);
  void Pump(const Now& now);
  Output TakeOutput(const Now& now, bool is_wake);
  int64_t NextWake(const Now& now) const;
  Effect& Emit(EffectType type);
  void Report(const Problem& problem);
  void Report(const char* code, std::string_view pointer, std::string_view found,
              std::string_view allowed);
  void KeepSignal(const Input& input);
  void NewGeneration(std::string_view entropy, const Now& now);
  void BeginWriter(const Now& now);

  // capture.cc
  // `refused`: collectors that are not to have it, whatever the gate says.
  void OnCapture(const Input& input, uint32_t refused);
  Routing RouteBut(const Event& event, uint32_t refused) const;
  void OnCall(const Input& input, const Event& event, std::string_view call,
              const Routing& routing);
  void OnRefused(const Input& input);
  void OnSetContext(const Input& input);
  void OnReset(const Input& input, const Now& now);
  void RereadIds(const Event& event, const Now& now);
  void OnIdsRead(const Input& input, const Now& now);
  void EndReread(const Now& now);
  bool ReadsIds() const { return rereads_ || store_phase_ == StorePhase::kReadingState; }
  void PartFromPerson(const Now& now);
  void ForgetPerson();
  void RetireId();
  void Hold(InputType type, std::string_view fields, int64_t time_ms, const Routing& routing,
            uint32_t served);
  bool HeldIsFull(std::string_view fields) const;
  bool DropOldestHeld();
  void ReleaseHeld(const Now& now);
  Routing Route(const Event& event, uint32_t done) const;
  uint32_t Admit(const Event& event, std::string_view standing, const Routing& routing,
                 const Now& now);
  void CountRefused(const Routing& routing, uint32_t served);
  bool TakeIds(const Event& event, const Now& now);
  void Keep(const Event& event, std::string_view standing, uint32_t lanes, const Now& now);
  void KeepDeidentified(const Event& event, std::string_view standing, uint32_t lanes,
                        const Now& now);
  uint32_t Sampled(uint32_t lanes, JsonView event) const;
  void Enqueue(Record&& record, uint32_t lanes, const Event& event, std::string_view message_id,
               const Now& now);
  void KeepBound();
  void WriteRoute(bool exact, std::string_view message_id, bool put_down, Record* record);
  uint32_t LanesOf(const Record& record, std::string_view selector) const;

  // filtering.cc
  void OnCallByParts(const Input& input, const Event& event, uint32_t refused);
  void ScrubStanding(String* context);
  bool Scrub(std::string_view at, std::string_view object, String* scrubbed);
  bool FollowPlan(const Event& event, std::string_view call, String* planned);

  // admission.cc
  const char* PlaceOf(EventType type, JsonView name) const;
  uint32_t RefusedSince(uint32_t generation, JsonView needs) const;

  // stitching.cc
  void OnStitch(const Input& input);
  void ReleaseStitches(const Now& now);
  void AnswerStitches(GateVerdict verdict, const Now& now);
  GateVerdict MayStitch() const;
  GateVerdict JudgeStitching() const;
  void LearnWhoLeft(JsonView identity);
  void AnswerStitch(const Stitch& stitch, GateVerdict verdict, const Now& now);
  String CreateHandOver(JsonView fields, const Now& now);
  String AcceptHandOver(JsonView fields, const Now& now);
  const char* WhyNotJoined(const HandOver& given, bool opened) const;
  std::string_view OwnMark() const;
  bool SharesId() const;
  bool MayTake(const IdCookie& cookie, const Now& now) const;
  void ImportId(JsonView fields, const Now& now);
  void Adopt(const HandOver& given, const Now& now);
  void Join(std::string_view other_id, std::string_view evidence, const Now& now);
  void TakeCookie(const IdCookie& cookie, const Now& now);
  void PutCookie(const Now& now);
  bool IsUsed(std::string_view mark) const;
  void Use(std::string_view mark);

  // decisions.cc
  void OnSetConsent(const Input& input, const Now& now);
  void WithdrawLapsed();
  void OnSignal(const Input& input, const Now& now);
  void TakeDecision(const Decision& decision, ConsentState&& next, const Now& now);
  ConsentState ReadRecord(JsonView record, bool opening, const Now& now, PurposeSet* denied) const;
  void OnForget(const Input& input, const Now& now);
  void OnStoreChanged(const Input& input, const Now& now);
  void HearRecord(std::string_view value, const Now& now);
  void TakeDeletionOver();
  void FollowRecord(const ConsentState& old, const Now& now);
  void ClearUntold();
  void LetGoOfUntold();
  void PutConsentRecord();
  void KeepSalts(PurposeSet allowed, PurposeSet untold);
  void EnsureOwnId(const Lane& lane);
  bool HasOwnIds(const Lane& lane) const;
  void WriteOwnIds(PurposeSet of, std::string_view id, JsonWriter* writer) const;
  void DeleteRecord();
  void OnRecordPut(const Now& now);
  void CarryOut(const Now& now);
  int64_t WithdrawalDue() const;
  void CarryOutWithdrawal(const Now& now);
  void ForgetHere(std::string_view entropy, const Now& now);
  void EndForbidden(bool clear);
  void FinishWithdrawal();
  void AwaitDeletions(const Now& now);
  void EndWithdrawal(const Now& now);
  void KeepWithdrawing();
  void ForgetOperations(StoreUse use);
  void AbortForbidden();
  int64_t Abort(Lane* lane);
  void DiscardForbidden();
  // Whether a lane is allowed to have events, identified ones or any; counting all lanes or those
  // that may store.
  bool AnyLane(GateVerdict worst, bool with_storage) const;
  bool MayStore(uint32_t lanes) const;
  bool MayLie(const Record& record) const;
  const SendRules& Rules() const { return rules_; }

  // storage.cc
  void OpenStoreIfAllowed();
  void CloseStore();
  void CloseForNow();
  void ClearStore(bool with_cookie = true);
  void Claim();
  void ClaimName(Writer* writer);
  void OnStoreRead(const Input& input, const Now& now);
  void OnStoreDone(const Input& input, const Now& now);
  void OnStoreFailed(const Input& input, const Now& now);
  void Reopen();
  void ReadState(const Input& input, const Now& now);
  void TakePerson(Identity&& stored, JsonView session);
  void DeletePerson();
  void Read(std::string_view prefix, std::string_view after, StoreUse use);
  void StoreWhatIsNew(const Now& now);
  void PutWhatIsNew(const Now& now);
  int64_t StoreDue(const Now& now) const;
  void EmitStoreChanges(const Now& now);
  bool KeepsDecision() const;
  bool StorePaused(const Now& now) const;
  bool ChangesPaused(const Now& now) const;
  Effect& Put(std::string_view key, String&& value, StoreUse use, uint32_t segment = kNoSegment);
  void PutState(std::string_view key, String&& value);
  void Delete(EffectType type, std::string_view name);
  StoreOperation& Expect(const Effect& effect, StoreUse use);
  StoreOperation TakeOperation(int64_t effect_id);
  void WriteHeld(JsonWriter* writer);
  bool MayReturn() const;
  void UpdateDelivery();
  void PutDelivery();
  void OnDocumentPut(int64_t effect_id, String&& document);
  String DocumentKey() const;
  String DeliveryState();
  List<std::string_view> LaneIds() const;

  // adoption.cc
  void OnLead(const Input& input, const Now& now);
  bool AdoptsSoon() const { return (leading_ || withdrawal_reads_) && adopt_again_ms_ != kNever; }
  void AdoptIfDue(const Now& now);
  void ReadDeliveriesAnew();
  bool KnowsRules() const;
  bool KeepsNothing() const;
  void OnRecordRead(const Input& input, const Now& now);
  bool IsAlone() const;
  void ClearWriter(std::string_view name);
  void ReadDeliveries(const Input& input);
  void TakeOver(JsonView document, bool positions, const Now& now);
  void Disown(JsonView document);
  void DisownCall(std::string_view message_id, uint32_t lanes);
  void LetGoOfDocument();
  void EndLeft(const Now& now);
  void GiveBack(bool told, bool untold);
  uint32_t LanesNamed(JsonView ids) const;
  void TakeHeld(JsonView list, const Now& now);
  void ReadMoreSegments();
  void ReadSegments(const Input& input, const Now& now);
  void ReadSegment(std::string_view key, std::string_view bytes, const Now& now);
  void RestoreSegment(std::string_view key, std::string_view name, DecodedSegment* decoded,
                      const Now& now);
  bool LeaveOutTwin(std::string_view writer, Record* record);
  bool RestoreRecord(StoredRecord* stored, const Now& now, Record* record);
  bool MayLieAsCall(JsonView call) const;
  void CleanDocument(std::string_view key, JsonView document);
  void CleanSegment(std::string_view key, DecodedSegment* decoded, const Now& now);
  void ReadTexts(uint32_t segment);
  void FillTexts(const Input& input, const Now& now);
  void SendSoon(const Now& now);
  bool IsBeingDeleted(std::string_view key) const;
  bool MayAdopt(std::string_view writer, const Now& now);
  void WakeUp(const Now& now);

  // proof.cc
  void Log(std::string_view members);
  void LogDecision(std::string_view by, JsonView shown, const Now& now);
  void LogDeletion(const Now& now);
  void TellOfDeletion(PurposeSet revoked, const Now& now);
  void ReadPerson();
  void OnPersonRead(const Input& input, const Now& now);
  void OnPersonUnread(const Now& now);
  void TellWhoItWas(const Identity& person, const Now& now);
  PurposeSet PurposesOf(const Lane& lane) const;
  void AnnounceDeletion(PurposeSet revoked, const Identity& person, const Now& now);
  void LogWhatRanOut(JsonView record, const Now& now);
  void ReportRecord(const char* name, const Identity& person, std::string_view properties,
                    const Now& now);
  void EnqueueReport(JsonView event, const Now& now);
  void ReportAgain(const Now& now);
  void PutLog();
  void EndReport(const Record& record);
  void PutInAppKeys();
  void OnRecords(const Input& input);
  void ReadLog(const Input& input, StoreOperation&& operation);
  void AnswerRecords(const StoreOperation& operation);

  // sending.cc
  void OnFlush(const Now& now);
  void OnLifecycle(const Input& input, const Now& now);
  void OnConnectivity(const Input& input, const Now& now);
  void SendDue(const Now& now);
  void SendLeaving(const Now& now);
  void Send(size_t lane_index, const Now& now, Leaving leaving);
  bool BuildBody(size_t lane_index, const Now& now, Leaving leaving, size_t events_max,
                 String* body);
  static Attempt NewAttempt(Lane* lane, const TransportPlan& plan, const Now& now);
  void StartRequest(size_t lane_index, String&& body, const Now& now, Leaving leaving);
  void Feed(size_t lane_index, const Now& now);
  void DropDrafts();
  size_t BatchEventsMax(const Lane& lane) const;
  size_t EventsMax(size_t lane_index, const Now& now, Leaving leaving);
  size_t RawBytesMax(const Lane& lane, bool gzip, size_t bytes_max) const;
  TransportPlan Plan(const Lane& lane, const Now& now, Leaving leaving, size_t raw_bytes) const;
  LaneQueue QueueOf(size_t lane_index, const Now& now);
  void Schedule(size_t lane_index, const Now& now);
  int64_t DueOfOldest(size_t lane_index, const Now& now) const;
  bool Sends(const Lane& lane) const;
  int64_t PendingOf(size_t lane_index) const;
  int64_t LaneWake(size_t lane_index) const;
  int64_t KeepaliveBytesLeft() const;

  // answers.cc
  void OnHttpDone(const Input& input, const Now& now);
  void OnAnswer(size_t lane_index, Flight* flight, const Input& fact, const Now& now);
  void OnNoAnswer(size_t lane_index, const Flight& flight, std::string_view error, const Now& now);
  void OnJudgement(size_t lane_index, Flight* flight, const Judgement& judgement,
                   const Failed& failed, const Now& now);
  Verdict VerdictOn(const Judgement& judgement, uint32_t record_id, size_t index);
  void OnVerdict(size_t lane_index, const Flight& flight, Verdict verdict, bool fewer,
                 const Failed& failed, const Now& now);
  void SendAgain(size_t lane_index, const Flight& flight, bool split, int status, const Now& now);
  void OnRefusedByPlatform(size_t lane_index, const Flight& flight, const Now& now);
  void Acknowledge(size_t lane_index, const Flight& flight, const Now& now);
  void GiveUpAll(size_t lane_index, const Flight& flight, Loss reason);
  void Reject(size_t lane_index, const Flight& flight, int status, std::string_view field);
  void LeaveUnanswered();
  static void DoubtCompression(const Flight& flight, Lane* lane);
  void RetryLater(size_t lane_index, const Flight& flight, const Failed& failed, const Now& now);

  // journeying.cc
  GateVerdict JudgeJourney() const;
  bool MayKeepJourney() const;
  String NoteArrival(JsonView context, int64_t time_ms);
  String ScrubWithCampaign(JsonView context, const Now& now);
  String TouchJourney(const Event& event);
  bool TakeArrivals(int64_t time_ms, bool new_visit);
  void NoteEnded(int64_t time_ms);
  void OnJourneyChanged();
  void SeeCustomer(int64_t time_ms, bool hands_over);
  void ClearJourney();
  void EndJourney(bool in_store);
  void TakeJourney(JsonView stored);
  void HearJourney(std::string_view stored);
  void CloseJourney();
  void OnJourneyRead(const Input& input, const Now& now);
  void GoOnWithJourney(const Now& now);
  void ReadOthersJourney();
  void PutJourney();
  void RecordSilences(const Now& now);
  void RecordSilence(const Silence& silence, const Now& now);
  void DecideOnSilences(const Now& now);
  void PlanJourney(const Now& now);
  int64_t JourneyWake(const Now& now) const;
  bool JourneyIsDirty() const;
  uint32_t TouchedBit() const;
  static uint32_t TouchedMask() { return kHasParts ? kTouchedBit : 0; }
  void SkipTouch(bool skip);
  void FindSegments();
  void WriteJourneyAndSegments(JsonWriter* writer) const;
  bool HasJourneyInStore() const;
  // Whether this build has journeys, and the config one.
  bool HasJourney() const { return kHasParts && config_.journey; }

  // narrowing.cc
  void OnNarrow(const Input& input);
  bool IsDropped(std::string_view selector) const;
  void DropFields(String* event) const;

  // view.cc
  PurposeSet StoringPurposes() const;
  void WriteKept(std::string_view key, PurposeSet purposes, int64_t expires_ms,
                 JsonWriter* writer) const;
  void ExplainLane(const Lane& lane, const Event& event, JsonWriter* writer) const;
  void WriteConsent(JsonWriter* writer) const;
  void WriteQueue(JsonWriter* writer) const;
  void WriteLanes(JsonWriter* writer) const;

  // Small members first: an offset below 128 is a byte shorter in every instruction that uses it.
  StorePhase store_phase_ = StorePhase::kClosed;
  bool withdrawing_here_ = false;  // this engine has to carry the withdrawal out
  bool withdrawal_reads_ = false;  // all segments, before a withdrawal is carried out
  bool forgets_here_ = false;      // this engine has to delete all, and has not yet
  bool withdrawal_again_ = false;  // the store refused
  bool withdrawal_ends_ = false;   // when what this input deletes is done
  bool clear_again_ = false;       // the store, which is closed, refused
  bool record_again_ = false;      // could not be read for what somebody left who has gone
  bool store_failed_ = false;      // the last thing that was asked of it
  bool segments_left_ = false;     // the store may hold more than was read
  bool segments_reading_ = false;
  bool leading_ = false;          // takes over what others left
  bool deliveries_read_ = false;  // of those whose segments may be taken over
  bool falls_asleep_ = false;     // this input says so
  bool asleep_ = false;           // others may have taken over what is stored
  bool rereads_ = false;          // whether another tab has named somebody: calls wait for it
  bool ids_stale_ = false;        // they may have changed in the store while it slept
  bool person_gone_ = false;      // while the store could not be reached: its ids are to go
  bool identity_dirty_ = false;   // changed since it was put
  bool session_dirty_ = false;
  bool delivery_dirty_ = false;  // how far the collectors are, or losses
  bool losses_dirty_ = false;
  bool consent_unput_ = false;  // the store refused the last decision
  bool delivery_put_ = false;   // there is one in the store
  bool off_ = false;            // by the kill switch
  bool online_ = true;
  bool metered_ = false;
  bool view_dirty_ = false;
  bool wake_asked_ = false;      // at the end of this task; answered by the next wake
  bool flush_leaving_ = false;   // this input says that the page leaves
  Leaving page_ = Leaving::kNo;  // what was last heard of it
  List<Problem> refusal_;        // why the start was refused; empty: it was not
  List<Lane> lanes_;             // the config's
  List<Effect> effects_;
  List<Problem> problems_;
  List<Held> held_;
  ConsentState consent_;
  int64_t last_wake_ms_ = kNever;
  int64_t next_effect_id_ = 1;
  int64_t store_retry_ms_ = 0;          // nothing is put before
  int64_t store_paid_ms_ = 0;           // up to when what was put has had its time
  int64_t facts_until_ms_ = 0;          // facts that come with the start have been told by then
  int64_t parted_ms_ = 0;               // when somebody left this device last; 0: nobody has
  int64_t cookie_ms_ = 0;               // when the cookie was put last
  int64_t slept_ms_ = 0;                // when it was told to
  int64_t reopen_ms_ = kNever;          // after its state could not be read
  int64_t adopt_again_ms_ = kNever;     // writers that were too young to tell
  uint32_t stored_changes_ = 0;         // losses that the store has
  uint32_t texts_of_ = kNoSegment;      // the segment whose texts are being read
  uint32_t texts_wanted_ = kNoSegment;  // the one that is to be read next
  int store_failures_ = 0;              // one after the other
  int person_failures_ = 0;             // the same, of reading whose ids are deleted
  Outbox outbox_;
  String context_ = "{}";  // the standing context, an object of JSON text
  String signals_ = "{}";
  String in_app_keys_;  // that were put last
  String narrow_;       // the remote document, JSON text; empty: none
  String origin_;       // of the page; empty: no page
  String document_;     // this engine's delivery document, as the store has it
  String left_;    // the last version from before it slept; empty: the store has said what it has
  String record_;  // of consent, as it was put or heard of last
  String home_;    // the writer under whose name this engine's delivery state stands
  String store_reason_;
  List<StoreOperation> store_operations_;
  List<Taken> taken_;
  List<String> taken_calls_;  // message ids of calls that others had put down
  List<LogEntry> log_unput_;  // entries of the decision log that the store has not said it has
  Deletion deleted_;          // by the withdrawal that is being carried out
  PurposeSet deleting_ = 0;   // of which purposes
  String told_id_;            // of which the owner was asked to delete what was sent
  String forgotten_subject_;  // of the log that was forgotten, until the owner is told
  String forgotten_hash_;
  List<String> live_;       // writers that are held
  List<String> gone_;       // those that are not any more, while nothing is kept here
  List<String> names_;      // those that this engine has claimed
  List<String> deletions_;  // that the store refused
  String segments_after_;   // last key read of the outbox
  Identity identity_;
  String cookie_of_;          // the id and the user's mark that the cookie has
  mutable String own_mark_;   // what OwnMark() gives
  List<Stitch> stitches_;     // that wait for an answer, or for the ids to be read
  List<String> used_marks_;   // of tokens and foreign ids that were taken
  List<String> retired_ids_;  // anonymous ids of users who have gone, in this page
  Session session_;
  LossCounters losses_;  // of calls that never got a place in the queue
  Redactions redactions_;
  Config config_;    // its lanes have moved to lanes_
  SendRules rules_;  // what the gate is asked with at send time
  Prng prng_;
  MessageIds message_ids_;
};

}  // namespace waymark

#endif  // WAYMARK_ENGINE_ENGINE_CORE_H_
