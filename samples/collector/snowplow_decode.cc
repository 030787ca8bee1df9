#include "snowplow_decode.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace waymark::collector {
namespace {

constexpr absl::string_view kVendor = "com.snowplowanalytics.snowplow";

bool IsName(absl::string_view text, bool dots) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
    if (!plain && !(dots && c == '.')) return false;
  }
  return true;
}

// A number of SchemaVer: digits, no leading zero unless it is 0 itself.
bool IsVersionPart(absl::string_view text, bool may_be_zero) {
  if (text.empty() || text.size() > 6) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return text == "0" ? may_be_zero : text[0] != '0';
}

bool IsSchemaVersion(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  return parts.size() == 3 && IsVersionPart(parts[0], false) && IsVersionPart(parts[1], true) &&
         IsVersionPart(parts[2], true);
}

// Checks {"schema":"iglu:…","data":…}; `what` opens each sentence.
std::vector<std::string> CheckSelfDescribing(const Json& value, absl::string_view what) {
  if (!value.is_object()) return {absl::StrCat(what, " is not a JSON object.")};
  std::vector<std::string> problems;
  if (const auto uri = ParseIgluUri(FindText(value, "schema")); !uri.ok()) {
    problems.push_back(absl::StrCat(what, ": schema ", uri.status().message(), "."));
  }
  const Json* data = Find(value, "data");
  if (data == nullptr || !data->is_object()) {
    problems.push_back(absl::StrCat(what, ": data is missing or is not a JSON object."));
  }
  return problems;
}

// Empty when `envelope` says that it is the Snowplow schema `name`, model 1.
std::string CheckEnvelopeSchema(const Json& envelope, absl::string_view name) {
  const auto uri = ParseIgluUri(FindText(envelope, "schema"));
  if (uri.ok() && uri->vendor == kVendor && uri->name == name &&
      absl::StartsWith(uri->version, "1-")) {
    return "";
  }
  return absl::StrCat("The envelope's schema is not iglu:", kVendor, "/", name,
                      "/jsonschema/1-x-x.");
}

}  // namespace

absl::StatusOr<IgluUri> ParseIgluUri(absl::string_view uri) {
  constexpr absl::string_view kScheme = "iglu:";
  const std::vector<absl::string_view> parts = absl::StrSplit(absl::StripPrefix(uri, kScheme), '/');
  if (!absl::StartsWith(uri, kScheme) || parts.size() != 4 || !IsName(parts[0], true) ||
      !IsName(parts[1], false) || parts[2] != "jsonschema" || !IsSchemaVersion(parts[3])) {
    return absl::InvalidArgumentError("does not read iglu:vendor/name/jsonschema/M-R-A");
  }
  return IgluUri{std::string(parts[0]), std::string(parts[1]), std::string(parts[3])};
}

absl::StatusOr<Json> DecodeField(const Json& item, absl::string_view plain,
                                 absl::string_view encoded) {
  std::string text = FindText(item, plain);
  absl::string_view field = plain;
  if (text.empty()) {
    field = encoded;
    const std::string base64 = FindText(item, encoded);
    if (base64.empty()) return absl::NotFoundError("not sent");
    if (!absl::WebSafeBase64Unescape(base64, &text)) {
      return absl::InvalidArgumentError(absl::StrCat(field, " is not base64url."));
    }
  }
  absl::StatusOr<Json> json = ParseJson(text);
  if (json.ok()) return json;
  return absl::InvalidArgumentError(
      absl::StrCat(field, " cannot be read: ", json.status().message(), "."));
}

std::vector<std::string> CheckEventEnvelope(const Json& envelope) {
  std::vector<std::string> problems;
  if (std::string wrong = CheckEnvelopeSchema(envelope, "unstruct_event"); !wrong.empty()) {
    problems.push_back(std::move(wrong));
  }
  const Json* event = Find(envelope, "data");
  const auto inner = CheckSelfDescribing(event == nullptr ? Json() : *event, "The event");
  problems.insert(problems.end(), inner.begin(), inner.end());
  return problems;
}

std::vector<std::string> CheckContextsEnvelope(const Json& envelope) {
  std::vector<std::string> problems;
  if (std::string wrong = CheckEnvelopeSchema(envelope, "contexts"); !wrong.empty()) {
    problems.push_back(std::move(wrong));
  }
  const Json* entities = Find(envelope, "data");
  if (entities == nullptr || !entities->is_array()) {
    problems.push_back("The contexts are not an array.");
    return problems;
  }
  for (size_t i = 0; i < entities->size(); ++i) {
    const auto inner = CheckSelfDescribing((*entities)[i], absl::StrCat("Context ", i));
    problems.insert(problems.end(), inner.begin(), inner.end());
  }
  return problems;
}

const Json* FindEntity(const Json& contexts, absl::string_view schema_name) {
  const Json* entities = Find(contexts, "data");
  if (entities == nullptr || !entities->is_array()) return nullptr;
  for (const Json& entity : *entities) {
    const auto uri = ParseIgluUri(FindText(entity, "schema"));
    if (uri.ok() && uri->name == schema_name) return Find(entity, "data");
  }
  return nullptr;
}

}  // namespace waymark::collector
