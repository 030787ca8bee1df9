// Waymark for native programs in C++20. Everything here is inline over waymark/c.h, so a program
// and the library may be built by different compilers.
//
//   waymark::ClientOptions options;
//   options.config = ReadFile("waymark.json");
//   options.directory = "/var/lib/till/waymark";
//   auto [client, status] = waymark::Client::Open(std::move(options));
//   client.Track("order_completed", {{"order_id", "A-1"}, {"total", 49.5}, {"gift", true}});
//
// Threads, time, errors and consent: as at the top of waymark/c.h. No function here throws, save
// for want of memory while a call's texts are made. A Client that was moved from, or could not be
// opened, answers every call with WAYMARK_INVALID_ARGUMENT.
#ifndef WAYMARK_CLIENT_H_
#define WAYMARK_CLIENT_H_

#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "waymark/c.h"

namespace waymark {

// A value of properties, traits or context: text, number, truth, a list, or properties again.
class Properties;
class PropertyValue {
 public:
  PropertyValue(const char* text) : PropertyValue(std::string_view(text)) {}
  PropertyValue(const std::string& text) : PropertyValue(std::string_view(text)) {}
  PropertyValue(std::string_view text) { Quote(text, &json_); }
  PropertyValue(bool value) : json_(value ? "true" : "false") {}
  PropertyValue(int value) : PropertyValue(static_cast<int64_t>(value)) {}
  PropertyValue(int64_t value) { Number(value); }
  // What is no number has no place in JSON: null.
  PropertyValue(double value) {
    if (std::isfinite(value))
      Number(value);
    else
      json_ = "null";
  }
  PropertyValue(std::nullptr_t) : json_("null") {}
  PropertyValue(const Properties& properties);
  static PropertyValue List(std::initializer_list<PropertyValue> values) {
    PropertyValue list(nullptr);
    list.json_ = "[";
    for (const PropertyValue& value : values) {
      if (list.json_.size() > 1) list.json_ += ',';
      list.json_ += value.json_;
    }
    list.json_ += ']';
    return list;
  }

  const std::string& json() const { return json_; }

  // Appends `text` as a string of JSON. Bytes that are not UTF-8 stay as they are, and the event
  // that has them is refused and counted.
  static void Quote(std::string_view text, std::string* json) {
    static constexpr char kDigits[] = "0123456789abcdef";
    json->push_back('"');
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        json->push_back('\\');
        json->push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        json->append("\\u00");
        json->push_back(kDigits[c >> 4]);
        json->push_back(kDigits[c & 15]);
      } else {
        json->push_back(c);
      }
    }
    json->push_back('"');
  }

 private:
  template <typename T>
  void Number(T value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    json_.assign(digits, end.ptr);
  }

  std::string json_;
};

// Properties of an event, in the order in which they were set.
class Properties {
 public:
  Properties() = default;
  Properties(std::initializer_list<std::pair<std::string_view, PropertyValue>> members) {
    for (const auto& [name, value] : members) Set(name, value);
  }

  // A name must be set once: which of two counts is left to who reads them.
  Properties& Set(std::string_view name, const PropertyValue& value) {
    if (json_.size() > 1) json_ += ',';
    PropertyValue::Quote(name, &json_);
    json_ += ':';
    json_ += value.json();
    return *this;
  }
  bool empty() const { return json_.size() == 1; }
  std::string json() const { return json_ + '}'; }

 private:
  std::string json_ = "{";
};

inline PropertyValue::PropertyValue(const Properties& properties) : json_(properties.json()) {}

struct ClientProblem {  // as waymark_options::on_problem tells it
  std::string_view code;
  std::string_view pointer;
  std::string_view found;
  std::string_view allowed;
};

struct ClientOptions {
  std::string config;     // the config document, JSON; required
  std::string directory;  // empty: nothing is put down
  std::string region;     // "DE", "US-CA"; empty: unknown
  // What c.h says of them; 0 stands for the default.
  int64_t open_wait_ms = 0;
  size_t intake_bytes_max = 0;
  size_t memory_bytes_max = 0;
  // Called on the worker; must not wait, must not throw, and must not close the client.
  std::function<void()> on_view;
  std::function<void(const ClientProblem&)> on_problem;
  // Seams; the structs are copied, their contexts must outlive the client.
  const waymark_http* http = nullptr;
  const waymark_cipher* cipher = nullptr;
};

class Client {
 public:
  // Why there is none, or WAYMARK_OK; WAYMARK_TIMEOUT: there is one that is not ready yet.
  static std::pair<Client, waymark_status> Open(ClientOptions options);

