#include "core/session/sqlite.h"

#include <sqlite3.h>

#include <unistd.h>

#include <bit>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/log.h"
#include "core/session/open_place.h"
#include "core/session/overwrite_watch.h"
#include "core/session/row_checksum.h"
#include "core/session/sqlite_error.h"
#include "core/session/sqlite_files.h"
#include "core/session/sqlite_log.h"

namespace r2t2::sqlite {

namespace {

static_assert(std::endian::native == std::endian::little, "blobs of doubles are little-endian");

constexpr int kMovePages = 1000;  // SQLite's own default: what the log holds is moved into the file, as far as readers allow
constexpr int kLongLog = 16'384;  // pages
constexpr int kPatienceAtEnd = 2'000;

}  // namespace

struct Database::LogCare {
    int longest = kLongLog;  ///< pages of the log from which a commit waits for readers
    OverwriteWatch watch;

    /// After every commit. Readers that overlap without end keep the log from ever beginning anew; it would grow without bounds.
    static int keep_log_short(void* care, sqlite3* handle, const char* schema, int pages) {
        auto& [longest, watch] = *static_cast<LogCare*>(care);
        if (pages < kMovePages || watch.overwritten(handle)) {  // in_place() tells
            return SQLITE_OK;
        }
        if (pages >= longest) {
            longest = empty_log(handle, schema, kPatience) == SQLITE_OK ? kLongLog : pages + kLongLog;
        } else {
            (void)sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        }
        watch.note(handle);
        return SQLITE_OK;  // the commit stands, whatever became of the log
    }
};

Result<Database> Database::connect(const std::string& path, const std::string& name, int flags) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database(path, handle);
    if (code != SQLITE_OK) {
        return error_of(path, "open", handle, code);
    }
    sqlite3_busy_timeout(handle, kPatience);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (const int defined = row_checksum::define(handle); defined != SQLITE_OK) {
        return error_of(path, "open", handle, defined);
    }
    R2T2_TRY(database.execute("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;", "open"));
    return database;
}

Result<Database> Database::open(const std::string& path, OpenMode mode) {
    if (mode == OpenMode::Read) {
        return open_to_read(path);
    }
    auto database = connect(path, plain_name(path), SQLITE_OPEN_READWRITE | (mode == OpenMode::CreateNew ? SQLITE_OPEN_CREATE : 0));
    if (database.ok()) {
        database->care_ = std::make_unique<LogCare>();
        sqlite3_wal_hook(database->handle_, LogCare::keep_log_short, database->care_.get());
        database->place_ = std::make_unique<OpenPlace>(path, database->handle_);
        database->file_ = files_of(path).file;
        database->log_at_end_ = LogAtEnd::Emptied;
    }
    return database;
}

Result<Database> Database::in_memory() { return connect("memory", ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY); }

