// Any HTTP endpoint: what is sent, where, and what an answer means are declared in the config.
//
// The templates are read at every event, as they stand in the config: they are checked when it is
// opened (template_check.cc), so nothing can go wrong then. URL and headers belong to a request,
// not to an event: what they take from an event is a part of the batch's key.
#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/schema.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "collector/collector.h"
#include "collector/mapping.h"
#include "collector/template.h"

namespace waymark {
namespace {

// Headers that are not the config's to set
// (https://fetch.spec.whatwg.org/#forbidden-request-header), and that which goes with compression.
constexpr const char* kReservedHeaders =
    "accept-charset,accept-encoding,connection,content-encoding,content-length,cookie,cookie2,date,"
    "dnt,expect,host,keep-alive,origin,referer,set-cookie,te,trailer,transfer-encoding,upgrade,via";
constexpr const char* kReservedPrefixes[] = {"access-control-", "proxy-", "sec-"};
constexpr const char* kHeaderValueSchema = "s-4000h";
constexpr size_t kStatusDigits = 3;

bool IsReserved(std::string_view header) {
  const String name = AsciiLowercase(header);
  bool reserved = FindName(kReservedHeaders, name) >= 0;
  for (const char* prefix : kReservedPrefixes) {
    reserved |= std::string_view(name).starts_with(prefix);
  }
  return reserved;
}

// What the URL or a header cannot hold becomes %XX: no value of an event ends a line there.
void AppendVisible(String* out, std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= ' ' && text[i] <= '~')
      out->push_back(text[i]);
    else
      AppendUrlEncoded(out, text.substr(i, 1));
  }
}

// The app and the face, and when it is sent: what is the same for all events of a request.
class BodySource : public TemplateSource {
 public:
  BodySource(const String& sender, int64_t sent_ms) : sender_(sender), sent_ms_(sent_ms) {}

  JsonView Find(std::string_view pointer, String* made) const override {
    if (!Is(pointer, "/sent_ms")) return AtPointer(JsonView(sender_), pointer);
    return Number(sent_ms_, made);
  }

 protected:
  static JsonView Number(int64_t number, String* made) {
    *made = IntegerText(number);
    made->push_back('\n');  // ends the number
    return JsonView(*made);
  }

  static JsonView Text(std::string_view text, String* made) {
    if (text.empty()) return JsonView();
    AppendJsonString(made, text);
    return JsonView(*made);
  }

 private:
  const String& sender_;  // {app, sdk}
  int64_t sent_ms_;
};

class EventSource final : public BodySource {
 public:
  EventSource(const OutgoingEvent& event, const String& sender, int64_t sent_ms)
      : BodySource(sender, sent_ms), event_(event) {}

  JsonView Find(std::string_view pointer, String* made) const override {
    const std::string_view first = pointer.substr(1, IndexOf(pointer.substr(1), '/'));
    if (Is(first, "sent_ms") || Is(first, "app") || Is(first, "sdk")) {
      return BodySource::Find(pointer, made);
    }
    return AtPointer(Member(first, made), pointer.substr(first.size() + 1));
  }

 private:
  JsonView Member(std::string_view name, String* made) const {
    if (Is(name, "type")) return Text(EventTypeName(event_.type), made);
    if (Is(name, "name")) return Text(event_.name, made);
    if (Is(name, "specification_name")) return Text(SpecificationName(event_), made);
    if (Is(name, "message_id")) return Text(event_.message_id, made);
    if (Is(name, "time_ms")) return Number(event_.time_ms, made);
    if (Is(name, "deidentified")) return JsonView(event_.deidentified ? "true" : "false");
    if (Is(name, "purposes")) return Purposes(made);
    if (Is(name, "delivery")) return Delivery(made);
    if (Is(name, "anonymous_id")) return event_.anonymous_id;
    if (Is(name, "user_id")) return event_.user_id;
    if (Is(name, "session")) return event_.session;
    if (Is(name, "consent")) return event_.consent;
    if (Is(name, "properties")) return event_.properties;
    return Is(name, "traits") ? event_.traits : event_.context;
  }

  JsonView Purposes(String* made) const {
    if (!event_.consent) return JsonView();
    JsonWriter writer(made);
    writer.Begin('{');
    WritePurposes(&writer, "allowed", event_.consent, true);
    WritePurposes(&writer, "denied", event_.consent, false);
    writer.End('}');
    return JsonView(*made);
  }

