// Self-describing JSON inside Snowplow fields: the event (`ue_pr`, `ue_px`) and its contexts (`co`,
// `cx`).
//
// Invariant: pure functions of their arguments.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECTS_SNOWPLOW_DECODE_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECTS_SNOWPLOW_DECODE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "json.h"
#include "spot.h"

namespace waymark::collector {

// The parts of "iglu:vendor/name/jsonschema/model-revision-addition".
struct IgluUri {
  std::string vendor;
  std::string name;
  std::string version;
};

// InvalidArgument when the text does not follow that syntax.
absl::StatusOr<IgluUri> ParseIgluUri(absl::string_view uri);

// What a field held, and where that stands: problems inside go on from the field's place.
struct DecodedField {
  Json json;
  std::string where;
};

// Decodes the field pair `plain` (JSON text) or `encoded` (base64url of JSON text) of `item`.
// Nothing when neither is there, or when it cannot be decoded; the latter adds a problem.
std::optional<DecodedField> DecodeField(const Spot& item, absl::string_view plain,
                                        absl::string_view encoded, Problems& problems);

// Add what is wrong with a decoded event envelope, and with a decoded contexts envelope.
void CheckEventEnvelope(const Spot& envelope, Problems& problems);
void CheckContextsEnvelope(const Spot& envelope, Problems& problems);

// `data` of the first entity with this schema name in a contexts envelope, or null.
const Json* FindEntity(const Json& contexts, absl::string_view schema_name);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECTS_SNOWPLOW_DECODE_H_
