#include "collector/collector.h"

#include "base/json_writer.h"

namespace waymark {
namespace {

constexpr int kTooManyRequests = 429;

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
Verdict JudgeStatus(std::string_view answers, int status) {
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

}  // namespace

Judgement Collector::JudgeAnswer(const CollectorAnswer& answer) const {
  Judgement judgement;
  judgement.verdict = JudgeStatus(rules_.answers, answer.status);
  if (answer.status == kTooManyRequests) judgement.cool_down_ms = kCoolDownMsDefault;
  return judgement;
}

void CollectorEntry::Refuse(const char* code, std::string_view path, std::string_view found,
                            std::string_view allowed) const {
  AddProblem(problems, code, pointer + String(path), found, allowed);
}

String JoinUrl(std::string_view url, std::string_view path) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  String joined(url);
  joined += path;
  return joined;
}

}  // namespace waymark
