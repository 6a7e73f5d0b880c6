#include "core/session/session_schema.h"

#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <thread>

#include "core/session/row_checksum.h"

namespace r2t2::session_schema {

namespace {

// checksum: row_checksum.h; 0 only between the statements of a transaction.
constexpr const char* kTables = R"sql(
CREATE TABLE runs (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL,
    method         TEXT NOT NULL,
    config         TEXT NOT NULL,
    space          TEXT NOT NULL,
    seed           INTEGER NOT NULL,
    model_name     TEXT NOT NULL,
    model_hash     TEXT NOT NULL,
    data_hash      TEXT NOT NULL,
    reference_hash TEXT NOT NULL,
    versions       TEXT NOT NULL,
    command        TEXT NOT NULL,
    notes          TEXT NOT NULL,
    started        TEXT NOT NULL,
    finished       TEXT,
    state          TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cancelled', 'failed')),
    checksum       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE samples (
    id               INTEGER PRIMARY KEY,
    run_id           INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    set_name         TEXT NOT NULL,
    sample_key       TEXT NOT NULL,
    question         TEXT NOT NULL,
    image_path       TEXT NOT NULL,
    ground_truth     TEXT,
    native_answer    TEXT,
    final_answer     TEXT,
    native_correct   INTEGER CHECK (native_correct IN (0, 1)),
    final_correct    INTEGER CHECK (final_correct IN (0, 1)),
    outcome          TEXT CHECK (outcome IN ('RR', 'RW', 'WR', 'WW')),
    method           TEXT,
    mode             TEXT,
    granularity      TEXT,
    frame            TEXT,
    variable         TEXT,
    uses_label       INTEGER NOT NULL CHECK (uses_label IN (0, 1)),
    steps            INTEGER NOT NULL CHECK (steps >= 0),
    correct_by_step  TEXT NOT NULL CHECK (length(correct_by_step) = steps),
    bandwidth        REAL,
    uniform_fallback INTEGER NOT NULL CHECK (uniform_fallback IN (0, 1)),
    clamped          INTEGER NOT NULL,
    seconds          REAL NOT NULL,
    answer_seconds   REAL NOT NULL,
    forward_passes   INTEGER NOT NULL,
    backward_passes  INTEGER NOT NULL,
    notes            TEXT NOT NULL,
    error            TEXT,
    checksum         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run_id, set_name, sample_key)
) STRICT;
CREATE INDEX samples_by_outcome ON samples (run_id, outcome);

CREATE TABLE steps (
    sample_id        INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
    step             INTEGER NOT NULL CHECK (step >= 0),
    correct          INTEGER CHECK (correct IN (0, 1)),
    answer           TEXT,
    confidence       REAL,
    margin           REAL,
    objective        REAL,
    learning_rate    REAL,
    alpha            REAL,
    routing_json     TEXT NOT NULL,
    routing          BLOB NOT NULL,
    action_mode      TEXT,
    action           BLOB,
    gradient         BLOB,
    routing_gradient BLOB,
    neighbour_losses BLOB,
    neighbour_shares BLOB,
    candidates       TEXT,
    tokens           TEXT,
    seconds          REAL NOT NULL,
    forward_passes   INTEGER NOT NULL,
    backward_passes  INTEGER NOT NULL,
    checksum         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sample_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE neighbours (
    sample_id       INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
    rank            INTEGER NOT NULL CHECK (rank >= 0),
    reference_index INTEGER NOT NULL,
    reference_set   TEXT NOT NULL,
    reference_id    TEXT NOT NULL,
    distance        REAL NOT NULL,
    similarity      REAL NOT NULL,
    kernel          REAL NOT NULL,
    weight          REAL NOT NULL,
    checksum        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sample_id, rank)
) STRICT, WITHOUT ROWID;
)sql";

// Views use no scalar JSON functions: SQLite calls those unsafe in a schema that is not trusted.
// Samples that stop early keep their last state: their step is MIN(asked step, last step).
constexpr const char* kViews = R"sql(
CREATE VIEW v_runs AS
SELECT r.id AS run_id, r.name, r.method, r.state, r.started, r.finished,
       COUNT(s.id) AS samples, SUM(s.error IS NOT NULL) AS errors,
       COUNT(s.outcome) AS scored,
       SUM(s.outcome IN ('RR', 'RW')) AS native_right, SUM(s.outcome IN ('RR', 'WR')) AS final_right,
       100.0 * SUM(s.outcome IN ('RR', 'RW')) / COUNT(s.outcome) AS native_accuracy,
       100.0 * SUM(s.outcome IN ('RR', 'WR')) / COUNT(s.outcome) AS final_accuracy
FROM runs r LEFT JOIN samples s ON s.run_id = r.id
GROUP BY r.id;

CREATE VIEW v_run_steps AS
WITH RECURSIVE n (run_id, step, last) AS (
    SELECT run_id, 0, MAX(steps) - 1 FROM samples WHERE steps > 0 GROUP BY run_id
    UNION ALL
    SELECT run_id, step + 1, last FROM n WHERE step < last
)
SELECT run_id, step FROM n;

CREATE VIEW v_step_outcomes AS
SELECT s.run_id, s.set_name, s.sample_key, s.id AS sample_id, n.step,
       CAST(NULLIF(substr(s.correct_by_step, 1, 1), '?') AS INTEGER) AS native_correct,
       CAST(NULLIF(substr(s.correct_by_step, MAX(1, MIN(n.step, s.steps)), 1), '?') AS INTEGER) AS previous_correct,
       CAST(NULLIF(substr(s.correct_by_step, MIN(n.step + 1, s.steps), 1), '?') AS INTEGER) AS correct
FROM v_run_steps n
JOIN samples s ON s.run_id = n.run_id AND s.steps > 0;

CREATE VIEW v_accuracy_per_step AS
SELECT run_id, set_name, step, COUNT(correct) AS scored, SUM(correct) AS right,
       100.0 * SUM(correct) / COUNT(correct) AS accuracy
FROM v_step_outcomes
GROUP BY run_id, set_name, step;

CREATE VIEW v_transitions AS
SELECT run_id, set_name, step,
       COUNT(native_correct + correct) AS scored,
       SUM(native_correct = 1 AND correct = 1) AS right_right,
       SUM(native_correct = 1 AND correct = 0) AS right_wrong,
       SUM(native_correct = 0 AND correct = 1) AS wrong_right,
       SUM(native_correct = 0 AND correct = 0) AS wrong_wrong,
       100.0 * SUM(native_correct = 1 AND correct = 0) / NULLIF(SUM(native_correct = 1 AND correct IS NOT NULL), 0)
           AS percent_of_right_lost,
       100.0 * SUM(native_correct = 0 AND correct = 1) / NULLIF(SUM(native_correct = 0 AND correct IS NOT NULL), 0)
           AS percent_of_wrong_won
FROM v_step_outcomes
GROUP BY run_id, set_name, step;

CREATE VIEW v_step_changes AS
SELECT run_id, set_name, step,
       COUNT(previous_correct + correct) AS scored,
       SUM(previous_correct = 1 AND correct = 1) AS right_right,
       SUM(previous_correct = 1 AND correct = 0) AS right_wrong,
       SUM(previous_correct = 0 AND correct = 1) AS wrong_right,
       SUM(previous_correct = 0 AND correct = 0) AS wrong_wrong
FROM v_step_outcomes
GROUP BY run_id, set_name, step;

CREATE VIEW v_harmed AS
SELECT run_id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, id AS sample_id
FROM samples WHERE outcome = 'RW';

CREATE VIEW v_rescued AS
SELECT run_id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, id AS sample_id
FROM samples WHERE outcome = 'WR';

CREATE VIEW v_errors AS
SELECT run_id, set_name, sample_key, image_path, error FROM samples WHERE error IS NOT NULL;

CREATE VIEW v_experts AS
SELECT r.id AS run_id, n.value AS group_name, e.value AS expert,
       ROW_NUMBER() OVER (PARTITION BY r.id ORDER BY g.key, e.key) - 1 AS position
FROM runs r, json_each(r.space, '$.groups') g, json_each(g.value) n, json_each(g.value, '$.experts') e
WHERE n.key = 'name';

CREATE VIEW v_weights AS
SELECT s.run_id, s.set_name, s.sample_key, s.id AS sample_id, t.step, x.group_name, x.expert, w.value AS weight
FROM samples s
JOIN steps t ON t.sample_id = s.id
JOIN json_each(t.routing_json) w
JOIN v_experts x ON x.run_id = s.run_id AND x.position = w.key;
)sql";

