// The C interface: arguments checked, then handed on. The last stop of every exception.
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include "base/json_check.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "client_opening.h"
#include "host.h"
#include "version.h"
#include "waymark/c.h"

struct waymark_client {
  // Stays until the end: who still calls a client that is closed gets an answer.
  std::shared_ptr<waymark::native::Host> host;
};

namespace waymark::native {
namespace {

constexpr int64_t kWaitMsMax = 60'000;
constexpr std::string_view kDeciding[] = {"set_consent", "forget", "signal", "narrow"};
// What the host tells by itself, or what no caller may.
constexpr std::string_view kForbidden[] = {
    "wake",    "http_done",     "store_read", "store_done",       "store_failed", "lead",
    "refused", "store_changed", "hand_over",  "accept_hand_over", "records"};

template <typename Names>
bool IsOneOf(std::string_view name, const Names& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Memory that cannot be had is an error value, too.
template <typename Do>
waymark_status Guard(waymark_client* client, Do run) {
  if (!client) return WAYMARK_INVALID_ARGUMENT;
  try {
    return run(*client->host);
  } catch (...) {
    return WAYMARK_NO_MEMORY;
  }
}

std::string_view TextOf(const char* text, size_t size) {
  return {text, size == 0 ? std::strlen(text) : size};
}

// A document that a caller hands over: an object that the engine can read.
waymark_status CheckDocument(const char* text, size_t size, std::string_view* document) {
  if (!text) return WAYMARK_INVALID_ARGUMENT;
  *document = TextOf(text, size);
  if (document->size() > WAYMARK_DOCUMENT_BYTES_MAX) return WAYMARK_TOO_BIG;
  const bool json = CheckJson(*document).fault == JsonCheck::Fault::kNone;
  return json ? WAYMARK_OK : WAYMARK_INVALID_ARGUMENT;
}

waymark_status PostCommand(Host& host, std::string_view command) {
  const std::string_view type = JsonView(command)["type"].AsName();
  Call call;
  call.text = command;
  call.decides = IsOneOf(type, kDeciding);
  return host.calls().Post(std::move(call));
}

// A command of texts that are JSON already, each under its name; a null one is left out.
struct Member {
  const char* name;
  const char* json;
};
waymark_status PostMembers(Host& host, const char* type, std::initializer_list<Member> members) {
  String command;
  JsonWriter writer(&command);
  writer.Begin('{').Field("type", type);
  for (const Member& member : members) {
    if (!member.json) continue;
    std::string_view document;
    const waymark_status status = CheckDocument(member.json, 0, &document);
    if (status != WAYMARK_OK) return status;
    writer.FieldRaw(member.name, document);
  }
  writer.End('}');
  return PostCommand(host, command);
}

String Quoted(const char* text) {
  String quoted;
  AppendJsonString(&quoted, text);
  quoted.append(std::string_view("\0", 1));
  return quoted;
}

waymark_status CaptureTexts(waymark_client* client, const EventTexts& texts) {
  const bool fits = texts.name.size() <= WAYMARK_NAME_BYTES_MAX &&
                    texts.user_id.size() <= WAYMARK_ID_BYTES_MAX &&
                    texts.other_id.size() <= WAYMARK_ID_BYTES_MAX &&
                    texts.properties.size() <= WAYMARK_PROPERTIES_BYTES_MAX;
  if (!fits) return WAYMARK_TOO_BIG;
  return Guard(client, [&](Host& host) { return host.calls().Capture(texts); });
}

std::string_view Optional(const char* text) { return text ? std::string_view(text) : ""; }

waymark_status CaptureNamed(waymark_client* client, waymark_event_type type, const char* name,
                            const char* properties) {
  EventTexts texts;
  texts.type = type;
  texts.name = Optional(name);
  texts.properties = Optional(properties);
  return CaptureTexts(client, texts);
}

waymark_status StartClient(Settings&& settings, waymark_client** client) {
  const auto host = std::make_shared<Host>(std::move(settings));
  auto opened = std::make_unique<waymark_client>(waymark_client{host});
  if (const waymark_status status = host->Start(); status != WAYMARK_OK) return status;
  const int64_t wait_ms = host->open_wait_ms();
  const waymark_status status = wait_ms < 0 ? WAYMARK_OK : host->Ready(wait_ms);
  if (status != WAYMARK_OK && status != WAYMARK_TIMEOUT) {
    host->Close(0);
    return status;
  }
  *client = opened.release();
  return status;
}

}  // namespace

Outside RealOutside() {
  return {std::make_shared<SystemClock>(),
          [](char* bytes) { return getentropy(bytes, kEntropyBytes) == 0; }, nullptr};
}

waymark_status OpenClient(const waymark_options& options, Outside outside,
                          waymark_client** client) {
  Settings settings;
  const waymark_status status = ReadOptions(options, &settings);
  if (status != WAYMARK_OK) return status;
  settings.clock = std::move(outside.clock);
  settings.entropy = std::move(outside.entropy);
  if (outside.http) settings.http = std::move(outside.http);
  if (!settings.http) settings.http = MakeCurlHttp();
  if (!settings.http) settings.http = MakeSeamHttp(nullptr);
  return StartClient(std::move(settings), client);
}

}  // namespace waymark::native

using namespace waymark::native;  // NOLINT: this file is the way out of it

uint32_t waymark_client_c_version(void) { return WAYMARK_C_VERSION; }

const char* waymark_client_version(void) { return kVersion; }

const char* waymark_client_status_text(waymark_status status) {
  switch (status) {
    case WAYMARK_OK:
      return "done";
    case WAYMARK_INVALID_ARGUMENT:
      return "an argument is null, no JSON, or out of its range";
    case WAYMARK_CLOSED:
      return "the client is closed";
    case WAYMARK_TOO_BIG:
      return "a text is over its limit";
    case WAYMARK_QUEUE_FULL:
      return "calls come faster than they can be put down; this one is counted as lost";
    case WAYMARK_CONFIG_REFUSED:
      return "the config does not fit; on_problem says why";
    case WAYMARK_STORE_BUSY:
      return "another client has this directory";
    case WAYMARK_STORE_UNAVAILABLE:
      return "the directory cannot be made, read or written";
    case WAYMARK_STORE_NEWER:
      return "the store was written by a newer version; update, or choose another directory";
    case WAYMARK_TIMEOUT:
      return "not done within the bound";
    case WAYMARK_NO_MEMORY:
      return "memory is short";
    case WAYMARK_VERSION_MISMATCH:
      return "built against another version of waymark/c.h; compile the program again";
  }
  return "an unknown status";
}

waymark_status waymark_client_open(const waymark_options* options, waymark_client** client) {
  if (!client) return WAYMARK_INVALID_ARGUMENT;
  *client = nullptr;
  if (!options) return WAYMARK_INVALID_ARGUMENT;
  try {
    return OpenClient(*options, RealOutside(), client);
  } catch (...) {
    return WAYMARK_NO_MEMORY;
  }
}

waymark_status waymark_client_ready(waymark_client* client, int64_t wait_ms) {
  if (wait_ms < 0) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) { return host.Ready(std::min(wait_ms, kWaitMsMax)); });
}

