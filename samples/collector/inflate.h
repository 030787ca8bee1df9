// Compressed bodies, inflated with a bound.
#ifndef WAYMARK_SAMPLES_COLLECTOR_INFLATE_H_
#define WAYMARK_SAMPLES_COLLECTOR_INFLATE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark::collector {

// Inflates one complete gzip stream. InvalidArgument when it is no gzip, is cut short or has bytes
// after its end; ResourceExhausted when it would give more than `bytes_max`.
absl::StatusOr<std::string> InflateGzip(absl::string_view compressed, size_t bytes_max);
// The same for what HTTP calls deflate: a zlib stream, or the bare stream that some senders mean.
absl::StatusOr<std::string> InflateDeflate(absl::string_view compressed, size_t bytes_max);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_INFLATE_H_
