// Queues, requests and retries keep their bounds.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <set>

#include "simulation/segment_reader.h"
#include "simulation/token.h"
#include "simulation/watches.h"

namespace waymark_simulation {
namespace {

constexpr size_t kKeepaliveBytesMax = 65'536;
constexpr size_t kTextBytesMax = 500'000;  // Segment takes so much, Snowplow more
constexpr size_t kEnvelopeBytes = 2'000;   // of a body, beside its events
// In the store a segment stays whole as long as one of its events waits; so each engine may have
// twice what its queue may hold, and some segments that are nearly empty.
constexpr size_t kSlackBytes = 128 * 1024;
constexpr size_t kDocumentBytesMax = 16 * 1024;  // of what is no segment
constexpr int64_t kHeldMax = 200;
constexpr size_t kIdleWakesMax = 10;
constexpr int64_t kIdleWakesMsMin = 1'000;  // that so many may take at the least
constexpr int64_t kPauseMs = 1'000;         // after a failure, at the least
constexpr int64_t kRetryAfterMsMax = 86'400'000;

bool OutlivesPage(const Request& request) { return request.transport != "fetch"; }

bool IsFailure(const Answer& answer) {
  if (answer.status == 0) return answer.error == "network" || answer.error == "timeout";
  return answer.status == 429 || answer.status == 503 || answer.status == 502;
}

class BoundWatch final : public Watch {
 public:
  explicit BoundWatch(Facts* facts) : facts_(facts) {}

  void OnRequest(const TabFacts& tab, const Request& request) override {
    JudgeSize(tab, request);
    JudgeKeepalive(tab, request);
    JudgePauses(tab, request);
    if (!tab.online) Fail(tab, "sends while offline");
    for (const SentEvent& event : request.contents.events) {
      if (!tab.metered || event.token < 0) continue;
      const Token& token = facts_->tokens[static_cast<size_t>(event.token)];
      if (token.priority == Priority::kBulk) Fail(tab, "sends bulk over a metered link");
    }
  }

  void OnAnswer(const TabFacts& tab, const Request& request, const Answer& answer) override {
    Pause& pause = pauses_[{tab.number, request.collector}];
    // What another request brought back tells that the collector is there.
    if (answer.status >= 200 && answer.status < 300) pause.until_ms = 0;
    if (!IsFailure(answer)) return;
    pause.until_ms = facts_->now_ms + kPauseMs;
    pause.was_online = tab.connections;
    const int64_t asked_ms = std::atoll(answer.retry_after.c_str()) * 1'000;
    pause.asked_until_ms = facts_->now_ms + std::min(asked_ms, kRetryAfterMsMax);
  }

  void OnWake(const TabFacts& tab, bool idle) override {
    std::deque<int64_t>& wakes = idle_wakes_[tab.number];
    if (!idle) return wakes.clear();
    wakes.push_back(facts_->now_ms);
    if (wakes.size() <= kIdleWakesMax) return;
    wakes.pop_front();
    const int64_t took_ms = wakes.back() - wakes.front();
    if (took_ms >= kIdleWakesMsMin) return;
    Fail(tab, "was woken " + std::to_string(wakes.size()) + " times in " + std::to_string(took_ms) +
                  " ms for nothing");
  }

  void OnApplied(const Transaction& transaction) override {
    const TabFacts& tab = facts_->tabs[static_cast<size_t>(transaction.tab)];
    std::set<int> engines;
    size_t bytes = 0;
    for (const auto& [key, value] : *facts_->stores[tab.device]) {
      const std::string writer = SegmentWriter(key);
      if (writer.empty() && value.size() > kDocumentBytesMax + HeldBytesMax(value)) {
        Fail(tab, "lets " + key + " grow to " + std::to_string(value.size()) + " bytes");
      }
      if (writer.empty()) continue;
      bytes += value.size();
      engines.insert(facts_->writers[WriterDigits(writer)]);
    }
    const size_t each = 2 * static_cast<size_t>(facts_->settings.outbox_bytes_max) + kSlackBytes;
    if (bytes <= engines.size() * each) return;
    Fail(tab, "fills the store with " + std::to_string(bytes) + " bytes of " +
                  std::to_string(engines.size()) + " engines");
  }

