// Every bound of the collector, with its unit and the reason for the number.
//
// What arrives is untrusted: each queue, body, nesting and wait below has an end.
#ifndef WAYMARK_SAMPLES_COLLECTOR_COLLECTOR_LIMITS_H_
#define WAYMARK_SAMPLES_COLLECTOR_COLLECTOR_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace waymark::collector {

// Bodies on the wire. 8 MiB is far above what most protocols accept, and still cheap to hold; the
// others go up to the 20 MB that PostHog and Amplitude document (OTLP's 64 MiB are too much here).
inline constexpr size_t kBodyBytesMax = 8 * 1024 * 1024;
inline constexpr size_t kLargeBodyBytesMax = 20 * 1024 * 1024;
// A gzip bomb stops here.
inline constexpr size_t kInflatedBytesMax = 32 * 1024 * 1024;
// Request line and all headers together.
inline constexpr size_t kHeaderBytesMax = 64 * 1024;

// Forms. A query of 64 KiB of headers cannot hold more.
inline constexpr size_t kFormFieldsMax = 20000;

// JSON. Deeper trees would be walked by recursive code; larger objects make linear lookups add up.
inline constexpr int kJsonDepthMax = 64;
inline constexpr int kJsonObjectKeysMax = 2000;

// Ours, where a protocol names no number of events: a body of empty objects must not become a
// million rows.
inline constexpr size_t kRecordsMax = 10000;

// Segment documents 32 KB an event and 500 KB a batch.
inline constexpr size_t kSegmentEventBytesMax = 32 * 1024;
inline constexpr size_t kSegmentBatchBytesMax = 500 * 1024;

// Amplitude: 1 MB and 2,000 events in one request of HTTP V2, 20 MB in one of the batch API.
inline constexpr size_t kAmplitudeBodyBytesMax = 1024 * 1024;
inline constexpr size_t kAmplitudeEventsMax = 2000;

// Mixpanel: 2,000 events; /import takes 10 MB uncompressed, and 1 MB an event.
inline constexpr size_t kMixpanelEventsMax = 2000;
inline constexpr size_t kMixpanelImportBytesMax = 10 * 1024 * 1024;
inline constexpr size_t kMixpanelEventBytesMax = 1024 * 1024;

// GA4 documents "smaller than 130 kB".
inline constexpr size_t kGa4BodyBytesMax = 130 * 1000;

// RudderStack: Gateway.maxReqSizeInKB is 4000 unless it is set.
inline constexpr size_t kRudderstackBodyBytesMax = 4000 * 1024;

// PostHog: 2 MB where version 0 takes single events, 10 MB compressed in version 1.
inline constexpr size_t kPosthogEventBodyBytesMax = 2 * 1024 * 1024;
inline constexpr size_t kPosthogV1BodyBytesMax = 10 * 1024 * 1024;

// The Snowplow collector answers 413 over 2 MB, and makes one bad row of what is over 1 MB.
inline constexpr size_t kSnowplowDropBytes = 2 * 1024 * 1024;
inline constexpr size_t kSnowplowPayloadBytesMax = 1024 * 1024;
// How much of an unreadable payload a bad row shows, and of a body and its answer a refusal.
inline constexpr size_t kExcerptBytesMax = 4096;

// Text of request headers that is kept with the request.
inline constexpr size_t kHeaderTextBytesMax = 200;

// Kept events when the caller does not say; also the most rows one answer holds.
inline constexpr int64_t kEventsMaxDefault = 100000;

// Threads that serve connections. A live page holds one for as long as it is open.
inline constexpr size_t kServerThreads = 64;
inline constexpr int kLiveStreamsMax = 24;
// How many of the newest changes a freshly opened page gets.
inline constexpr int64_t kLiveBacklog = 500;

// Waits. An idle connection gives its thread back after 5 s; one request may not take longer than a
// minute to arrive.
inline constexpr int kIdleMsMax = 5000;
inline constexpr int kRequestMsMax = 60000;
inline constexpr int kWriteMsMax = 10000;
inline constexpr int kRequestsPerConnectionMax = 1000;

// Faults that can be asked for.
inline constexpr int64_t kFaultDelayMsMax = 60000;
inline constexpr int64_t kFaultEveryMax = 1000000;
inline constexpr int64_t kFaultForMsMax = 24 * 60 * 60 * 1000;
inline constexpr int64_t kFaultRetryAfterSecondsMax = 24 * 60 * 60;

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_COLLECTOR_LIMITS_H_
