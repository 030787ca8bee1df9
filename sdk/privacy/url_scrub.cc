#include "privacy/url_scrub.h"

#include "base/json_merge.h"
#include "base/json_writer.h"
#include "base/name_table.h"
#include "base/utf8.h"

namespace waymark {
namespace {

bool Matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty() || pattern.back() != '*') return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

bool Stays(const String& names, std::string_view parameter) {
  const std::string_view name = parameter.substr(0, IndexOf(parameter, '='));
  for (JsonItems pattern((JsonView(names))); pattern.Next();) {
    if (Matches(pattern.value().AsName(), name)) return true;
  }
  return false;
}

String Scrubbed(const String& names, std::string_view url) {
  if (names.empty()) return String(url);
  url = url.substr(0, IndexOf(url, '#'));
  const size_t question = IndexOf(url, '?');
  String out(url.substr(0, question));
  char separator = '?';
  std::string_view rest = url.substr(question);  // from the separator on
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view parameter = rest.substr(0, IndexOf(rest, '&'));
    if (Stays(names, parameter)) {
      out.push_back(separator);
      out += parameter;
      separator = '&';
    }
    rest.remove_prefix(parameter.size());
  }
  return out;
}

// A change of json_merge.h.
bool ScrubValue(JsonView value, const String* names, String* out) {
  if (value.is(JsonType::kString)) AppendJsonString(out, Scrubbed(*names, value.AsString()));
  return true;
}

}  // namespace

UrlRules ReadUrlRules(JsonView privacy) { return {String(privacy["url_parameters"].text())}; }

String ScrubUrl(const UrlRules& rules, std::string_view url) { return Scrubbed(rules.names, url); }

String ScrubContext(const UrlRules& rules, JsonView context) {
  String scrubbed(context.text());
  if (rules.names.empty() || !context["page"].is(JsonType::kObject)) return scrubbed;
  for (const char* pointer : {"/page/url", "/page/referrer", "/page/search"}) {
    scrubbed = WithPath(JsonView(scrubbed), pointer, ScrubValue, &rules.names);
  }
  return scrubbed;
}

}  // namespace waymark
