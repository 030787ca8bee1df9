// Query strings and form bodies: name=value pairs with percent escapes.
#ifndef WAYMARK_SAMPLES_COLLECTOR_FORM_H_
#define WAYMARK_SAMPLES_COLLECTOR_FORM_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "json.h"

namespace waymark::collector {

using Form = std::vector<std::pair<std::string, std::string>>;

// Reads "a=1&b=x%20y+z". What is no escape stays as it is, as servers do; at most kFormFieldsMax
// pairs are read.
Form ParseForm(absl::string_view text);

// "%C3%A4" becomes "ä"; what is no escape stays.
std::string PercentDecode(absl::string_view text);

// The first value of `name`; empty where there is none.
std::string FormValue(const Form& form, absl::string_view name);
bool HasField(const Form& form, absl::string_view name);

// The form as an object of strings; of equal names the last holds. Bytes that are not UTF-8 become
// U+FFFD.
Json FormJson(const Form& form);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_FORM_H_
