// Umami: one event or identify call in a request.
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

constexpr size_t kNameMax = 50;
constexpr size_t kAddressMax = 500;

Reply Refuse(int status, absl::string_view sentence) {
  return JsonReply(status, {{"error",
                             {{"message", std::string(sentence)},
                              {"code", status == 400 ? "bad-request" : "error"},
                              {"status", status}}}});
}

Outcome RefusedFor(Problems problems) {
  const std::string sentence = ProblemsText(problems);
  return Refused(Refuse(400, sentence), std::move(problems));
}

// Spreadsheets would take such text for a formula.
void CheckFormula(const Spot& text, Problems& problems) {
  const std::string value = text.text();
  if (!value.empty() && absl::StrContains("=+-@\t\r", value.substr(0, 1))) {
    problems.push_back(text.Wrong("text that does not begin with =, +, -, @ or a tab"));
  }
}

// Addresses are paths or URLs.
void CheckAddress(const Spot& address, Problems& problems) {
  if (address.absent()) return;
  const std::string text = address.text();
  const bool fits = address.is_text() &&
                    (text.empty() || absl::StartsWith(text, "/") || absl::StrContains(text, "://"));
  if (!fits) problems.push_back(address.Wrong("a path, or a whole URL"));
}

void CheckPayload(const Spot& payload, Problems& problems) {
  int sources = 0;
  for (const char* key : {"website", "link", "pixel"}) {
    if (payload[key].absent()) continue;
    ++sources;
    NeedUuid(payload[key], problems);
  }
  if (sources != 1) {
    problems.push_back(payload["website"].Wrong("one UUID, of a website, a link or a pixel"));
  }
  for (const char* key :
       {"hostname", "language", "screen", "title", "name", "tag", "id", "ip", "userAgent"}) {
    const Spot text = payload[key];
    if (!text.absent() && !text.is_text()) problems.push_back(text.Wrong("text"));
  }
  CheckAddress(payload["url"], problems);
  CheckAddress(payload["referrer"], problems);
  CheckFormula(payload["name"], problems);
  CheckFormula(payload["tag"], problems);
  MayObject(payload["data"], problems);
  int64_t seconds = 0;
  if (const Spot time = payload["timestamp"];
      !time.absent() && !absl::SimpleAtoi(time.text(), &seconds)) {
    problems.push_back(time.Wrong("seconds since 1970"));
  }
}

void CheckBody(const Spot& body, Problems& problems) {
  if (!NeedObject(body, problems)) return;
  const std::string type = body["type"].text();
  const bool known =
      type == "event" || type == "identify" || type == "performance" || type == "engagement";
  if (!known) problems.push_back(body["type"].Wrong("event or identify"));
  if (NeedObject(body["payload"], problems)) CheckPayload(body["payload"], problems);
}

// What Umami takes and then cuts.
void CheckSoftly(const Spot& payload, Problems& problems) {
  MayText(payload["name"], kNameMax, problems);
  MayText(payload["tag"], kNameMax, problems);
  MayText(payload["url"], kAddressMax, problems);
  MayText(payload["title"], kAddressMax, problems);
}

ReceivedEvent ReadEvent(const Spot& body, int64_t received_ms) {
  const Spot payload = body["payload"];
  ReceivedEvent read;
  const std::string type = body["type"].text();
  read.name = payload["name"].text();
  read.kind = type == "identify" ? "identify" : type != "event" ? "ping" : "track";
  if (type == "event" && read.name.empty()) {
    read.kind = "page";
    read.name = payload["title"].text();
  }
  int64_t seconds = 0;
  read.time_ms =
      absl::SimpleAtoi(payload["timestamp"].text(), &seconds) ? seconds * 1000 : received_ms;
  read.user_id = payload["id"].text();
  read.order_id = OrderIdOf(payload["data"]);
  read.consent = ConsentOf(payload["data"]);
  read.event = *body.value();
  return read;
}

// Stands for the signed token that a real server gives, and that trackers send back.
std::string TokenOf(const Spot& payload) {
  return absl::WebSafeBase64Escape(absl::StrCat("sample:", payload["website"].text()));
}

Outcome AnswerUmami(const Request& request) {
  Problems problems;
  if (request.encoding != "identity") {
    return RefusedFor({{"header Content-Encoding", request.encoding, "no such header"}});
  }
  const std::optional<Json> json = ParseBody(request.body, problems);
  if (!json) return RefusedFor(problems);
  const Spot body(*json);
  CheckBody(body, problems);
  if (!problems.empty()) return RefusedFor(problems);
  const Spot payload = body["payload"];
  Record record = {ReadEvent(body, request.received_ms)};
  CheckSoftly(payload, record.event.problems);
  const std::string cache = request.Header("x-umami-cache");
  if (!cache.empty() && cache != TokenOf(payload)) {
    record.event.problems.push_back(
        {"header x-umami-cache", "a token of another website", "the one that was answered"});
  }
  record.event.raw = request.body;
  Outcome outcome;
  outcome.reply = JsonReply(200, {{"cache", TokenOf(payload)},
                                  {"sessionId", payload["website"].text()},
                                  {"visitId", payload["website"].text()}});
  outcome.records.push_back(std::move(record));
  return outcome;
}

}  // namespace

Dialect UmamiDialect() {
  return {.name = "umami",
          .routes = {{"/api/send"}},
          .cors = {.origin = Cors::Origin::kAny,
                   .methods = "GET, DELETE, POST, PUT",
                   .headers = "*",
                   .max_age_s = 86400},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerUmami,
          .refuse = Refuse};
}

}  // namespace waymark::collector
