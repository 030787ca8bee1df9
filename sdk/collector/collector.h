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
  int64_t time_ms = 0;
  bool deidentified = false;
  JsonView session;  // {id, index, event_index}; missing when de-identified
  JsonView consent;  // {purpose: boolean}
  JsonView properties;
  JsonView traits;
  JsonView context;  // standing context with the event's overrides
  // Who counts this event, and as which of those that this collector is to get; empty and 0 when
  // de-identified.
  std::string_view writer;
  int64_t sequence = 0;
  // With the first event of a batch: what the collector never got, {writer: {reason: count}}.
  std::string_view lost;
};

// Who sends: the same for all events. Views into the config and the start, valid while collectors
// are made.
struct SenderFacts {
  JsonView app;  // the config's `app`: {id, version, channel}
  JsonView sdk;  // the face: {name, version}
};

struct CollectorRequest {
  String url;
  String headers;            // an object of JSON text
  bool credentials = false;  // whether cookies of the collector's host go along
};

// What a collector's answer means for the records of the batch.
enum class Verdict : uint8_t {
  kAccepted,
  kRetry,     // nothing is known to be taken; later again
  kRejected,  // never again
  kSplit,     // too much at once, or one bad record among good ones: try halves
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

class Collector {
 public:
  virtual ~Collector() = default;

  // Appends one event to the body, encoded for sending at `now`. The first of a batch follows
  // Begin(), others a comma.
  virtual void AppendEvent(const OutgoingEvent& event, Now now, String* body) const = 0;
  virtual void Begin(String* body) const = 0;
  virtual void End(Now now, String* body) const = 0;

  // Where requests go.
  virtual std::string_view Url() const = 0;

  // `simple`: must need no CORS preflight, so only a content type of forms and text. `gzip`: the
  // body is compressed.
  virtual CollectorRequest Request(bool simple, bool gzip, bool deidentified) const = 0;
  virtual bool CanBeSimple() const = 0;
  virtual GzipWay Compression() const = 0;
  // For how long a browser probably needs no second preflight; its maximum age cannot be read.
  virtual int64_t PreflightMs() const { return kPreflightMsDefault; }
  // Whether events carry their sequence and the losses before them.
  virtual bool TellsLosses() const = 0;

  // `status`: of an HTTP answer, 100 to 599.
  virtual Verdict JudgeAnswer(int status) const = 0;
  // How long to leave it alone when it says why not but not for how long; 0: as after any failure.
  virtual int64_t CoolDownMs(int status) const { return status == 429 ? kCoolDownMsDefault : 0; }

  virtual size_t EventBytesMax() const = 0;
  virtual size_t BatchBytesMax() const = 0;
};

// Makes the collector that an entry of the config's `collectors` describes; null, and a problem,
// when its options do not suffice. `pointer`: of the entry.
std::unique_ptr<Collector> MakeCollector(JsonView entry, const SenderFacts& sender,
                                         const String& pointer, List<Problem>* problems);

// One maker a protocol.
std::unique_ptr<Collector> MakeSegment(JsonView entry, const SenderFacts& sender);
std::unique_ptr<Collector> MakeSnowplow(JsonView entry, const SenderFacts& sender);

// `url` without a final slash, followed by `path`.
String JoinUrl(std::string_view url, std::string_view path);

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_COLLECTOR_H_
