#include "fakes/fake_host.h"

#include <zlib.h>

#include <algorithm>

#include "fakes/frame.h"

namespace waymark_test {
namespace {

constexpr size_t kEntropyBytes = 32;
constexpr const char* kLogPrefix = "consent/log/";

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// Other bytes each time, such that no two draws cancel each other out.
std::string Entropy(int draw) {
  std::string bytes(kEntropyBytes, '\0');
  uint32_t state = 0x9e3779b9u * static_cast<uint32_t>(draw + 1);
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  return bytes;
}

Json Place(size_t offset, size_t size) { return {{"offset", offset}, {"size", size}}; }

}  // namespace

Json ShopConfig() {
  return Json::parse(R"({
    "waymark": 1,
    "app": {"id": "web-shop", "version": "1.2.0", "channel": "web"},
    "consent": {"revision": "2026-11-01", "purposes": [
      {"id": "necessary", "basis": "exempt", "storage": true},
      {"id": "analytics", "basis": "consent", "storage": true, "before_answer": "hold"},
      {"id": "marketing", "basis": "consent", "storage": true, "before_answer": "drop"}]},
    "collectors": [
      {"id": "segment", "protocol": "segment", "url": "https://segment.example/",
       "needs": ["analytics"], "options": {"write_key": "K"}},
      {"id": "snowplow", "protocol": "snowplow", "url": "https://snowplow.example",
       "needs": ["analytics"]}],
    "delivery": {"flush_ms": 1000}
  })");
}

std::string Inflate(const std::string& gzip) {
  constexpr size_t kHeader = 10;
  constexpr size_t kTrailer = 8;
  if (gzip.size() < kHeader + kTrailer || gzip.compare(0, 2, "\x1f\x8b") != 0) return gzip;
  // The trailer ends with the size of what was compressed.
  uint32_t size = 0;
  for (size_t i = 1; i <= 4; ++i) size = size << 8 | static_cast<uint8_t>(gzip[gzip.size() - i]);
  std::string out(std::min<size_t>(size, 64 * 1024 * 1024), '\0');
  z_stream stream{};
  inflateInit2(&stream, -15);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data() + kHeader));
  stream.avail_in = static_cast<uInt>(gzip.size() - kHeader - kTrailer);
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "not deflate";
}

Json SegmentOnly() {
  Json config = ShopConfig();
  config["collectors"].erase(1);
  return config;
}

void Grant(FakeHost& host) {
  host.SetConsent({{"analytics", "granted"}});
  host.Settle();
}

void OpenBeside(FakeHost& first, FakeHost& second) {
  second.store = first.store;
  second.wall_ms = first.wall_ms + 60'000;
  second.entropy_seed = 100;
  second.Restart();
}

FakeHost::FakeHost(Json config, std::string origin)
    : config_(std::move(config)), origin_(std::move(origin)) {
  Open();
}

FakeHost::~FakeHost() { waymark_close(engine_); }

void FakeHost::Restart() {
  waymark_close(engine_);
  queued_.clear();
  late_.clear();
  mono_ms = 1'000;
  wall_ms += 1'000;
  Open();
}

void FakeHost::Open() {
  Json start = {{"now", {{"wall_ms", wall_ms}, {"mono_ms", mono_ms}}},
                {"entropy", Place(0, kEntropyBytes)},
                {"sdk", {{"name", "waymark-test"}, {"version", "0.1.0"}}},
                {"config", config_}};
  if (!origin_.empty()) start["origin"] = origin_;
  const auto record = store.find("consent/record");
  if (record != store.end()) start["consent"] = Json::parse(record->second);
  const std::string frame = MakeFrame(start.dump(), Entropy(entropy_seed + ++entropy_));
  engine_ = waymark_open(Bytes(frame), frame.size());
  Send({{"type", "wake"}});
}

Json FakeHost::Read(const uint8_t* result, std::string* bodies) {
  const size_t size = waymark_result_size(engine_);
  FrameParts parts = SplitFrame({reinterpret_cast<const char*>(result), size});
  if (bodies) *bodies = parts.bodies;
  return parts.json.empty() ? Json() : Json::parse(parts.json);
}

