// The contract of all faces, tests/contract/*.jsonl, played through c.h.
//
// A case opens a client on a store that holds what the case's store_read lines give; its calls are
// made by the functions that an app calls, its clock, entropy and answers of collectors come from
// the case. What must come of it, to the byte and in its order: every request, every problem, every
// answer. When the engine is woken, and what store and lead say, is the client's own doing here: so
// lines of these facts are not played, and a case that needs a fact which no store gives is left
// out (Unplayable).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "fakes/base64.h"
#include "native/fixture.h"
#include "native/step_http.h"
#include "store.h"

namespace waymark_test {
namespace {

namespace fs = std::filesystem;
using waymark::native::HttpRequest;
using waymark::native::kEntropyBytes;

constexpr int64_t kGatherMs = 1'000;  // what is called so soon is taken together

struct Case {
  std::string name;
  std::vector<Json> lines;  // the opening one first
};

std::vector<Case> ReadCases(const fs::path& path) {
  std::vector<Case> cases;
  std::ifstream in(path);
  for (std::string text; std::getline(in, text);) {
    Json line = Json::parse(text);
    if (line.contains("case")) cases.push_back({line["case"], {}});
    cases.back().lines.push_back(std::move(line));
  }
  return cases;
}

std::string TypeOf(const Json& line) {
  return line.contains("input") ? line["input"].value("type", "") : std::string();
}

const Json& Output(const Json& line) {
  static const Json nothing = Json::object();
  return line.contains("output") && line["output"].is_object() ? line["output"] : nothing;
}

// Why no client can play it; empty: one can.
std::string Unplayable(const Case& played) {
  static const std::map<std::string, std::string> kFacts = {
      {"store_failed", "the store of this machine takes everything"},
      {"store_changed", "nobody else has the folder"},
      {"refused", "the client tells of lost calls by itself"}};
  if (played.name.starts_with("attribution: "))
    return "its host lets a week pass before it wakes the engine, and no client does";
  if (FromBase64(played.lines[0].value("bodies", "")).size() < kEntropyBytes)
    return "entropy is the client's own";
  if (played.lines[0]["start"].value("entropy", Json::object()).value("size", 0) !=
      static_cast<int>(kEntropyBytes))
    return "entropy is the client's own";
  for (const Json& line : played.lines) {
    if (line.contains("input_text")) return "frames are the client's own";
    const auto fact = kFacts.find(TypeOf(line));
    if (fact != kFacts.end()) return fact->second;
  }
  return "";
}

struct Sent {
  std::string method;
  std::string url;
  Json headers;
  bool leaving = false;
  std::string body;
};

// As a text that a person can compare.
std::string TextOf(const Sent& sent) {
  return sent.method + " " + sent.url + " " + sent.headers.dump() +
         (sent.leaving ? " leaving " : " ") + ToBase64(sent.body);
}

std::vector<std::pair<int64_t, Sent>> ExpectedRequests(const Json& line) {
  std::vector<std::pair<int64_t, Sent>> sent;
  const std::string bodies = FromBase64(line.value("output_bodies", ""));
  for (const Json& effect : Output(line).value("effects", Json::array())) {
    if (effect["type"] != "http_send") continue;
    Sent one{effect.value("method", "POST"),
             effect["url"],
             effect.value("headers", Json::object()),
             effect.value("transport", "fetch") != "fetch",
             {}};
    if (effect.contains("body")) {
      one.body = bodies.substr(effect["body"]["offset"].get<size_t>(),
                               effect["body"]["size"].get<size_t>());
    }
    sent.emplace_back(effect["effect_id"], std::move(one));
  }
  return sent;
}

Sent SentOf(const HttpRequest& request) {
  return {request.get ? "GET" : "POST", std::string(std::string_view(request.url)),
          Json::parse(std::string_view(request.headers)), request.leaving,
          std::string(std::string_view(request.body))};
}

std::string ProblemText(const Json& problem) {
  std::string text;
  for (const char* member : {"code", "pointer", "found", "allowed"})
    text += problem.value(member, "") + " | ";
  return text;
}

// The clock of a case. The worker's timers are the test's steps.
class CaseClock final : public waymark::native::Clock {
 public:
  int64_t WallMs() const override { return wall_ms; }
  int64_t MonoMs() const override { return mono_ms; }
  int64_t SleepMs(int64_t) const override { return 0; }

  std::atomic<int64_t> wall_ms{0};
  std::atomic<int64_t> mono_ms{0};
};

class Player {
 public:
  explicit Player(const Case& played) : case_(played) {}
  ~Player() {
    if (http_) http_->LetGo();
    waymark_client_free(client_);
  }

  void Play() {
    FillStore();
    Open();
    for (const Json& line : case_.lines) {
      if (line.contains("input")) PlayInput(line);
      if (line.contains("query")) Ask(line);
      Expect(line);
    }
    if (client_) Settle();
    Compare();
  }

