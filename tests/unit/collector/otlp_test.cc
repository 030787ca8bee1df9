// OTLP logs: attributes, both encodings, and what a partial success means. That others can read
// both is judged in tests/e2e.
#include <gtest/gtest.h>

#include "codec/protobuf.h"
#include "collector_fixture.h"

namespace waymark_test {
namespace {

using waymark::ProtobufFields;
using waymark::String;

constexpr const char* kProtobuf = R"({"encoding":"protobuf"})";

// {"key": {"stringValue": …}} for the attributes of one record.
Json Attributes(const Happening& happening) {
  const Json record = EncodeJson(*MakeProtocol("otlp"), happening);
  Json attributes = Json::object();
  for (const Json& pair : record["attributes"]) {
    EXPECT_FALSE(attributes.contains(pair["key"].get<std::string>())) << pair;
    attributes[pair["key"].get<std::string>()] = pair["value"];
  }
  return attributes;
}

// The bytes of the field at the end of a path of field numbers, the first of each.
std::string_view FieldAt(std::string_view message, std::initializer_list<uint64_t> path) {
  for (const uint64_t number : path) {
    ProtobufFields field(message);
    do {
      if (!field.Next()) return "absent";
    } while (field.number() != number);
    message = field.bytes();
  }
  return message;
}

std::string FatesOf(const Json& options, int status, const std::string& body = "") {
  return Fates("otlp", options, {status, "", "", body}, 4, {200, "", ""});
}

TEST(OtlpTest, ARecordHasNameTimeAndSeverity) {
  Json record = EncodeJson(*MakeProtocol("otlp"), Happening("order_completed"));
  record.erase("attributes");
  EXPECT_EQ(record, Json::parse(R"({"timeUnixNano":"1793817970000000000",
    "observedTimeUnixNano":"1793817970000000000","severityNumber":9,"severityText":"INFO",
    "eventName":"order_completed"})"));
  const auto name = [](const Happening& happening) {
    return EncodeJson(*MakeProtocol("otlp"), happening)["eventName"];
  };
  EXPECT_EQ(name(Happening::Page()), "browser.page_view");
  EXPECT_EQ(name(Happening::Screen("Basket")), "screen");
  EXPECT_EQ(name(Happening::Identify()), "identify");
}

TEST(OtlpTest, AttributesHaveTheNamesOfTheConventions) {
  const Json attributes = Attributes(Happening("a", R"({"wishes":3})"));
  EXPECT_EQ(attributes["log.record.uid"]["stringValue"], "0a1b2c3d-0000-8000-8000-000000000004");
  EXPECT_EQ(attributes["enduser.pseudo.id"]["stringValue"], "11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(attributes["enduser.id"]["stringValue"], "u-100");
  EXPECT_EQ(attributes["session.id"]["stringValue"], "22222222-2222-4222-8222-222222222222");
  EXPECT_EQ(attributes["session.index"]["intValue"], "2");
  EXPECT_EQ(attributes["url.full"]["stringValue"], "https://shop.example/p/7?utm_source=mail");
  EXPECT_EQ(attributes["utm_source"]["stringValue"], "mail");
  EXPECT_EQ(attributes["consent"], Json::parse(R"({"arrayValue":{"values":[
    {"stringValue":"analytics"}]}})"));
  EXPECT_EQ(attributes["wishes"]["intValue"], "3");
  EXPECT_EQ(Attributes(Happening::Screen("Basket"))["app.screen.name"]["stringValue"], "Basket");
  EXPECT_EQ(Attributes(Happening::Identify(R"({"plan":"gold"})"))["plan"]["stringValue"], "gold");
}

TEST(OtlpTest, EveryJsonValueHasItsForm) {
  const Json attributes = Attributes(Happening("a", R"({"s":"ä \"q\" \n","e":"","t":true,"f":false,
    "i":-2,"d":1.5,"x":1e3,"big":12345678901234567890,"n":null,"l":[1,"a",[null]],
    "m":{"k \u00e4":{}},"session.id":"mine"})"));
  EXPECT_EQ(attributes["s"], Json({{"stringValue", "ä \"q\" \n"}}));
  EXPECT_EQ(attributes["e"], Json({{"stringValue", ""}}));
  EXPECT_EQ(attributes["t"], Json({{"boolValue", true}}));
  EXPECT_EQ(attributes["f"], Json({{"boolValue", false}}));
  EXPECT_EQ(attributes["i"], Json({{"intValue", "-2"}}));
  EXPECT_EQ(attributes["d"], Json({{"doubleValue", 1.5}}));
  EXPECT_EQ(attributes["x"], Json({{"doubleValue", 1000.0}}));
  EXPECT_EQ(attributes["big"], Json({{"doubleValue", 12345678901234567890.0}}));
  EXPECT_EQ(attributes["n"], Json::object());
  EXPECT_EQ(attributes["l"], Json::parse(R"({"arrayValue":{"values":[{"intValue":"1"},
    {"stringValue":"a"},{"arrayValue":{"values":[{}]}}]}})"));
  EXPECT_EQ(attributes["m"], Json::parse(R"({"kvlistValue":{"values":[
    {"key":"k ä","value":{"kvlistValue":{"values":[]}}}]}})"));
  // A key may stand once only, and where the events of one session are is not the caller's to say.
  EXPECT_EQ(attributes["session.id"]["stringValue"], "22222222-2222-4222-8222-222222222222");
}

