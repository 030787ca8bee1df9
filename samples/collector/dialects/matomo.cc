// Matomo's tracking API: one hit in a query or a form, or many in the JSON of a bulk request. What
// is wrong with a hit of a bulk does not fail the bulk: it is only counted, and only those who show
// a token learn which hits were meant.
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

constexpr size_t kVisitorIdLength = 16;
constexpr size_t kPageViewIdLength = 6;
constexpr size_t kUserIdMax = 200;
constexpr int64_t kAgeMsMaxWithoutToken = 24LL * 60 * 60 * 1000;

// Milliseconds of `cdt`, which is in seconds or reads "2026-11-21 18:00:00" in UTC; 0 for neither.
int64_t TimeMs(const Spot& cdt) {
  const std::string text = cdt.text();
  int64_t seconds = 0;
  if (absl::SimpleAtoi(text, &seconds) && seconds > 0) return seconds * 1000;
  absl::Time time;
  const bool parsed =
      text.size() == 19 && absl::ParseTime("%Y-%m-%d %H:%M:%S", text, &time, nullptr);
  return parsed ? absl::ToUnixMillis(time) : 0;
}

bool IsHex(absl::string_view text) {
  for (const char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool IsVisitorId(const std::string& id) { return id.size() == kVisitorIdLength && IsHex(id); }

bool IsNumber(const Spot& spot) {
  double number = 0;
  return spot.is_number() || absl::SimpleAtod(spot.text(), &number);
}

// What makes Matomo throw the hit away and say so.
void CheckHit(const Spot& hit, bool has_token, int64_t received_ms, Problems& problems) {
  int64_t site = 0;
  if (!absl::SimpleAtoi(hit["idsite"].text(), &site) || site < 1) {
    problems.push_back(hit["idsite"].Wrong("the number of a site"));
  }
  if (!hit["cid"].absent() && !IsVisitorId(hit["cid"].text())) {
    problems.push_back(hit["cid"].Wrong("16 hexadecimal digits"));
  }
  if (has_token) return;
  const int64_t time_ms = TimeMs(hit["cdt"]);
  if (time_ms > 0 && received_ms - time_ms > kAgeMsMaxWithoutToken) {
    problems.push_back(hit["cdt"].Wrong("a time of the last 24 hours; older ones need token_auth"));
  }
  if (!hit["cip"].text().empty()) {
    problems.push_back(hit["cip"].Wrong("nothing without token_auth"));
  }
}

void CheckItems(const Spot& items, Problems& problems) {
  constexpr absl::string_view kShape = "a JSON array of [sku, name, category, price, quantity]";
  const absl::StatusOr<Json> json = ParseJson(items.text());
  if (!json.ok() || !json->is_array()) return problems.push_back(items.Wrong(kShape));
  const Spot list(*json, items.where());
  for (size_t i = 0; i < list.size(); ++i) {
    const bool fits = list[i].is_array() && !list[i][0].text().empty();
    if (!fits) problems.push_back(list[i].Wrong(kShape));
  }
}

void CheckCommerce(const Spot& hit, Problems& problems) {
  if (hit["idgoal"].absent()) return;
  int64_t goal = -1;
  if (!absl::SimpleAtoi(hit["idgoal"].text(), &goal) || goal < 0) {
    problems.push_back(hit["idgoal"].Wrong("0 for a cart or an order, or the number of a goal"));
  }
  if (!hit["ec_items"].absent()) CheckItems(hit["ec_items"], problems);
  if (goal == 0 && hit["revenue"].absent()) {
    problems.push_back(hit["revenue"].Wrong("a number; a cart or an order needs it"));
  }
  for (const char* key : {"revenue", "ec_st", "ec_tx", "ec_sh", "ec_dt"}) {
    const Spot amount = hit[key];
    if (!amount.absent() && !IsNumber(amount)) problems.push_back(amount.Wrong("a number"));
  }
}

// What Matomo takes, and then ignores or reads as something else.
void CheckSoftly(const Spot& hit, Problems& problems) {
  if (hit["rec"].text() != "1") problems.push_back(hit["rec"].Wrong("1; else nothing is recorded"));
  if (!hit["_id"].absent() && !IsVisitorId(hit["_id"].text())) {
    problems.push_back(hit["_id"].Wrong("16 hexadecimal digits"));
  }
  if (hit["e_c"].text().empty() != hit["e_a"].text().empty()) {
    const Spot missing = hit[hit["e_c"].text().empty() ? "e_c" : "e_a"];
    problems.push_back(missing.Wrong("text: an event needs a category and an action"));
  }
  if (!hit["e_v"].absent() && !IsNumber(hit["e_v"])) {
    problems.push_back(hit["e_v"].Wrong("a number"));
  }
  if (!hit["cdt"].absent() && TimeMs(hit["cdt"]) == 0) {
    problems.push_back(hit["cdt"].Wrong("seconds since 1970, or 2026-11-21 18:00:00"));
  }
  if (!hit["pv_id"].absent() && hit["pv_id"].text().size() != kPageViewIdLength) {
    problems.push_back(hit["pv_id"].Wrong("6 characters"));
  }
  MayText(hit["uid"], kUserIdMax, problems);
  CheckCommerce(hit, problems);
}

void NameHit(const Spot& hit, ReceivedEvent& event) {
  const auto has = [&hit](const char* key) { return !hit[key].text().empty(); };
  event.kind = "track";
  if (hit["ping"].text() == "1") {
    event.kind = "ping";
  } else if (has("e_c") && has("e_a")) {
    event.name = hit["e_a"].text();
  } else if (hit["idgoal"].text() == "0") {
    event.name = has("ec_id") ? "ecommerce order" : "ecommerce cart";
  } else if (has("idgoal")) {
    event.name = absl::StrCat("goal ", hit["idgoal"].text());
  } else if (has("search")) {
    event.name = "site search";
  } else if (has("c_n")) {
    event.name = has("c_i") ? "content interaction" : "content impression";
  } else if (has("link") || has("download")) {
    event.name = has("link") ? "outlink" : "download";
  } else {
    event.kind = "page";
    event.name = hit["action_name"].text();
  }
}

// JSON inside a parameter is shown as JSON.
Json WithDecodedFields(const Json& hit) {
  Json decoded = hit;
  for (const char* key : {"ec_items", "uadata", "cvar", "_cvar"}) {
    const Json* field = Find(hit, key);
    if (field == nullptr || !field->is_string()) continue;
    absl::StatusOr<Json> json = ParseJson(field->get_ref<const std::string&>());
    if (json.ok()) decoded[key] = *std::move(json);
  }
  return decoded;
}

ReceivedEvent ReadHit(const Spot& hit, int64_t received_ms) {
  ReceivedEvent read;
  NameHit(hit, read);
  read.order_id = hit["ec_id"].text();
  const int64_t time_ms = TimeMs(hit["cdt"]);
  read.time_ms = time_ms > 0 ? time_ms : received_ms;
  const std::string forced = hit["cid"].text();
  read.anonymous_id = forced.empty() ? hit["_id"].text() : forced;
  read.user_id = hit["uid"].text();
  read.event = WithDecodedFields(*hit.value());
  return read;
}

Record JudgeHit(const Request& request, const Spot& hit, bool has_token) {
  Record record = {ReadHit(hit, request.received_ms)};
  Problems& problems = record.event.problems;
  CheckHit(hit, has_token, request.received_ms, problems);
  if (!problems.empty()) {
    record.verdict = Verdict::kRejected;
    return record;
  }
  CheckSoftly(hit, problems);
  return record;
}

Reply Refuse(int status, absl::string_view sentence) { return TextReply(status, sentence); }

Reply NoContent() { return {.status = 204, .content = "", .content_type = "text/plain"}; }

// --- one hit ------------------------------------------------------------------------------------

Outcome AnswerSingle(const Request& request) {
  Form form = request.query;
  const bool post = request.method == "POST";
  for (auto& field : ParseForm(request.body)) form.push_back(std::move(field));
  Outcome outcome;
  if (form.empty()) {
    outcome.reply = TextReply(post ? 400 : 200, "This resource is part of Matomo.\n");
    outcome.problems.push_back({"query", "nothing", "the parameters of a hit"});
    return outcome;
  }
  const Json fields = FormJson(form);
  const Spot hit(fields, request.body.empty() ? "query" : "form");
  Record record = JudgeHit(request, hit, !hit["token_auth"].text().empty());
  record.event.form = request.body.empty() ? "query" : "form";
  record.event.raw =
      absl::StrCat(request.query_text,
                   request.query_text.empty() || request.body.empty() ? "" : "&", request.body);
  const bool image = FormValue(form, "send_image") != "0";
  outcome.reply = image ? PixelReply() : NoContent();
  if (record.verdict == Verdict::kRejected) outcome.reply.status = 400;
  if (!post) outcome.reply.headers = {{"Cache-Control", "no-store"}};
  outcome.records.push_back(std::move(record));
  return outcome;
}

// --- many ---------------------------------------------------------------------------------------

// A hit of a bulk: an object, or the query of an address.
std::optional<Json> HitOf(const Spot& item, Problems& problems) {
  if (item.is_object()) return *item.value();
  const std::string text = item.is_text() ? item.text() : "";
  const size_t mark = text.find('?');
  if (mark != std::string::npos && mark + 1 < text.size()) {
    return FormJson(ParseForm(absl::string_view(text).substr(mark + 1)));
  }
  problems.push_back(item.Wrong("a query such as \"?idsite=1&rec=1\", or an object"));
  return std::nullopt;
}

// The order in which hits happened is the order in which they must stand.
void CheckOrder(const Spot& hit, int64_t& latest_ms, Problems& problems) {
  const int64_t time_ms = TimeMs(hit["cdt"]);
  if (time_ms > 0 && time_ms < latest_ms) {
    problems.push_back(hit["cdt"].Wrong("no time before that of the hit in front of it"));
  }
  latest_ms = std::max(latest_ms, time_ms);
}

void JudgeBulk(const Request& request, const Spot& requests, std::vector<std::string> texts,
               bool has_token, Outcome& outcome) {
  int64_t latest_ms = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    // Matomo skips what it cannot read, and does not count it.
    const std::optional<Json> fields = HitOf(requests[i], outcome.problems);
    if (!fields) continue;
    const Spot hit(*fields, requests[i].where());
    Record record = JudgeHit(request, hit, has_token || !hit["token_auth"].text().empty());
    CheckOrder(hit, latest_ms, record.event.problems);
    // There is no verdict "again" for one hit, so a fault can only reject.
    if (record.verdict == Verdict::kAccepted && request.judge() == Verdict::kRejected) {
      record.verdict = Verdict::kRejected;
    }
    if (requests[i].is_text()) record.event.form = "query";
    record.event.raw = requests[i].is_text() ? requests[i].text() : std::move(texts[i]);
    outcome.records.push_back(std::move(record));
  }
}

Outcome AnswerBulk(const Request& request) {
  Outcome outcome;
  const std::optional<Json> parsed = ParseBody(request.body, outcome.problems);
  const Json json = parsed.value_or(Json());
  const Spot body(json);
  const Spot requests = body["requests"];
  if (parsed && (!requests.is_array() || requests.size() == 0)) {
    outcome.problems.push_back(requests.Wrong("an array of at least one hit"));
  }
  if (outcome.problems.empty()) FitsCount(requests, kRecordsMax, outcome.problems);
  if (!outcome.problems.empty()) {
    return Refused(Refuse(400, "This resource is part of Matomo.\n"), outcome.problems);
  }
  const bool has_token = !body["token_auth"].text().empty();
  JudgeBulk(request, requests, ItemTexts(request.body, {"requests"}, requests), has_token, outcome);
  Json invalid = Json::array();
  for (size_t i = 0; i < outcome.records.size(); ++i) {
    if (outcome.records[i].verdict == Verdict::kRejected) invalid.push_back(i);
  }
  Json content = {{"status", "success"},
                  {"tracked", outcome.records.size() - invalid.size()},
                  {"invalid", invalid.size()}};
  if (has_token) content["invalid_indices"] = invalid;
  outcome.reply = body["send_image"].text() == "0" ? NoContent() : JsonReply(200, content);
  return outcome;
}

Outcome AnswerMatomo(const Request& request) {
  if (request.encoding != "identity") {
    return Refused(Refuse(400, "This resource is part of Matomo.\n"),
                   {{"header Content-Encoding", request.encoding, "no such header"}});
  }
  const bool bulk = absl::StrContains(request.body, "\"requests\"");
  return bulk ? AnswerBulk(request) : AnswerSingle(request);
}

}  // namespace

Dialect MatomoDialect() {
  constexpr absl::string_view kBoth = "GET POST";
  return {.name = "matomo",
          .routes = {{"/matomo.php", kBoth}, {"/piwik.php", kBoth}},
          .cors = {.origin = Cors::Origin::kEcho,
                   .credentials = true,
                   .methods = "GET, POST",
                   .headers = "*",
                   .preflight_status = 204},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerMatomo,
          .refuse = Refuse};
}

}  // namespace waymark::collector
