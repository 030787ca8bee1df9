#include "visit.h"

#include <chrono>
#include <future>
#include <set>
#include <thread>
#include <utility>

namespace kiosk {
namespace {

constexpr int64_t kAnswerMs = 2'000;
constexpr std::chrono::milliseconds kPause(20);

bool Contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

Visit::Visit(const std::string& config, const std::filesystem::path& folder) : folder_(folder) {
  waymark::ClientOptions options;
  options.config = config;
  options.directory = folder.string();
  auto [client, status] = waymark::Client::Open(std::move(options));
  client_ = std::move(client);
  status_ = status;
}

void Visit::Answer(bool allowed) {
  client_.SetConsent({{"analytics", allowed ? "granted" : "denied"}});
}

std::string Visit::Join(const Scan& scan) {
  if (scan.token.empty()) return "no journey to join";
  auto answered = std::make_shared<std::promise<std::string>>();
  std::future<std::string> answer = answered->get_future();
  std::string question = R"({"type":"accept_hand_over","host":"kiosk","token":)";
  question += waymark::PropertyValue(scan.token).json() + "}";
  const waymark_status asked = client_.Ask(
      question, [answered](std::string_view text) { answered->set_value(std::string(text)); });
  if (asked != WAYMARK_OK) return waymark_client_status_text(asked);
  if (answer.wait_for(std::chrono::milliseconds(kAnswerMs)) != std::future_status::ready) {
    return "no answer";
  }
  const std::string text = answer.get();
  if (Contains(text, R"("accepted":true)")) return "joined to the visit of the order";
  return "not joined: " + text;
}

void Visit::Collected(const std::string& order_id) {
  client_.Track("order_collected", {{"order_id", order_id}});
}

// In memory, in the store, and in the log of calls that the engine has not taken yet.
bool Visit::IsEmpty() const {
  waymark_counters counters = {};
  counters.struct_size = sizeof counters;
  waymark_client_counters(client_.get(), &counters);
  return Contains(client_.View(), R"("queue":{"events":0,)") && counters.stored_segments == 0 &&
         counters.intake_bytes == 0;
}

void Visit::Drain(int64_t wait_ms) {
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto end = now() + std::chrono::milliseconds(wait_ms);
  while (!IsEmpty() && now() < end) std::this_thread::sleep_for(kPause);
}

bool Visit::End(int64_t wait_ms) {
  client_.Close(wait_ms);
  const bool delivered = IsEmpty();
  client_ = waymark::Client();
  std::error_code ignored;
  if (delivered) std::filesystem::remove_all(folder_, ignored);
  return delivered;
}

Spool::Spool(std::string config, std::filesystem::path folder)
    : config_(std::move(config)), folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
}

Visit Spool::NewVisit() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  int64_t number = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  while (std::filesystem::exists(folder_ / std::to_string(number))) ++number;
  return Visit(config_, folder_ / std::to_string(number));
}

int Spool::Deliver(int64_t wait_ms) {
  std::set<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) left.insert(entry.path());
  int count = static_cast<int>(left.size());
  for (const std::filesystem::path& folder : left) {
    Visit visit(config_, folder);
    // Somebody else is at it, or nobody can read it: the next time.
    if (visit.status() != WAYMARK_OK) continue;
    visit.Drain(wait_ms);
    if (!visit.End(kAnswerMs)) break;
    --count;
  }
  return count;
}

}  // namespace kiosk
