// One collector's protocol: how a batch becomes a request, and what the answer means for its
// records.
//
// A collector holds its options and no state. Batches are built by appending one event after the
// other, so that the delivery knows the real size in bytes before it decides.
#ifndef WAYMARK_COLLECTOR_COLLECTOR_H_
#define WAYMARK_COLLECTOR_COLLECTOR_H_

#include <memory>
#include <string_view>

#include "base/json_view.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/status.h"
#include "base/string.h"
#include "base/time.h"
#include "event/event.h"

namespace waymark {

// An event as the record keeps it, opened for an encoder. Views into the record's text.
struct OutgoingEvent {
  EventType type = EventType::kTrack;
  String name;
  String message_id;
  JsonView anonymous_id;  // a string; missing when de-identified
  JsonView user_id;       // a string
  JsonView group_id;      // a string; of a group event it stands in the properties
  int64_t time_ms = 0;
  bool deidentified = false;
  JsonView session;     // {id, index, event_index, started_ms}; missing when de-identified
  JsonView consent;     // {purpose: boolean}
  JsonView properties;  // alias: {previous_id}, group: {group_id}
  JsonView traits;      // identify: of the user; group: of the group
  JsonView context;     // standing context with the event's overrides
  // Who counts this event, and as which of those that this collector is to get; 0: as none.
  std::string_view writer;
  int64_t sequence = 0;
  // With the first event of a batch: what the collector never got, {writer: {reason: count}}.
  std::string_view lost;
  // With the first event of a batch: the hash of the last entry of the decision log, its anchor.
  std::string_view anchor;
};

// Who sends: the same for all events. Views into the config and the start, valid while collectors
// are made.
struct SenderFacts {
  JsonView app;       // the config's `app`: {id, version, channel}
  JsonView sdk;       // the face: {name, version}
  JsonView purposes;  // the config's `consent.purposes`
};

// One request, about to be sent.
struct Attempt {
  Now now;
  bool simple = false;  // must need no CORS preflight: only a content type of forms and text
  bool gzip = false;    // the body is compressed
  bool deidentified = false;
  bool recovered = false;  // the first event is from an earlier run
  std::string_view key;    // of the batch
  uint64_t batch = 0;      // stands for its events: the same at all tries, also after a restart
  // The failures of this very batch in this run.
  int failures = 0;
  int last_status = 0;         // of the last one: HTTP's, 0 without an answer, -1 after a timeout
  int64_t since_first_ms = 0;  // since the first try
  int64_t since_last_ms = 0;
};

struct CollectorRequest {
  String url;
  String headers;            // an object of JSON text
  bool credentials = false;  // whether cookies of the collector's host go along
};

// What a collector's answer means for a record; where its records differ, in the order in which
// they are dealt with.
enum class Verdict : uint8_t {
  kRejected,  // never again
  kUnknown,   // may have been taken, or not
  kAccepted,
  kAgain,  // was not taken, because of others: at once again, without those that are refused
  kSplit,  // too much at once, or one bad record among good ones: try halves
  kRetry,  // nothing is known to be taken; later again
};

inline constexpr size_t kVerdicts = 6;

// An answer with an HTTP status of 100 to 599.
struct CollectorAnswer {
  int status = 0;
  size_t events = 0;      // in the request
  std::string_view body;  // as much as was asked for; empty: there was none, or nobody asked
  JsonView json;          // the body, when it is JSON
};

// What it means for one record, which is told by its place in the batch, or by an id: its
// message's, or that of its visitor or user, whose records are then all meant.
struct RecordVerdict {
  int64_t index = -1;
  String id;
  Verdict verdict = Verdict::kRejected;
};

struct Judgement {
  Verdict verdict = Verdict::kRejected;  // of every record that is not named below
  List<RecordVerdict> each;
  int64_t rejected = 0;      // so many of the accepted ones were not, without saying which
  int64_t cool_down_ms = 0;  // leave it alone for so long; 0: as after any such answer
  String field;              // what was wrong: the name of a field, never its value
};

// How a collector takes compressed bodies.
enum class GzipWay : uint8_t {
  kNone,
  kHeader,   // Content-Encoding, so a preflight across origins
  kSniffed,  // told by the body itself or a flag in the URL: goes with a simple request, too
};

// What the Fetch standard assumes when the answer names no maximum age.
inline constexpr int64_t kPreflightMsDefault = 5'000;

// A collector that asks for patience in a header that a browser must not read.
inline constexpr int64_t kCoolDownMsDefault = 10'000;

// What holds for all requests of one collector. Its maker fills it in.
struct CollectorRules {
  String url;  // where requests go; batches with a key may go to a path below it
  // The statuses, the first match counts: "2+ 501- 5~" accepts all of 200 to 299, refuses 501 for
  // good and tries all other 5xx again. '+' kAccepted, '~' kRetry, '-' kRejected, '/' kSplit,
  // '?' kUnknown. What matches nothing is rejected.
  String answers = "2+ 413/ 408~ 429~ 5~";
  size_t events_max = SIZE_MAX;  // in one request
  size_t event_bytes_max = kEventTextBytesMax;
  size_t batch_bytes_max = 500'000;
  int64_t age_ms_max = kEventAgeMsMax;  // older events are refused by it, or misfiled
  // For how long a browser probably needs no second preflight; its maximum age cannot be read.
  int64_t preflight_ms = kPreflightMsDefault;
  size_t answer_bytes_max = 0;  // of an answer's body; 0: the status says it all
  GzipWay gzip = GzipWay::kNone;
  char separator = ',';  // between events; 0: none
  bool get = false;      // the body is not sent, but stands at the end of the URL
  bool can_be_simple = false;
  bool simple_only_leaving =
      false;                  // what a simple request lacks matters, save to a page that goes
  bool tells_losses = false;  // events carry their sequence and the losses before them
  // It can remove doubles, or its owner would rather have them: what may have been taken or not is
  // sent again.
  bool resends_unanswered = true;
};

class Collector {
 public:
  virtual ~Collector() = default;

