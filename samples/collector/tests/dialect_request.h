// Requests for tests of the decoders, and short looks at what came out.
#ifndef WAYMARK_SAMPLES_COLLECTOR_TESTS_DIALECT_REQUEST_H_
#define WAYMARK_SAMPLES_COLLECTOR_TESTS_DIALECT_REQUEST_H_

#include <map>
#include <string>
#include <vector>

#include "dialect.h"
#include "json.h"

namespace waymark::collector {

inline constexpr int64_t kReceivedMs = 1795284005000;

// A POST as a client sends it; `target` is a path with or without a query.
inline Request PostOf(const std::string& target, const std::string& body,
                      const std::map<std::string, std::string>& headers = {
                          {"content-type", "application/json"}}) {
  Request request;
  request.method = "POST";
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query_text = target.substr(mark + 1);
  request.query = ParseForm(request.query_text);
  request.headers = headers;
  request.body = body;
  request.received_ms = kReceivedMs;
  return request;
}

inline Request GetOf(const std::string& target) {
  Request request = PostOf(target, "", {});
  request.method = "GET";
  return request;
}

// Every `every`th record gets `verdict`, as the fault "partial" does.
inline Request WithFault(Request request, int every, Verdict verdict) {
  request.judge = [every, verdict, judged = 0]() mutable {
    return ++judged % every == 0 ? verdict : Verdict::kAccepted;
  };
  return request;
}

// The problems of the request and of all its records, as "where: found → allowed".
inline std::vector<std::string> ProblemTexts(const Outcome& outcome) {
  std::vector<std::string> texts;
  const auto add = [&texts](const Problems& problems) {
    for (const Problem& problem : problems) {
      texts.push_back(problem.where + ": " + problem.found + " → " + problem.allowed);
    }
  };
  add(outcome.problems);
  for (const Record& record : outcome.records) add(record.event.problems);
  return texts;
}

inline std::vector<Verdict> VerdictsOf(const Outcome& outcome) {
  std::vector<Verdict> verdicts;
  for (const Record& record : outcome.records) verdicts.push_back(record.verdict);
  return verdicts;
}

inline Json ReplyJson(const Outcome& outcome) { return ParseJson(outcome.reply.content).value(); }

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_TESTS_DIALECT_REQUEST_H_
