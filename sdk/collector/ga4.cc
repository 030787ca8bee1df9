// Google Analytics 4, Measurement Protocol:
// https://developers.google.com/analytics/devguides/collection/protocol/ga4
//
// The protocol answers 204 whatever it gets and knows no doubles, and its secret must not stand in
// a page: docs/collectors.md says what follows from that.
#include <algorithm>

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "collector/collector.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

#include "collector/vocabulary_names.inc"

constexpr size_t kGa4EventsMax = 25;
constexpr size_t kGa4BodyBytesMax = 129'000;  // "smaller than 130 kB"
constexpr size_t kGa4ValueCharactersMax = 100;
constexpr size_t kGa4UserValueCharactersMax = 36;
constexpr size_t kGa4NameBytesMax = 40;
constexpr size_t kGa4UserNameBytesMax = 24;
constexpr int kGa4ParametersMax = 25;
constexpr int kGa4UserPropertiesMax = 25;
constexpr int kGa4ItemsMax = 200;
constexpr int64_t kGa4AgeMsMax = int64_t{72} * 3'600'000;
constexpr int64_t kEngagementMs = 100;  // without any, an event starts no session in the reports

// Names that Google keeps for itself, and how such names begin.
constexpr const char* kReserved =
    "ad_activeview,ad_click,ad_exposure,ad_impression,ad_query,ad_reward,adunit_exposure,"
    "app_background,app_clear_data,app_exception,app_install,app_remove,app_store_refund,app_"
    "update,"
    "app_upgrade,dynamic_link_app_open,dynamic_link_app_update,dynamic_link_first_open,error,"
    "first_open,first_visit,in_app_purchase,notification_dismiss,notification_foreground,"
    "notification_open,notification_receive,os_update,session_start,user_engagement";
constexpr const char* kReservedBeginnings = "_,firebase_,ga_,google_,gtag.";

constexpr const char* kPageMap =
    "page/url|page/path>page_location page/title>page_title page/referrer>page_referrer "
    "locale>language "
    "campaign/source>source campaign/medium>medium campaign/name>campaign campaign/term>term "
    "campaign/content>content";
constexpr const char* kShopMap =
    "order_id|transaction_id>transaction_id\" total|revenue|value|cart_total|cart_value>value# "
    "currency>currency tax>tax# shipping>shipping# coupon>coupon payment_method>payment_type "
    "shipping_method>shipping_tier list_id>item_list_id\" category>item_list_name "
    "query>search_term promotion_id>promotion_id\" creative>creative_name position>creative_slot\"";
// What kShopMap and the items take out of the properties.
constexpr const char* kMapped =
    "order_id,transaction_id,total,revenue,value,cart_total,cart_value,currency,tax,shipping,"
    "coupon,"
    "payment_method,shipping_method,list_id,category,query,promotion_id,creative,position,products,"
    "product_id,sku,name,brand,variant,price,quantity,discount";
constexpr const char* kItemMap =
    "product_id|sku|id>item_id\" name>item_name brand>item_brand category>item_category "
    "variant>item_variant\" price>price# quantity>quantity# position>index# coupon>coupon "
    "discount>discount#";

bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// Letters, digits and _, with _ in place of anything else.
String CleanName(std::string_view name) {
  String clean;
  for (const char c : name) {
    const bool fits = IsLetter(c) || (c >= '0' && c <= '9');
    clean.push_back(fits ? c : '_');
  }
  return clean;
}

bool IsReserved(std::string_view name) {
  if (FindName(kReserved, name) >= 0) return true;
  for (int i = 0; i < 5; ++i) {
    const std::string_view beginning = NameAt(kReservedBeginnings, i);
    if (name.substr(0, beginning.size()) == beginning) return true;
  }
  return false;
}

// Counts as it writes: what is over the bound is left out.
class Parameters {
 public:
  explicit Parameters(JsonWriter* writer) : writer_(writer) {}

  bool Has(std::string_view name) const {
    std::string_view written = names_;
    while (!written.empty()) {
      const size_t size = IndexOf(written, ' ');
      if (written.substr(0, size) == name) return true;
      written.remove_prefix(std::min(size + 1, written.size()));
    }
    return false;
  }

  void Add(std::string_view name, std::string_view json) {
    if (json.empty() || count_ >= kGa4ParametersMax || Has(name)) return;
    writer_->Key(name).Raw(json);
    ++count_;
    names_.append(name).push_back(' ');
  }

  void AddMapped(JsonView object, const char* map) {
    for (MappedItems item(object, map); item.Next();) {
      Add(item.name(), item.Json(kGa4ValueCharactersMax));
    }
  }

 private:
  JsonWriter* writer_;
  int count_ = 0;
  String names_;  // each with a space behind it
};