/// Reading a file in WAL mode makes a log and an index beside it, if none are there. Only a connection that may write takes them
/// away at its end, and only if it is the last one: so that is what reads, with writing switched off. A log that is there is part of
/// what is stored, and a copy of the file without it has less: whoever ends last moves it in. Where nothing can be made (no permission,
/// no room), the file is read as one that does not change, and unchanged() says whether it did.
Result<Database> Database::open_to_read(const std::string& path) {
    const DatabaseFiles files = files_of(path);
    if (!files.writable && !files.log && !files.journal) {
        return open_unchanging(path, files.file);
    }
    const bool leave = files.journal || !files.writable;
    auto database = connect(path, plain_name(path), leave ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    if (!database.ok()) {
        return database;
    }
    R2T2_TRY(database->execute("PRAGMA query_only = ON", "open"));
    if (files.writable) {
        database->file_ = files.file;
        database->log_at_end_ = leave ? LogAtEnd::Stays : LogAtEnd::MovedIn;
        database->drop_index_ = files.log && !files.index;
    }
    const auto read = database->number("PRAGMA schema_version", "read the write-ahead log");
    if (read.ok() || read.error().kind != ErrorKind::Io) {
        database->care_ = std::make_unique<LogCare>();
        database->care_->watch.note(database->handle_);
        return database;
    }
    const bool no_room = sqlite::no_room(database->handle_);
    if (no_room && !leave) {  // the index could not be made: nothing stays of the attempt
        database->leave_log();
        { const Database closed = std::move(*database); }
        (void)settle_log(files.file, UnusedLog::Stays);
        if (!files_of(path).log) {
            return open_unchanging(path, files.file);
        }
    }
    if (no_room || !files.writable) {
        Error error = read.error();
        error.allowed = std::string(no_room ? "room for the log's index (-shm) beside the file" : "a folder that can be written") +
                        ", or all of the session's files: copy the file and its -wal into a folder of yours and read it there";
        return error;
    }
    return database;
}

/// Without locks, without a log.
Result<Database> Database::open_unchanging(const std::string& path, const std::string& file) {
    const std::string state = file_state(file);
    auto database = connect(path, immutable_uri(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    if (database.ok()) {
        database->file_ = file;
        database->state_ = state;
    }
    return database;
}

Result<std::int64_t> Database::number_without_log(std::string_view sql) const {
    auto database = open_unchanging(path_, files_of(path_).file);
    return database.ok() ? database->number(sql) : Result<std::int64_t>(database.error());
}

Status Database::in_place() {
    if (place_ == nullptr) {
        return {};
    }
    R2T2_TRY(place_->check(handle_));
    return not_overwritten();
}

Status Database::not_overwritten() {
    if (place_ == nullptr || !care_->watch.overwritten(handle_)) {
        return {};
    }
    if (log_at_end_ != LogAtEnd::Stays) {
        leave_log();
        OverwriteWatch::drop_log(handle_);
        drop_index_ = true;
    }
    return Error{ErrorKind::Io, path_, "session", "the file was overwritten while it was written: it holds something else now",
                 "files that stay until the run has ended; nothing was written into what is there now, and the rows of this run went with the former contents"};
}

Status Database::unchanged() {
    if (place_ == nullptr && care_ != nullptr && care_->watch.overwritten(handle_)) {
        leave_log();
        return Error{ErrorKind::Io, path_, "read", "the file was overwritten while it was read: it holds something else now", "opening it anew"};
    }
    if (!state_.empty() && file_state(file_) != state_) {
        return Error{ErrorKind::Io, path_, "read", "another program wrote the file meanwhile, and without writing beside it nothing can keep the two apart",
                     "reading again, or a folder that can be written"};
    }
    return {};
}

Database::Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

Database::Database(Database&& other) noexcept
    : path_(std::move(other.path_)),
      handle_(std::exchange(other.handle_, nullptr)),
      begin_(std::move(other.begin_)),
      commit_(std::move(other.commit_)),
      care_(std::move(other.care_)),
      file_(std::move(other.file_)),
      state_(std::move(other.state_)),
      drop_index_(std::exchange(other.drop_index_, false)),
      log_at_end_(std::exchange(other.log_at_end_, LogAtEnd::Stays)),
      place_(std::move(other.place_)) {}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(handle_, other.handle_);
    std::swap(begin_, other.begin_);
    std::swap(commit_, other.commit_);
    std::swap(care_, other.care_);
    std::swap(file_, other.file_);
    std::swap(state_, other.state_);
    std::swap(drop_index_, other.drop_index_);
    std::swap(log_at_end_, other.log_at_end_);
    std::swap(place_, other.place_);
    return *this;
}

Database::~Database() { close(); }

void Database::leave_log() {
    if (log_at_end_ != LogAtEnd::Stays) {
        log_at_end_ = LogAtEnd::Stays;
        (void)sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
}

void Database::close() {
    begin_.reset();
    commit_.reset();
    if (handle_ == nullptr) {
        return;
    }
    if (log_at_end_ == LogAtEnd::Emptied && !in_place().ok()) {
        log_at_end_ = LogAtEnd::Stays;  // not under this name
    }
    if (log_at_end_ == LogAtEnd::MovedIn) {
        (void)unchanged().ok();  // else it stays
    }
    if (log_at_end_ == LogAtEnd::Stays && !file_.empty() && !files_of(file_).log) {  // one without content is no loss: whoever is last takes it away
        (void)sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    }
    const int emptied = log_at_end_ == LogAtEnd::Emptied ? empty_log(handle_, "main", kPatienceAtEnd) : SQLITE_OK;
    const std::string obstacle = (emptied & 0xFF) == SQLITE_BUSY ? "another program reads the session" : sqlite3_errmsg(handle_);
    sqlite3_close_v2(std::exchange(handle_, nullptr));
    if (log_at_end_ != LogAtEnd::Stays) {
        fold_log_in(file_);
    } else if (drop_index_) {
        (void)settle_log(file_, UnusedLog::Stays);
    }
    if (emptied != SQLITE_OK && files_of(file_).log) {
        log_warning("session", path_ + ": " + obstacle + ": part of what was written waits in its log (" + file_ +
                                   "-wal). Whoever ends last moves it in; until then a copy of the session needs both files");
    }
}

Status Database::run_kept(std::unique_ptr<Statement>& kept, std::string_view sql, const std::string& doing) {
    if (kept == nullptr) {
        auto statement = prepare(sql, doing);
        if (!statement.ok()) {
            return statement.error();
        }
        kept = std::make_unique<Statement>(std::move(*statement));
    }
    return kept->run();
}

Status Database::execute(const std::string& sql, const std::string& doing) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return error_of(path_, doing, handle_, code);
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql, const std::string& doing) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) {
        return error_of(path_, doing, handle_, code);
    }
    return Statement(path_, doing, handle_, statement);
}

