#include "event_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "event_json.h"

namespace waymark::collector {
namespace {

// Goes up with every change of kSchema.
constexpr int64_t kSchemaVersion = 2;

constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS requests(
  id INTEGER PRIMARY KEY AUTOINCREMENT, revision INTEGER NOT NULL, received_ms INTEGER NOT NULL,
  protocol TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL,
  content_type TEXT NOT NULL, encoding TEXT NOT NULL, body_bytes INTEGER NOT NULL,
  events INTEGER NOT NULL, rejected INTEGER NOT NULL, retry INTEGER NOT NULL, problem TEXT,
  problems TEXT NOT NULL, answer TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS requests_by_revision ON requests(revision);
CREATE INDEX IF NOT EXISTS requests_for_totals ON requests(method, status);
CREATE TABLE IF NOT EXISTS events(
  id INTEGER PRIMARY KEY AUTOINCREMENT, revision INTEGER NOT NULL, received_ms INTEGER NOT NULL,
  request_id INTEGER NOT NULL, protocol TEXT NOT NULL, variant TEXT NOT NULL, kind TEXT NOT NULL,
  name TEXT, message_id TEXT, order_id TEXT,
  time_ms INTEGER NOT NULL, anonymous_id TEXT, user_id TEXT, session_id TEXT, consent TEXT NOT NULL,
  wire_bytes INTEGER NOT NULL, encoding TEXT NOT NULL, form TEXT NOT NULL,
  duplicates INTEGER NOT NULL DEFAULT 0, problem_count INTEGER NOT NULL, problems TEXT NOT NULL,
  event TEXT NOT NULL, raw BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS events_once ON events(protocol, variant, message_id)
  WHERE message_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_by_revision ON events(revision);
CREATE INDEX IF NOT EXISTS events_for_totals ON events(wire_bytes, duplicates, problem_count);
)sql";

constexpr char kInsertRequest[] = R"sql(
INSERT INTO requests(revision, received_ms, protocol, method, path, status, content_type, encoding,
                     body_bytes, events, rejected, retry, problem, problems, answer, body)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16))sql";

constexpr char kInsertEvent[] = R"sql(
INSERT INTO events(revision, received_ms, request_id, protocol, variant, kind, name, message_id,
                   order_id, time_ms, anonymous_id, user_id, session_id, consent, wire_bytes,
                   encoding, form, problem_count, problems, event, raw)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
       ?21)
ON CONFLICT(protocol, variant, message_id) WHERE message_id IS NOT NULL
DO UPDATE SET duplicates = duplicates + 1, revision = excluded.revision)sql";

constexpr char kSelectEvents[] = R"sql(
SELECT id, revision, received_ms, request_id, protocol, variant, kind, name, message_id, order_id,
       time_ms, anonymous_id, user_id, session_id, consent, wire_bytes, encoding, form, duplicates,
       problems, event
FROM events )sql";
constexpr char kSelectRequests[] = R"sql(
SELECT id, revision, received_ms, protocol, method, path, status, content_type, encoding,
       body_bytes, events, rejected, retry, problem, problems, answer, body
FROM requests )sql";
constexpr char kSelectRaw[] = "SELECT raw FROM events WHERE id = ?1";
constexpr char kById[] = "WHERE id > ?1 ORDER BY id LIMIT ?2";
constexpr char kByRevision[] = "WHERE revision > ?1 ORDER BY revision LIMIT ?2";
constexpr char kRefusedByRevision[] =
    "WHERE revision > ?1 AND problem IS NOT NULL ORDER BY revision LIMIT ?2";

// The newest ?1 rows stay. LIMIT 1 OFFSET ?1 is the newest row that must go.
constexpr char kDropEvents[] =
    "DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?1)";
constexpr char kDropRequests[] =
    "DELETE FROM requests WHERE id <= (SELECT id FROM requests ORDER BY id DESC LIMIT 1 OFFSET ?1)";

constexpr char kEventTotals[] =
    "SELECT COUNT(*), TOTAL(wire_bytes), TOTAL(duplicates), TOTAL(problem_count > 0) FROM events";
