// What is wrong with one place of a request, for people: where, what was found, what is allowed.
#ifndef WAYMARK_SAMPLES_COLLECTOR_PROBLEM_H_
#define WAYMARK_SAMPLES_COLLECTOR_PROBLEM_H_

#include <string>
#include <vector>

#include "json.h"

namespace waymark::collector {

struct Problem {
  std::string where;    // a JSON Pointer into the body; or "body", "header X", "query/x"
  std::string found;    // "nothing", "text of 201 characters", "the number 3"
  std::string allowed;  // "text of 1 to 200 characters"

  bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

// "/batch/0/event: found nothing; allowed: text of 1 to 200 characters."
std::string ProblemText(const Problem& problem);

// The first problem as a sentence, and how many follow; empty when there is none.
std::string ProblemsText(const Problems& problems);

// To and from the JSON that is kept and shown: [{"where","found","allowed"}].
Json ProblemsJson(const Problems& problems);
Problems ReadProblems(const Json& json);

// A value as a problem names it: its type, and the value itself where it is short. Null for none.
std::string DescribeValue(const Json* value);

// How many code points well-formed UTF-8 has.
size_t CountCharacters(absl::string_view text);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_PROBLEM_H_
