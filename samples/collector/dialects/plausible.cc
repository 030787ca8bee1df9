// Plausible: one page view, engagement or custom event in a request.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"

namespace waymark::collector {
namespace {

constexpr size_t kAddressMax = 2000;
constexpr size_t kNameMax = 120;
constexpr size_t kPropsMax = 30;
constexpr size_t kPropNameMax = 300;
constexpr size_t kPropValueMax = 2000;
constexpr int64_t kScrollMax = 255;

Reply Refuse(int status, absl::string_view sentence) { return TextReply(status, sentence); }

// Each member has a short and a long name.
Spot Either(const Spot& body, absl::string_view brief, absl::string_view full) {
  return body[brief].empty() && !body[full].empty() ? body[full] : body[brief];
}

// The errors by field, as the server answers them, beside the problems.
class Errors {
 public:
  explicit Errors(Problems& problems) : problems_(problems) {}

  void Add(const char* field, const char* words, const Spot& spot, absl::string_view allowed) {
    errors_[field].push_back(words);
    problems_.push_back(spot.Wrong(allowed));
  }

  Json json() const { return {{"errors", errors_}}; }

 private:
  Json errors_ = Json::object();
  Problems& problems_;
};

bool HasScheme(absl::string_view url, absl::string_view scheme) {
  return absl::StartsWithIgnoreCase(url, absl::StrCat(scheme, ":"));
}

void CheckHard(const Spot& body, Errors& errors) {
  const Spot name = Either(body, "n", "name");
  if (absl::StripAsciiWhitespace(name.text()).empty()) {
    errors.Add("event_name", "can't be blank", name,
               "pageview, engagement or the name of an event");
  } else if (CountCharacters(name.text()) > kNameMax) {
    errors.Add("event_name", "should be at most 120 character(s)", name, "at most 120 characters");
  }
  const Spot url = Either(body, "u", "url");
  if (url.empty()) {
    errors.Add("url", "is required", url, "the address of the page");
  } else if (!url.is_text()) {
    errors.Add("url", "must be a string", url, "text");
  } else if (HasScheme(url.text(), "data")) {
    errors.Add("url", "scheme is not allowed", url, "an address that is not data:");
  } else if (CountCharacters(url.text()) > kAddressMax) {
    errors.Add("pathname", "should be at most 2000 character(s)", url, "at most 2000 characters");
  }
  const Spot domain = Either(body, "d", "domain");
  if (absl::StripAsciiWhitespace(domain.text()).empty()) {
    errors.Add("domain", "can't be blank", domain, "the site as it is called in Plausible");
  }
  const Spot referrer = Either(body, "r", "referrer");
  if (CountCharacters(referrer.text()) > kAddressMax) {
    errors.Add("referrer", "should be at most 2000 character(s)", referrer,
               "at most 2000 characters");
  }
}

// What the server takes without, or cuts.
void CheckProps(const Spot& props, Problems& problems) {
  if (props.empty() || props.is_text()) return;
  if (!NeedObject(props, problems)) return;
  if (props.size() > kPropsMax) problems.push_back(props.Wrong("at most 30 members; others go"));
  for (const auto& [key, value] : props.value()->items()) {
    const Spot prop = props[key];
    if (value.is_structured() || value.is_null() || value == "") {
      problems.push_back(prop.Wrong("text that is not empty, a number, true or false"));
    } else if (CountCharacters(key) > kPropNameMax) {
      problems.push_back({prop.where(), "a name that is too long", "at most 300 characters"});
    } else if (CountCharacters(prop.text()) > kPropValueMax) {
      problems.push_back(prop.Wrong("at most 2000 characters; the rest is cut off"));
    }
  }
}

void CheckRevenue(const Spot& revenue, Problems& problems) {
  if (revenue.empty()) return;
  const Spot currency = revenue["currency"];
  const Spot amount = revenue["amount"];
  if (currency.text().size() != 3) problems.push_back(currency.Wrong("3 letters, such as EUR"));
  if (!amount.is_number() && !amount.is_text()) problems.push_back(amount.Wrong("a number"));
}

void CheckEngagement(const Spot& body, Problems& problems) {
  const auto check = [&](const char* key, int64_t most, const char* allowed) {
    const Spot value = body[key];
    const bool whole = !value.empty() && value.value()->is_number_unsigned();
    if (!whole || value.value()->get<uint64_t>() > static_cast<uint64_t>(most)) {
      problems.push_back(value.Wrong(allowed));
    }
  };
  check("sd", kScrollMax, "how far the page was scrolled, 0 to 100, or 255 where it is not known");
  check("e", INT64_MAX, "milliseconds of engagement");
}

void CheckSoftly(const Spot& body, Problems& problems) {
  CheckProps(Either(body, "p", "props"), problems);
  CheckRevenue(Either(body, "$", "revenue"), problems);
  MayBool(Either(body, "i", "interactive"), problems);
  if (Either(body, "n", "name").text() == "engagement") CheckEngagement(body, problems);
}

ReceivedEvent ReadEvent(const Spot& body, int64_t received_ms) {
  ReceivedEvent read;
  const std::string name = Either(body, "n", "name").text();
  read.kind = name == "pageview" ? "page" : name == "engagement" ? "ping" : "track";
  if (read.kind == "track") read.name = name;
  read.time_ms = received_ms;
  read.order_id = OrderIdOf(Either(body, "p", "props"));
  read.consent = ConsentOf(Either(body, "p", "props"));
  read.event = *body.value();
  return read;
}

Outcome AnswerPlausible(const Request& request) {
  Problems problems;
  Errors errors(problems);
  if (request.encoding != "identity") {
    problems.push_back({"header Content-Encoding", request.encoding, "no such header"});
  }
  std::optional<Json> json;
  if (problems.empty()) json = ParseBody(request.body, problems);
  if (!json || !NeedObject(Spot(*json), problems)) {
    const Json content = {
        {"errors", {{"request", Json::array({"Unable to parse request body as json"})}}}};
    return Refused(JsonReply(400, content), problems);
  }
  const Spot body(*json);
  CheckHard(body, errors);
  if (!problems.empty()) return Refused(JsonReply(400, errors.json()), problems);
  Record record = {ReadEvent(body, request.received_ms)};
  CheckSoftly(body, record.event.problems);
  record.event.raw = request.body;
  Outcome outcome;
  outcome.reply = TextReply(202, "ok");
  outcome.records.push_back(std::move(record));
  return outcome;
}

}  // namespace

Dialect PlausibleDialect() {
  return {.name = "plausible",
          .routes = {{"/api/event"}},
          .cors = {.origin = Cors::Origin::kAny,
                   .methods = "GET,POST,PUT,PATCH,DELETE,OPTIONS",
                   .headers = "Authorization,Content-Type,Accept,Origin,User-Agent,DNT,"
                              "Cache-Control,X-Mx-ReqToken,Keep-Alive,X-Requested-With,"
                              "If-Modified-Since,X-CSRF-Token",
                   .max_age_s = 1728000},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerPlausible,
          .refuse = Refuse};
}

}  // namespace waymark::collector
