#include "core/session/session_reader_state.h"
#include "core/session/session_values.h"

namespace r2t2 {

using sqlite::Statement;

Result<std::int64_t> SessionReader::neighbourhoods(std::int64_t run, const NeighbourhoodVisitor& visit) {
    const auto space = state_->space_of(run);
    if (!space.ok()) {
        return space.error();
    }
    const int step = static_cast<int>(row_checksum::columns("samples", state_->version).size()) + 1;  // its first column
    const State::SampleRows rows{state_->columns("samples", "t") + ", " + state_->columns("steps", "a"),
                                 " LEFT JOIN steps a ON a.sample_id = t.id AND a.step = 0", " AND t.error IS NULL"};
    std::int64_t damaged = 0;
    const auto each = [&](const Statement& statement, bool sound) -> Status {
        const std::int64_t id = statement.integer(session_rows::SampleColumn::id);
        if (!sound || !state_->step_holds(statement, step)) {
            ++damaged;
            state_->leave_out(run, id, sound ? "its steps do not hold" : "its checksum does not hold");
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
        auto losses = statement.numbers(step + session_rows::StepColumn::neighbour_losses, where);
        if (!losses.ok()) {
            return losses.error();
        }
        sample.trajectory.steps.back().neighbour_losses = std::move(*losses);
        if (const Status neighbours = state_->read_neighbours(*space, where, sample); !neighbours.ok()) {
            ++damaged;
            state_->leave_out(run, id, "its neighbours do not hold: " + neighbours.error().found);
            return {};
        }
        return visit(sample);
    };
    const auto lost = state_->for_each_sample(run, rows, each);
    if (!lost.ok()) {
        return lost.error();
    }
    return damaged + static_cast<std::int64_t>(lost->size());
}

}  // namespace r2t2