class Ga4 final : public Collector {
 public:
  explicit Ga4(const CollectorEntry& entry) {
    rules_.url = JoinUrl(entry.json["url"].AsString(), "/mp/collect?");
    const JsonView measurement = entry.option("measurement_id");
    app_ = !measurement;
    rules_.url += app_ ? "firebase_app_id=" : "measurement_id=";
    AppendUrlEncoded(&rules_.url,
                     (app_ ? entry.option("firebase_app_id") : measurement).AsString());
    AppendQuery(&rules_.url, "api_secret", entry.option("api_secret").AsString());
    rules_.answers = kCountingAnswers;
    rules_.events_max = kGa4EventsMax;
    rules_.batch_bytes_max = kGa4BodyBytesMax;
    rules_.age_ms_max = kGa4AgeMsMax;
    rules_.can_be_simple = true;
    rules_.resends_unanswered = entry.option("unanswered").IsName("again");
    ReadConsentMode(entry.sender.purposes);
  }

  // Who, what was allowed, and what is known of the person stand in the request, not in the events.
  String BatchKey(const OutgoingEvent& event) const override {
    String key;
    WriteRequest(event, &key);
    return key;
  }

  void Begin(const OutgoingEvent& first, const Now&, String* body) const override {
    WriteRequest(first, body);
    *body += R"("events":[)";
  }

