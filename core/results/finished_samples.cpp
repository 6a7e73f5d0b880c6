#include "core/results/finished_samples.h"

#include <algorithm>

#include "core/base/shell_word.h"
#include "core/results/run_config.h"

namespace r2t2 {

Status read_finished(SessionReader& reader, const std::string& session, std::int64_t run, const FinishedVisitor& visit) {
    constexpr const char* kSound = "a sound session to go on with (r2t2 verify names every bad row; it can still be read)";
    const Result<std::vector<SampleRow>> rows = reader.samples(run);
    if (!rows) {
        return rows.error();
    }
    for (const LeftOut& row : reader.take_left_out()) {
        return invalid_input(session + ": run " + std::to_string(row.run) + ": sample row " + std::to_string(row.sample), "row", row.why, kSound);
    }
    for (const SampleRow& row : *rows) {
        if (!row.error.empty()) {
            R2T2_TRY(visit(row, nullptr));
            continue;
        }
        const Result<StoredSample> sample = reader.sample(row.id);
        if (!sample) {
            Error error = sample.error();
            error.allowed += (error.allowed.empty() ? "" : "; ") + std::string(kSound);
            return error;
        }
        R2T2_TRY(visit(row, &*sample));
    }
    return {};
}

std::optional<Error> resume_refusal(const std::string& session, const StoredRun& run) {
    Result<SessionReader> reader = SessionReader::open(session);
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    for (const StoredRun& each : *runs) {
        if (each.id != run.id && evaluation_name(each.info) != evaluation_name(run.info)) {
            continue;
        }
        if (const Status read = read_finished(*reader, session, each.id, [](const SampleRow&, const StoredSample*) { return Status(); }); !read) {
            return read.error();
        }
    }
    return std::nullopt;
}

std::string resume_advice(const std::string& session, const StoredRun& run, const std::string& what, NamedRun named) {
    if (const std::optional<Error> refused = resume_refusal(session, run)) {
        const std::string where = refused->where.starts_with(session + ": ") ? refused->where.substr(session.size() + 2) : refused->where;
        return "it cannot be gone on with as it is: " + where + ": " + refused->field + ": found " + refused->found +
               ". A sound copy goes on with r2t2 evaluate --resume; without one, the evaluation has to be made again in a new session, and r2t2 export reads what holds here";
    }
    return "r2t2 evaluate --resume --session " + shell_word(session) + (named == NamedRun::Yes ? " --run " + std::to_string(run.id) : std::string()) + " " + what;
}

}  // namespace r2t2