  JsonView Delivery(String* made) const {
    JsonWriter writer(made);
    writer.Begin('{');
    WriteDelivery(&writer, event_);
    writer.End('}');
    return JsonView(*made)["delivery"];
  }

  const OutgoingEvent& event_;
};

// What a request is about: of its events what its key says of them all.
class RequestSource final : public BodySource {
 public:
  RequestSource(const Attempt& attempt, const String& sender)
      : BodySource(sender, attempt.now.wall_ms), attempt_(attempt) {}

  JsonView Find(std::string_view pointer, String* made) const override {
    if (Is(pointer, "/request_id")) return Text(UuidOf(attempt_.batch), made);
    if (Is(pointer, "/attempt")) return Number(attempt_.failures + 1, made);
    const JsonView value = JsonView(attempt_.key)[pointer];
    return value ? value : BodySource::Find(pointer, made);
  }

 private:
  const Attempt& attempt_;
};

// Reads and judges the options that the schema cannot.
class OptionsReader {
 public:
  explicit OptionsReader(const CollectorEntry& entry) : entry_(entry) {}

  TemplateUse Check(const char* option, TemplatePlace place) const {
    const String pointer = entry_.pointer + String("/options/") + option;
    return CheckTemplate(entry_.option(option), place, entry_.sender.purposes, pointer,
                         entry_.problems);
  }

  void CheckHeaders() const {
    for (JsonItems header(entry_.option("headers")); header.Next();) {
      const String path = "/options/headers/" + String(header.key());
      if (IsReserved(header.key())) {
        entry_.Refuse("not_allowed", path, "a header that the platform or the engine sets",
                      "other headers");
      }
      if (header.value().is(JsonType::kObject)) continue;
      for (const Problem& problem : CheckSchema(header.value(), kHeaderValueSchema)) {
        entry_.Refuse(problem.code, path, problem.found, problem.allowed);
      }
    }
  }

  // A header that a simple request leaves out would be missed.
  void CheckSimple() const {
    if (!entry_.option("simple").AsBool()) return;
    for (JsonItems header(entry_.option("headers")); header.Next();) {
      if (Is(AsciiLowercase(header.key()), "content-type")) continue;
      entry_.Refuse("conflict", "/options/simple", "true beside other headers than Content-Type",
                    "false: a request without a preflight has none");
      return;
    }
  }

  void CheckPath() const {
    const JsonView path = entry_.option("path");
    if (!path || path["$"]) return;
    if (path.is(JsonType::kString) && path.AsName().starts_with('/')) return;
    entry_.Refuse("not_allowed", "/options/path", QuoteForProblem(path),
                  "a text that begins with /, or an expression");
  }

  void CheckShape(int places_of_events) const {
    const bool lines = entry_.option("batch").IsName("lines");
    const bool get = entry_.option("method").IsName("get");
    const JsonView body = entry_.option("body");
    if (body && (lines || get)) {
      return entry_.Refuse("conflict", "/options/body",
                           lines ? "a body around lines" : "a body of get",
                           "none: nothing stands around the events");
    }
    if (get && !entry_.option("batch").IsName("single")) {
      entry_.Refuse("conflict", "/options/batch", "more than one event in a query",
                    "\"single\" with get");
    }
    if (body && places_of_events == 0) {
      entry_.Refuse("required", "/options/body", "no place for the events",
                    "{\"$\": \"events\"} in it");
    }
  }

  void CheckDemands() const {
    for (JsonItems item(entry_.option("demands")); item.Next();) {
      const String pointer = entry_.pointer + Numbered("/options/demands/", item.index());
      CheckEventPointer(item.value().AsName(), entry_.sender.purposes, pointer, entry_.problems);
    }
  }

  // {"accept": ["2xx"], "split": ["413"]} -> "413/ 2+"
  String ReadAnswers() const {
    String longest[kStatusDigits];
    for (JsonItems list(entry_.option("answers")); list.Next();) {
      const char sign = "+~-/?"[FindName("accept,retry,reject,split,unknown", list.key())];
      for (JsonItems status(list.value()); status.Next();) {
        const String path = "/options/answers/" + String(list.key());
        AddStatus(status.value().AsName(), sign, path + Numbered("/", status.index()), longest);
      }
    }
    return longest[0] + longest[1] + longest[2];
  }

