#include "core/session/session_rescoring.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "core/scoring/scoring_version.h"
#include "core/scoring/stored_key.h"
#include "core/session/row_checksum.h"
#include "core/session/session_rows.h"
#include "core/session/session_schema.h"

namespace r2t2 {

std::string RescoredRun::text() const {
    return "scored again by version " + std::to_string(to) + " of the scoring rules (before: " + std::to_string(from) + "): " + std::to_string(verdicts) +
           " verdicts of " + std::to_string(changed) + " samples changed, of " + std::to_string(samples) + " samples; results right before " +
           std::to_string(right_before) + ", now " + std::to_string(right_now);
}

namespace session_rescoring {

namespace {

using sqlite::Statement;

std::string older() {
    return " FROM samples NOT INDEXED WHERE scoring IS NOT NULL AND error IS NULL AND IFNULL(scoring_version, 1) < " + std::to_string(kScoringVersion);
}

/// A statement that is kept for many samples.
struct Statements {
    Statement sample, steps, step, step_checksum, row, row_checksum;
};

Result<Statements> prepare(sqlite::Database& database) {
    const auto of = [&database](const std::string& sql) { return database.prepare(sql, "score again"); };
    auto sample = of("SELECT " + row_checksum::list("samples") + ", checksum FROM samples WHERE id = ?");
    auto steps = of("SELECT " + row_checksum::list("steps") + ", checksum FROM steps WHERE sample_id = ? ORDER BY step");
    auto step = of("UPDATE steps SET correct = ? WHERE sample_id = ? AND step = ?");
    auto step_checksum = of("UPDATE steps SET checksum = " + row_checksum::of_row("steps") + " WHERE sample_id = ? AND step = ?");
    auto row = of("UPDATE samples SET native_correct = ?, final_correct = ?, outcome = ?, correct_by_step = ?, scoring_version = ? WHERE id = ?");
    auto checksum = of("UPDATE samples SET checksum = " + row_checksum::of_row("samples") + " WHERE id = ?");
    for (const auto* each : {&sample, &steps, &step, &step_checksum, &row, &checksum}) {
        if (!each->ok()) {
            return each->error();
        }
    }
    return Statements{std::move(*sample), std::move(*steps), std::move(*step), std::move(*step_checksum), std::move(*row), std::move(*checksum)};
}

/// One sample as it is stored; none: something of it does not hold.
struct Stored {
    std::int64_t run = 0;
    int version = 1;
    StoredKey key;
    struct Step {
        std::optional<bool> correct;
        std::optional<std::string> answer;
    };
    std::vector<Step> steps;
};

Result<std::optional<Stored>> read(Statements& statements, std::int64_t id) {
    using Sample = session_rows::SampleColumn;
    using Step = session_rows::StepColumn;
    std::optional<Stored> stored;
    std::int64_t count = 0;
    statements.sample.bind(1, id);
    auto row = statements.sample.step();
    if (!row.ok()) {
        return row.error();
    }
    if (*row && statements.sample.checksum_holds(0, Sample::checksum)) {
        auto key = parse_stored_key(statements.sample.text(Sample::scoring), "sample row " + std::to_string(id));
        if (key.ok() && key->key.known()) {
            stored.emplace();
            stored->key = std::move(*key);
            stored->run = statements.sample.integer(Sample::run_id);
            stored->version = statements.sample.is_null(Sample::scoring_version) ? 1 : static_cast<int>(statements.sample.integer(Sample::scoring_version));
            count = statements.sample.integer(Sample::steps);
        }
    }
    statements.sample.reset();
    if (!stored) {
        return stored;
    }
    bool sound = true;
    statements.steps.bind(1, id);
    for (;;) {
        row = statements.steps.step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        sound = sound && statements.steps.checksum_holds(0, Step::checksum) &&
                statements.steps.integer(Step::step) == static_cast<std::int64_t>(stored->steps.size());
        stored->steps.push_back({statements.steps.flag(Step::correct), statements.steps.optional_text(Step::answer)});
    }
    statements.steps.reset();
    if (!sound || static_cast<std::int64_t>(stored->steps.size()) != count || count == 0) {
        stored.reset();
    }
    return stored;
}

char character(const std::optional<bool>& correct) { return !correct ? '?' : *correct ? '1' : '0'; }

/// Steps that had no verdict get none: they were not answered, or nothing said what is right.
std::vector<std::optional<bool>> verdicts_of(const Stored& stored) {
    std::map<std::string, bool> known;  // a trajectory's answers are few
    std::vector<std::optional<bool>> out;
    for (const Stored::Step& step : stored.steps) {
        if (!step.correct || !step.answer) {
            out.push_back(step.correct);
            continue;
        }
        auto at = known.find(*step.answer);
        if (at == known.end()) {
            at = known.emplace(*step.answer, score(*step.answer, stored.key.key).correct).first;
        }
        out.push_back(at->second);
    }
    return out;
}

Status write(Statements& statements, std::int64_t id, const Stored& stored, const std::vector<std::optional<bool>>& verdicts) {
    std::string pattern;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        pattern += character(verdicts[i]);
        if (verdicts[i] == stored.steps[i].correct) {
            continue;
        }
        statements.step.bind(1, verdicts[i]);
        statements.step.bind(2, id);
        statements.step.bind(3, static_cast<std::int64_t>(i));
        R2T2_TRY(statements.step.run());
        statements.step_checksum.bind(1, id);
        statements.step_checksum.bind(2, static_cast<std::int64_t>(i));
        R2T2_TRY(statements.step_checksum.run());
    }
    const std::optional<bool> native = verdicts.front(), result = verdicts.back();
    statements.row.bind(1, native);
    statements.row.bind(2, result);
    statements.row.bind(3, native && result ? std::optional(std::string(*native ? "R" : "W") + (*result ? "R" : "W")) : std::nullopt);
    statements.row.bind(4, pattern);
    statements.row.bind(5, kScoringVersion);
    statements.row.bind(6, id);
    R2T2_TRY(statements.row.run());
    statements.row_checksum.bind(1, id);
    return statements.row_checksum.run();
}

void count(const Stored& stored, const std::vector<std::optional<bool>>& verdicts, RescoredRun& run) {
    std::int64_t changed = 0;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        changed += verdicts[i] != stored.steps[i].correct ? 1 : 0;
    }
    ++run.samples;
    run.verdicts += changed;
    run.changed += changed > 0 ? 1 : 0;
    run.right_before += stored.steps.back().correct.value_or(false) ? 1 : 0;
    run.right_now += verdicts.back().value_or(false) ? 1 : 0;
    run.from = run.samples == 1 ? stored.version : std::min(run.from, stored.version);
}

/// A run whose row does not hold keeps its notes: its checksum must go on saying so.
Status note(sqlite::Database& database, const RescoredRun& run) {
    auto statement = database.prepare("UPDATE runs SET notes = notes || CASE notes WHEN '' THEN '' ELSE char(10) END || ?1 WHERE id = ?2 AND checksum IS " +
                                          row_checksum::of_row("runs") + " RETURNING id",
                                      "score again");
    if (!statement.ok()) {
        return statement.error();
    }
    statement->bind(1, run.text());
    statement->bind(2, run.run);
    const auto noted = statement->step();
    if (!noted.ok() || !*noted) {
        return noted.ok() ? Status() : Status(noted.error());
    }
    R2T2_TRY(statement->run());
    return database.execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs") + " WHERE id = " + std::to_string(run.run), "score again");
}

Result<std::vector<std::int64_t>> older_samples(sqlite::Database& database) {
    auto statement = database.prepare("SELECT id" + older(), "score again");
    if (!statement.ok()) {
        return statement.error();
    }
    std::vector<std::int64_t> ids;
    for (;;) {
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return ids;
        }
        ids.push_back(statement->integer(0));
    }
}

}  // namespace

