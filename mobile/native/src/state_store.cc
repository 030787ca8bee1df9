#include "state_store.h"

#include <sqlite3.h>

#include <cstdio>
#include <utility>

namespace waymark::native {
namespace {

constexpr int kVersion = 1;
constexpr int kBusyMs = 1'000;  // another program looks into it: the engine tries again later
constexpr std::string_view kDecisions = "consent/";

// WAL: a transaction is one append. The page cache and the size of the file are bounded: state is a
// few kilobytes, the decision log at most 100 KB.
constexpr const char* kSettings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
    "PRAGMA cache_size=-128; PRAGMA max_page_count=4096; PRAGMA journal_size_limit=262144;"
    "PRAGMA wal_autocheckpoint=256; PRAGMA temp_store=MEMORY;"
    "CREATE TABLE IF NOT EXISTS entries(key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL)"
    " WITHOUT ROWID;";

Fault FaultOf(int code) {
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return Fault::kNone;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return Fault::kQuota;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fault::kCorrupt;
    case SQLITE_IOERR:
      return code == SQLITE_IOERR_WRITE ? Fault::kQuota : Fault::kUnavailable;
    default:
      return Fault::kUnavailable;
  }
}

// The first key behind all that begin with `prefix`.
std::string EndOf(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

// To SQLite an empty text and none are two things: nothing is greater than none.
void BindText(sqlite3_stmt* statement, int place, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  sqlite3_bind_text(statement, place, data, static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void BindBytes(sqlite3_stmt* statement, int place, std::string_view bytes) {
  // An empty blob and none are two things to SQLite.
  const char* data = bytes.empty() ? "" : bytes.data();
  sqlite3_bind_blob(statement, place, data, static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

std::string Column(sqlite3_stmt* statement, int place) {
  const void* bytes = sqlite3_column_blob(statement, place);
  const int size = sqlite3_column_bytes(statement, place);
  return bytes ? std::string(static_cast<const char*>(bytes), static_cast<size_t>(size)) : "";
}

}  // namespace

void StateStore::Closed::operator()(sqlite3* database) const { sqlite3_close(database); }
void StateStore::Closed::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

StateStore::~StateStore() { Close(); }

void StateStore::Close() {
  for (Statement* statement : {&put_, &replace_, &delete_, &delete_below_, &get_, &read_}) {
    statement->reset();
  }
  database_.reset();
}

Fault StateStore::Run(const char* sql) {
  return FaultOf(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr));
}

Fault StateStore::Step(sqlite3_stmt* statement) {
  const Fault fault = FaultOf(sqlite3_step(statement));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return fault;
}

int StateStore::Number(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql, -1, &raw, nullptr) != SQLITE_OK) return -1;
  const Statement statement(raw);
  return sqlite3_step(raw) == SQLITE_ROW ? sqlite3_column_int(raw, 0) : -1;
}

Fault StateStore::Open(const std::string& path) {
  path_ = path;
  Fault fault = OpenOnce();
  if (fault != Fault::kCorrupt) return fault;
  SetAside();
  return OpenOnce();
}

Fault StateStore::OpenOnce() {
  Close();
  sqlite3* database = nullptr;
  const char* name = path_.empty() ? ":memory:" : path_.c_str();
  // One thread has it: SQLite's own locks cost more than the statements.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(name, &database, flags, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) return FaultOf(code);
  sqlite3_busy_timeout(database, kBusyMs);
  synced_ = false;
  const int version = Number("PRAGMA user_version");
  if (version > kVersion) return Fault::kNewer;
  if (version < 0) return FaultOf(sqlite3_errcode(database));
  if (const Fault fault = Run(kSettings); fault != Fault::kNone) return fault;
  if (version == 0) {
    if (const Fault fault = Run("PRAGMA user_version=1"); fault != Fault::kNone) return fault;
  }
  // "ok", which is no number, or what is wrong: an error here is one of reading.
  if (const Fault fault = Run("SELECT count(*) FROM entries"); fault != Fault::kNone) return fault;
  return Prepare();
}

Fault StateStore::Prepare() {
  const std::pair<Statement*, const char*> all[] = {
      {&put_, "INSERT OR REPLACE INTO entries VALUES(?1, ?2)"},
      {&replace_, "UPDATE entries SET value = ?2 WHERE key = ?1"},
      {&delete_, "DELETE FROM entries WHERE key = ?1"},
      {&delete_below_, "DELETE FROM entries WHERE key >= ?1 AND (?2 = '' OR key < ?2)"},
      {&get_, "SELECT value FROM entries WHERE key = ?1"},
      {&read_,
       "SELECT key, value FROM entries WHERE key >= ?1 AND (?2 = '' OR key < ?2) AND key > ?3"
       " ORDER BY key"}};
  for (const auto& [statement, sql] : all) {
    sqlite3_stmt* raw = nullptr;
    const int code =
        sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement->reset(raw);
    if (code != SQLITE_OK) return FaultOf(code);
  }
  return Fault::kNone;
}

// Beside the database, so that somebody can look at it; the last one alone, so that they do not
// pile up.
void StateStore::SetAside() {
  ++corrupt_;
  Close();
  if (path_.empty()) return;
  std::rename(path_.c_str(), (path_ + ".corrupt").c_str());
  for (const char* beside : {"-wal", "-shm"}) std::remove((path_ + beside).c_str());
}

// A file that breaks while it is used is no reason to go without one.
Fault StateStore::Recover(Fault fault) {
  if (fault != Fault::kCorrupt) return fault;
  SetAside();
  OpenOnce();
  return fault;
}

Fault StateStore::ApplyOne(const StateChange& change) {
  if (change.kind == StateChange::Kind::kDelete) {
    BindText(delete_.get(), 1, change.key);
    return Step(delete_.get());
  }
  if (change.kind == StateChange::Kind::kDeleteBelow) {
    BindText(delete_below_.get(), 1, change.key);
    BindText(delete_below_.get(), 2, EndOf(change.key));
    return Step(delete_below_.get());
  }
  const std::optional<std::string> sealed =
      cipher_->seals() ? cipher_->Seal(change.key, change.value) : std::nullopt;
  if (cipher_->seals() && !sealed) return Fault::kUnavailable;
  sqlite3_stmt* statement =
      change.kind == StateChange::Kind::kReplace ? replace_.get() : put_.get();
  BindText(statement, 1, change.key);
  BindBytes(statement, 2, sealed ? std::string_view(*sealed) : change.value);
  return Step(statement);
}

Fault StateStore::Apply(const std::vector<StateChange>& changes) {
  if (!database_ || !put_) {
    if (const Fault fault = OpenOnce(); fault != Fault::kNone) return fault;
  }
  bool synced = false;
  bool cleared = false;
  for (const StateChange& change : changes) {
    cleared |= change.kind == StateChange::Kind::kDeleteBelow;
    synced |= cleared || change.key.starts_with(kDecisions);
  }
  if (synced != synced_) Run(synced ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  synced_ = synced;
  Fault fault = Run("BEGIN IMMEDIATE");
  for (size_t i = 0; i < changes.size() && fault == Fault::kNone; ++i) {
    fault = ApplyOne(changes[i]);
  }
  if (fault == Fault::kNone) fault = Run("COMMIT");
  if (fault != Fault::kNone) Run("ROLLBACK");
  // What is deleted for good does not stay in the log of changes either.
  if (fault == Fault::kNone && cleared && !path_.empty()) Run("PRAGMA wal_checkpoint(TRUNCATE)");
  return Recover(fault);
}

std::optional<std::string> StateStore::Get(const std::string& key) {
  if (!get_) return std::nullopt;
  BindText(get_.get(), 1, key);
  std::optional<std::string> value;
  if (sqlite3_step(get_.get()) == SQLITE_ROW) {
    value = cipher_->Open(key, Column(get_.get(), 0));
    corrupt_ += !value;
  }
  sqlite3_reset(get_.get());
  return value;
}

Fault StateStore::Read(std::string_view prefix, std::string_view after, size_t bytes_max,
                       std::vector<StoreEntry>* entries, bool* more) {
  *more = false;
  if (!read_) return Fault::kUnavailable;
  BindText(read_.get(), 1, prefix);
  BindText(read_.get(), 2, EndOf(prefix));
  BindText(read_.get(), 3, after);
  size_t bytes = 0;
  int code = sqlite3_step(read_.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(read_.get())) {
    const std::string key = Column(read_.get(), 0);
    std::string sealed = Column(read_.get(), 1);
    *more = !entries->empty() && bytes + sealed.size() > bytes_max;
    if (*more) break;
    bytes += sealed.size();
    std::optional<std::string> value = cipher_->Open(key, sealed);
    corrupt_ += !value;
    if (value) entries->push_back({key, std::move(*value)});
  }
  sqlite3_reset(read_.get());
  return Recover(*more ? Fault::kNone : FaultOf(code));
}

}  // namespace waymark::native
