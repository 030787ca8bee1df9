// Jitsu: one event of Segment's shape in a request. What is wrong with it is told in the body of an
// answer whose status is 200 nevertheless.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "dialects/segment_event.h"

namespace waymark::collector {
namespace {

constexpr size_t kNameMax = 64;
constexpr size_t kMessageIdMax = 64;

Reply Refuse(int status, absl::string_view sentence) {
  return JsonReply(status, {{"error", std::string(sentence)}});
}

Outcome RefusedAs(int status, absl::string_view words, Problems problems) {
  const std::string sentence = absl::StrCat(words, ": ", ProblemsText(problems));
  return Refused(Refuse(status, sentence), std::move(problems));
}

// The path's last part, or the event's own type where the path says only "event".
std::string KindOf(const Request& request, const Spot& event) {
  absl::string_view path = request.path;
  absl::ConsumePrefix(&path, "/api/s/");
  absl::ConsumePrefix(&path, "s2s/");
  const std::string type = event["type"].text();
  return path == "event" || path == "e" ? (IsSegmentKind(type) ? type : "")
                                        : SegmentKindOfPath(path);
}

void CheckName(const Spot& name, Problems& problems) {
  const std::string text = name.text();
  if (text.empty()) return problems.push_back(name.Wrong("the name of what happened"));
  if (text.size() > kNameMax) return problems.push_back(name.Wrong("at most 64 bytes"));
  for (const char* banned : {"--", ";", "=", "/*"}) {
    if (absl::StrContains(text, banned)) {
      return problems.push_back(name.Wrong("a name without --, ;, = and /*"));
    }
  }
}

void CheckEvent(const Request& request, const Spot& event, Problems& problems) {
  if (!NeedObject(event, problems)) return;
  const std::string kind = KindOf(request, event);
  if (kind.empty()) problems.push_back(event["type"].Wrong(kSegmentKinds));
  if (kind == "track") CheckName(event["event"], problems);
}

// What Jitsu takes and then fills in or changes.
void CheckSoftly(const Request& request, const Spot& event, Problems& problems) {
  const std::string id = event["messageId"].text();
  if (id.empty() || id.size() > kMessageIdMax) {
    problems.push_back(event["messageId"].Wrong("an id of 1 to 64 bytes, by which doubles go"));
  }
  MayIsoTime(event["timestamp"], problems);
  if (request.Header("x-write-key").empty() && request.Header("authorization").empty()) {
    problems.push_back({"header X-Write-Key", "nothing",
                        "the write key, unless the host name "
                        "says which stream is meant"});
  }
}

Outcome AnswerJitsu(const Request& request) {
  Problems problems;
  if (!HasMediaType(request, {"application/json", "text/plain"}, problems)) {
    return RefusedAs(400, "invalid content type", problems);
  }
  if (request.encoding != "identity") {
    return RefusedAs(200, "error parsing message",
                     {{"header Content-Encoding", request.encoding, "no such header"}});
  }
  const std::optional<Json> json = ParseBody(request.body, problems);
  if (!json) return RefusedAs(200, "error parsing message", problems);
  const Spot event(*json);
  CheckEvent(request, event, problems);
  if (!problems.empty()) return RefusedAs(200, "event error", problems);
  Record record = {ReadSegmentEvent(event, KindOf(request, event), request.received_ms)};
  CheckSoftly(request, event, record.event.problems);
  record.event.raw = request.body;
  Outcome outcome;
  outcome.reply = JsonReply(200, {{"ok", true}});
  outcome.records.push_back(std::move(record));
  return outcome;
}

std::vector<Route> Routes() {
  return {{"/api/s/page"},      {"/api/s/p"},          {"/api/s/track"},
          {"/api/s/t"},         {"/api/s/identify"},   {"/api/s/i"},
          {"/api/s/group"},     {"/api/s/g"},          {"/api/s/alias"},
          {"/api/s/a"},         {"/api/s/screen"},     {"/api/s/s"},
          {"/api/s/event"},     {"/api/s/e"},          {"/api/s/s2s/page"},
          {"/api/s/s2s/track"}, {"/api/s/s2s/group"},  {"/api/s/s2s/identify"},
          {"/api/s/s2s/alias"}, {"/api/s/s2s/screen"}, {"/api/s/s2s/event"}};
}

}  // namespace

Dialect JitsuDialect() {
  return {.name = "jitsu",
          .routes = Routes(),
          .cors = {.origin = Cors::Origin::kEcho,
                   .credentials = true,
                   .methods = "GET,POST,HEAD,OPTIONS",
                   .headers = "x-enable-debug, x-write-key, authorization, content-type, "
                              "x-ip-policy",
                   .preflight_status = 200},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerJitsu,
          .refuse = Refuse};
}

}  // namespace waymark::collector
