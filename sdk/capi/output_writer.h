// Turns an Output into the bytes of a frame.
#ifndef WAYMARK_CAPI_OUTPUT_WRITER_H_
#define WAYMARK_CAPI_OUTPUT_WRITER_H_

#include "base/json_writer.h"
#include "base/list.h"
#include "base/string.h"
#include "waymark/effect.h"

namespace waymark {

// Empty when there is nothing to do.
String WriteOutput(const Output& output);

// An array of problems.
void WriteProblems(JsonWriter* writer, const List<Problem>& problems);

}  // namespace waymark

#endif  // WAYMARK_CAPI_OUTPUT_WRITER_H_
