// The protocols of the page module. Whoever needs others loads waymark-all.wasm, which has them
// all.
#include "collector/collector.h"

namespace waymark {

const Protocol kProtocols[] = {{"segment", MakeSegment}, {"snowplow", MakeSnowplow}};
const size_t kProtocolCount = sizeof(kProtocols) / sizeof(kProtocols[0]);

}  // namespace waymark