constexpr char kRequestTotals[] =
    "SELECT TOTAL(method <> 'OPTIONS'), TOTAL(method = 'OPTIONS'), TOTAL(status < 200 OR status > "
    "299) "
    "FROM requests";
constexpr char kLastRevision[] =
    "SELECT MAX(IFNULL((SELECT MAX(revision) FROM events), 0), "
    "IFNULL((SELECT MAX(revision) FROM requests), 0))";

StoredEvent ReadEvent(const Statement& row) {
  StoredEvent stored;
  int column = 0;
  stored.id = row.Integer(column++);
  stored.revision = row.Integer(column++);
  stored.received_ms = row.Integer(column++);
  stored.request_id = row.Integer(column++);
  ReceivedEvent& event = stored.event;
  event.protocol = row.Text(column++);
  event.variant = row.Text(column++);
  event.kind = row.Text(column++);
  event.name = row.Text(column++);
  event.message_id = row.Text(column++);
  event.order_id = row.Text(column++);
  event.time_ms = row.Integer(column++);
  event.anonymous_id = row.Text(column++);
  event.user_id = row.Text(column++);
  event.session_id = row.Text(column++);
  event.consent = ParseJson(row.Text(column++)).value_or(Json(nullptr));
  event.wire_bytes = row.Integer(column++);
  stored.encoding = row.Text(column++);
  event.form = row.Text(column++);
  stored.duplicates = row.Integer(column++);
  event.problems = ReadProblems(ParseJson(row.Text(column++)).value_or(Json::array()));
  stored.event_text = row.Text(column++);
  return stored;
}

StoredRequest ReadRequest(const Statement& row) {
  StoredRequest stored;
  int column = 0;
  stored.id = row.Integer(column++);
  stored.revision = row.Integer(column++);
  ReceivedRequest& request = stored.request;
  request.received_ms = row.Integer(column++);
  request.protocol = row.Text(column++);
  request.method = row.Text(column++);
  request.path = row.Text(column++);
  request.status = static_cast<int>(row.Integer(column++));
  request.content_type = row.Text(column++);
  request.encoding = row.Text(column++);
  request.body_bytes = row.Integer(column++);
  stored.events = row.Integer(column++);
  request.rejected = row.Integer(column++);
  request.retry = row.Integer(column++);
  request.problem = row.Text(column++);
  request.problems = ReadProblems(ParseJson(row.Text(column++)).value_or(Json::array()));
  request.answer = row.Text(column++);
  request.body = row.Text(column++);
  return stored;
}

}  // namespace

struct EventStore::Statements {
  Statement begin, commit, rollback, insert_request, insert_event, events_by_id, events_by_revision,
      requests_by_id, refused_by_revision, raw, drop_events, drop_requests, event_totals,
      request_totals;
};

absl::StatusOr<std::unique_ptr<EventStore>> EventStore::Open(const std::string& path,
                                                             int64_t events_max) {
  absl::StatusOr<Database> database = Database::Open(path);
  if (!database.ok()) return database.status();
  std::unique_ptr<EventStore> store(new EventStore(*std::move(database), events_max));
  absl::MutexLock lock(&store->mutex_);
  if (absl::Status status = store->Prepare(); !status.ok()) return status;
  return store;
}

EventStore::EventStore(Database database, int64_t events_max)
    : events_max_(events_max),
      database_(std::move(database)),
      statements_(std::make_shared<Statements>()) {}

// A file of another version has other columns. Nothing in a sample is worth a conversion.
absl::Status EventStore::CheckVersion() {
  absl::StatusOr<Statement> found = database_.Prepare(
      "SELECT (SELECT user_version FROM pragma_user_version), COUNT(*) FROM sqlite_master");
  if (!found.ok()) return found.status();
  if (absl::Status status = found->Step().status(); !status.ok()) return status;
  const bool empty = found->Integer(1) == 0;
  if (!empty && found->Integer(0) != kSchemaVersion) {
    return absl::FailedPreconditionError(
        "the database was written by another version of the collector; delete the file, or name "
        "another");
  }
  found->Reset();
  return database_.Execute(absl::StrCat("PRAGMA user_version=", kSchemaVersion));
}