  Status AppendEvent(const OutgoingEvent& event, const Now&, String* body) const override {
    const String name = NameOf(event);
    if (name.size() > kGa4NameBytesMax) {
      return NotOk("rejected", "/name",
                   IntegerText(static_cast<int64_t>(name.size())) + " characters",
                   "at most 40 characters");
    }
    if (!IsLetter(name[0]) || IsReserved(name)) {
      return NotOk("rejected", "/name", "a name that GA4 does not take",
                   "a letter first, and no name of Google's own");
    }
    JsonWriter writer(body);
    writer.Begin('{').Field("name", name);
    writer.Field("timestamp_micros", IntegerText(event.time_ms * 1'000));
    writer.Key("params").Begin('{');
    WriteParameters(&writer, event);
    writer.End('}').End('}');
    return OkStatus();
  }

  void End(const Now&, String* body) const override { *body += "]}"; }

  CollectorRequest Request(const Attempt& attempt) const override {
    CollectorRequest request;
    request.url = rules_.url;
    request.headers = attempt.simple ? R"({"Content-Type":"text/plain"})"
                                     : R"({"Content-Type":"application/json"})";
    return request;
  }

 private:
  // Which purposes stand for which of Google's two words.
  void ReadConsentMode(JsonView purposes) {
    for (JsonItems purpose(purposes); purpose.Next();) {
      for (JsonItems mode(purpose.value()["consent_mode"]); mode.Next();) {
        const bool data = mode.value().IsName("ad_user_data");
        if (!data && !mode.value().IsName("ad_personalization")) continue;
        String* list = data ? &ad_user_data_ : &ad_personalization_;
        list->append(purpose.value()["id"].AsName()).push_back(' ');
      }
    }
  }

  // Granted when every purpose that stands for it is; nothing where none does. What was
  // de-identified is for no advertising at all.
  static void WriteConsent(JsonWriter* writer, const char* word, std::string_view purposes,
                           const OutgoingEvent& event) {
    if (purposes.empty() && !event.deidentified) return;
    bool granted = !event.deidentified;
    while (!purposes.empty()) {
      const size_t size = IndexOf(purposes, ' ');
      granted &= event.consent[purposes.substr(0, size)].AsBool();
      purposes.remove_prefix(std::min(size + 1, purposes.size()));
    }
    writer->Field(word, granted ? "GRANTED" : "DENIED");
  }

  // What all events of a request share, up to the list of them.
  void WriteRequest(const OutgoingEvent& event, String* body) const {
    JsonWriter writer(body);
    writer.Begin('{');
    const char* id = app_ ? "app_instance_id" : "client_id";
    // An id is demanded. A de-identified event gets its own message id, which joins it to nothing.
    if (event.deidentified) writer.Field(id, event.message_id);
    writer.Field(id, InstanceId(event)).Field("user_id", UserIdOf(event));
    writer.Key("consent").Begin('{');
    WriteConsent(&writer, "ad_user_data", ad_user_data_, event);
    WriteConsent(&writer, "ad_personalization", ad_personalization_, event);
    writer.End('}');
    WriteUserProperties(&writer, event.traits);
    body->push_back(',');
  }

  // An app's is 32 hexadecimal digits.
  String InstanceId(const OutgoingEvent& event) const {
    String id;
    for (const char c : event.anonymous_id.AsName()) {
      if (!app_ || c != '-') id.push_back(c);
    }
    return id;
  }

  static void WriteUserProperties(JsonWriter* writer, JsonView traits) {
    int count = 0;
    for (JsonItems trait(traits); trait.Next();) {
      const String name = CleanName(trait.key());
      const String text = TextOf(trait.value());
      const bool fits = name.size() <= kGa4UserNameBytesMax && IsLetter(name[0]) && !text.empty();
      if (!fits || IsReserved(name) || count >= kGa4UserPropertiesMax) continue;
      if (count++ == 0) writer->Key("user_properties").Begin('{');
      writer->Key(name).Begin('{');
      writer->Field("value", Shorten(text, kGa4UserValueCharactersMax)).End('}');
    }
    if (count > 0) writer->End('}');
  }

  static String NameOf(const OutgoingEvent& event) {
    if (event.type == EventType::kPage) return "page_view";
    if (event.type == EventType::kScreen) return "screen_view";
    if (event.type == EventType::kIdentify) return "identify";
    if (event.type == EventType::kGroup) return "join_group";
    std::string_view theirs = MappedName(kGa4ShopNames, event.name);
    if (theirs.empty()) theirs = MappedName(kGa4OtherNames, event.name);
    return theirs.empty() ? CleanName(event.name) : String(theirs);
  }

  static void WriteParameters(JsonWriter* writer, const OutgoingEvent& event) {
    Parameters parameters(writer);
    const int64_t started_ms = event.session["started_ms"].IntegerOr(0);
    if (started_ms > 0) {
      // A session is its start, in seconds.
      parameters.Add("session_id", "\"" + IntegerText(started_ms / 1'000) + "\"");
      parameters.Add("engagement_time_msec", IntegerText(kEngagementMs));
    }
    if (event.type == EventType::kScreen) {
      String name;
      AppendJsonString(&name, Shorten(event.name, kGa4ValueCharactersMax));
      parameters.Add("screen_name", name);
    }
    const bool known = !MappedName(kGa4ShopNames, event.name).empty();
    if (known && event.type == EventType::kTrack) {
      parameters.AddMapped(event.properties, kShopMap);
      parameters.Add("items", Items(event.properties));
    }
    parameters.AddMapped(event.context, kPageMap);
    for (JsonItems item(event.properties); item.Next();) {
      if (known && FindName(kMapped, item.key()) >= 0) continue;
      AddFree(item, &parameters);
    }
  }

  // A property that Google has no name for. Lists and objects have no place.
  static void AddFree(const JsonItems& item, Parameters* parameters) {
    const String name = CleanName(item.key());
    const bool fits = !name.empty() && name.size() <= kGa4NameBytesMax && IsLetter(name[0]);
    if (!fits || IsReserved(name)) return;
    String json;
    if (item.value().is(JsonType::kString)) {
      AppendJsonString(&json, Shorten(item.value().AsString(), kGa4ValueCharactersMax));
    } else if (item.value().is(JsonType::kNumber)) {
      json = item.value().text();
    } else if (item.value().is(JsonType::kBool)) {
      json = item.value().AsBool() ? "1" : "0";
    }
    parameters->Add(name, json);
  }

  // Of the products, or of the one product that the event is about.
  static String Items(JsonView properties) {
    String json;
    JsonWriter writer(&json);
    writer.Begin('[');
    const JsonView products = properties["products"];
    if (!products) WriteItem(&writer, properties);
    for (JsonItems product(products); product.Next();) {
      if (product.index() < kGa4ItemsMax) WriteItem(&writer, product.value());
    }
    writer.End(']');
    return json.size() > 2 ? std::move(json) : String();
  }

  static void WriteItem(JsonWriter* writer, JsonView product) {
    if (!ValueAt(product, "product_id|sku|id|name")) return;
    writer->Begin('{');
    WriteMapped(writer, product, kItemMap, kGa4ValueCharactersMax);
    writer->End('}');
  }

  bool app_;
  String ad_user_data_;  // ids of purposes, each with a space behind it
  String ad_personalization_;
};

}  // namespace

std::unique_ptr<Collector> MakeGa4(const CollectorEntry& entry) {
  if (!entry.option("measurement_id") && !entry.option("firebase_app_id")) {
    entry.Refuse("required", "/options", "neither measurement_id nor firebase_app_id",
                 "the stream's id");
    return nullptr;
  }
  const std::string_view host = HostOf(entry.json["url"].AsName());
  constexpr std::string_view kGoogle = "google-analytics.com";
  const bool google =
      host.size() >= kGoogle.size() && host.substr(host.size() - kGoogle.size()) == kGoogle;
  if (google && entry.InWebPage()) {
    entry.Refuse("not_allowed", "/url", "Google's own address in a web page",
                 "the owner's proxy: Google wants a secret, and answers no page");
    return nullptr;
  }
  return std::make_unique<Ga4>(entry);
}

}  // namespace waymark