  void OnView(const TabFacts& tab, const View& view) override {
    const Settings& settings = facts_->settings;
    const auto judge = [&](const char* what, int64_t most) {
      if (view.Number(what) <= most) return;
      Fail(tab, "has " + std::to_string(view.Number(what)) + " " + what + " in its queue of " +
                    std::to_string(most));
    };
    judge("events", settings.outbox_events_max);
    judge("bytes", settings.outbox_bytes_max);
    judge("held", std::max(kHeldMax, settings.outbox_events_max));
  }

 private:
  // Calls that a page which went could not judge yet are part of its queue.
  size_t HeldBytesMax(const std::string& document) const {
    const bool holds = document.find("\"held\":[{") != document.npos;
    return holds ? static_cast<size_t>(facts_->settings.outbox_bytes_max) : 0;
  }

  // After a failure, of one tab and one collector.
  struct Pause {
    int64_t until_ms = 0;
    int64_t asked_until_ms = 0;  // by the collector
    int was_online = 0;          // how often the tab had come online
  };

  [[noreturn]] static void Fail(const TabFacts& tab, const std::string& what) {
    throw Violation("bounds", "tab " + std::to_string(tab.number) + " " + what);
  }

  void JudgeSize(const TabFacts& tab, const Request& request) const {
    const Settings& settings = facts_->settings;
    const size_t events = request.contents.events.size() + request.contents.records.size();
    if (events == 0) Fail(tab, "sends an empty batch");
    if (events > static_cast<size_t>(settings.batch_events_max)) {
      Fail(tab, "sends " + std::to_string(events) + " events in one batch");
    }
    const size_t most = static_cast<size_t>(settings.batch_bytes_max) + kEnvelopeBytes;
    if (events > 1 && request.body_bytes > most) {
      Fail(tab, "sends a batch of " + std::to_string(request.body_bytes) + " bytes");
    }
    if (request.contents.text_bytes > kTextBytesMax) {
      Fail(tab, "sends " + std::to_string(request.contents.text_bytes) + " bytes of text");
    }
  }

  void JudgeKeepalive(const TabFacts& tab, const Request& request) const {
    if (!OutlivesPage(request)) return;
    size_t bytes = request.body_bytes;
    for (const Request& other : facts_->requests) {
      const bool counts = other.tab == tab.number && other.in_flight && OutlivesPage(other);
      if (counts) bytes += other.body_bytes;
    }
    if (bytes > kKeepaliveBytesMax) {
      Fail(tab, "has " + std::to_string(bytes) + " bytes on their way that must outlive the page");
    }
  }

  void JudgePauses(const TabFacts& tab, const Request& request) const {
    const auto found = pauses_.find({tab.number, request.collector});
    if (found == pauses_.end()) return;
    const Pause& pause = found->second;
    const int64_t now_ms = facts_->now_ms;
    const std::string& id = facts_->settings.collectors[request.collector].id;
    if (now_ms < pause.asked_until_ms) {
      Fail(tab, "sends to " + id + " " + std::to_string(pause.asked_until_ms - now_ms) +
                    " ms before Retry-After allows it");
    }
    if (now_ms < pause.until_ms && tab.connections == pause.was_online) {
      Fail(tab, "tries " + id + " again within a second");
    }
  }

  Facts* facts_;
  std::map<int, std::deque<int64_t>> idle_wakes_;   // by tab, since something came of one
  std::map<std::pair<int, size_t>, Pause> pauses_;  // by tab and collector
};

}  // namespace

std::unique_ptr<Watch> MakeBoundWatch(Facts* facts) { return std::make_unique<BoundWatch>(facts); }

}  // namespace waymark_simulation