Result<std::int64_t> Database::number(std::string_view sql, const std::string& doing) {
    auto statement = prepare(sql, doing);
    if (!statement.ok()) {
        return statement.error();
    }
    const auto row = statement->step();
    if (!row.ok()) {
        return row.error();
    }
    return *row ? statement->integer(0) : 0;
}

Statement::Statement(Statement&& other) noexcept
    : path_(std::move(other.path_)),
      doing_(std::move(other.doing_)),
      handle_(other.handle_),
      statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(doing_, other.doing_);
    std::swap(handle_, other.handle_);
    std::swap(statement_, other.statement_);
    return *this;
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

void Statement::bind(int index, std::int64_t value) {
    [[maybe_unused]] const int code = sqlite3_bind_int64(statement_, index, value);
    assert(code == SQLITE_OK);
}

void Statement::bind(int index, double value) {
    [[maybe_unused]] const int code = sqlite3_bind_double(statement_, index, value);
    assert(code == SQLITE_OK);
}

void Statement::bind(int index, std::string_view text) {
    const char* data = text.empty() ? "" : text.data();  // a null pointer would bind NULL
    [[maybe_unused]] const int code =
        sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    assert(code == SQLITE_OK);
}

void Statement::bind(int index, std::span<const double> numbers) {
    const void* data = numbers.empty() ? static_cast<const void*>("") : numbers.data();
    [[maybe_unused]] const int code =
        sqlite3_bind_blob64(statement_, index, data, numbers.size() * sizeof(double), SQLITE_TRANSIENT);
    assert(code == SQLITE_OK);
}

void Statement::bind_null(int index) {
    [[maybe_unused]] const int code = sqlite3_bind_null(statement_, index);
    assert(code == SQLITE_OK);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    Error error = error_of(path_, doing_, handle_, code);
    sqlite3_reset(statement_);
    return error;
}

Status Statement::run() {
    const auto row = step();
    reset();
    if (!row.ok()) {
        return row.error();
    }
    return {};
}

Status Statement::run_one() {
    const auto row = step();
    const int written = sqlite3_changes(handle_);
    reset();
    if (!row.ok()) {
        return row.error();
    }
    if (written != 1) {
        return invalid_input(path_, doing_, std::to_string(written) + " rows were written", "one row (does the file have a trigger?)");
    }
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return data == nullptr ? std::string()
                           : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::optional<std::string> Statement::optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<bool> Statement::flag(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column) != 0);
}

std::optional<double> Statement::optional_real(int column) const {
    return is_null(column) ? std::nullopt : std::optional(real(column));
}

bool Statement::checksum_holds(int first, int count) const {
    return sqlite3_column_type(statement_, first + count) == SQLITE_INTEGER &&
           sqlite3_column_int64(statement_, first + count) == row_checksum::of_columns(statement_, first, count);
}

Result<std::vector<double>> Statement::numbers(int column, const std::string& where) const {
    if (is_null(column)) {
        return std::vector<double>();
    }
    const std::string name = sqlite3_column_name(statement_, column);
    if (sqlite3_column_type(statement_, column) != SQLITE_BLOB) {
        return invalid_input(where, name, "not a blob", "a blob of doubles");
    }
    const void* data = sqlite3_column_blob(statement_, column);
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    if (bytes % sizeof(double) != 0) {
        return invalid_input(where, name, std::to_string(bytes) + " bytes", "a multiple of 8");
    }
    std::vector<double> numbers(bytes / sizeof(double));
    if (bytes != 0) {
        std::memcpy(numbers.data(), data, bytes);
    }
    for (const double number : numbers) {
        if (!std::isfinite(number)) {
            return invalid_input(where, name, "a value that is not finite", "finite numbers");
        }
    }
    return numbers;
}

Result<Transaction> Transaction::begin(Database& database) {
    R2T2_TRY(database.not_overwritten());  // else this would be written into what is there now
    R2T2_TRY(database.run_kept(database.begin_, "BEGIN IMMEDIATE", "begin transaction"));
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr && sqlite3_get_autocommit(database_->handle_) == 0) {
        (void)database_->execute("ROLLBACK", "roll back").ok();
    }
}

Status Transaction::commit() {
    R2T2_TRY(database_->run_kept(database_->commit_, "COMMIT", "commit"));
    database_ = nullptr;
    return {};
}

}  // namespace r2t2::sqlite