  const CollectorRules& rules() const { return rules_; }

  // Only events of equal keys share a request.
  virtual String BatchKey(const OutgoingEvent&) const { return String(); }

  // The body: what comes before its first event, the events, what comes behind the last. One event
  // by itself needs only itself.
  virtual void Begin(const OutgoingEvent&, const Now&, String*) const {}
  // Appends one event, encoded for sending at `now`. A problem when the target cannot carry it,
  // which then is given up for this collector alone; `pointer`, `found` and `allowed` say why. One
  // for which it has no place and no need appends nothing.
  virtual Status AppendEvent(const OutgoingEvent& event, const Now& now, String* body) const = 0;
  virtual void End(const Now&, String*) const {}

  virtual CollectorRequest Request(const Attempt& attempt) const = 0;

  // By the rules' statuses, and how long to leave the collector alone.
  Verdict JudgeStatus(int status, int64_t* cool_down_ms) const;
  // The same, where the protocol says no more than that; asked only where some protocol of the
  // build does.
  virtual Judgement JudgeAnswer(const CollectorAnswer& answer) const;

 protected:
  CollectorRules rules_;
};

// What a collector is made from: an entry of the config's `collectors`, which fits the schema.
struct CollectorEntry {
  JsonView json;
  SenderFacts sender;
  std::string_view pointer;  // of the entry
  List<Problem>* problems;   // why it cannot be

  JsonView option(const char* name) const { return json["options"][name]; }
  // Whether the config is one that every visitor can read.
  bool InWebPage() const;
  // Adds a problem; `path` is that below the entry.
  void Refuse(const char* code, std::string_view path, std::string_view found,
              std::string_view allowed) const;
};

// What no protocol may do without a word of the owner's: send in clear text to another machine, or
// put a secret into a page. Adds problems.
void CheckEntry(const CollectorEntry& entry);

// A protocol that a build speaks. protocols.cc names all there are; a build that is linked with a
// list of its own has only those (wasm/page_protocols.cc).
struct Protocol {
  const char* name;
  std::unique_ptr<Collector> (*make)(const CollectorEntry& entry);
  const char* options;  // their schema, in the grammar of base/schema.h
};
extern const Protocol kProtocols[];
extern const size_t kProtocolCount;

// What some protocol of the build asks of the delivery. Constants of the link, beside the list:
// what none of them asks for is not in the module (docs/adr/0003).
struct ProtocolNeeds {
  bool batch_keys;  // Collector::BatchKey
  bool tries;       // Attempt's members from `recovered` on
  bool answers;     // CollectorAnswer::body and json; a judgement by record
  bool refuses;     // AppendEvent() that refuses an event, or has no need for it
  bool unanswered;  // CollectorRules::resends_unanswered, Verdict::kUnknown
  bool dialects;    // SegmentDialect: more than Segment's own
};
extern const ProtocolNeeds kProtocolNeeds;

// The schema of a protocol's options; null when the build does not speak it.
const char* OptionsSchema(std::string_view protocol);

// Makes the collector that an entry describes; null, and a problem, when it cannot be.
std::unique_ptr<Collector> MakeCollector(const CollectorEntry& entry);

// One maker a protocol.
std::unique_ptr<Collector> MakeAmplitude(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeCloudEvents(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeGa4(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeGeneric(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeJitsu(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeMatomo(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeMixpanel(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeOtlp(const CollectorEntry& entry);
std::unique_ptr<Collector> MakePlausible(const CollectorEntry& entry);
std::unique_ptr<Collector> MakePostHog(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeRudderStack(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeSegment(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeSnowplow(const CollectorEntry& entry);
std::unique_ptr<Collector> MakeUmami(const CollectorEntry& entry);

// `url` without a final slash, followed by `path`.
String JoinUrl(std::string_view url, std::string_view path);

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_COLLECTOR_H_