Result<bool> needed(sqlite::Database& database) {
    const auto count = database.number("SELECT EXISTS (SELECT 1" + older() + ")", "score again");
    return count.ok() ? Result<bool>(*count != 0) : count.error();
}

Result<std::vector<RescoredRun>> rescore(sqlite::Database& database) {
    const auto ids = older_samples(database);
    if (!ids.ok()) {
        return ids.error();
    }
    std::map<std::int64_t, RescoredRun> runs;
    {
        auto statements = prepare(database);
        if (!statements.ok()) {
            return statements.error();
        }
        for (const std::int64_t id : *ids) {
            const auto stored = read(*statements, id);
            if (!stored.ok()) {
                return stored.error();
            }
            if (!*stored) {
                continue;
            }
            const std::vector<std::optional<bool>> verdicts = verdicts_of(**stored);
            R2T2_TRY(write(*statements, id, **stored, verdicts));
            RescoredRun& run = runs[(*stored)->run];
            run.run = (*stored)->run;
            run.to = kScoringVersion;
            count(**stored, verdicts, run);
        }
    }
    std::vector<RescoredRun> out;
    for (const auto& [id, run] : runs) {
        if (run.verdicts > 0) {
            R2T2_TRY(note(database, run));
        }
        out.push_back(run);
    }
    return out;
}

}  // namespace session_rescoring

}  // namespace r2t2
