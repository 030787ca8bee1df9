#include "database.h"

#include "absl/strings/str_cat.h"

namespace waymark::collector {

void Statement::Bind(int place, int64_t value) {
  sqlite3_bind_int64(statement_.get(), place, value);
}

void Statement::BindText(int place, absl::string_view text) {
  // A null pointer would bind NULL, and a default string_view has one.
  sqlite3_bind_text64(statement_.get(), place, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::BindBytes(int place, absl::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), place, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_TRANSIENT);
}

void Statement::BindTextOrNull(int place, absl::string_view text) {
  if (text.empty()) {
    sqlite3_bind_null(statement_.get(), place);
  } else {
    BindText(place, text);
  }
}

absl::StatusOr<bool> Statement::Step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return absl::InternalError(absl::StrCat("the database refused a step: ",
                                          sqlite3_errmsg(sqlite3_db_handle(statement_.get()))));
}

absl::Status Statement::Run() {
  absl::StatusOr<bool> more = Step();
  while (more.ok() && *more) more = Step();
  Reset();
  return more.status();
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return "";
  return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(handle);  // even a failed open gives a handle that must be closed
  if (result != SQLITE_OK) return database.Failure(absl::StrCat("cannot open ", path));
  return database;
}

absl::Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return absl::OkStatus();
  }
  return Failure("the database refused a command");
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return Failure("the database refused a statement");
  }
  return Statement(statement);
}

absl::Status Database::Failure(absl::string_view doing) const {
  return absl::InternalError(absl::StrCat(doing, ": ", sqlite3_errmsg(handle_.get())));
}

}  // namespace waymark::collector
