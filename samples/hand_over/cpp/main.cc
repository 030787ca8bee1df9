// waymark-hand-over: the owner's end of hand-over tokens as a program of C++.
//
//     waymark-hand-over <config.json> [<port>]
//
// POST /hand-over and POST /hand-over/open, below any folder; a new file of keys is taken up.
// Exit codes: 0 ended by SIGINT or SIGTERM, 1 could not start, 2 wrong use.
#include <httplib.h>
#include <sodium.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "config.h"
#include "sealer.h"

namespace waymark::hand_over {
namespace {

using Json = nlohmann::json;

constexpr size_t kBodyBytesMax = 4096;

int StatusOf(Refusal why) {
  switch (why) {
    case Refusal::kForeign:
      return 403;
    case Refusal::kExpired:
      return 410;
    case Refusal::kUsed:
      return 409;
    case Refusal::kBusy:
      return 503;
    default:
      return 400;
  }
}

std::string TextOf(const Json& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

class Service {
 public:
  explicit Service(Config config)
      : config_(std::move(config)),
        keys_time_(std::filesystem::last_write_time(config_.keys)),
        sealer_(ReadKeys(config_.keys), config_.sealer) {}

  void Listen(httplib::Server& server) {
    server.set_payload_max_length(kBodyBytesMax);
    server.set_keep_alive_timeout(1);
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      Answer(request, response);
    };
    server.Post(R"((?:/.*)?/hand-over(/open)?)", answer);
    server.Options(R"((?:/.*)?/hand-over(/open)?)", answer);
  }

 private:
  void Answer(const httplib::Request& request, httplib::Response& response) {
    response.set_header("Cache-Control", "no-store");
    response.set_header("Vary", "Origin");
    const std::string origin = request.get_header_value("Origin");
    const std::optional<std::string> from = HostOf(origin);
    const bool allowed =
        origin.empty() ? config_.without_origin : from && IsOf(*from, config_.domains);
    if (!allowed) return Give(response, 403, {{"why", "origin"}});
    if (!origin.empty()) response.set_header("Access-Control-Allow-Origin", origin);
    if (request.method == "OPTIONS") {
      response.set_header("Access-Control-Allow-Methods", "POST");
      response.set_header("Access-Control-Allow-Headers", "content-type");
      response.status = 204;
      return;
    }
    Json document = Json::parse(request.body, nullptr, false);
    if (!document.is_object()) document = Json::object();
    const std::lock_guard lock(mutex_);
    TakeUpKeys();
    if (request.matches[1].matched) {
      Open(document, from.value_or(TextOf(document, "host")), response);
    } else {
      Seal(document, response);
    }
  }

  void Seal(const Json& document, httplib::Response& response) {
    const std::string to = TextOf(document, "to");
    if (!to.empty() && !IsOf(to, config_.domains)) return Give(response, 403, {{"why", "to"}});
    const auto sealed = sealer_.Seal(TextOf(document, "token"), to, std::time(nullptr));
    if (!sealed) return Give(response, 400, {{"why", "token_invalid"}});
    Give(response, 200, {{"token", *sealed}});
  }

  // The browser's word for the host goes before the page's.
  void Open(const Json& document, const std::string& host, httplib::Response& response) {
    const Opened opened = sealer_.Open(TextOf(document, "token"), host, std::time(nullptr));
    if (opened.why == Refusal::kNone) return Give(response, 200, {{"token", opened.token}});
    Give(response, StatusOf(opened.why), {{"why", WordOf(opened.why)}});
  }

  // A file that is being written, or that somebody has broken, leaves the keys as they were.
  void TakeUpKeys() {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(config_.keys, error);
    if (error || time == keys_time_) return;
    keys_time_ = time;
    try {
      sealer_.SetKeys(ReadKeys(config_.keys));
    } catch (const std::exception& broken) {
      std::fprintf(stderr, "%s. The keys stay as they were.\n", broken.what());
    }
  }

  static void Give(httplib::Response& response, int status, const Json& document) {
    response.status = status;
    response.set_content(document.dump(), "application/json");
  }

  const Config config_;
  std::mutex mutex_;
  std::filesystem::file_time_type keys_time_;
  Sealer sealer_;
};

int Run(const std::string& file, int port) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Service service(ReadConfig(file));
  httplib::Server server;
  service.Listen(server);
  const bool bound = port ? server.bind_to_port("127.0.0.1", port)
                          : (port = server.bind_to_any_port("127.0.0.1")) > 0;
  if (!bound) throw std::runtime_error("The port cannot be had.");
  std::printf("hand-over server listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  std::thread waiter([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
  });
  server.listen_after_bind();
  waiter.join();
  return 0;
}

}  // namespace
}  // namespace waymark::hand_over

int main(int argc, char** argv) {
  const std::string port = argc == 3 ? argv[2] : "8804";
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       port.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoi(port) <= 65535;
  if (argc < 2 || argc > 3 || !is_port || sodium_init() < 0) {
    std::fprintf(stderr, "Usage: waymark-hand-over <config.json> [<port>]\n");
    return 2;
  }
  try {
    return waymark::hand_over::Run(argv[1], std::stoi(port));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "waymark-hand-over: %s\n", error.what());
    return 1;
  }
}
