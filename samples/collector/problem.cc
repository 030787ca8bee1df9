#include "problem.h"

#include "absl/strings/str_cat.h"

namespace waymark::collector {
namespace {

// Longer text is told by its length.
constexpr size_t kShownCharactersMax = 40;

std::string Count(size_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string DescribeText(const std::string& text) {
  if (text.empty()) return "empty text";
  const size_t characters = CountCharacters(text);
  if (characters > kShownCharactersMax) return absl::StrCat("text of ", characters, " characters");
  return ToText(text);
}

}  // namespace

std::string ProblemText(const Problem& problem) {
  return absl::StrCat(problem.where, ": found ", problem.found, "; allowed: ", problem.allowed,
                      ".");
}

std::string ProblemsText(const Problems& problems) {
  if (problems.empty()) return "";
  std::string text = ProblemText(problems.front());
  if (problems.size() > 1) absl::StrAppend(&text, " And ", problems.size() - 1, " more.");
  return text;
}

Json ProblemsJson(const Problems& problems) {
  Json json = Json::array();
  for (const Problem& problem : problems) {
    json.push_back(
        {{"where", problem.where}, {"found", problem.found}, {"allowed", problem.allowed}});
  }
  return json;
}

Problems ReadProblems(const Json& json) {
  Problems problems;
  for (const Json& item : json) {
    problems.push_back(
        {FindText(item, "where"), FindText(item, "found"), FindText(item, "allowed")});
  }
  return problems;
}

std::string DescribeValue(const Json* value) {
  if (value == nullptr) return "nothing";
  switch (value->type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::string:
      return DescribeText(value->get_ref<const std::string&>());
    case Json::value_t::boolean:
      return ToText(*value);
    case Json::value_t::array:
      return absl::StrCat("an array of ", Count(value->size(), "item", "items"));
    case Json::value_t::object:
      return absl::StrCat("an object of ", Count(value->size(), "member", "members"));
    default:
      return absl::StrCat("the number ", ToText(*value));
  }
}

size_t CountCharacters(absl::string_view text) {
  size_t count = 0;
  // Every code point has exactly one byte that is no continuation.
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace waymark::collector