  Client() = default;
  Client(Client&& other) noexcept { Swap(other); }
  Client& operator=(Client&& other) noexcept {
    Client taken(std::move(other));
    Swap(taken);
    return *this;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // Closes with a bound of 0: what was called is put down, what is under way is sent again later.
  ~Client() {
    Close(0);
    waymark_client_free(client_);
  }

  explicit operator bool() const { return client_ != nullptr; }
  waymark_client* get() const { return client_; }

  waymark_status Ready(int64_t wait_ms) { return waymark_client_ready(client_, wait_ms); }
  waymark_status Close(int64_t wait_ms) {
    const waymark_status status = waymark_client_close(client_, wait_ms);
    // A worker that the system holds may still tell them something.
    if (status == WAYMARK_TIMEOUT) static_cast<void>(listeners_.release());
    return status;
  }

  waymark_status Track(std::string_view name, const Properties& properties = {}) {
    return Capture(WAYMARK_TRACK, name, properties);
  }
  waymark_status Page(std::string_view name = {}, const Properties& properties = {}) {
    return Capture(WAYMARK_PAGE, name, properties);
  }
  waymark_status Screen(std::string_view name, const Properties& properties = {}) {
    return Capture(WAYMARK_SCREEN, name, properties);
  }
  waymark_status Identify(const std::string& user_id, const Properties& traits = {}) {
    return waymark_client_identify(client_, user_id.empty() ? nullptr : user_id.c_str(),
                                   traits.json().c_str());
  }
  waymark_status Alias(const std::string& user_id, const std::string& previous_id = {}) {
    return waymark_client_alias(client_, user_id.c_str(),
                                previous_id.empty() ? nullptr : previous_id.c_str());
  }
  waymark_status Group(const std::string& group_id, const Properties& traits = {}) {
    return waymark_client_group(client_, group_id.c_str(), traits.json().c_str());
  }
  waymark_status Reset() { return waymark_client_reset(client_); }

  // {{"analytics", "granted"}, {"marketing", "denied"}}
  waymark_status SetConsent(const Properties& choices, const Properties& shown = {}) {
    const std::string what = shown.json();
    return waymark_client_set_consent(client_, choices.json().c_str(), nullptr,
                                      shown.empty() ? nullptr : what.c_str());
  }
  waymark_status SetContext(const Properties& context) {
    return waymark_client_set_context(client_, context.json().c_str());
  }
  waymark_status Signal(const std::string& name, const PropertyValue& value) {
    return waymark_client_signal(client_, name.c_str(), value.json().c_str(), nullptr);
  }
  waymark_status Flush() { return waymark_client_flush(client_); }
  waymark_status Forget() { return waymark_client_forget(client_); }
  waymark_status Lifecycle(waymark_lifecycle state) {
    return waymark_client_lifecycle(client_, state);
  }
  waymark_status Connectivity(bool online, bool metered = false) {
    return waymark_client_connectivity(client_, online, metered);
  }

  // Asks the engine; `answer` gets an object of JSON text, or nothing when the client is closed
  // before. Called on the worker, once, when this returns WAYMARK_OK.
  using Answer = std::function<void(std::string_view)>;
  waymark_status Ask(const std::string& question, Answer answer) {
    auto kept = std::make_unique<Answer>(std::move(answer));
    const waymark_status status = waymark_client_ask(
        client_, question.c_str(), question.size(),
        [](void* context, const char* text, size_t size) {
          const std::unique_ptr<Answer> told(static_cast<Answer*>(context));
          (*told)(text ? std::string_view(text, size) : std::string_view());
        },
        kept.get());
    if (status == WAYMARK_OK) static_cast<void>(kept.release());
    return status;
  }

  // An object of JSON text; empty: not open yet.
  std::string View() const {
    std::string view;
    size_t size = waymark_client_view(client_, nullptr, 0);
    // It may grow between two looks.
    while (size > view.size()) {
      view.resize(size);
      size = waymark_client_view(client_, view.data(), view.size() + 1);
    }
    view.resize(size);
    return view;
  }

 private:
  struct Listeners {
    std::function<void()> on_view;
    std::function<void(const ClientProblem&)> on_problem;
  };

  waymark_status Capture(waymark_event_type type, std::string_view name,
                         const Properties& properties) {
    const std::string json = properties.json();
    waymark_event event = {};
    event.struct_size = sizeof event;
    event.type = type;
    event.name = name.data();
    event.name_size = name.size();
    // A size of 0 would mean "up to the NUL".
    if (name.empty()) event.name = nullptr;
    event.properties = json.data();
    event.properties_size = json.size();
    return waymark_client_capture(client_, &event);
  }

  void Swap(Client& other) {
    std::swap(client_, other.client_);
    std::swap(listeners_, other.listeners_);
  }

  std::unique_ptr<Listeners> listeners_;  // outlives the client
  waymark_client* client_ = nullptr;
};

inline std::pair<Client, waymark_status> Client::Open(ClientOptions options) {
  Client client;
  client.listeners_ = std::make_unique<Listeners>(
      Listeners{std::move(options.on_view), std::move(options.on_problem)});
  waymark_options given = {};
  given.struct_size = sizeof given;
  given.c_version = WAYMARK_C_VERSION;
  given.config = options.config.c_str();
  given.config_size = options.config.size();
  given.directory = options.directory.empty() ? nullptr : options.directory.c_str();
  given.region = options.region.empty() ? nullptr : options.region.c_str();
  given.open_wait_ms = options.open_wait_ms;
  given.intake_bytes_max = options.intake_bytes_max;
  given.memory_bytes_max = options.memory_bytes_max;
  given.http = options.http;
  given.cipher = options.cipher;
  given.context = client.listeners_.get();
  given.on_view = [](void* context) {
    const auto* listeners = static_cast<Listeners*>(context);
    if (listeners->on_view) listeners->on_view();
  };
  given.on_problem = [](void* context, const char* code, const char* pointer, const char* found,
                        const char* allowed) {
    const auto* listeners = static_cast<Listeners*>(context);
    if (listeners->on_problem) listeners->on_problem({code, pointer, found, allowed});
  };
  const waymark_status status = waymark_client_open(&given, &client.client_);
  return {std::move(client), status};
}

}  // namespace waymark

#endif  // WAYMARK_CLIENT_H_