Json FakeHost::Send(Json input, std::string_view bodies) {
  input["now"] = {{"wall_ms", wall_ms}, {"mono_ms", mono_ms}};
  std::string all(bodies);
  const bool decides =
      input["type"] == "set_consent" || input["type"] == "reset" || input["type"] == "forget";
  if (decides) {
    input["entropy"] = Place(all.size(), kEntropyBytes);
    all += Entropy(entropy_seed + ++entropy_);
  }
  const std::string frame = MakeFrame(input.dump(), all);
  std::string out_bodies;
  const uint8_t* result = waymark_handle(engine_, Bytes(frame), frame.size());
  Json output = Read(result, &out_bodies);
  if (output.is_null()) return output;
  wake_at_ms_ = output["wake_at_ms"];
  for (const Json& problem : output["problems"]) problems.push_back(problem);
  for (const Json& effect : output["effects"]) {
    effects.push_back(effect);
    const std::string member = effect.contains("value") ? "value" : "body";
    std::string body;
    if (effect.contains(member)) {
      body = out_bodies.substr(effect[member]["offset"], effect[member]["size"]);
    }
    queued_.push_back({effect, body});
  }
  return output;
}

Json FakeHost::SendText(const std::string& text) {
  const std::string frame = MakeFrame(text);
  const uint8_t* result = waymark_handle(engine_, Bytes(frame), frame.size());
  return Read(result, nullptr);
}

Json FakeHost::Track(const std::string& name, Json properties) {
  return Send({{"type", "track"}, {"name", name}, {"properties", std::move(properties)}});
}

Json FakeHost::Page(const std::string& name) { return Send({{"type", "page"}, {"name", name}}); }

Json FakeHost::Identify(const std::string& user_id, Json traits) {
  return Send({{"type", "identify"}, {"user_id", user_id}, {"traits", std::move(traits)}});
}

Json FakeHost::Alias(const std::string& user_id, const std::string& previous_id) {
  Json input = {{"type", "alias"}, {"user_id", user_id}};
  if (!previous_id.empty()) input["previous_id"] = previous_id;
  return Send(std::move(input));
}

Json FakeHost::Group(const std::string& group_id, Json traits) {
  return Send({{"type", "group"}, {"group_id", group_id}, {"traits", std::move(traits)}});
}

Json FakeHost::SetConsent(const Json& choices) {
  return Send({{"type", "set_consent"}, {"choices", choices}, {"source", "person"}});
}

Json FakeHost::Lifecycle(const std::string& state) {
  return Send({{"type", "lifecycle"}, {"state", state}});
}

void FakeHost::Settle() {
  if (!store_is_slow) {
    queued_.insert(queued_.begin(), late_.begin(), late_.end());
    late_.clear();
  }
  for (int round = 0; round < 10'000; ++round) {
    if (!queued_.empty()) {
      const Queued next = std::move(queued_.front());
      queued_.pop_front();
      Perform(next);
    } else if (wake_at_ms_.is_number() && wake_at_ms_ <= mono_ms) {
      Send({{"type", "wake"}});
    } else {
      return;
    }
  }
  throw std::runtime_error("the engine does not come to rest");
}

void FakeHost::Advance(int64_t ms) {
  const int64_t end = mono_ms + ms;
  Settle();
  while (wake_at_ms_.is_number() && wake_at_ms_ <= end) {
    const int64_t step = std::max<int64_t>(wake_at_ms_.get<int64_t>() - mono_ms, 0);
    mono_ms += step;
    wall_ms += step;
    Send({{"type", "wake"}});
    Settle();
  }
  wall_ms += end - mono_ms;
  mono_ms = end;
}

