// What a config's rules about events and fields contradict each other in: what the engine takes,
// and what yet cannot be meant. For tools, not for pages.
#ifndef WAYMARK_ENGINE_PLAN_CHECK_H_
#define WAYMARK_ENGINE_PLAN_CHECK_H_

#include "base/json_view.h"
#include "base/list.h"
#include "base/status.h"
#include "engine/config.h"

namespace waymark {

// Adds the findings of a config that the engine takes: a rule that can never fire, a property that
// is required and dropped, a list of events with one that nobody plans.
void CheckTrackingPlan(const Config& config, JsonView json, List<Problem>* findings);

}  // namespace waymark

#endif  // WAYMARK_ENGINE_PLAN_CHECK_H_
