// Turns the JSON of an input into an Input: the edge where untrusted text becomes types.
#ifndef WAYMARK_CAPI_INPUT_READER_H_
#define WAYMARK_CAPI_INPUT_READER_H_

#include "base/status.h"
#include "capi/frame.h"
#include "waymark/input.h"

namespace waymark {

// Views in the result point into the frame.
StatusOr<Input> ReadInput(const Frame& frame);
Start ReadStart(const Frame& frame);
// The member `now` alone, for an input that cannot be read.
Now ReadNow(const Frame& frame);

}  // namespace waymark

#endif  // WAYMARK_CAPI_INPUT_READER_H_
