// Matomo's HTTP Tracking API, bulk form: https://developer.matomo.org/api-reference/tracking-api
//
// Every event is the query of a request of its own inside one JSON body. Matomo knows no doubles:
// docs/collectors.md says what follows from that.
#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"
#include "collector/collector.h"
#include "collector/mapping.h"
#include "event/touchpoints.h"

namespace waymark {
namespace {

#include "collector/vocabulary_names.inc"

constexpr size_t kMatomoEventsMax = 50;  // as many as its own tracker puts into one
constexpr size_t kMatomoAnswerBytesMax = 4'000;
constexpr int64_t kMatomoAgeMsMax = int64_t{23} * 3'600'000;  // "older than 24 h need token_auth"
constexpr int kMatomoItemsMax = 100;
constexpr int kServerError = 500;
constexpr size_t kVisitorIdDigits = 16;

constexpr const char* kContextMap =
    "page/referrer>urlref locale>lang userAgent>ua campaign/name>_rcn "
    "campaign/term>_rck";
constexpr const char* kOrderMap =
    "total|revenue|value>revenue# subtotal>ec_st# tax>ec_tx# shipping>ec_sh# discount>ec_dt#";
constexpr const char* kCartMap = "cart_total|cart_value|total|value>revenue#";
constexpr const char* kProductMap = "sku|product_id|id>_pks name>_pkn category>_pkc price>_pkp#";
constexpr const char* kSearchMap = "query>search category>search_cat results>search_count#";
constexpr const char* kPromotionMap = "promotion_id|name>c_n creative|name>c_p url|position>c_t";

void AppendMapped(String* query, JsonView object, const char* map) {
  for (MappedItems item(object, map); item.Next();) AppendQuery(query, item.name(), item.text());
}

class Matomo final : public Collector {
 public:
  explicit Matomo(const CollectorEntry& entry)
      : site_id_(IntegerText(entry.option("site_id").IntegerOr(1))),
        token_(entry.option("token_auth").text()),
        dimensions_(entry.option("dimensions").text()),
        app_id_(entry.sender.app["id"].AsString()),
        transactions_(entry.option("transactions").AsBool(true)) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), "/matomo.php");
    rules_.answers = kCountingAnswers;
    rules_.events_max = kMatomoEventsMax;
    rules_.answer_bytes_max = kMatomoAnswerBytesMax;
    rules_.can_be_simple = true;
    rules_.resends_unanswered = entry.option("unanswered").IsName("again");
    if (token_.empty()) rules_.age_ms_max = kMatomoAgeMsMax;
  }

  void Begin(const OutgoingEvent&, const Now&, String* body) const override {
    *body += R"({"requests":[)";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    String query = "?idsite=" + site_id_;
    query += "&rec=1&apiv=1";
    AppendWhoAndWhen(event, &query);
    AppendContext(event, &query);
    if (event.type == EventType::kPage)
      AppendQuery(&query, "action_name", Title(event));
    else if (event.type == EventType::kScreen)
      AppendQuery(&query, "action_name", event.name);
    else if (IsAboutIds(event.type))
      query += "&ping=1";  // gives the visit its user without counting as an action
    else
      AppendTouchpoint(event, &query);
    AppendDimensions(event.properties, &query);
    AppendJsonString(body, query);
    return OkStatus();
  }

  void End(const Now&, String* body) const override {
    *body += "]";
    if (!token_.empty()) *body += R"(,"token_auth":)" + token_;
    *body += "}";
  }

  CollectorRequest Request(const Attempt&) const override {
    CollectorRequest request;
    request.url = rules_.url;
    // What its own tracker says of the same body: so it needs no preflight.
    request.headers = R"({"Content-Type":"application/x-www-form-urlencoded; charset=UTF-8"})";
    return request;
  }

  Judgement JudgeAnswer(const CollectorAnswer& answer) const override {
    Judgement judgement = Collector::JudgeAnswer(answer);
    const int64_t invalid = std::max<int64_t>(answer.json["invalid"].IntegerOr(0), 0);
    if (judgement.verdict == Verdict::kAccepted) {
      for (JsonItems index(answer.json["invalid_indices"]); index.Next();) {
        judgement.each.emplace_back().index = index.value().IntegerOr(-1);
      }
      if (judgement.each.empty()) judgement.rejected = invalid;
    }
    // It stopped in the middle. Without a transaction what stood before that stays.
    const int64_t tracked = answer.json["tracked"].IntegerOr(0);
    if (answer.status == kServerError && !transactions_) {
      for (int64_t i = 0; i < std::min<int64_t>(tracked + invalid, kMatomoEventsMax); ++i) {
        RecordVerdict& one = judgement.each.emplace_back();
        one.index = i;
        one.verdict = Verdict::kAccepted;
      }
      judgement.rejected = invalid;
    }
    return judgement;
  }

 private:
  static String Title(const OutgoingEvent& event) {
    const String title = event.context["page"]["title"].AsString();
    return event.name.empty() ? title : event.name;
  }

  static void AppendWhoAndWhen(const OutgoingEvent& event, String* query) {
    String digits;
    for (const char c : event.anonymous_id.AsName()) {
      if (c != '-' && digits.size() < kVisitorIdDigits) digits.push_back(c);
    }
    AppendQuery(query, "_id", digits);
    AppendQuery(query, "uid", UserIdOf(event));
    AppendQuery(query, "cdt", IntegerText(event.time_ms / 1'000));
    // The first action of one of our sessions begins a visit; a ping cannot.
    const bool first = event.session["event_index"].IntegerOr(0) == 1;
    if (first && !IsAboutIds(event.type)) *query += "&new_visit=1";
  }

  void AppendContext(const OutgoingEvent& event, String* query) const {
    const String url = event.context["page"]["url"].AsString();
    AppendQuery(query, "url", url.empty() ? AddressOf(event, app_id_) : url);
    AppendMapped(query, event.context, kContextMap);
    AppendQuery(query, "res", SizeText(event.context["screen"]));
  }

  static void AppendTouchpoint(const OutgoingEvent& event, String* query) {
    const std::string_view form = MappedName(kMatomoForms, event.name);
    const JsonView properties = event.properties;
    if (Is(form, "search") && properties["query"].is(JsonType::kString)) {
      return AppendMapped(query, properties, kSearchMap);
    }
    if (Is(form, "order") && ValueAt(properties, "order_id|transaction_id")) {
      *query += "&idgoal=0";
      AppendQuery(query, "ec_id", TextOf(ValueAt(properties, "order_id|transaction_id")));
      AppendMapped(query, properties, kOrderMap);
      return AppendItems(properties, query);
    }
    if (Is(form, "cart") && properties["products"]) {
      *query += "&idgoal=0";
      AppendMapped(query, properties, kCartMap);
      return AppendItems(properties, query);
    }
    const bool clicked = Is(form, "promotion_click");
    if ((clicked || Is(form, "promotion")) && ValueAt(properties, "promotion_id|name")) {
      AppendMapped(query, properties, kPromotionMap);
      if (clicked) *query += "&c_i=click";
      return;
    }
    const bool link = Is(form, "link") || Is(form, "download");
    if (link && properties["link_url"].is(JsonType::kString)) {
      return AppendQuery(query, form.data()[0] == 'l' ? "link" : "download",
                         properties["link_url"].AsString());
    }
    AppendEventParameters(event, query);
    if (Is(form, "product")) AppendMapped(query, properties, kProductMap);
  }

  static void AppendEventParameters(const OutgoingEvent& event, String* query) {
    const std::string_view stage = TouchpointStage(FindAnyTouchpoint(event.name));
    *query += "&ca=1";
    AppendQuery(query, "e_c", stage.empty() ? "event" : stage);
    AppendQuery(query, "e_a", event.name);
    AppendMapped(query, event.properties, "label|name>e_n value|total|price>e_v#");
  }

  // [[sku, name, category, price, quantity], …]
  static void AppendItems(JsonView properties, String* query) {
    String json;
    JsonWriter writer(&json);
    writer.Begin('[');
    for (JsonItems item(properties["products"]); item.Next();) {
      const JsonView product = item.value();
      const JsonView id = ValueAt(product, "sku|product_id|id");
      if (!id || item.index() >= kMatomoItemsMax) continue;
      writer.Begin('[').Text(TextOf(id)).Text(TextOf(product["name"]));
      writer.Text(TextOf(product["category"]));
      writer.Raw(NumberOf(product, "price>x#", "0")).Raw(NumberOf(product, "quantity>x#", "1"));
      writer.End(']');
    }
    writer.End(']');
    AppendQuery(query, "ec_items", json);
  }

  static String NumberOf(JsonView product, const char* map, const char* otherwise) {
    MappedItems number(product, map);
    return number.Next() ? number.Json(SIZE_MAX) : String(otherwise);
  }

  // The owner's: {"plan": 3} sends the property as dimension3.
  void AppendDimensions(JsonView properties, String* query) const {
    for (JsonItems dimension((JsonView(dimensions_))); dimension.Next();) {
      const JsonView value = properties[dimension.key()];
      String key = "dimension";
      key += dimension.value().text();
      AppendQuery(query, key, TextOf(value));
    }
  }

  String site_id_;
  String token_;       // as JSON; empty: none
  String dimensions_;  // an object of JSON text
  String app_id_;
  bool transactions_;
};

}  // namespace

std::unique_ptr<Collector> MakeMatomo(const CollectorEntry& entry) {
  return std::make_unique<Matomo>(entry);
}

}  // namespace waymark
