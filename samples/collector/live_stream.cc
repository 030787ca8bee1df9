#include "live_stream.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"
#include "event_json.h"
#include "exchange.h"

namespace waymark::collector {
namespace {

// A quiet stream looks this often whether its page is still there and whether a fault ran out.
constexpr absl::Duration kLookAround = absl::Seconds(1);
// Comment lines keep proxies and laptops from taking a quiet connection for a dead one.
constexpr absl::Duration kHeartbeat = absl::Seconds(15);
constexpr absl::Duration kRest = absl::Milliseconds(50);
// Rows in one round: bounds the memory of a round to about 200 events of 32 KB.
constexpr int64_t kRowsPerRound = 200;

void AppendMessage(absl::string_view type, absl::string_view data, std::string& text) {
  absl::StrAppend(&text, "event: ", type, "\ndata: ", data, "\n\n");
}

}  // namespace

// Where one page is.
struct LiveStream::Cursor {
  std::string epoch;
  int64_t revision = 0;
  bool fresh = true;  // the page has to forget what it shows
  std::string totals;
  std::string faults;
  absl::Time last_write = absl::InfinitePast();
};

LiveStream::LiveStream(EventStore& store, const FaultPlan& faults)
    : store_(store), faults_(faults), started_ms_(NowMs()) {}

void LiveStream::Notify() {
  absl::MutexLock lock(&mutex_);
  ++changes_;
}

void LiveStream::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

bool LiveStream::Enter() {
  absl::MutexLock lock(&mutex_);
  if (closed_ || streams_ >= kLiveStreamsMax) return false;
  ++streams_;
  return true;
}

void LiveStream::Leave() {
  absl::MutexLock lock(&mutex_);
  --streams_;
}

int64_t LiveStream::changes() const {
  absl::MutexLock lock(&mutex_);
  return changes_;
}

bool LiveStream::Wait(int64_t seen, absl::Duration longest) {
  absl::MutexLock lock(&mutex_);
  const auto changed = [this, seen]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || changes_ != seen;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&changed), longest);
  return !closed_;
}

bool LiveStream::Rest() {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&closed_), kRest);
  return !closed_;
}

// Names one life of the store: a restart or a clearing begins another.
std::string LiveStream::Epoch() const {
  return absl::StrCat(started_ms_, "-", store_.clearings(), "-");
}

void LiveStream::Serve(const httplib::Request& request, httplib::Response& response) {
  if (!Enter()) {
    Answer(response, 503, "Too many live pages are open.\n", "text/plain; charset=utf-8");
    return;
  }
  auto cursor = std::make_shared<Cursor>();
  cursor->epoch = Epoch();
  const std::string last_id = request.get_header_value("Last-Event-ID");
  absl::string_view rest = last_id;
  int64_t revision = 0;
  if (absl::ConsumePrefix(&rest, cursor->epoch) && absl::SimpleAtoi(rest, &revision)) {
    cursor->revision = revision;
    cursor->fresh = false;
  }
  response.set_header("Cache-Control", "no-store");
  response.set_chunked_content_provider(
      "text/event-stream",
      [this, cursor](size_t, httplib::DataSink& sink) { return Pump(*cursor, sink); },
      [this](bool) { Leave(); });
}

// One round: writes what is new, then waits for a change. False ends the stream.
bool LiveStream::Pump(Cursor& cursor, httplib::DataSink& sink) {
  const int64_t seen = changes();
  const int64_t revision_before = cursor.revision;
  std::string text = Collect(cursor);
  if (text.empty() && absl::Now() - cursor.last_write >= kHeartbeat) text = ": still here\n\n";
  if (!text.empty()) {
    if (!sink.write(text.data(), text.size())) return false;
    cursor.last_write = absl::Now();
  }
  if (!sink.is_writable()) return false;
  // After rows there may be more; the short rest turns a burst of requests into few rounds.
  return cursor.revision == revision_before ? Wait(seen, kLookAround) : Rest();
}

std::string LiveStream::Collect(Cursor& cursor) {
  std::string text;
  if (const std::string epoch = Epoch(); epoch != cursor.epoch) {
    cursor = Cursor();
    cursor.epoch = epoch;
  }
  if (cursor.fresh) {
    cursor.fresh = false;
    cursor.revision = std::max<int64_t>(0, store_.revision() - kLiveBacklog);
    AppendMessage("reset", "{}", text);
  }
  CollectRows(cursor, text);
  CollectState(cursor, text);
  return text;
}

void LiveStream::CollectRows(Cursor& cursor, std::string& text) {
  // Rows of both kinds share the revisions, so a window of revisions is a whole round of both.
  const int64_t until = std::min(store_.revision(), cursor.revision + kRowsPerRound);
  if (until <= cursor.revision) return;
  std::map<int64_t, std::string> messages;
  const EventStore::Page page = {cursor.revision, until - cursor.revision};
  absl::Status status = store_.VisitChangedEvents(page, [&](const StoredEvent& stored) {
    if (stored.revision > until) return;
    AppendMessage("event", EventJsonText(stored), messages[stored.revision]);
  });
  status.Update(store_.VisitRefusedRequests(page, [&](const StoredRequest& stored) {
    if (stored.revision > until) return;
    AppendMessage("refused", RequestJsonText(stored), messages[stored.revision]);
  }));
  if (!status.ok()) return;  // the next round tries again
  for (const auto& [revision, message] : messages) {
    absl::StrAppend(&text, "id: ", cursor.epoch, revision, "\n", message);
  }
  cursor.revision = until;
}

void LiveStream::CollectState(Cursor& cursor, std::string& text) {
  if (const absl::StatusOr<Totals> totals = store_.CountTotals(); totals.ok()) {
    if (std::string now = TotalsJsonText(*totals); now != cursor.totals) {
      AppendMessage("totals", now, text);
      cursor.totals = std::move(now);
    }
  }
  if (std::string now = faults_.Describe(NowMs()); now != cursor.faults) {
    AppendMessage("faults", now, text);
    cursor.faults = std::move(now);
  }
}

}  // namespace waymark::collector
