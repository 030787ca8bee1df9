// A collector on a free port of this machine, for tests that talk HTTP to it.
#ifndef WAYMARK_SAMPLES_COLLECTOR_TESTS_RUNNING_COLLECTOR_H_
#define WAYMARK_SAMPLES_COLLECTOR_TESTS_RUNNING_COLLECTOR_H_

#include <gtest/gtest.h>
#include <httplib.h>

#include <memory>
#include <string>
#include <thread>

#include "event_samples.h"
#include "gzip.h"
#include "server.h"

namespace waymark::collector {

class RunningCollector : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Server::Open({});
    ASSERT_TRUE(opened.ok()) << opened.status();
    server_ = *std::move(opened);
    thread_ = std::thread([this] { server_->Run(); });
  }

  void TearDown() override {
    server_->Stop();
    thread_.join();
  }

  httplib::Client Client() const { return httplib::Client("127.0.0.1", server_->port()); }

  httplib::Result Post(const std::string& path, const std::string& body,
                       const std::string& content_type = "application/json",
                       const httplib::Headers& headers = {}) {
    return Client().Post(path, headers, body, content_type);
  }

  httplib::Result Options(const std::string& path, const std::string& origin) {
    return Client().Options(path, {{"Origin", origin}});
  }

  Json Events() { return *ParseJson(Client().Get("/events.json")->body); }
  Json Requests() { return *ParseJson(Client().Get("/requests.json")->body); }

  void SetFault(const Json& fault) {
    const auto answer = Post("/faults", ToText(fault));
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
  }

  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_TESTS_RUNNING_COLLECTOR_H_
