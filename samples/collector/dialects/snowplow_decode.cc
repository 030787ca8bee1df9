#include "dialects/snowplow_decode.h"

#include <utility>

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

// Checks {"schema":"iglu:…","data":…}.
void CheckSelfDescribing(const Spot& value, Problems& problems) {
  if (!NeedObject(value, problems)) return;
  if (!ParseIgluUri(value["schema"].text()).ok()) {
    problems.push_back(value["schema"].Wrong("iglu:vendor/name/jsonschema/M-R-A"));
  }
  NeedObject(value["data"], problems);
}

// The envelope has to say that it is the Snowplow schema `name`, model 1.
void CheckEnvelopeSchema(const Spot& envelope, absl::string_view name, Problems& problems) {
  const auto uri = ParseIgluUri(envelope["schema"].text());
  if (uri.ok() && uri->vendor == kVendor && uri->name == name &&
      absl::StartsWith(uri->version, "1-")) {
    return;
  }
  problems.push_back(
      envelope["schema"].Wrong(absl::StrCat("iglu:", kVendor, "/", name, "/jsonschema/1-x-x")));
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

std::optional<DecodedField> DecodeField(const Spot& item, absl::string_view plain,
                                        absl::string_view encoded, Problems& problems) {
  const Spot field = item[plain].text().empty() ? item[encoded] : item[plain];
  std::string text = field.text();
  if (text.empty()) return std::nullopt;
  if (item[plain].text().empty() && !absl::WebSafeBase64Unescape(field.text(), &text)) {
    problems.push_back(field.Wrong("base64url"));
    return std::nullopt;
  }
  absl::StatusOr<Json> json = ParseJson(text);
  if (json.ok()) return DecodedField{*std::move(json), field.where()};
  problems.push_back({field.where(), std::string(json.status().message()), "JSON in UTF-8"});
  return std::nullopt;
}

void CheckEventEnvelope(const Spot& envelope, Problems& problems) {
  CheckEnvelopeSchema(envelope, "unstruct_event", problems);
  CheckSelfDescribing(envelope["data"], problems);
}

void CheckContextsEnvelope(const Spot& envelope, Problems& problems) {
  CheckEnvelopeSchema(envelope, "contexts", problems);
  const Spot entities = envelope["data"];
  if (!entities.is_array()) return problems.push_back(entities.Wrong("an array"));
  for (size_t i = 0; i < entities.size(); ++i) CheckSelfDescribing(entities[i], problems);
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
