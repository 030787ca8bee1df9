#include "privacy/url_scrub.h"

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

bool Stays(const UrlRules& rules, std::string_view parameter) {
  const std::string_view name = parameter.substr(0, IndexOf(parameter, '='));
  for (JsonItems pattern((JsonView(rules.names))); pattern.Next();) {
    if (Matches(pattern.value().AsName(), name)) return true;
  }
  return false;
}

void WritePage(JsonWriter* writer, const UrlRules& rules, JsonView page) {
  writer->Begin('{');
  for (JsonItems item(page); item.Next();) {
    const bool url =
        Is(item.key(), "url") || Is(item.key(), "referrer") || Is(item.key(), "search");
    writer->Key(item.key());
    if (url && item.value().is(JsonType::kString)) {
      writer->Text(ScrubUrl(rules, item.value().AsString()));
    } else {
      writer->Raw(item.text());
    }
  }
  writer->End('}');
}

}  // namespace

UrlRules ReadUrlRules(JsonView privacy) { return {String(privacy["url_parameters"].text())}; }

String ScrubUrl(const UrlRules& rules, std::string_view url) {
  if (rules.names.empty()) return String(url);
  url = url.substr(0, IndexOf(url, '#'));
  const size_t question = IndexOf(url, '?');
  String out(url.substr(0, question));
  char separator = '?';
  std::string_view rest = url.substr(question);  // from the separator on
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view parameter = rest.substr(0, IndexOf(rest, '&'));
    if (Stays(rules, parameter)) {
      out.push_back(separator);
      out += parameter;
      separator = '&';
    }
    rest.remove_prefix(parameter.size());
  }
  return out;
}

String ScrubContext(const UrlRules& rules, JsonView context) {
  const JsonView page = context["page"];
  if (rules.names.empty() || !page.is(JsonType::kObject)) return String(context.text());
  String json;
  JsonWriter writer(&json);
  writer.Begin('{');
  for (JsonItems item(context); item.Next();) {
    writer.Key(item.key());
    if (Is(item.key(), "page"))
      WritePage(&writer, rules, page);
    else
      writer.Raw(item.text());
  }
  writer.End('}');
  return json;
}

}  // namespace waymark
