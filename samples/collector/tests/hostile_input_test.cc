// What a broken or hostile sender can do. After each try the collector must still answer.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "collector_limits.h"
#include "running_collector.h"

namespace waymark::collector {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTp2[] = "/com.snowplowanalytics.snowplow/tp2";

class HostileInputTest : public RunningCollector {
 protected:
  void TearDown() override {
    const auto answer = Client().Get("/requests.json");
    EXPECT_TRUE(answer) << "the collector no longer answers";
    RunningCollector::TearDown();
  }

  // Sends raw bytes, says that no more come, and gives all that comes back.
  std::string Raw(const std::string& bytes) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(server_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t step = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (step <= 0) break;
      sent += static_cast<size_t>(step);
    }
    ::shutdown(socket, SHUT_WR);
    std::string answer;
    char piece[4096];
    for (ssize_t got; (got = ::recv(socket, piece, sizeof(piece), 0)) > 0;) {
      answer.append(piece, static_cast<size_t>(got));
    }
    ::close(socket);
    return answer;
  }
};

TEST_F(HostileInputTest, AGzipBombIsStopped) {
  const std::string bomb = Gzip(std::string(kInflatedBytesMax + 1, 'x'));
  const auto answer = Post("/v1/batch", bomb, "application/json", {{"Content-Encoding", "gzip"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_THAT(answer->body, HasSubstr("inflates to more than"));
}

TEST_F(HostileInputTest, BrokenGzipIsRefused) {
  const std::string good = Gzip(ToText(BatchOf(OrderCompleted())));
  std::string flipped = good;
  flipped[good.size() / 2] ^= 0x55;
  for (const std::string& body : {good.substr(0, good.size() - 9), good + "tail", flipped,
                                  std::string("plain"), std::string()}) {
    const auto answer = Post("/v1/batch", body, "application/json", {{"Content-Encoding", "gzip"}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400) << answer->body;
  }
  EXPECT_THAT(Events(), IsEmpty());
}

TEST_F(HostileInputTest, OtherEncodingsAreRefused) {
  for (const char* encoding : {"br", "deflate", "gzip, gzip", "\xff"}) {
    const auto answer = Post("/v1/batch", ToText(BatchOf(OrderCompleted())), "application/json",
                             {{"Content-Encoding", encoding}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400);
    EXPECT_THAT(answer->body, HasSubstr("Content-Encoding"));
  }
}

TEST_F(HostileInputTest, LargeBodiesGet413) {
  const auto segment = Post("/v1/batch", std::string(kBodyBytesMax + 1, 'x'));
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->status, 413);
  const auto snowplow = Post(kTp2, std::string(kSnowplowDropBytes + 1, 'x'));
  ASSERT_TRUE(snowplow);
  EXPECT_EQ(snowplow->status, 413);
}

TEST_F(HostileInputTest, EndlessChunksAreCut) {
  std::string body;
  for (int i = 0; i < 40; ++i) body += "40000\r\n" + std::string(0x40000, 'x') + "\r\n";
  const std::string answer =
      Raw("POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
          "Transfer-Encoding: chunked\r\n\r\n" +
          body);
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 413"));
}

TEST_F(HostileInputTest, DeepAndWideJsonIsRefusedQuickly) {
  std::string wide = "{";
  for (int i = 0; i < 40000; ++i) wide += "\"" + std::to_string(i) + "\":0,";
  for (const std::string& body : {std::string(500000, '['), wide + "\"z\":0}"}) {
    EXPECT_EQ(Post("/v1/batch", body)->status, 400);
    EXPECT_EQ(Post(kTp2, body)->body, "ok");
  }
}

TEST_F(HostileInputTest, AnUnreadBodyIsNeverTakenForARequest) {
  const std::string hidden = "POST /reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
  const std::string length = std::to_string(hidden.size());
  Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  for (const std::string start :
       {"GET / HTTP/1.1\r\n", "POST /nowhere HTTP/1.1\r\n", "PUT /v1/batch HTTP/1.1\r\n",
        "POST /faults HTTP/1.1\r\nOrigin: https://evil.example\r\n",
        "POST /v1/batch HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"}) {
    Raw(start + "Host: localhost\r\nContent-Length: " + length + "\r\n\r\n" + hidden);
    EXPECT_EQ(Events().size(), 1) << start;
  }
}

TEST_F(HostileInputTest, HeadersAreBounded) {
  std::string many = "GET /events.json HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 4000; ++i)
    many += "X-" + std::to_string(i) + ": " + std::string(50, 'x') + "\r\n";
  EXPECT_THAT(Raw(many + "\r\n"), ::testing::Not(HasSubstr("HTTP/1.1 200")));
}

TEST_F(HostileInputTest, RangesMultiplyNothing) {
  Post("/v1/batch", ToText(BatchOf(OrderCompleted())));
  std::string ranges = "bytes=0-9";
  for (int i = 0; i < 1000; ++i) ranges += ",0-9";
  const auto answer = Client().Get("/events.json", {{"Range", ranges}});
  ASSERT_TRUE(answer);
  EXPECT_LT(answer->body.size(), 2000);
}

TEST_F(HostileInputTest, MalformedRequestsEndTheConnection) {
  for (const std::string& bytes :
       {std::string("\r\n\r\n"), std::string("GET"), std::string("\0\0\0\0\r\n", 6),
        std::string("POST /v1/batch HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n{}"),
        std::string("POST /v1/batch HTTP/1.1\r\nContent-Type: text/plain\r\n"
                    "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n",
        std::string("GET /i?%ff%fe=%00&e=%zz HTTP/1.1\r\nHost: x\r\n\r\n")}) {
    Raw(bytes);
  }
  EXPECT_TRUE(Client().Get("/events.json"));
}

// One good request for each protocol, to be damaged.
struct Good {
  std::string path;
  std::string content_type;
  std::string body;
};

std::vector<Good> GoodRequests() {
  const std::string json = "application/json";
  const std::string event = R"({"event":"e","uuid":"019a0000-0000-7000-8000-000000000001",)"
                            R"("distinct_id":"d","timestamp":"2026-11-21T18:00:00Z",)"
                            R"("properties":{"token":"k","a":[1,2.5,null,true,"\u00e4"]}})";
  return {
      {"/v1/batch", json, ToText(BatchOf(OrderCompleted()))},
      {kTp2, json, ToText(PayloadOf(TransactionItem()))},
      {"/posthog/batch/", json, R"({"api_key":"k","batch":[)" + event + "]}"},
      {"/posthog/e/", "text/plain", Gzip("[" + event + "]")},
      {"/amplitude/2/httpapi", json,
       R"({"api_key":"k","events":[{"event_type":"e","user_id":"user-1","time":1}]})"},
      {"/mixpanel/track/", "application/x-www-form-urlencoded", "data=%5B" + event + "%5D"},
      {"/ga4/mp/collect?measurement_id=G&api_secret=S", json,
       R"({"client_id":"c","events":[{"name":"purchase","params":{"items":[{"item_id":"1"}]}}]})"},
      {"/matomo/matomo.php", "text/plain",
       R"({"requests":["?idsite=1&rec=1&ec_items=%5B%5B%22a%22%5D%5D&idgoal=0&revenue=1"]})"},
      {"/rudderstack/beacon/v1/batch?writeKey=k", "text/plain", ToText(BatchOf(OrderCompleted()))},
      {"/cloudevents", "application/cloudevents-batch+json",
       R"([{"specversion":"1.0","id":"i","source":"/s","type":"t","data_base64":"AA=="}])"},
      {"/otlp/v1/logs", json,
       R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","attributes":[)"
       R"({"key":"k","value":{"kvlistValue":{"values":[]}}}]}]}]}]})"},
      {"/otlp/v1/logs", "application/x-protobuf",
       "\x0a\x1a\x12\x18\x12\x16\x2a\x05\x0a\x03xyz\x32\x07\x0a\x01k\x12\x02\x10\x01\x62\x04name"},
      {"/plausible/api/event", "text/plain", R"({"n":"e","u":"https://x/","d":"x","p":{"a":1}})"},
      {"/umami/api/send", json,
       R"({"type":"event","payload":{"website":"019a0000-0000-7000-8000-000000000001"}})"},
      {"/jitsu/api/s/track", json, ToText(OrderCompleted())},
  };
}

TEST_F(HostileInputTest, WhatIsDamagedBelowIsGoodAtFirst) {
  for (const Good& good : GoodRequests()) {
    Post("/reset", "");
    Post(good.path, good.body, good.content_type);
    EXPECT_EQ(Events().size(), 1) << good.path;
  }
}

TEST_F(HostileInputTest, RandomDamageNeverEndsTheCollector) {
  std::mt19937 random(20261121);
  const std::vector<Good> all = GoodRequests();
  for (int round = 0; round < 1500; ++round) {
    Good good = all[round % all.size()];
    std::string& body = good.body;
    for (int i = 0; i < 1 + round % 5; ++i) {
      body[random() % body.size()] = static_cast<char>(random());
    }
    if (round % 7 == 0) body.resize(random() % body.size());
    const auto answer = Post(good.path, body, good.content_type);
    ASSERT_TRUE(answer) << "round " << round << " of " << good.path;
    EXPECT_NE(answer->status, 500) << good.path;
  }
  EXPECT_TRUE(Events().is_array());
}

}  // namespace
}  // namespace waymark::collector
