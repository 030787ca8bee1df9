// The protocols of the page module. Whoever needs others loads waymark-all.wasm, which has them
// all.
#include "base/schema.h"
#include "collector/collector.h"

namespace waymark {

#include "collector/option_schemas.inc"

const Protocol kProtocols[] = {
    {"segment", MakeSegment, kSegmentOptions},
    {"snowplow", MakeSnowplow, kSnowplowOptions},
};
const size_t kProtocolCount = sizeof(kProtocols) / sizeof(kProtocols[0]);
const bool kHasOptionFormats = false;
const ProtocolNeeds kProtocolNeeds = {};

}  // namespace waymark
