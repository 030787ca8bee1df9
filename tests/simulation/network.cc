#include "simulation/network.h"

#include <algorithm>

namespace waymark_simulation {
namespace {

constexpr int64_t kWayMsMax = 150;
constexpr int64_t kSlowWayMsMax = 60'000;
constexpr int64_t kMoodMsMax = 60'000;
constexpr int64_t kLongStormMsMax = 1'800'000;
constexpr int64_t kRepeatMsMax = 5'000;

// In fine weather one request in a while meets one of these.
const std::vector<int> kErrors = {400, 401, 403, 404, 408, 410, 413, 415,
                                  429, 500, 501, 502, 503, 504, 511};
const std::vector<int> kStorms = {0, 429, 429, 500, 502, 503, 503, 504};
const std::vector<std::string> kPatience = {
    "1", "2", "10", "30", "60", "600", "4000", "Fri, 06 Nov 2026 08:49:37 GMT", "soon"};

// Two kinds of events that nobody can deliver.
constexpr uint64_t kPoison = 0;
constexpr uint64_t kChoking = 7'919;

}  // namespace

Network::Network(Surroundings* world) : world_(world), moods_(world->settings.collectors.size()) {}

size_t Network::CollectorAt(const std::string& url) const {
  const auto& collectors = world_->settings.collectors;
  for (size_t i = 0; i < collectors.size(); ++i) {
    if (url.rfind("https://" + collectors[i].id + ".example/", 0) == 0) return i;
  }
  throw Violation("wire", "a request to " + url + ", which is no collector");
}

int64_t Network::Delay() {
  const bool slow = world_->Happens(world_->settings.weather.slow);
  return world_->random.Between(1, slow ? kSlowWayMsMax : kWayMsMax);
}

void Network::Send(Tab* tab, int number, int64_t timeout_ms) {
  const Weather& weather = world_->settings.weather;
  const Request& request = world_->model.facts().requests[static_cast<size_t>(number)];
  const int64_t effect_id = request.effect_id;
  Schedule& schedule = world_->schedule;
  cancelled_.resize(static_cast<size_t>(number) + 1, false);
  const bool outlives = request.transport != "fetch";
  if (outlives && world_->Happens(weather.refused_by_host)) {
    schedule.After(0, [=] { tab->DeliverAnswer(effect_id, {0, "refused", ""}); });
    return;
  }
  if (request.transport == "beacon") {
    schedule.After(0, [=] { tab->DeliverAnswer(effect_id, {0, "queued", ""}); });
  } else {
    schedule.After(timeout_ms, [=] { tab->DeliverAnswer(effect_id, {0, "timeout", ""}); });
  }
  const CollectorSettings& collector = world_->settings.collectors[request.collector];
  if (request.gzip && collector.refuses_gzip) {
    schedule.After(Delay(), [=] { tab->DeliverAnswer(effect_id, {0, "network", ""}); });
    return;
  }
  if (world_->Happens(weather.request_lost)) return;
  const int64_t way_back_ms = world_->Happens(weather.answer_lost) ? -1 : Delay();
  schedule.After(Delay(), [=, this] { Arrive(tab, number, way_back_ms); });
  if (!world_->Happens(weather.arrives_twice)) return;
  schedule.After(world_->random.Between(1, kRepeatMsMax), [=, this] { ArriveAgain(number); });
}

void Network::Cancel(int number) {
  const Request& request = world_->model.facts().requests[static_cast<size_t>(number)];
  if (request.transport == "fetch" && world_->random.Percent(50)) {
    cancelled_[static_cast<size_t>(number)] = true;
  }
}

void Network::Arrive(Tab* tab, int number, int64_t way_back_ms) {
  const Request& request = world_->model.facts().requests[static_cast<size_t>(number)];
  if (cancelled_[static_cast<size_t>(number)]) return;
  const Answer answer = Judge(request);
  const std::vector<size_t> taken = Taken(request, answer.status);
  if (world_->traces) {
    world_->Tell("             " + world_->settings.collectors[request.collector].id +
                 ": request " + std::to_string(number) + " gets " + std::to_string(answer.status) +
                 ", " + std::to_string(taken.size()) + " taken");
  }
  if (!taken.empty()) world_->model.Arrived(number, taken);
  if (answer.status == 200) world_->model.OwnerHears(number);
  if (way_back_ms < 0 || request.transport == "beacon") return;
  const int64_t effect_id = request.effect_id;
  world_->schedule.After(way_back_ms, [=] { tab->DeliverAnswer(effect_id, answer); });
}

// Its answer reaches nobody.
void Network::ArriveAgain(int number) {
  const Request& request = world_->model.facts().requests[static_cast<size_t>(number)];
  const int status = Judge(request).status;
  const std::vector<size_t> taken = Taken(request, status);
  if (!taken.empty()) world_->model.Arrived(number, taken);
  if (status == 200) world_->model.OwnerHears(number);
}

void Network::ChangeMood(Mood* mood) {
  Random& random = world_->random;
  const bool storm = world_->Happens(world_->settings.weather.storm);
  mood->status = storm ? random.Pick(kStorms) : 200;
  const bool is_long = storm && random.Percent(20);
  mood->until_ms =
      world_->schedule.now_ms() + random.Between(1'000, is_long ? kLongStormMsMax : kMoodMsMax);
}

Answer Network::Judge(const Request& request) {
  const CollectorSettings& collector = world_->settings.collectors[request.collector];
  Mood& mood = moods_[request.collector];
  if (world_->schedule.now_ms() >= mood.until_ms) ChangeMood(&mood);
  if (!world_->is_healed && mood.status == 0) return {0, "network", ""};
  if (!world_->is_healed && mood.status != 200) return WithPatience(mood.status, collector);
  const Weather& weather = world_->settings.weather;
  const bool chokes = Holds(request, weather.choking, kChoking);
  if (!world_->is_healed && chokes) return {500, "", ""};
  if (Holds(request, weather.poison, kPoison)) {
    return {collector.protocol == "segment" ? 400 : 413, "", ""};
  }
  const bool errs = world_->Happens(world_->settings.weather.single_error);
  if (errs && !collector.for_records) {  // what it refuses is lost, and counted
    return WithPatience(world_->random.Pick(kErrors), collector);
  }
  return {200, "", ""};
}

Answer Network::WithPatience(int status, const CollectorSettings& collector) {
  const bool asks = (status == 429 || status == 503) && world_->random.Percent(60);
  const bool readable = collector.shows_retry_after || !world_->settings.web;
  return {status, "", asks && readable ? world_->random.Pick(kPatience) : ""};
}

// The same events wherever they stand, for as long as the world lasts.
bool Network::Holds(const Request& request, int64_t per_mille, uint64_t kind) const {
  for (const SentEvent& event : request.contents.events) {
    if (event.token < 0) continue;
    Random chance(world_->settings.seed * 1'000'003 + static_cast<uint64_t>(event.token) * 17 +
                  request.collector + kind);
    if (chance.PerMille(per_mille)) return true;
  }
  return false;
}

std::vector<size_t> Network::Taken(const Request& request, int status) {
  size_t count = 0;
  const size_t all = request.contents.events.size();
  if (status >= 200 && status < 300) count = all;
  if (status >= 500 && world_->Happens(world_->settings.weather.partly_taken)) {
    count = static_cast<size_t>(world_->random.Below(static_cast<int64_t>(all) + 1));
  }
  std::vector<size_t> taken(count);
  for (size_t i = 0; i < count; ++i) taken[i] = i;
  return taken;
}

}  // namespace waymark_simulation
