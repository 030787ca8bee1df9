// Turns an Output into the bytes of a frame.
#ifndef WAYMARK_CAPI_OUTPUT_WRITER_H_
#define WAYMARK_CAPI_OUTPUT_WRITER_H_

#include "base/json_writer.h"
#include "base/list.h"
#include "base/string.h"
#include "capi/frame.h"
#include "waymark/effect.h"
#include "waymark/input.h"

namespace waymark {

// Empty when there is nothing to do.
String WriteOutput(const Output& output);

// An array of problems.
void WriteProblems(JsonWriter* writer, const List<Problem>& problems);

// The frame that answers a question: what `answer(JsonWriter*, List<Problem>*)` writes into an open
// object, then `problems`. A question that could not be read is not asked.
template <typename Answer>
String WriteAnswer(const Input& query, Answer answer) {
  FrameWriter frame;
  JsonWriter writer(frame.json());
  writer.Begin('{');
  List<Problem> problems;
  if (query.refusal.ok()) {
    answer(&writer, &problems);
  } else {
    AddProblem(&problems, query.refusal.problem());
  }
  writer.Key("problems");
  WriteProblems(&writer, problems);
  writer.End('}');
  return frame.Finish();
}

}  // namespace waymark

#endif  // WAYMARK_CAPI_OUTPUT_WRITER_H_
