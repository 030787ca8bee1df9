// Self-describing JSON inside Snowplow fields: the event (`ue_pr`, `ue_px`) and its contexts (`co`,
// `cx`).
//
// Invariant: pure functions of their arguments.
#ifndef WAYMARK_SAMPLES_COLLECTOR_SNOWPLOW_DECODE_H_
#define WAYMARK_SAMPLES_COLLECTOR_SNOWPLOW_DECODE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "json.h"

namespace waymark::collector {

// The parts of "iglu:vendor/name/jsonschema/model-revision-addition".
struct IgluUri {
  std::string vendor;
  std::string name;
  std::string version;
};

// InvalidArgument when the text does not follow that syntax.
absl::StatusOr<IgluUri> ParseIgluUri(absl::string_view uri);

// Decodes the field pair `plain` (JSON text) or `encoded` (base64url of JSON text) of `item`.
// NotFound when neither is there; InvalidArgument, with a sentence, when it cannot be decoded.
absl::StatusOr<Json> DecodeField(const Json& item, absl::string_view plain,
                                 absl::string_view encoded);

// Sentences on what is wrong with a decoded event envelope or a decoded contexts envelope; empty
// when all is well.
std::vector<std::string> CheckEventEnvelope(const Json& envelope);
std::vector<std::string> CheckContextsEnvelope(const Json& envelope);

// `data` of the first entity with this schema name in a contexts envelope, or null.
const Json* FindEntity(const Json& contexts, absl::string_view schema_name);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_SNOWPLOW_DECODE_H_
