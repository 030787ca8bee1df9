// Small helpers for answers that all routes share.
#ifndef WAYMARK_SAMPLES_COLLECTOR_EXCHANGE_H_
#define WAYMARK_SAMPLES_COLLECTOR_EXCHANGE_H_

#include <httplib.h>

#include <cstdint>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace waymark::collector {

inline int64_t NowMs() { return absl::ToUnixMillis(absl::Now()); }

inline void Answer(httplib::Response& response, int status, const std::string& content,
                   const std::string& content_type) {
  response.status = status;
  response.set_content(content, content_type);
}

inline void AnswerJson(httplib::Response& response, int status, const std::string& json) {
  Answer(response, status, json, "application/json");
}

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_EXCHANGE_H_
