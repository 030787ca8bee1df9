// A SQLite connection and its prepared statements, closed by their owners.
//
// Thread rule: none of this locks; the owner serialises calls.
#ifndef WAYMARK_SAMPLES_COLLECTOR_DATABASE_H_
#define WAYMARK_SAMPLES_COLLECTOR_DATABASE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark::collector {

// A prepared statement. Bind from 1, step, read columns from 0, Reset; it can then be used again.
class Statement {
 public:
  Statement() = default;  // empty: only good for being assigned to

  void Bind(int place, int64_t value);
  void BindText(int place, absl::string_view text);
  void BindBytes(int place, absl::string_view bytes);
  void BindTextOrNull(int place, absl::string_view text);  // empty text becomes NULL

  // True when a row is there to read, false at the end.
  absl::StatusOr<bool> Step();
  // Steps to the end and resets: for statements whose rows nobody reads.
  absl::Status Run();
  void Reset();

  int64_t Integer(int column) const;
  std::string Text(int column) const;  // also of bytes; empty for NULL

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // Opens or creates the file at `path`; ":memory:" lives as long as this object.
  static absl::StatusOr<Database> Open(const std::string& path);

  absl::Status Execute(const std::string& sql);
  absl::StatusOr<Statement> Prepare(absl::string_view sql);
  int64_t last_insert_row_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  absl::Status Failure(absl::string_view doing) const;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_DATABASE_H_