 private:
  void AddStatus(std::string_view status, char sign, const String& path, String* longest) const {
    const std::string_view digits = status.substr(0, IndexOf(status, 'x'));
    bool fits = !digits.empty() && digits[0] >= '1' && digits[0] <= '5';
    for (size_t i = 0; i < kStatusDigits; ++i) {
      const char c = status[i];
      fits &= i < digits.size() ? c >= '0' && c <= '9' : c == 'x';
    }
    if (!fits) {
      return entry_.Refuse("not_allowed", path, status, "a status such as 413, 41x or 5xx");
    }
    String* list = &longest[kStatusDigits - digits.size()];
    if (Has(*list, digits)) {
      return entry_.Refuse("conflict", path, status, "each status once");
    }
    *list += digits;
    list->push_back(sign);
    list->push_back(' ');
  }

  static bool Has(std::string_view list, std::string_view digits) {
    while (!list.empty()) {
      const size_t size = IndexOf(list, ' ');
      if (list.substr(0, size - 1) == digits) return true;
      list.remove_prefix(size + 1);
    }
    return false;
  }

  const CollectorEntry& entry_;
};

class Generic final : public Collector {
 public:
  explicit Generic(const CollectorEntry& entry) : text_(entry.json["options"].text()) {
    const JsonView options(text_);
    event_ = options["event"];
    body_ = options["body"];
    path_ = options["path"];
    headers_ = options["headers"];
    demands_ = options["demands"];
    lines_ = options["batch"].IsName("lines");
    single_ = options["batch"].IsName("single");
    credentials_ = options["credentials"].AsBool();
    JsonWriter writer(&sender_);
    writer.Begin('{').Field("app", entry.sender.app).Field("sdk", entry.sender.sdk).End('}');
    rules_.url = entry.json["url"].AsString();
    rules_.get = options["method"].IsName("get");
    rules_.can_be_simple = rules_.get ? !headers_ : options["simple"].AsBool();
    rules_.resends_unanswered = !options["unanswered"].IsName("leave");
    if (options["gzip"].AsBool() && !rules_.get) rules_.gzip = GzipWay::kHeader;
    if (lines_) rules_.separator = '\n';
    ReadLimits(options["limits"]);
    CheckOptions(OptionsReader(entry));
  }

  // What URL and headers take from an event.
  String BatchKey(const OutgoingEvent& event) const override {
    String key;
    if (request_pointers_.empty()) return key;
    const EventSource source(event, sender_, 0);
    JsonWriter writer(&key);
    writer.Begin('{');
    for (const String& pointer : request_pointers_) {
      String made;
      const JsonView value = source.Find(pointer, &made);
      if (value) writer.Key(pointer).Raw(value.text());
    }
    writer.End('}');
    return key;
  }

  void Begin(const OutgoingEvent&, const Now& now, String* body) const override {
    size_t at = 0;
    const String around = Around(now, &at);
    *body += std::string_view(around).substr(0, at);
    if (!lines_ && !single_) body->push_back('[');
  }

  Status AppendEvent(const OutgoingEvent& event, const Now& now, String* body) const override {
    const EventSource source(event, sender_, now.wall_ms);
    for (JsonItems item(demands_); item.Next();) {
      String made;
      const std::string_view pointer = item.value().AsName();
      const JsonView value = source.Find(pointer, &made);
      if (value && !value.is(JsonType::kNull)) continue;
      return NotOk("rejected", pointer, "nothing", "a value: the collector demands one");
    }
    if (path_ && !request_pointers_.empty()) {
      String path;
      if (!WriteTemplateText(path_, source, true, &path)) {
        return NotOk("rejected", "", "nothing of what the URL is made of", "a value for all of it");
      }
    }
    if (!rules_.get) {
      WriteTemplate(event_, source, body);
      return OkStatus();
    }
    String members;
    if (WriteTemplate(event_, source, &members)) AppendMembers(JsonView(members), body);
    return OkStatus();
  }

  void End(const Now& now, String* body) const override {
    if (rules_.get) return;
    size_t at = 0;
    const String around = Around(now, &at);
    if (!single_) body->push_back(lines_ ? '\n' : ']');
    *body += std::string_view(around).substr(at);
  }

