// Valid events that tests start from and then break in one place.
#ifndef WAYMARK_SAMPLES_COLLECTOR_TESTS_EVENT_SAMPLES_H_
#define WAYMARK_SAMPLES_COLLECTOR_TESTS_EVENT_SAMPLES_H_

#include "absl/strings/escaping.h"
#include "json.h"

namespace waymark::collector {

inline Json OrderCompleted() {
  return {{"type", "track"},
          {"messageId", "message-1"},
          {"anonymousId", "anonymous-1"},
          {"userId", "user-1"},
          {"event", "Order Completed"},
          {"properties", {{"order_id", "order-1"}, {"total", 4.99}}},
          {"context",
           {{"session", {{"id", "session-1"}}},
            {"consent", {{"categoryPreferences", {{"analytics", true}, {"ads", false}}}}}}},
          {"timestamp", "2026-11-21T18:00:00.250Z"}};
}

inline Json BatchOf(const Json& event) {
  return {
      {"batch", Json::array({event})}, {"writeKey", "key"}, {"sentAt", "2026-11-21T18:00:01.000Z"}};
}

inline Json SelfDescribing(const std::string& schema, const Json& data) {
  return {{"schema", schema}, {"data", data}};
}

inline Json TransactionEnvelope() {
  return SelfDescribing("iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0",
                        SelfDescribing("iglu:com.snowplowanalytics.snowplow.ecommerce/"
                                       "snowplow_ecommerce_action/jsonschema/1-0-2",
                                       {{"type", "transaction"}}));
}

inline Json ContextsOf(const Json& entity) {
  return SelfDescribing("iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0",
                        Json::array({entity}));
}

inline std::string Base64Url(const Json& value) { return absl::WebSafeBase64Escape(ToText(value)); }

inline Json TransactionItem() {
  return {{"e", "ue"},
          {"tv", "waymark-1"},
          {"p", "web"},
          {"eid", "3b8e3a4e-0a7c-4d0e-9b8e-0f5a3e6d7c11"},
          {"dtm", "1793817970000"},
          {"duid", "device-1"},
          {"uid", "user-1"},
          {"sid", "session-1"},
          {"ue_px", Base64Url(TransactionEnvelope())}};
}

inline Json PayloadOf(const Json& item) {
  return SelfDescribing("iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
                        Json::array({item}));
}

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_TESTS_EVENT_SAMPLES_H_
