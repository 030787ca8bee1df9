// All protocols there are.
#include "collector/collector.h"

namespace waymark {

const Protocol kProtocols[] = {
    {"amplitude", MakeAmplitude},
    {"cloudevents", MakeCloudEvents},
    {"ga4", MakeGa4},
    {"jitsu", MakeJitsu},
    {"matomo", MakeMatomo},
    {"mixpanel", MakeMixpanel},
    {"otlp", MakeOtlp},
    {"plausible", MakePlausible},
    {"posthog", MakePostHog},
    {"rudderstack", MakeRudderStack},
    {"segment", MakeSegment},
    {"snowplow", MakeSnowplow},
    {"umami", MakeUmami},
};

const size_t kProtocolCount = sizeof(kProtocols) / sizeof(kProtocols[0]);

}  // namespace waymark