waymark_status waymark_client_close(waymark_client* client, int64_t wait_ms) {
  if (wait_ms < 0 || wait_ms > kWaitMsMax) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) { return host.Close(wait_ms); });
}

void waymark_client_free(waymark_client* client) {
  if (!client) return;
  waymark_client_close(client, 0);
  delete client;
}

waymark_status waymark_client_capture(waymark_client* client, const waymark_event* event) {
  if (!event) return WAYMARK_INVALID_ARGUMENT;
  EventTexts texts;
  const waymark_status status = ReadEvent(*event, &texts);
  if (status != WAYMARK_OK) return status;
  return Guard(client, [&](Host& host) { return host.calls().Capture(texts); });
}

waymark_status waymark_client_track(waymark_client* client, const char* name,
                                    const char* properties) {
  if (!name) return WAYMARK_INVALID_ARGUMENT;
  return CaptureNamed(client, WAYMARK_TRACK, name, properties);
}

waymark_status waymark_client_page(waymark_client* client, const char* name,
                                   const char* properties) {
  return CaptureNamed(client, WAYMARK_PAGE, name, properties);
}

waymark_status waymark_client_screen(waymark_client* client, const char* name,
                                     const char* properties) {
  if (!name) return WAYMARK_INVALID_ARGUMENT;
  return CaptureNamed(client, WAYMARK_SCREEN, name, properties);
}

waymark_status waymark_client_identify(waymark_client* client, const char* user_id,
                                       const char* traits) {
  EventTexts texts;
  texts.type = WAYMARK_IDENTIFY;
  texts.user_id = Optional(user_id);
  texts.properties = Optional(traits);
  return CaptureTexts(client, texts);
}

waymark_status waymark_client_alias(waymark_client* client, const char* user_id,
                                    const char* previous_id) {
  if (!user_id) return WAYMARK_INVALID_ARGUMENT;
  EventTexts texts;
  texts.type = WAYMARK_ALIAS;
  texts.user_id = user_id;
  texts.other_id = Optional(previous_id);
  return CaptureTexts(client, texts);
}

waymark_status waymark_client_group(waymark_client* client, const char* group_id,
                                    const char* traits) {
  if (!group_id) return WAYMARK_INVALID_ARGUMENT;
  EventTexts texts;
  texts.type = WAYMARK_GROUP;
  texts.other_id = group_id;
  texts.properties = Optional(traits);
  return CaptureTexts(client, texts);
}

