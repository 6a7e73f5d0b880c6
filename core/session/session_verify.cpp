// SessionReader::verify: is everything as it was written?
#include <algorithm>
#include <array>
#include <set>

#include "core/session/session_reader_state.h"
#include "core/session/session_schema.h"

namespace r2t2 {

namespace {

using sqlite::Statement;

constexpr const char* kRowChecksum = "checksum of a row";

/// Where a bad row stands, for people: its key columns.
constexpr std::array<std::array<const char*, 2>, 4> kKeys = {{{"runs", "'run ' || id"},
                                                              {"samples", "'sample row ' || id || ' (run ' || run_id || ', ' || set_name || '/' || sample_key || ')'"},
                                                              {"steps", "'sample row ' || sample_id || ': step ' || step"},
                                                              {"neighbours", "'sample row ' || sample_id || ': neighbour ' || rank"}}};

}  // namespace

Result<std::vector<Error>> SessionReader::verify() {
    std::vector<Error> faults;
    const std::string& path = state_->database.path();
    const auto collect = [&](const std::string& sql, const std::string& field, const std::string& allowed) {
        const Status status = state_->for_each(sql, std::nullopt, "verify", [&](const Statement& statement) -> Status {
            if (const std::string text = statement.text(0); text != "ok") {
                faults.push_back(invalid_input(path, field, text, allowed));
            }
            return {};
        });
        if (!status.ok()) {
            faults.push_back(status.error());
        }
    };
    collect("PRAGMA integrity_check", "PRAGMA integrity_check", "ok");
    collect("PRAGMA foreign_key_check", "PRAGMA foreign_key_check", "rows whose owner is there");
    for (Error& fault : session_schema::compare(state_->database)) {
        faults.push_back(std::move(fault));
    }
    for (const auto& [table, key] : kKeys) {
        if (state_->version >= session_schema::kChecksums) {
            collect(std::string("SELECT ") + key + " FROM " + table + " WHERE checksum IS NOT " + row_checksum::of_row(table, {}, state_->version),
                    kRowChecksum, "the row as r2t2 wrote it");
        }
    }
    std::set<std::int64_t> ids;
    const Status listed = state_->for_each("SELECT id FROM samples NOT INDEXED", std::nullopt, "verify", [&](const Statement& statement) -> Status {
        ids.insert(statement.integer(0));
        return {};
    });
    if (!listed.ok()) {
        faults.push_back(listed.error());
    }
    if (const auto counted = state_->census(); !counted.ok()) {
        faults.push_back(counted.error());
    } else {
        for (const auto& [run, samples] : (*counted)->runs) {
            for (const std::int64_t id : samples.lost) {
                faults.push_back(invalid_input(path + ": sample row " + std::to_string(id), "row", "missing; the index says that it is of run " + std::to_string(run),
                                               "the row as r2t2 wrote it"));
                ids.erase(id);
            }
        }
    }
    if (const auto listed_runs = runs(); !listed_runs.ok() && listed_runs.error().field != "checksum") {  // told above
        faults.push_back(listed_runs.error());
    }
    for (const std::int64_t id : ids) {
        if (const auto read = sample(id); !read.ok() && read.error().field != "checksum") {  // told above
            faults.push_back(read.error());
        }
    }
    if (const Status length = session_schema::check_length(path); !length.ok()) {
        faults.push_back(length.error());
    }
    if (!faults.empty()) {
        state_->database.leave_log();  // nothing is changed in a damaged session
    }
    return faults;
}

bool SessionReader::others_hold(const std::vector<Error>& faults) {
    return std::all_of(faults.begin(), faults.end(), [](const Error& fault) {
        const bool definition = fault.field.starts_with("view ") || fault.field.starts_with("index ");
        return definition || fault.field == kRowChecksum || fault.field == "file length" || fault.where.find(": sample row ") != std::string::npos;
    });
}

}  // namespace r2t2