 private:
  // What the case's store says that it holds.
  void FillStore() {
    waymark::native::Cipher none;
    waymark::native::Store store(&none);
    std::vector<waymark::native::StateChange> changes;
    std::vector<std::string> values;
    values.reserve(1'000);
    const auto put = [&](const std::string& key, std::string value) {
      values.push_back(std::move(value));
      changes.push_back({waymark::native::StateChange::Kind::kPut, key, values.back()});
    };
    const Json& start = case_.lines[0]["start"];
    if (start.contains("consent")) put("consent/record", start["consent"].dump());
    for (const Json& line : case_.lines) {
      if (TypeOf(line) != "store_read") continue;
      const std::string bodies = FromBase64(line.value("bodies", ""));
      for (const Json& entry : line["input"].value("entries", Json::array())) {
        const Json& value = entry["value"];
        put(entry["key"],
            bodies.substr(value["offset"].get<size_t>(), value["size"].get<size_t>()));
      }
    }
    if (changes.empty()) return;
    ASSERT_EQ(store.Open(folder_ / "store"), waymark::native::Fault::kNone);
    ASSERT_EQ(store.Apply(changes, 0), waymark::native::Fault::kNone);
  }

  void Open() {
    const Json& start = case_.lines[0]["start"];
    SetClock(start["now"]);
    entropy_ = FromBase64(case_.lines[0].value("bodies", "")).substr(0, kEntropyBytes);
    const std::string config = start["config"].dump();
    const std::string directory = folder_ / "store";
    const std::string name = start["sdk"]["name"];
    const std::string version = start["sdk"]["version"];
    waymark_options options = {};
    options.struct_size = sizeof options;
    options.c_version = WAYMARK_C_VERSION;
    options.config = config.c_str();
    options.directory = directory.c_str();
    options.open_wait_ms = 60'000;
    options.sdk_name = name.c_str();
    options.sdk_version = version.c_str();
    options.context = this;
    options.on_problem = [](void* context, const char* code, const char* pointer, const char* found,
                            const char* allowed) {
      static_cast<Player*>(context)->problems_.push_back(ProblemText(
          {{"code", code}, {"pointer", pointer}, {"found", found}, {"allowed", allowed}}));
    };
    auto http = std::make_unique<StepHttp>();
    http_ = http.get();
    const auto entropy = [this](char* bytes) {
      if (entropy_.size() != kEntropyBytes) return false;
      std::copy(entropy_.begin(), entropy_.end(), bytes);
      return true;
    };
    const waymark_status status =
        waymark::native::OpenClient(options, {clock_, entropy, std::move(http)}, &client_);
    if (status != WAYMARK_OK) http_ = nullptr;  // it went with the client
    const bool refused = case_.lines.size() > 1 && Output(case_.lines[1]).value("refused", false);
    ASSERT_EQ(status, refused ? WAYMARK_CONFIG_REFUSED : WAYMARK_OK);
    if (client_) http_->AwaitWorker();
  }

  void SetClock(const Json& now) {
    clock_->wall_ms = now["wall_ms"].get<int64_t>();
    clock_->mono_ms = now["mono_ms"].get<int64_t>();
  }

  // Turns until all that was called is with the engine, and that is woken.
  void Settle() {
    bool answered = false;
    ASSERT_EQ(waymark_client_ask(
                  client_, R"({"query":"inventory"})", 0,
                  [](void* context, const char*, size_t) { *static_cast<bool*>(context) = true; },
                  &answered),
              WAYMARK_OK);
    while (!answered) http_->Step();
    fed_ = true;
  }

  void PlayInput(const Json& line) {
    static const std::set<std::string> kOwn = {"store_read", "store_done", "lead"};
    const Json& input = line["input"];
    const std::string type = input.value("type", "");
    if (!client_ || kOwn.contains(type)) return;
    // What was called goes in with what is called next, if that is soon.
    if (!fed_ && input["now"]["mono_ms"].get<int64_t>() > clock_->mono_ms + kGatherMs) Settle();
    SetClock(input["now"]);
    if (type == "wake") return Settle();
    if (type == "http_done") return Answer(line);
    if (Capture(input, type)) return;
    Command(line);
  }

  // False: it is no event, or none of texts.
  bool Capture(const Json& input, const std::string& type) {
    static const std::vector<std::string> kTypes = {"track",    "page",  "screen",
                                                    "identify", "alias", "group"};
    const auto found = std::find(kTypes.begin(), kTypes.end(), type);
    if (found == kTypes.end()) return false;
    std::map<std::string, std::string> texts;
    for (const auto& [member, value] : input.items()) {
      const bool text = member == "name" || member == "priority" || member.ends_with("_id");
      if (text && !value.is_string()) return false;
      texts[member] = text ? value.get<std::string>() : value.dump();
    }
    const auto at = [&](const char* member) {
      const auto entry = texts.find(member);
      return entry == texts.end() ? nullptr : entry->second.c_str();
    };
    waymark_event event = {};
    event.struct_size = sizeof event;
    event.type = static_cast<waymark_event_type>(found - kTypes.begin());
    event.name = at("name");
    event.properties = at(type == "identify" || type == "group" ? "traits" : "properties");
    event.context = at("context");
    event.user_id = at("user_id");
    event.other_id = at(type == "group" ? "group_id" : "previous_id");
    event.priority = at("priority");
    event.needs = at("needs");
    // What the client itself says no to never reaches the engine.
    if (waymark_client_capture(client_, &event) != WAYMARK_OK) return false;
    fed_ = false;
    return true;
  }

  void Command(const Json& line) {
    Json command = line["input"];
    command.erase("now");
    command.erase("entropy");
    entropy_ = FromBase64(line.value("bodies", ""));
    const std::string text = command.dump();
    EXPECT_EQ(waymark_client_call(client_, text.c_str(), text.size()), WAYMARK_OK) << text;
    Settle();
  }

  void Answer(const Json& line) {
    const Json& input = line["input"];
    const auto place = requests_.find(input["effect_id"].get<int64_t>());
    ASSERT_NE(place, requests_.end());
    ASSERT_LT(place->second, http_->sent().size()) << "it was not sent yet";
    waymark_http_answer answer = {};
    answer.struct_size = sizeof answer;
    answer.status = input.value("status", 0);
    static const std::vector<std::string> kErrors = {"",        "network", "timeout",
                                                     "aborted", "refused", "queued"};
    const std::string error = input.value("error", answer.status == 0 ? "network" : "");
    answer.error = static_cast<waymark_http_error>(
        std::find(kErrors.begin(), kErrors.end(), error) - kErrors.begin());
    const std::string retry_after = input.value("retry_after", "");
    if (!retry_after.empty()) answer.retry_after = retry_after.c_str();
    const std::string body = FromBase64(line.value("bodies", ""));
    answer.body = reinterpret_cast<const uint8_t*>(body.data());
    answer.body_size = body.size();
    const int64_t id = http_->sent()[place->second].id;
    ASSERT_EQ(waymark_client_http_done(client_, id, &answer), WAYMARK_OK);
    http_->Step();
  }

  void Ask(const Json& line) {
    std::string answer;
    const std::string question = line["query"].dump();
    waymark_client_ask(
        client_, question.c_str(), question.size(),
        [](void* context, const char* text, size_t size) {
          static_cast<std::string*>(context)->assign(text, size);
        },
        &answer);
    Settle();
    EXPECT_EQ(answer, line["answer"].dump());
  }

  void Expect(const Json& line) {
    for (auto& [id, sent] : ExpectedRequests(line)) {
      requests_[id] = expected_.size();
      expected_.push_back(TextOf(sent));
    }
    for (const Json& problem : Output(line).value("problems", Json::array())) {
      expected_problems_.push_back(ProblemText(problem));
    }
  }

  void Compare() {
    std::vector<std::string> sent;
    if (http_) {
      for (const HttpRequest& request : http_->sent()) sent.push_back(TextOf(SentOf(request)));
    }
    EXPECT_EQ(sent.size(), expected_.size());
    for (size_t i = 0; i < std::min(sent.size(), expected_.size()); ++i) {
      EXPECT_EQ(sent[i], expected_[i]) << "request " << i;
    }
    EXPECT_EQ(Once(problems_), Once(expected_problems_));
  }

  // The client tells each once a second.
  static std::vector<std::string> Once(const std::vector<std::string>& all) {
    std::vector<std::string> once;
    for (const std::string& one : all) {
      if (std::find(once.begin(), once.end(), one) == once.end()) once.push_back(one);
    }
    return once;
  }

  const Case& case_;
  TemporaryFolder folder_;
  std::shared_ptr<CaseClock> clock_ = std::make_shared<CaseClock>();
  std::string entropy_;  // what the next command gets; of another size: there is none
  StepHttp* http_ = nullptr;
  waymark_client* client_ = nullptr;
  bool fed_ = true;                     // the engine has all that was called
  std::map<int64_t, size_t> requests_;  // by the case's effect id: which one it is
  std::vector<std::string> expected_;
  std::vector<std::string> problems_;
  std::vector<std::string> expected_problems_;
};

class NativeContractTest : public testing::TestWithParam<std::string> {};

TEST_P(NativeContractTest, HoldsToTheByte) {
  size_t played = 0;
  for (const Case& one : ReadCases(fs::path(WAYMARK_CONTRACT_CASES) / GetParam())) {
    SCOPED_TRACE(GetParam() + ": " + one.name);
    const std::string reason = Unplayable(one);
    if (!reason.empty()) {
      std::printf("left out: %s: %s\n", one.name.c_str(), reason.c_str());
      continue;
    }
    Player(one).Play();
    if (HasFatalFailure()) return;
    ++played;
  }
  EXPECT_GT(played, 0u);
}

std::vector<std::string> Files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(WAYMARK_CONTRACT_CASES)) {
    if (entry.path().extension() == ".jsonl") names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Cases, NativeContractTest, testing::ValuesIn(Files()),
                         [](const auto& info) { return fs::path(info.param).stem().string(); });

}  // namespace
}  // namespace waymark_test
