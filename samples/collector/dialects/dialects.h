// One function for each protocol; AllDialects() in dialect.h puts them in order.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECTS_DIALECTS_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECTS_DIALECTS_H_

#include "dialect.h"

namespace waymark::collector {

Dialect SegmentDialect();
Dialect SnowplowDialect();
Dialect PosthogDialect();
Dialect AmplitudeDialect();
Dialect MixpanelDialect();
Dialect Ga4Dialect();
Dialect MatomoDialect();
Dialect RudderstackDialect();
Dialect CloudeventsDialect();
Dialect OtlpDialect();
Dialect PlausibleDialect();
Dialect UmamiDialect();
Dialect JitsuDialect();

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECTS_DIALECTS_H_