  CollectorRequest Request(const Attempt& attempt) const override {
    const RequestSource source(attempt, sender_);
    CollectorRequest request;
    request.url = rules_.url;
    String path;
    if (path_ && WriteTemplateText(path_, source, true, &path) && !path.empty()) {
      // Whatever the path is made of, it never becomes a part of the host's name.
      const bool begins = path[0] == '/' || path[0] == '?';
      request.url = JoinUrl(rules_.url, begins ? "" : "/");
      AppendVisible(&request.url, path);
    }
    if (rules_.get) request.url += IndexOf(request.url, '?') < request.url.size() ? "&" : "?";
    WriteHeaders(source, attempt, &request.headers);
    request.credentials = credentials_ && !attempt.deidentified;
    return request;
  }

 private:
  void ReadLimits(JsonView limits) {
    const auto read = [&limits](const char* name, size_t* limit) {
      if (const auto given = limits[name].AsInteger()) *limit = static_cast<size_t>(*given);
    };
    read("events_max", &rules_.events_max);
    read("event_bytes_max", &rules_.event_bytes_max);
    read("batch_bytes_max", &rules_.batch_bytes_max);
    if (single_) rules_.events_max = 1;
    rules_.age_ms_max = limits["age_ms_max"].IntegerOr(rules_.age_ms_max);
  }

  void CheckOptions(const OptionsReader& reader) {
    const TemplateUse event = reader.Check("event", TemplatePlace::kEvent);
    for (const String& pointer : event.pointers) {
      rules_.tells_losses |= std::string_view(pointer).starts_with("/delivery");
    }
    reader.CheckShape(reader.Check("body", TemplatePlace::kBody).events);
    KeepRequestPointers(reader.Check("path", TemplatePlace::kRequest));
    KeepRequestPointers(reader.Check("headers", TemplatePlace::kRequest));
    reader.CheckPath();
    reader.CheckHeaders();
    reader.CheckSimple();
    reader.CheckDemands();
    const String answers = reader.ReadAnswers();
    if (!answers.empty()) rules_.answers = answers;
  }

  // Of those that ask for something of the event.
  void KeepRequestPointers(const TemplateUse& use) {
    for (const String& pointer : use.pointers) {
      const std::string_view text = pointer;
      const bool of_request = text == "/sent_ms" || text == "/request_id" || text == "/attempt" ||
                              text.starts_with("/app") || text.starts_with("/sdk");
      if (!of_request) request_pointers_.push_back(pointer);
    }
  }

  // What stands around the events, which have their place at `*at`.
  String Around(const Now& now, size_t* at) const {
    String around;
    if (body_) WriteTemplate(body_, BodySource(sender_, now.wall_ms), &around, at);
    return around;
  }

  // The members as a query, without a sign in front.
  static void AppendMembers(JsonView members, String* query) {
    for (JsonItems item(members); item.Next();) {
      if (!query->empty()) query->push_back('&');
      const JsonView value = item.value();
      AppendUrlEncoded(query, Unescape(item.key()));
      query->push_back('=');
      AppendUrlEncoded(query, value.is(JsonType::kString) ? value.AsString() : String(item.text()));
    }
  }

  void WriteHeaders(const TemplateSource& source, const Attempt& attempt, String* headers) const {
    bool typed = rules_.get;
    JsonWriter writer(headers);
    writer.Begin('{');
    if (attempt.simple && !rules_.get) {
      writer.Field("Content-Type", "text/plain").End('}');
      return;
    }
    for (JsonItems header(headers_); header.Next();) {
      String text;
      if (!WriteTemplateText(header.value(), source, false, &text)) continue;
      String visible;
      AppendVisible(&visible, text);
      writer.Key(header.key()).Text(visible);
      typed |= Is(AsciiLowercase(header.key()), "content-type");
    }
    if (!typed) {
      writer.Field("Content-Type", lines_ ? "application/x-ndjson" : "application/json");
    }
    if (attempt.gzip) writer.Field("Content-Encoding", "gzip");
    writer.End('}');
  }

  String text_;    // the options; the views look into it
  String sender_;  // {app, sdk}
  JsonView event_;
  JsonView body_;
  JsonView path_;
  JsonView headers_;
  JsonView demands_;
  List<String> request_pointers_;  // into events, of what URL and headers are made
  bool lines_ = false;
  bool single_ = false;
  bool credentials_ = false;
};

}  // namespace

std::unique_ptr<Collector> MakeGeneric(const CollectorEntry& entry) {
  const size_t before = entry.problems->size();
  auto collector = std::make_unique<Generic>(entry);
  if (entry.problems->size() != before) return nullptr;
  return collector;
}

}  // namespace waymark