TEST(OtlpTest, ABodyInJsonHasItsResourceOnce) {
  const Happening one("a");
  const Json body = Json::parse(
      EncodeBody(*MakeProtocol("otlp", R"({"resource":{"deployment.environment.name":"test"}})"),
                 {&one, &one}));
  const Json& resource = body["resourceLogs"][0];
  EXPECT_EQ(body["resourceLogs"].size(), 1u);
  EXPECT_EQ(resource["resource"], Json::parse(R"({"attributes":[
    {"key":"service.name","value":{"stringValue":"shop"}},
    {"key":"service.version","value":{"stringValue":"1.2.0"}},
    {"key":"telemetry.sdk.name","value":{"stringValue":"waymark-web"}},
    {"key":"telemetry.sdk.version","value":{"stringValue":"0.1.0"}},
    {"key":"deployment.environment.name","value":{"stringValue":"test"}}]})"));
  EXPECT_EQ(resource["scopeLogs"][0]["scope"],
            Json::parse(R"({"name":"waymark-web","version":"0.1.0"})"));
  EXPECT_EQ(resource["scopeLogs"][0]["logRecords"].size(), 2u);
}

TEST(OtlpTest, ABodyInProtobufIsOneMessageAnEventBehindTheOther) {
  const Happening one("lamp_rubbed", R"({"wishes":[1.5]})");
  const auto otlp = MakeProtocol("otlp", kProtobuf);
  const std::string body = EncodeBody(*otlp, {&one, &one});
  EXPECT_EQ(body, Encode(*otlp, one) + Encode(*otlp, one));
  EXPECT_EQ(FieldAt(body, {1, 1, 1, 1}), "service.name");
  EXPECT_EQ(FieldAt(body, {1, 2, 1, 1}), "waymark-web");
  EXPECT_EQ(FieldAt(body, {1, 2, 2, 12}), "lamp_rubbed");
  EXPECT_EQ(FieldAt(body, {1, 2, 2, 6, 1}), "wishes");
  EXPECT_EQ(FieldAt(body, {1, 2, 2, 6, 2, 5, 1}),
            (std::string_view("\x21\0\0\0\0\0\0\xf8\x3f", 9)));
}

TEST(OtlpTest, ADeidentifiedEventHasItsOwnIdOnly) {
  const Json attributes = Attributes(Happening("a", R"({"b":1})").Deidentified());
  for (const char* absent : {"enduser.id", "enduser.pseudo.id", "session.id", "b", "url.full"}) {
    EXPECT_FALSE(attributes.contains(absent)) << absent;
  }
  EXPECT_EQ(attributes["log.record.uid"]["stringValue"], "0a1b2c3d-0000-8000-8000-000000000004");
  EXPECT_EQ(attributes["url.path"]["stringValue"], "/p/7");
}

TEST(OtlpTest, RequestsSayWhichEncodingTheyAreIn) {
  waymark::Attempt attempt;
  attempt.gzip = true;
  const auto request =
      MakeProtocol("otlp", R"({"encoding":"protobuf","headers":{"X-Key":"k"}})")->Request(attempt);
  EXPECT_EQ(request.url, "https://c.example/v1/logs");
  EXPECT_EQ(Json::parse(std::string_view(request.headers)),
            Json::parse(R"({"X-Key":"k","Content-Type":"application/x-protobuf",
                            "Content-Encoding":"gzip"})"));
  EXPECT_EQ(MakeProtocol("otlp")->Request({}).headers, R"({"Content-Type":"application/json"})");
}

TEST(OtlpTest, OnlyFourStatusesMayBeTriedAgain) {
  for (const Json& options : {Json::object(), Json::parse(kProtobuf)}) {
    for (int status : {200, 202, 204}) EXPECT_EQ(FatesOf(options, status), "acknowledged 4");
    for (int status : {429, 502, 503, 504}) EXPECT_EQ(FatesOf(options, status), "later 4");
    for (int status : {400, 401, 403, 404, 408, 500, 501}) {
      EXPECT_EQ(FatesOf(options, status), "rejected 4") << status;
    }
    EXPECT_EQ(FatesOf(options, 413), "again 4");
  }
}

TEST(OtlpTest, OfAPartialSuccessNothingIsSentAgain) {
  const auto json = [](const std::string& partial) {
    return FatesOf(Json::object(), 200, R"({"partialSuccess":)" + partial + "}");
  };
  EXPECT_EQ(json("{}"), "acknowledged 4");
  EXPECT_EQ(json(R"({"rejectedLogRecords":"0","errorMessage":"slow down"})"), "acknowledged 4");
  EXPECT_EQ(json(R"({"rejectedLogRecords":"3","errorMessage":"no"})"),
            "acknowledged 1, rejected 3");
  EXPECT_EQ(json(R"({"rejectedLogRecords":1})"), "acknowledged 3, rejected 1");
  EXPECT_EQ(json(R"({"rejectedLogRecords":"99"})"), "rejected 4");
  EXPECT_EQ(json(R"({"rejectedLogRecords":"-1"})"), "acknowledged 4");

  const auto protobuf = [](const std::string& partial) {
    String answer;
    waymark::AppendBytesField(&answer, 1, partial);
    return FatesOf(Json::parse(kProtobuf), 200, std::string(std::string_view(answer)));
  };
  EXPECT_EQ(protobuf(""), "acknowledged 4");
  EXPECT_EQ(protobuf("\x12\x02no"), "acknowledged 4");
  EXPECT_EQ(protobuf("\x08\x03\x12\x02no"), "acknowledged 1, rejected 3");
  EXPECT_EQ(protobuf("\x12\x02no\x08\x01"), "acknowledged 3, rejected 1");
  EXPECT_EQ(FatesOf(Json::parse(kProtobuf), 200, "\x0a\x7f"), "acknowledged 4");
}

}  // namespace
}  // namespace waymark_test
