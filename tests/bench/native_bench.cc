// What the native client costs: `native_bench [--events=N] [--folder=DIR] [--only=queue,...]`.
//
// Prints, for an event of 565 bytes: the caller's time and CPU, the CPU of the whole process until
// all bytes are at the collector (which is another process), the bytes on the wire, anonymous
// memory with 100,000 events queued, wake-ups while idle.
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "native_sink.h"
#include "waymark/c.h"

namespace waymark_bench {
namespace {

constexpr size_t kEventBytes = 565;
constexpr const char* kNowhere = "http://127.0.0.1:9";

int64_t Nanoseconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

int64_t ProcessCpu() { return Nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }
int64_t ThreadCpu() { return Nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

size_t RssAnonBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::strtoull(line.c_str() + 8, nullptr, 10) * 1024;
  }
  return 0;
}

std::string Config(const std::string& url, size_t batch_events) {
  return R"({"waymark":1,"app":{"id":"till","version":"1.0.0","channel":"kiosk"},
    "consent":{"revision":"1","purposes":[
      {"id":"analytics","basis":"consent","storage":true,"before_answer":"hold"}]},
    "collectors":[{"id":"segment","protocol":"segment","url":")" +
         url + R"(","needs":["analytics"],"options":{"write_key":"K"}}],
    "delivery":{"flush_ms":1000,"batch_events_max":)" +
         std::to_string(batch_events) + R"(,"batch_bytes_max":500000,"events_per_s_max":1000,
      "outbox_events_max":100000,"outbox_bytes_max":268435456}})";
}

// Properties of an order's line, so many bytes that name and properties are 565: what a shop sends,
// with a number and an id that differ from event to event.
std::string Properties(uint32_t i) {
  static constexpr const char* kNames[] = {"Meridian Compass", "Ridge Flask", "Hut Lantern",
                                           "High Moor Map", "Dusk Headtorch"};
  char text[1024];
  uint32_t random = i * 2654435761u;
  std::snprintf(
      text, sizeof text,
      R"({"product_id":"SKU-%08x","name":"%s","price":%u.%02u,"currency":"EUR","quantity":%u,)"
      R"("category":"Outdoor/Navigation","brand":"Meridian","variant":"blue","position":%u,)"
      R"("list_id":"search_results","list_name":"Search results","coupon":"AUTUMN26",)"
      R"("url":"https://shop.example/products/%08x?ref=list","image_url":)"
      R"("https://cdn.shop.example/img/%08x_800.webp","cart_id":"c-%08x%08x","store":"Berlin 3",)",
      random, kNames[i % 5], random % 90 + 10, random % 100, random % 3 + 1, i % 40, random, random,
      random, i);
  std::string properties = text;
  constexpr size_t kName = sizeof "product_viewed" - 1;
  constexpr size_t kFill = sizeof R"("note":""})" - 1;
  const size_t fill = kEventBytes - kName - kFill - properties.size();
  static constexpr std::string_view kNote =
      "seen on the second shelf from the left, next to the maps and the rope, by a walking guest";
  properties += R"("note":")";
  properties += std::string(kNote.substr(0, std::min(fill, kNote.size())));
  properties.append(fill - std::min(fill, kNote.size()), '.');
  return properties + "\"}";
}

struct Opened {
  waymark_client* client = nullptr;

  Opened(const std::string& folder, const std::string& url, size_t batch_events) {
    const std::string config = Config(url, batch_events);
    waymark_options options = {};
    options.struct_size = sizeof options;
    options.c_version = WAYMARK_C_VERSION;
    options.config = config.c_str();
    options.directory = folder.c_str();
    options.intake_bytes_max = size_t{128} << 20;
    options.on_problem = [](void*, const char* code, const char* pointer, const char* found,
                            const char*) {
      std::fprintf(stderr, "problem: %s %s %s\n", code, pointer, found);
    };
    const waymark_status status = waymark_client_open(&options, &client);
    if (status != WAYMARK_OK) {
      std::fprintf(stderr, "%s\n", waymark_client_status_text(status));
      std::exit(1);
    }
    waymark_client_set_consent(client, R"({"analytics":"granted"})", nullptr, nullptr);
    AwaitAnswer();
  }
  ~Opened() { waymark_client_free(client); }

