// What most protocols do with a body: unpack, parse, cut into records, answer.
//
// Invariant: pure functions of their arguments.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DIALECTS_BODY_H_
#define WAYMARK_SAMPLES_COLLECTOR_DIALECTS_BODY_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dialect.h"
#include "spot.h"

namespace waymark::collector {

// The body after its Content-Encoding, which must be identity or gzip. Else a problem, and
// ResourceExhausted where it would be too large, InvalidArgument for the rest.
absl::StatusOr<std::string> UnpackBody(const Request& request, Problems& problems);
// The HTTP status that most collectors have for either: 413 or 400.
int StatusOfUnpack(const absl::Status& status);
// `text` as JSON. Else nothing, and a problem.
std::optional<Json> ParseBody(absl::string_view text, Problems& problems);

// True when the request's media type is one of `allowed`; else a problem.
bool HasMediaType(const Request& request, std::initializer_list<absl::string_view> allowed,
                  Problems& problems);
// True when `bytes` is at most `most`; else a problem at `where`.
bool FitsBytes(absl::string_view where, size_t bytes, size_t most, Problems& problems);

// The same for how many items `array` has.
bool FitsCount(const Spot& array, size_t most, Problems& problems);

// The texts of the items of an array, exactly as they stood in `text`. The array stands under the
// members `keys`, one inside the other; none for a body that is an array. `text` has been parsed
// by ParseBody; where it is written in a way that this does not follow (an escaped key), the
// items are written anew from `array`.
std::vector<std::string> ItemTexts(absl::string_view text,
                                   std::initializer_list<absl::string_view> keys,
                                   const Spot& array);

// What free properties say in the names that shops use: the order that an event is about, and what
// the visitor agreed to, as {"purpose":true} (null where they do not say). A list names what is
// granted.
std::string OrderIdOf(const Spot& properties);
Json ConsentOf(const Spot& properties);

// page, screen, identify, group or alias where that is a word of `name`, as in
// "com.example.page.viewed"; else track.
std::string KindByWord(absl::string_view name);

// The user name of "Basic base64(user:password)"; empty when the header is anything else.
std::string BasicUser(const Request& request);
// The token of "Bearer token"; empty when the header is anything else.
std::string BearerToken(const Request& request);

Reply JsonReply(int status, const Json& content);
Reply TextReply(int status, absl::string_view content);
Reply PixelReply();
Outcome Refused(Reply reply, Problems problems);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DIALECTS_BODY_H_