waymark_status waymark_client_reset(waymark_client* client) {
  return Guard(client, [](Host& host) { return PostMembers(host, "reset", {}); });
}

waymark_status waymark_client_set_consent(waymark_client* client, const char* choices,
                                          const char* source, const char* shown) {
  if (!choices) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    const waymark::String who = Quoted(source ? source : "person");
    return PostMembers(host, "set_consent",
                       {{"choices", choices}, {"source", who.data()}, {"shown", shown}});
  });
}

waymark_status waymark_client_set_context(waymark_client* client, const char* context) {
  if (!context) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    return PostMembers(host, "set_context", {{"context", context}});
  });
}

waymark_status waymark_client_signal(waymark_client* client, const char* name, const char* value,
                                     const char* source) {
  if (!name || !value) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    const waymark::String quoted = Quoted(name);
    const waymark::String from = Quoted(source ? source : "host");
    return PostMembers(host, "signal",
                       {{"name", quoted.data()}, {"value", value}, {"source", from.data()}});
  });
}

waymark_status waymark_client_flush(waymark_client* client) {
  return Guard(client, [](Host& host) { return PostMembers(host, "flush", {}); });
}

waymark_status waymark_client_forget(waymark_client* client) {
  return Guard(client, [](Host& host) { return PostMembers(host, "forget", {}); });
}

waymark_status waymark_client_lifecycle(waymark_client* client, waymark_lifecycle state) {
  static constexpr const char* kStates[] = {R"("visible")", R"("hidden")", R"("closing")",
                                            R"("frozen")", R"("resumed")"};
  if (state < WAYMARK_FOREGROUND || state > WAYMARK_RESUMED) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    return PostMembers(host, "lifecycle", {{"state", kStates[state]}});
  });
}

waymark_status waymark_client_connectivity(waymark_client* client, int online, int metered) {
  return Guard(client, [&](Host& host) {
    return PostMembers(
        host, "connectivity",
        {{"online", online ? "true" : "false"}, {"metered", metered ? "true" : "false"}});
  });
}

waymark_status waymark_client_call(waymark_client* client, const char* command, size_t size) {
  return Guard(client, [&](Host& host) {
    std::string_view document;
    const waymark_status status = CheckDocument(command, size, &document);
    if (status != WAYMARK_OK) return status;
    const std::string_view type = waymark::JsonView(document)["type"].AsName();
    if (type.empty() || IsOneOf(type, kForbidden)) return WAYMARK_INVALID_ARGUMENT;
    return PostCommand(host, document);
  });
}

waymark_status waymark_client_ask(waymark_client* client, const char* question, size_t size,
                                  waymark_answer answer, void* context) {
  if (!answer) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    std::string_view document;
    const waymark_status status = CheckDocument(question, size, &document);
    if (status != WAYMARK_OK) return status;
    const waymark::JsonView view(document);
    const std::string_view type = view["type"].AsName();
    const bool answered = type == "records" || type == "hand_over" || type == "accept_hand_over";
    if (!view["query"] && !answered) return WAYMARK_INVALID_ARGUMENT;
    Call call;
    call.kind = Call::Kind::kQuestion;
    call.text = document;
    call.answer = answer;
    call.context = context;
    return host.calls().Post(std::move(call));
  });
}

size_t waymark_client_view(waymark_client* client, char* buffer, size_t capacity) {
  if (!client) return 0;
  try {
    const std::string view = client->host->View();
    if (buffer && capacity > 0) {
      const size_t size = std::min(view.size(), capacity - 1);
      std::memcpy(buffer, view.data(), size);
      buffer[size] = '\0';
    }
    return view.size();
  } catch (...) {
    return 0;
  }
}

waymark_status waymark_client_counters(waymark_client* client, waymark_counters* counters) {
  if (!counters || counters->struct_size < sizeof(size_t)) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    waymark_counters all = {};
    host.Count(&all);
    all.struct_size = counters->struct_size;
    std::memcpy(counters, &all, std::min(sizeof all, counters->struct_size));
    return WAYMARK_OK;
  });
}

waymark_status waymark_client_http_done(waymark_client* client, int64_t id,
                                        const waymark_http_answer* answer) {
  if (!answer || answer->struct_size < sizeof(waymark_http_answer)) return WAYMARK_INVALID_ARGUMENT;
  return Guard(client, [&](Host& host) {
    HttpAnswer done;
    done.id = id;
    done.error = answer->error;
    done.status = answer->status;
    if (answer->retry_after) done.retry_after = answer->retry_after;
    done.whole_body = answer->body != nullptr;
    if (answer->body) {
      done.body.assign(reinterpret_cast<const char*>(answer->body), answer->body_size);
    }
    host.http().Done(std::move(done));
    return WAYMARK_OK;
  });
}
