// All protocols there are.
#include "base/schema.h"
#include "collector/collector.h"

namespace waymark {

#include "collector/option_schemas.inc"

const Protocol kProtocols[] = {
    {"amplitude", MakeAmplitude, kAmplitudeOptions},
    {"cloudevents", MakeCloudEvents, kCloudeventsOptions},
    {"ga4", MakeGa4, kGa4Options},
    {"generic", MakeGeneric, kGenericOptions},
    {"jitsu", MakeJitsu, kJitsuOptions},
    {"matomo", MakeMatomo, kMatomoOptions},
    {"mixpanel", MakeMixpanel, kMixpanelOptions},
    {"otlp", MakeOtlp, kOtlpOptions},
    {"plausible", MakePlausible, kPlausibleOptions},
    {"posthog", MakePostHog, kPosthogOptions},
    {"rudderstack", MakeRudderStack, kRudderstackOptions},
    {"segment", MakeSegment, kSegmentOptions},
    {"snowplow", MakeSnowplow, kSnowplowOptions},
    {"umami", MakeUmami, kUmamiOptions},
};

const size_t kProtocolCount = sizeof(kProtocols) / sizeof(kProtocols[0]);
const bool kHasOptionFormats = true;
const ProtocolNeeds kProtocolNeeds = {true, true, true, true, true, true};

}  // namespace waymark
