// What the two versions of PostHog's capture API share.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECTS_POSTHOG_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECTS_POSTHOG_H_

#include "dialect.h"
#include "spot.h"

namespace waymark::collector {

// Reads `event`, an object. `distinct_id` and `session_id` stand in different places.
ReceivedEvent ReadPosthogEvent(const Spot& event, const std::string& distinct_id,
                               const std::string& session_id, int64_t received_ms);

// Adds a problem for what is no project token (personal keys begin with phx_). Its value is not
// shown: it may be a secret.
void CheckPosthogToken(const std::string& token, const std::string& where, Problems& problems);

// POST /i/v1/analytics/events.
Outcome AnswerPosthogV1(const Request& request);
bool IsPosthogV1(const Request& request);
Reply RefusePosthogV1(int status, absl::string_view tag, absl::string_view sentence);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECTS_POSTHOG_H_
