#include "core/session/session_reader_state.h"
#include "core/session/session_values.h"

namespace r2t2 {

using sqlite::Statement;

Result<std::int64_t> SessionReader::neighbourhoods(std::int64_t run, const NeighbourhoodVisitor& visit) {
    const auto space = state_->space_of(run);
    if (!space.ok()) {
        return space.error();
    }
    const std::vector<std::string>&of_sample = row_checksum::columns("samples", state_->version), &of_step = row_checksum::columns("steps");
    const int step = static_cast<int>(of_sample.size()) + 1;  // its first column
    const std::string sql = "SELECT " + state_->columns("samples", "s") + ", " + state_->columns("steps", "a") +
                            " FROM samples s JOIN steps a ON a.sample_id = s.id AND a.step = 0 "
                            "WHERE s.run_id = ? AND s.error IS NULL ORDER BY s.id";
    std::int64_t damaged = 0;
    const auto each = [&](const Statement& statement) -> Status {
        if (!state_->holds(statement, of_sample) || !state_->holds(statement, of_step, step)) {
            ++damaged;
            return {};
        }
        const std::string where = state_->database.path() + ": sample row " + std::to_string(statement.integer(session_rows::SampleColumn::id));
        StoredSample sample{session_rows::row_of(statement, state_->version), run, {}, {}};
        R2T2_TRY(session_rows::read_header(statement, where, sample.trajectory));
        auto numbers = statement.numbers(step + session_rows::StepColumn::routing, where);
        if (!numbers.ok()) {
            return numbers.error();
        }
        auto weights = session_values::matrix_of(std::move(*numbers), *space, where, "routing");
        if (!weights.ok()) {
            return weights.error();
        }
        sample.trajectory.steps.emplace_back().weights = std::move(*weights);
        if (const Status neighbours = state_->read_neighbours(*space, where, sample); !neighbours.ok()) {
            ++damaged;
            return {};
        }
        return visit(sample);
    };
    R2T2_TRY(state_->for_each(sql, run, "read neighbourhoods", each));
    return damaged;
}

}  // namespace r2t2