constexpr std::array kTableNames = {"runs", "samples", "steps", "neighbours"};

std::string hex(std::int64_t value) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "0x%08llx", static_cast<unsigned long long>(value));
    return text.data();
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
}

/// Layout of the header: https://www.sqlite.org/fileformat.html, section 1.3.
std::optional<Error> file_fault(const std::string& path) {
    namespace fs = std::filesystem;
    std::string header(100, '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(header.data(), static_cast<std::streamsize>(header.size()));
    constexpr std::string_view magic("SQLite format 3\0", 16);
    if (in.gcount() < static_cast<std::streamsize>(header.size()) || !header.starts_with(magic)) {
        return invalid_input(path, "file header", in.gcount() < 100 ? "a file of a few bytes" : "not an SQLite file",
                             "an R2-T2 session (SQLite)");
    }
    std::error_code code;
    if (const auto log = fs::file_size(path + "-wal", code); !code && log > 0) {
        return std::nullopt;
    }
    const std::string_view view = header;
    const std::uint64_t field = big_endian(view.substr(16, 2));
    const std::uint64_t page = field == 1 ? 65536 : field;
    const std::uint64_t pages = big_endian(view.substr(28, 4));
    const bool pages_valid = view.substr(24, 4) == view.substr(92, 4);
    const std::uint64_t size = fs::file_size(path, code);
    if (!code && page >= 512 && (size % page != 0 || (pages_valid && size < pages * page))) {
        return invalid_input(path, "file length", std::to_string(size) + " bytes",
                             std::to_string(pages * page) + " bytes (the file is truncated)");
    }
    return std::nullopt;
}

}  // namespace

