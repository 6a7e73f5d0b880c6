// SQLite with owners: connection, prepared statement, transaction; every failure a Result that names the file.
//
// Error::where is the file, Error::field what was being done, Error::found SQLite's message with its code.
// Thread rule: a Database and its Statements and Transactions belong to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace r2t2::sqlite {

class Statement;
class OpenPlace;

enum class OpenMode {
    Read,      ///< the file must exist and no row is changed; nothing stays beside it that was not there
    Write,     ///< the file must exist
    CreateNew  ///< made if it is not there
};

class Database {
public:
    /// A connection that writes keeps the write-ahead log at some 64 MB even if readers never pause: past that a commit waits
    /// until those that read now are done (10 s at most), and the log begins anew.
    /// Has the function row_checksum (row_checksum.h). Foreign keys on, busy timeout 10 s, schema of the file not trusted (no side effects from its views and
    /// triggers).
    /// `path` is the name of a file, whatever it looks like. Reading where nothing can be written needs a file without a
    /// write-ahead log (-wal), or all of its files: the error says so.
    ///
    /// The write-ahead log is moved into the file by whoever ends last, a reader too where the file can be written: a copy of the file alone
    /// lacks nothing then. A connection that writes moves it at its end even if others have the file open, and warns where they keep it
    /// from doing so for 2 s.
    [[nodiscard]] static Result<Database> open(const std::string& path, OpenMode mode);
    /// Without a file.
    [[nodiscard]] static Result<Database> in_memory();

    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// One or more statements without results.
    [[nodiscard]] Status execute(const std::string& sql, const std::string& doing = "execute");
    [[nodiscard]] Result<Statement> prepare(std::string_view sql, const std::string& doing = "prepare");
    /// First column of the first row; 0 without a row.
    [[nodiscard]] Result<std::int64_t> number(std::string_view sql, const std::string& doing = "read");

    /// Likewise, of the file alone: as a copy that was made without the log would answer.
    [[nodiscard]] Result<std::int64_t> number_without_log(std::string_view sql) const;

    [[nodiscard]] const std::string& path() const { return path_; }

    /// Reading where nothing can be written takes no locks. Errors: another program wrote the file since it was opened: what was
    /// read may be of two states; the file was overwritten in place (overwrite_watch.h). To be asked when all is read.
    [[nodiscard]] Status unchanged();

    /// The log stays as it is at the end: what was read of it does not hold.
    void leave_log();

    /// Of a connection that writes: the file and its log still have the names they were opened by. Errors: renamed, removed, another file
    /// has the name. What was committed is moved into the file then, under whatever name, and no log of it stays beside another one. Also:
    /// the file was overwritten in place; the log is dropped then, and nothing is written into what is there now.
    [[nodiscard]] Status in_place();

private:
    Database(std::string path, sqlite3* handle);
    [[nodiscard]] static Result<Database> connect(const std::string& path, const std::string& name, int flags);
    [[nodiscard]] static Result<Database> open_to_read(const std::string& path);
    [[nodiscard]] static Result<Database> open_unchanging(const std::string& path, const std::string& file);
    [[nodiscard]] Status not_overwritten();
    void close();
    enum class LogAtEnd { Stays, MovedIn, Emptied };  ///< Emptied: although others have the file open
    friend class Transaction;
    /// Without rows; prepared the first time and kept.
    [[nodiscard]] Status run_kept(std::unique_ptr<Statement>& kept, std::string_view sql, const std::string& doing);
    std::string path_;
    sqlite3* handle_ = nullptr;
    std::unique_ptr<Statement> begin_, commit_;
    struct LogCare;
    std::unique_ptr<LogCare> care_;   ///< of a file that is read or written with a log
    std::string file_;                ///< resolved; set where one of the next three is
    std::string state_;               ///< of a file that is read without locks, when it was opened
    bool drop_index_ = false;         ///< this connection made the log's index (-shm)
    LogAtEnd log_at_end_ = LogAtEnd::Stays;
    std::unique_ptr<OpenPlace> place_;  ///< of a connection that writes
};

/// Parameters count from 1, columns from 0. A statement must not outlive its database.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    // Binding cannot fail for a parameter that exists; one that does not is our bug and asserts.
    void bind(int index, std::int64_t value);
    void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value ? 1 : 0)); }
    void bind(int index, double value);  ///< NaN becomes NULL
    void bind(int index, std::string_view text);
    void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
    void bind(int index, const char* text) { bind(index, std::string_view(text)); }
    void bind(int index, std::span<const double> numbers);  ///< blob of little-endian doubles
    void bind_null(int index);
    template <typename T>
    void bind(int index, const std::optional<T>& value) {
        if (value) {
            bind(index, *value);
        } else {
            bind_null(index);
        }
    }

    /// True: a row is there. False: done.
    [[nodiscard]] Result<bool> step();
    /// A statement without rows, run once and made ready for the next binding.
    [[nodiscard]] Status run();
    /// Likewise, of a statement that writes one row. Error: it wrote none (a foreign trigger), or more.
    [[nodiscard]] Status run_one();
    void reset();  ///< ready to run again; bindings are cleared

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::optional<std::string> optional_text(int column) const;
    [[nodiscard]] std::optional<bool> flag(int column) const;
    [[nodiscard]] std::optional<double> optional_real(int column) const;
    /// Columns first, ..., first + count - 1 are a table's, in its order, and the next is its `checksum`: does it hold? To be
    /// asked before the values are read: SQLite converts them in place.
    [[nodiscard]] bool checksum_holds(int first, int count) const;
    /// Error: not a blob, a length that is not a multiple of 8, a value that is not finite. NULL: an empty list.
    [[nodiscard]] Result<std::vector<double>> numbers(int column, const std::string& where) const;

private:
    friend class Database;
    Statement(std::string path, std::string doing, sqlite3* handle, sqlite3_stmt* statement)
        : path_(std::move(path)), doing_(std::move(doing)), handle_(handle), statement_(statement) {}
    std::string path_;
    std::string doing_;
    sqlite3* handle_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
};

/// Takes the write lock at once (BEGIN IMMEDIATE); rolls back unless committed. All or nothing.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    /// Durable as far as the connection's `synchronous` goes once this returns without an error.
    [[nodiscard]] Status commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace r2t2::sqlite
