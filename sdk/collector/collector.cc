#include "collector/collector.h"

#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"
#include "collector/mapping.h"

namespace waymark {
namespace {

constexpr int kTooManyRequests = 429;
constexpr std::string_view kHttp = "http://";

// Options that whoever reads them could misuse.
constexpr const char* kSecrets = "api_secret,secret,token_auth";

// `host`: with its port.
bool IsThisMachine(std::string_view host) {
  if (host == "[::1]" || host.starts_with("[::1]:")) return true;
  host = host.substr(0, IndexOf(host, ':'));
  bool address = host.starts_with("127.");  // and no name that only begins so
  for (const char c : host) address &= c <= '9';
  return address || host.ends_with(".localhost") || Is(host, "localhost");
}

Verdict VerdictOf(char sign) {
  switch (sign) {
    case '+':
      return Verdict::kAccepted;
    case '~':
      return Verdict::kRetry;
    case '/':
      return Verdict::kSplit;
    case '?':
      return Verdict::kUnknown;
    default:
      return Verdict::kRejected;
  }
}

// Digits and a sign each, with one space between them.
Verdict VerdictOfStatus(std::string_view answers, int status) {
  const String digits = IntegerText(status);
  size_t matched = 0;
  bool matches = true;
  for (const char c : answers) {
    if (c == ' ') {
      matched = 0;
      matches = true;
    } else if (c >= '0' && c <= '9') {
      matches &= matched < digits.size() && digits[matched++] == c;
    } else if (matches) {
      return VerdictOf(c);
    }
  }
  return Verdict::kRejected;
}

const Protocol* FindProtocol(std::string_view name) {
  for (size_t i = 0; i < kProtocolCount; ++i) {
    if (Is(name, kProtocols[i].name)) return &kProtocols[i];
  }
  return nullptr;
}

}  // namespace

Verdict Collector::JudgeStatus(int status, int64_t* cool_down_ms) const {
  if (status == kTooManyRequests) *cool_down_ms = kCoolDownMsDefault;
  return VerdictOfStatus(rules_.answers, status);
}

Judgement Collector::JudgeAnswer(const CollectorAnswer& answer) const {
  Judgement judgement;
  if (kProtocolNeeds.answers) {
    judgement.verdict = JudgeStatus(answer.status, &judgement.cool_down_ms);
  }
  return judgement;
}

void CollectorEntry::Refuse(const char* code, std::string_view path, std::string_view found,
                            std::string_view allowed) const {
  AddProblem(problems, code, pointer + String(path), found, allowed);
}

bool CollectorEntry::InWebPage() const {
  const std::string_view channel = sender.app["channel"].AsName();
  return channel.empty() || Is(channel, "web");
}

void CheckEntry(const CollectorEntry& entry) {
  const std::string_view url = entry.json["url"].AsName();
  const bool clear = Is(url.substr(0, kHttp.size()), "http://");
  if (clear && !IsThisMachine(HostOf(url)) && !entry.json["allow_http"].AsBool()) {
    entry.Refuse("not_allowed", "/url", "http to another machine",
                 "https, or \"allow_http\": true beside it");
  }
  if (!entry.InWebPage() || entry.json["own_proxy"].AsBool()) return;
  for (JsonItems option(entry.json["options"]); option.Next();) {
    if (FindName(kSecrets, option.key()) < 0) continue;
    entry.Refuse("not_allowed", "/options/" + String(option.key()), "a secret in a web page",
                 "none: the owner's own proxy adds it, or \"own_proxy\": true says that the URL is "
                 "that proxy and the secret none of the target's");
  }
}

const char* OptionsSchema(std::string_view protocol) {
  const Protocol* found = FindProtocol(protocol);
  return found ? found->options : nullptr;
}

std::unique_ptr<Collector> MakeCollector(const CollectorEntry& entry) {
  const std::string_view name = entry.json["protocol"].AsName();
  if (const Protocol* found = FindProtocol(name)) return found->make(entry);
  entry.Refuse("not_allowed", "/protocol", name,
               "a protocol of this module; waymark-all.wasm speaks all");
  return nullptr;
}

String JoinUrl(std::string_view url, std::string_view path) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  String joined(url);
  joined += path;
  return joined;
}

}  // namespace waymark
