// What the tests of all encoders share: collectors made from a config, events to encode, and the
// question what an answer does to each record.
#ifndef WAYMARK_TESTS_UNIT_COLLECTOR_COLLECTOR_FIXTURE_H_
#define WAYMARK_TESTS_UNIT_COLLECTOR_COLLECTOR_FIXTURE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/collector.h"
#include "fakes/fake_host.h"
#include "nlohmann/json.hpp"

namespace waymark_test {

// Of the app `shop` 1.2.0 on the web, at https://c.example, with the purposes `analytics` and `ads`
// (consent mode's ad_user_data and ad_personalization). Null, and `problems`, when refused.
std::unique_ptr<waymark::Collector> MakeProtocol(const std::string& protocol,
                                                 const std::string& options = "{}",
                                                 std::string* problems = nullptr);

// An event, and the texts that it looks into. It happened on 2026-11-04 at 18:46:10 UTC, in the
// third event of the second session of a visitor with id and user id.
class Happening {
 public:
  explicit Happening(const std::string& name, const std::string& properties = "");
  Happening(const Happening&) = delete;
  Happening& operator=(const Happening&) = delete;

  static Happening Page(const std::string& properties = "");
  static Happening Screen(const std::string& name);
  static Happening Identify(const std::string& traits = "");

  // Without ids, session, properties and fine time.
  Happening& Deidentified();
  Happening& Anonymous();  // without a user id
  Happening& WithUser(const std::string& id);
  Happening& WithContext(const std::string& context);
  Happening& WithConsent(const std::string& consent);

  const waymark::OutgoingEvent& event() const { return event_; }

 private:
  Happening(waymark::EventType type, const std::string& name, const std::string& text);
  Happening(Happening&&) = default;

  std::vector<std::unique_ptr<std::string>> texts_;
  waymark::JsonView Keep(const std::string& text);
  waymark::OutgoingEvent event_;
};

inline constexpr waymark::Now kSending = {1'793'817'971'000, 5'000};

// One event, encoded; empty when the target has no place for it; "refused: …" when it cannot.
std::string Encode(const waymark::Collector& collector, const Happening& happening);
Json EncodeJson(const waymark::Collector& collector, const Happening& happening);
// A whole body.
std::string EncodeBody(const waymark::Collector& collector,
                       const std::vector<const Happening*>& happenings);

// A config with this one collector, `c` at https://c.example, which may have every event.
Json OneCollector(const std::string& protocol, const Json& options);

// What became of `events` tracked events after the collector gave this answer to the first request,
// and before any time passed: "acknowledged 2, rejected 1, later 1". What is sent again at once
// gets the answer `then`; what that accepts is counted under "again".
std::string Fates(const std::string& protocol, const Json& options, const Answer& answer,
                  int events = 4, const Answer& then = Answer());

}  // namespace waymark_test

#endif  // WAYMARK_TESTS_UNIT_COLLECTOR_COLLECTOR_FIXTURE_H_
