// Takes query parameters that nobody asked for out of recorded URLs: search terms, tokens and
// addresses hide there.
#ifndef WAYMARK_PRIVACY_URL_SCRUB_H_
#define WAYMARK_PRIVACY_URL_SCRUB_H_

#include <string_view>

#include "base/json_view.h"
#include "base/string.h"

namespace waymark {

struct UrlRules {
  String names;  // those that stay, as an array of JSON text; a final * stands for any ending.
                 // Empty: all stay
};

UrlRules ReadUrlRules(JsonView privacy);

// `url`, or a bare query that begins with '?'. Fragments go with the parameters when rules are
// active: single-page sign-ins put tokens there.
String ScrubUrl(const UrlRules& rules, std::string_view url);

// A context (or the overrides of one event) with `page.url`, `page.referrer` and `page.search`
// scrubbed.
String ScrubContext(const UrlRules& rules, JsonView context);

}  // namespace waymark

#endif  // WAYMARK_PRIVACY_URL_SCRUB_H_