Status check_file(const std::string& path) {
    std::optional<Error> fault = file_fault(path);
    for (int again = 0; fault && fault->field == "file length" && again < 3; ++again) {
        // A writer may just be moving its log into the file.
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        fault = file_fault(path);
    }
    if (fault) {
        return *fault;
    }
    return {};
}

Result<bool> is_blank(sqlite::Database& database) {
    const auto tables = database.number("SELECT COUNT(*) FROM sqlite_master", "read schema");
    if (!tables.ok()) {
        return tables.error();
    }
    const auto id = database.number("PRAGMA application_id", "read application_id");
    if (!id.ok()) {
        return id.error();
    }
    return *tables == 0 && *id == 0;
}

Status create(sqlite::Database& database) {
    auto transaction = sqlite::Transaction::begin(database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    // Another program may have been faster; with the lock held the answer stands.
    const auto blank = is_blank(database);
    if (!blank.ok()) {
        return blank.error();
    }
    if (!*blank) {
        return check(database);
    }
    R2T2_TRY(database.execute(kTables, "create tables"));
    R2T2_TRY(database.execute(kViews, "create views"));
    R2T2_TRY(database.execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                                  "; PRAGMA user_version = " + std::to_string(kVersion),
                              "mark as session"));
    return transaction->commit();
}

Status check(sqlite::Database& database) {
    const auto id = database.number("PRAGMA application_id", "read application_id");
    if (!id.ok()) {
        return id.error();
    }
    if (*id != kApplicationId) {
        return invalid_input(database.path(), "application_id", hex(*id),
                             hex(kApplicationId) + " (an R2-T2 session; this file belongs to something else)");
    }
    const auto version = database.number("PRAGMA user_version", "read user_version");
    if (!version.ok()) {
        return version.error();
    }
    if (*version > kVersion) {
        return Error{ErrorKind::Unsupported, database.path(), "schema version", std::to_string(*version),
                     "up to " + std::to_string(kVersion) + " (written by a newer program; the file is untouched)"};
    }
    if (*version < 1) {
        return invalid_input(database.path(), "schema version", std::to_string(*version),
                             "1 to " + std::to_string(kVersion));
    }
    for (const char* table : kTableNames) {
        const auto found = database.number(
            std::string("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '") + table + "'",
            "read schema");
        if (!found.ok()) {
            return found.error();
        }
        if (*found != 1) {
            return invalid_input(database.path(), std::string("table ") + table, "missing", "a whole session");
        }
    }
    return {};
}

Status migrate(sqlite::Database& database) {
    const auto now = database.number("PRAGMA user_version", "read user_version");
    if (!now.ok()) {
        return now.error();
    }
    if (*now == kVersion) {
        return {};
    }
    auto transaction = sqlite::Transaction::begin(database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    const auto version = database.number("PRAGMA user_version", "read user_version");  // another program may have been faster
    if (!version.ok()) {
        return version.error();
    }
    if (*version < kChecksums) {
        for (const std::string table : kTableNames) {
            R2T2_TRY(database.execute("ALTER TABLE " + table + " ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0; UPDATE " + table +
                                          " SET checksum = " + row_checksum::of_row(table),
                                      "give every row a checksum"));
        }
    }
    R2T2_TRY(database.execute("PRAGMA user_version = " + std::to_string(kVersion), "mark the schema's version"));
    return transaction->commit();
}

namespace {

/// Name to definition without white space, of what is not SQLite's own.
Result<std::map<std::string, std::string>> definitions(sqlite::Database& database) {
    auto statement = database.prepare("SELECT type || ' ' || name, tbl_name || ' ' || sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                                      "read schema");
    if (!statement.ok()) {
        return statement.error();
    }
    std::map<std::string, std::string> out;
    for (;;) {
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return out;
        }
        std::string sql = statement->text(1);
        std::erase_if(sql, [](unsigned char c) { return std::isspace(c) != 0; });
        out[statement->text(0)] = sql;
    }
}

}  // namespace

std::vector<Error> compare(sqlite::Database& database) {
    std::vector<Error> faults;
    auto model = sqlite::Database::open(":memory:", sqlite::OpenMode::CreateNew);
    const Status made = model.ok() ? create(*model) : Status(model.error());
    const auto version = database.number("PRAGMA user_version", "read user_version");
    if (!made.ok() || !version.ok()) {
        return {made.ok() ? version.error() : made.error()};
    }
    const auto expected = definitions(*model), found = definitions(database);
    if (!expected.ok() || !found.ok()) {
        return {expected.ok() ? found.error() : expected.error()};
    }
    for (const auto& [name, sql] : *expected) {
        const auto at = found->find(name);
        if (at == found->end()) {
            faults.push_back(invalid_input(database.path(), name, "missing", "a whole session"));
        } else if (*version == kVersion && at->second != sql) {
            faults.push_back(invalid_input(database.path(), name, "another definition", "that of schema version " + std::to_string(kVersion)));
        }
    }
    return faults;
}

}  // namespace r2t2::session_schema
