// The Segment HTTP tracking API. One wrong event refuses the whole body, as the service does.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "collector_limits.h"
#include "dialects/body.h"
#include "dialects/dialects.h"
#include "dialects/segment_event.h"

namespace waymark::collector {
namespace {

Reply Refuse(int status, absl::string_view sentence) {
  return JsonReply(status, {{"success", false}, {"message", std::string(sentence)}});
}

Outcome Refused(Problems problems, int status = 400) {
  const std::string sentence = ProblemsText(problems);
  return Refused(Refuse(status, sentence), std::move(problems));
}

void CheckWriteKey(const Request& request, const Spot& body, Problems& problems) {
  if (!body["writeKey"].text().empty() || !BasicUser(request).empty()) return;
  problems.push_back(body["writeKey"].Wrong("the write key, here or as Basic authorization"));
}

void CheckKind(const Spot& type, absl::string_view route_kind, Problems& problems) {
  if (type.empty() && !route_kind.empty()) return;
  if (route_kind.empty() && !IsSegmentKind(type.text())) {
    problems.push_back(type.Wrong(kSegmentKinds));
  }
  if (!route_kind.empty() && type.text() != route_kind) {
    problems.push_back(type.Wrong(absl::StrCat(route_kind, ", as the path says")));
  }
}

// `route_kind` is empty for an event of a batch, which names its kind itself.
void CheckEvent(const Spot& event, absl::string_view route_kind, Problems& problems) {
  if (!NeedObject(event, problems)) return;
  CheckKind(event["type"], route_kind, problems);
  if (event["messageId"].text().empty()) {
    problems.push_back(event["messageId"].Wrong("an id of the message"));
  }
  if (event["userId"].text().empty() && event["anonymousId"].text().empty()) {
    problems.push_back(event["anonymousId"].Wrong("an id, here or as userId"));
  }
  const bool is_track = route_kind == "track" || event["type"].text() == "track";
  if (is_track && event["event"].text().empty()) {
    problems.push_back(event["event"].Wrong("the name of what happened"));
  }
  for (const absl::string_view key : {"timestamp", "originalTimestamp", "sentAt"}) {
    MayIsoTime(event[key], problems);
  }
}

// `text` is the event as it stood in the body.
void AddEvent(const Request& request, const Spot& event, std::string text,
              absl::string_view route_kind, Outcome& outcome) {
  CheckEvent(event, route_kind, outcome.problems);
  FitsBytes(event.where(), text.size(), kSegmentEventBytesMax, outcome.problems);
  if (!outcome.problems.empty()) return;
  const std::string type = event["type"].text();
  Record record = {
      ReadSegmentEvent(event, type.empty() ? std::string(route_kind) : type, request.received_ms)};
  record.event.raw = std::move(text);
  outcome.records.push_back(std::move(record));
}

Outcome AnswerSegment(const Request& request) {
  Outcome outcome;
  outcome.reply = JsonReply(200, {{"success", true}});
  Problems& problems = outcome.problems;
  if (!HasMediaType(request, {"application/json", "text/plain"}, problems))
    return Refused(problems);
  const absl::StatusOr<std::string> text = UnpackBody(request, problems);
  if (!text.ok()) return Refused(problems, StatusOfUnpack(text.status()));
  if (!FitsBytes("body", text->size(), kSegmentBatchBytesMax, problems)) return Refused(problems);
  const std::optional<Json> json = ParseBody(*text, problems);
  if (!json) return Refused(problems);
  const Spot body(*json);
  if (!NeedObject(body, problems)) return Refused(problems);
  if (!FitsCount(body["batch"], kRecordsMax, problems)) return Refused(problems);
  CheckWriteKey(request, body, problems);
  MayIsoTime(body["sentAt"], problems);
  const std::string kind = SegmentKindOfPath(absl::StripPrefix(request.path, "/v1/"));
  if (!kind.empty()) {
    AddEvent(request, body, *text, kind, outcome);
  } else if (const Spot batch = body["batch"]; batch.is_array() && batch.size() > 0) {
    std::vector<std::string> texts = ItemTexts(*text, {"batch"}, batch);
    for (size_t i = 0; i < batch.size(); ++i) {
      AddEvent(request, batch[i], std::move(texts[i]), "", outcome);
    }
  } else {
    problems.push_back(batch.Wrong("an array of at least one event"));
  }
  return problems.empty() ? outcome : Refused(problems);
}

}  // namespace

Dialect SegmentDialect() {
  return {.name = "segment",
          .routes = {{"/v1/batch"},
                     {"/v1/b"},
                     {"/v1/track"},
                     {"/v1/t"},
                     {"/v1/page"},
                     {"/v1/p"},
                     {"/v1/identify"},
                     {"/v1/i"},
                     {"/v1/screen"},
                     {"/v1/s"},
                     {"/v1/group"},
                     {"/v1/g"},
                     {"/v1/alias"},
                     {"/v1/a"}},
          .cors = {.origin = Cors::Origin::kAny,
                   .methods = "POST",
                   .headers = "Content-Type, Content-Encoding, Authorization, X-Retry-Count",
                   .max_age_s = 3600},
          .body_bytes_max = kBodyBytesMax,
          .answer = AnswerSegment,
          .refuse = Refuse};
}

}  // namespace waymark::collector