absl::Status EventStore::Prepare() {
  // WAL is refused by an in-memory database, which then keeps its own journal mode.
  absl::Status status = database_.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
  if (status.ok()) status = CheckVersion();
  if (status.ok()) status = database_.Execute(kSchema);
  const std::pair<Statement*, std::string> all[] = {
      {&statements_->begin, "BEGIN IMMEDIATE"},
      {&statements_->commit, "COMMIT"},
      {&statements_->rollback, "ROLLBACK"},
      {&statements_->insert_request, kInsertRequest},
      {&statements_->insert_event, kInsertEvent},
      {&statements_->events_by_id, absl::StrCat(kSelectEvents, kById)},
      {&statements_->events_by_revision, absl::StrCat(kSelectEvents, kByRevision)},
      {&statements_->requests_by_id, absl::StrCat(kSelectRequests, kById)},
      {&statements_->refused_by_revision, absl::StrCat(kSelectRequests, kRefusedByRevision)},
      {&statements_->raw, kSelectRaw},
      {&statements_->drop_events, kDropEvents},
      {&statements_->drop_requests, kDropRequests},
      {&statements_->event_totals, kEventTotals},
      {&statements_->request_totals, kRequestTotals}};
  for (const auto& [statement, sql] : all) {
    if (!status.ok()) return status;
    absl::StatusOr<Statement> prepared = database_.Prepare(sql);
    if (prepared.ok()) *statement = *std::move(prepared);
    status = prepared.status();
  }
  if (!status.ok()) return status;
  absl::StatusOr<Statement> last = database_.Prepare(kLastRevision);
  if (!last.ok()) return last.status();
  status = last->Step().status();
  if (status.ok()) revision_ = last->Integer(0);
  return status;
}

absl::Status EventStore::Record(const ReceivedRequest& request,
                                const std::vector<ReceivedEvent>& events) {
  absl::MutexLock lock(&mutex_);
  if (absl::Status status = statements_->begin.Run(); !status.ok()) return status;
  absl::Status status = WriteAll(request, events);
  if (status.ok()) status = statements_->commit.Run();
  // The first failure is the one worth telling; a failed rollback leaves nothing more to try.
  if (!status.ok()) statements_->rollback.Run().IgnoreError();
  return status;
}

absl::Status EventStore::WriteAll(const ReceivedRequest& request,
                                  const std::vector<ReceivedEvent>& events) {
  absl::Status status = WriteRequest(request, events.size());
  const int64_t request_id = database_.last_insert_row_id();
  for (const ReceivedEvent& event : events) {
    if (!status.ok()) return status;
    status = WriteEvent(request, request_id, event);
  }
  return status.ok() ? DropOldest() : status;
}

absl::Status EventStore::WriteRequest(const ReceivedRequest& request, size_t events) {
  Statement& insert = statements_->insert_request;
  insert.Bind(1, ++revision_);
  insert.Bind(2, request.received_ms);
  insert.BindText(3, request.protocol);
  insert.BindText(4, request.method);
  insert.BindText(5, request.path);
  insert.Bind(6, request.status);
  insert.BindText(7, request.content_type);
  insert.BindText(8, request.encoding);
  insert.Bind(9, request.body_bytes);
  insert.Bind(10, static_cast<int64_t>(events));
  insert.Bind(11, request.rejected);
  insert.Bind(12, request.retry);
  insert.BindTextOrNull(13, request.problem);
  insert.BindText(14, ToText(ProblemsJson(request.problems)));
  insert.BindTextOrNull(15, request.answer);
  insert.BindTextOrNull(16, request.body);
  return insert.Run();
}

