// The JSON faces of events, requests and totals, as /events.json, /requests.json and /stream show
// them.
#ifndef WAYMARK_SAMPLES_COLLECTOR_EVENT_JSON_H_
#define WAYMARK_SAMPLES_COLLECTOR_EVENT_JSON_H_

#include <string>

#include "event.h"

namespace waymark::collector {

std::string EventJsonText(const StoredEvent& stored);
std::string RequestJsonText(const StoredRequest& stored);
std::string TotalsJsonText(const Totals& totals);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_EVENT_JSON_H_