  void AwaitAnswer() const {
    std::atomic<bool> answered = false;
    waymark_client_ask(
        client, R"({"query":"inventory"})", 0,
        [](void* done, const char*, size_t) { *static_cast<std::atomic<bool>*>(done) = true; },
        &answered);
    while (!answered) std::this_thread::yield();
  }
  // A number of the view.
  long Number(const char* member) const {
    std::string view(waymark_client_view(client, nullptr, 0) + 4096, '\0');
    waymark_client_view(client, view.data(), view.size());
    const size_t at = view.find(member);
    return at == std::string::npos ? -1 : std::atol(view.c_str() + at + std::strlen(member));
  }
  void AwaitAcknowledged(long events) const {
    while (Number("\"acknowledged\":") < events) usleep(200'000);
  }
};

std::vector<std::string> MakeEvents(size_t count) {
  std::vector<std::string> events;
  for (size_t i = 0; i < count; ++i) events.push_back(Properties(static_cast<uint32_t>(i)));
  return events;
}

void TrackAll(const Opened& opened, const std::vector<std::string>& events, size_t count,
              std::vector<uint32_t>* times) {
  for (size_t i = 0; i < count; ++i) {
    waymark_event event = {};
    event.struct_size = sizeof event;
    event.name = "product_viewed";
    event.name_size = sizeof "product_viewed" - 1;
    const std::string& properties = events[i % events.size()];
    event.properties = properties.data();
    event.properties_size = properties.size();
    const int64_t begin = times ? Nanoseconds(CLOCK_MONOTONIC) : 0;
    if (waymark_client_capture(opened.client, &event) != WAYMARK_OK) std::abort();
    if (times) times->push_back(static_cast<uint32_t>(Nanoseconds(CLOCK_MONOTONIC) - begin));
  }
}

// Caller and pipeline: everything is delivered while it is measured.
void MeasureDelivery(const std::string& folder, size_t count) {
  const NativeSink sink;
  const std::vector<std::string> events = MakeEvents(5'000);
  const Opened opened(folder + "/delivery", sink.url(), 500);
  TrackAll(opened, events, 2'000, nullptr);  // pages, caches, connection
  opened.AwaitAcknowledged(2'000);
  const uint64_t wire = sink.counts().wire_bytes;
  const uint64_t requests = sink.counts().requests;
  const int64_t process = ProcessCpu();
  const int64_t thread = ThreadCpu();
  TrackAll(opened, events, count, nullptr);
  const int64_t caller = ThreadCpu() - thread;
  opened.AwaitAcknowledged(static_cast<long>(2'000 + count));
  const int64_t total = ProcessCpu() - process;
  const auto each = [count](auto sum) {
    return static_cast<double>(sum) / static_cast<double>(count);
  };
  std::printf("caller CPU            %8.0f ns an event\n", each(caller));
  std::printf("total CPU to the sink %8.2f us an event\n", each(total) / 1000);
  std::printf("on the wire           %8.1f bytes an event, %llu requests\n",
              each(sink.counts().wire_bytes - wire),
              static_cast<unsigned long long>(sink.counts().requests - requests));
}

// One call at a time, each timed; two readings of the clock are in it.
void MeasureCalls(const std::string& folder, size_t count) {
  const std::vector<std::string> events = MakeEvents(5'000);
  const Opened opened(folder + "/calls", kNowhere, 500);
  std::vector<uint32_t> times;
  times.reserve(count);
  TrackAll(opened, events, 1'000, nullptr);
  TrackAll(opened, events, count, &times);
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<size_t>(static_cast<double>(times.size() - 1) * share)];
  };
  std::printf("caller wall           %8u ns p50, %u p99, %u p99.9, %u most\n", at(0.5), at(0.99),
              at(0.999), times.back());
}

void MeasureQueue(const std::string& folder) {
  constexpr size_t kQueued = 100'000;
  std::vector<std::string> events = MakeEvents(100);
  const size_t before = RssAnonBytes();
  const Opened opened(folder + "/queue", kNowhere, 500);
  TrackAll(opened, events, kQueued, nullptr);
  while (opened.Number("\"events\":") < static_cast<long>(kQueued)) usleep(10'000);
  std::printf("anonymous memory      %8.2f MiB above the process with %zu events queued\n",
              static_cast<double>(RssAnonBytes() - before) / (1 << 20), kQueued);
}

// Nothing to do: the worker sleeps.
void MeasureIdle(const std::string& folder) {
  const Opened opened(folder + "/idle", kNowhere, 500);
  sleep(2);
  waymark_counters counters = {};
  counters.struct_size = sizeof counters;
  waymark_client_counters(opened.client, &counters);
  const uint64_t before = counters.wake_ups;
  sleep(10);
  waymark_client_counters(opened.client, &counters);
  std::printf("idle                  %8llu wake-ups in 10 s\n",
              static_cast<unsigned long long>(counters.wake_ups - before));
}

int Run(int argc, char** argv) {
  size_t count = 20'000;
  setvbuf(stdout, nullptr, _IOLBF, 0);
  std::string parent = "/dev/shm";
  std::string only;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--events=")) count = std::strtoull(argv[i] + 9, nullptr, 10);
    if (argument.starts_with("--folder=")) parent = argument.substr(9);
    if (argument.starts_with("--only=")) only = argument.substr(7);
  }
  std::string folder = parent + "/waymark-bench-XXXXXX";
  if (!mkdtemp(folder.data())) return 1;
  std::printf("waymark %s, events of %zu bytes, store in %s\n", waymark_client_version(),
              kEventBytes, parent.c_str());
  if (only.empty() || only == "queue") MeasureQueue(folder);  // first: nothing is left in the heap
  if (only.empty() || only == "delivery") MeasureDelivery(folder, count);
  if (only.empty() || only == "calls") MeasureCalls(folder, count);
  if (only.empty() || only == "idle") MeasureIdle(folder);
  std::error_code ignored;  // a worker that was not waited for may still put its files away
  std::filesystem::remove_all(folder, ignored);
  return 0;
}

}  // namespace
}  // namespace waymark_bench

int main(int argc, char** argv) { return waymark_bench::Run(argc, argv); }