void FakeHost::Perform(const Queued& queued) {
  const Json& effect = queued.effect;
  const std::string type = effect["type"];
  if (type == "notify") return;
  if (type == "answer") {
    answer = effect["answer"];
    return;
  }
  if (type == "claim") {
    // One engine on the device: it leads.
    if (leads) Send({{"type", "lead"}, {"effect_id", effect["effect_id"]}, {"live", live}});
    return;
  }
  if (type == "http_send") return PerformHttp(queued);
  if (type == "http_abort") {
    Send({{"type", "http_done"},
          {"effect_id", effect["target"]},
          {"status", 0},
          {"error", "aborted"}});
    return;
  }
  if (store_is_slow && type != "store_get") return late_.push_back(queued);
  const bool below = effect.contains("prefix") ||
                     effect.value("key", "").compare(0, store_keeps.size(), store_keeps) == 0;
  const bool kept = !store_keeps.empty() && type == "store_delete" && below;
  if (store_fails || kept) {
    Send({{"type", "store_failed"}, {"effect_id", effect["effect_id"]}, {"reason", "quota"}});
    return;
  }
  if (type == "store_get" && !store_answers) return;
  if (type == "store_get") {
    Json entries = Json::array();
    std::string bodies;
    const std::string prefix = effect["prefix"];
    const std::string after = effect.value("after", "");
    bool more = false;
    for (const auto& [key, value] : store) {
      if (key.compare(0, prefix.size(), prefix) != 0 || key <= after) continue;
      more = !entries.empty() && bodies.size() + value.size() > effect["bytes_max"];
      if (more) break;
      entries.push_back({{"key", key}, {"value", Place(bodies.size(), value.size())}});
      bodies += value;
    }
    Send({{"type", "store_read"},
          {"effect_id", effect["effect_id"]},
          {"entries", entries},
          {"more", more}},
         bodies);
    return;
  }
  const bool fenced = effect.value("replace", false) && store.count(effect["key"]) == 0;
  if (type == "store_put" && !fenced) store[effect["key"]] = queued.body;
  if (type == "store_delete" && effect.contains("key"))
    store.erase(effect["key"].get<std::string>());
  if (type == "store_delete" && effect.contains("prefix")) {
    const std::string prefix = effect["prefix"];
    std::erase_if(store, [&](const auto& entry) {
      // A cookie goes only by its own name.
      return entry.first != "state/cookie" && entry.first.compare(0, prefix.size(), prefix) == 0;
    });
  }
  Send({{"type", "store_done"}, {"effect_id", effect["effect_id"]}});
}

void FakeHost::PerformHttp(const Queued& queued) {
  const Json& effect = queued.effect;
  Request request{effect["effect_id"],
                  effect["method"],
                  effect["url"],
                  effect["headers"],
                  effect["transport"],
                  effect["credentials"],
                  queued.body,
                  Json(),
                  effect.value("answer_bytes_max", size_t{0})};
  request.json = Json::parse(Inflate(queued.body), nullptr, false);
  const Answer answer = network(request);
  requests.push_back(request);
  if (answer.status == 200 && request.json.is_object()) {
    const char* list = request.json.contains("batch") ? "batch" : "data";
    for (const Json& event : request.json[list]) delivered_.emplace_back(request.url, event);
  }
  if (answer.status == 0 && answer.error.empty()) return;
  Json done = {{"type", "http_done"}, {"effect_id", request.effect_id}, {"status", answer.status}};
  if (!answer.error.empty()) done["error"] = answer.error;
  if (!answer.retry_after.empty()) done["retry_after"] = answer.retry_after;
  const std::string body = answer.body.substr(0, request.answer_bytes_max);
  if (!body.empty()) done["body"] = Place(0, body.size());
  Send(done, body);
}

Json FakeHost::View() { return Read(waymark_view(engine_), nullptr); }

Json FakeHost::Query(const Json& question) {
  const std::string frame = MakeFrame(question.dump());
  return Read(waymark_query(engine_, Bytes(frame), frame.size()), nullptr);
}

Json FakeHost::Records() {
  Send({{"type", "records"}, {"request_id", 7}});
  Settle();
  return answer;
}

std::vector<std::string> FakeHost::Kept() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : store) {
    if (key.rfind(kLogPrefix, 0) != 0) keys.push_back(key);
  }
  return keys;
}

std::vector<Json> FakeHost::Log() const {
  std::vector<Json> entries;
  for (const auto& [key, value] : store) {
    if (key.rfind(kLogPrefix, 0) == 0) entries.push_back(Json::parse(value));
  }
  return entries;
}

std::vector<Json> FakeHost::Delivered(const std::string& host) const {
  std::vector<Json> events;
  for (const auto& [url, event] : delivered_) {
    if (url.find(host) != std::string::npos) events.push_back(event);
  }
  return events;
}

}  // namespace waymark_test