absl::Status EventStore::WriteEvent(const ReceivedRequest& request, int64_t request_id,
                                    const ReceivedEvent& event) {
  Statement& insert = statements_->insert_event;
  insert.Bind(1, ++revision_);
  insert.Bind(2, request.received_ms);
  insert.Bind(3, request_id);
  insert.BindText(4, event.protocol);
  insert.BindText(5, event.variant);
  insert.BindText(6, event.kind);
  insert.BindTextOrNull(7, event.name);
  insert.BindTextOrNull(8, event.message_id);
  insert.BindTextOrNull(9, event.order_id);
  insert.Bind(10, event.time_ms);
  insert.BindTextOrNull(11, event.anonymous_id);
  insert.BindTextOrNull(12, event.user_id);
  insert.BindTextOrNull(13, event.session_id);
  insert.BindText(14, ToText(event.consent));
  insert.Bind(15, event.wire_bytes);
  insert.BindText(16, request.encoding);
  insert.BindText(17, event.form);
  insert.Bind(18, static_cast<int64_t>(event.problems.size()));
  insert.BindText(19, ToText(ProblemsJson(event.problems)));
  insert.BindText(20, ToText(event.event));
  insert.BindBytes(21, event.raw);
  return insert.Run();
}

absl::Status EventStore::DropOldest() {
  for (Statement* drop : {&statements_->drop_events, &statements_->drop_requests}) {
    drop->Bind(1, events_max_);
    if (absl::Status status = drop->Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status EventStore::Clear() {
  absl::MutexLock lock(&mutex_);
  ++clearings_;
  return database_.Execute("BEGIN; DELETE FROM events; DELETE FROM requests; COMMIT;");
}

absl::Status EventStore::ReadEvents(Statement& statement, const Page& page, EventVisitor visit) {
  absl::MutexLock lock(&mutex_);
  statement.Bind(1, page.after);
  statement.Bind(2, page.limit);
  absl::StatusOr<bool> row = statement.Step();
  for (; row.ok() && *row; row = statement.Step()) visit(ReadEvent(statement));
  statement.Reset();
  return row.status();
}

absl::Status EventStore::ReadRequests(Statement& statement, const Page& page,
                                      RequestVisitor visit) {
  absl::MutexLock lock(&mutex_);
  statement.Bind(1, page.after);
  statement.Bind(2, page.limit);
  absl::StatusOr<bool> row = statement.Step();
  for (; row.ok() && *row; row = statement.Step()) visit(ReadRequest(statement));
  statement.Reset();
  return row.status();
}

absl::Status EventStore::VisitEvents(const Page& page, EventVisitor visit) {
  return ReadEvents(statements_->events_by_id, page, visit);
}

absl::Status EventStore::VisitRequests(const Page& page, RequestVisitor visit) {
  return ReadRequests(statements_->requests_by_id, page, visit);
}

absl::Status EventStore::VisitChangedEvents(const Page& page, EventVisitor visit) {
  return ReadEvents(statements_->events_by_revision, page, visit);
}

absl::Status EventStore::VisitRefusedRequests(const Page& page, RequestVisitor visit) {
  return ReadRequests(statements_->refused_by_revision, page, visit);
}

absl::StatusOr<std::string> EventStore::ReadRaw(int64_t event_id) {
  absl::MutexLock lock(&mutex_);
  Statement& statement = statements_->raw;
  statement.Bind(1, event_id);
  const absl::StatusOr<bool> row = statement.Step();
  std::string raw = row.ok() && *row ? statement.Text(0) : "";
  statement.Reset();
  if (!row.ok()) return row.status();
  if (!*row) return absl::NotFoundError("There is no such event.");
  return raw;
}

absl::StatusOr<Totals> EventStore::CountTotals() {
  absl::MutexLock lock(&mutex_);
  Statement& events = statements_->event_totals;
  Statement& requests = statements_->request_totals;
  if (absl::Status status = events.Step().status(); !status.ok()) return status;
  if (absl::Status status = requests.Step().status(); !status.ok()) return status;
  const Totals totals = {events.Integer(0),  events.Integer(1),   events.Integer(2),
                         events.Integer(3),  requests.Integer(0), requests.Integer(1),
                         requests.Integer(2)};
  events.Reset();
  requests.Reset();
  return totals;
}

int64_t EventStore::revision() const {
  absl::MutexLock lock(&mutex_);
  return revision_;
}

int64_t EventStore::clearings() const {
  absl::MutexLock lock(&mutex_);
  return clearings_;
}

}  // namespace waymark::collector
