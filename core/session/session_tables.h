// Internal to core/session: the SQL of schema version 5. docs/session-schema.md describes it; the two change together, and
// a change of a table is a new version with a step in session_migration.cpp.
#pragma once

#include <array>

namespace r2t2::session_schema {

inline constexpr std::array kTableNames = {"runs", "samples", "steps", "neighbours"};

// checksum: row_checksum.h; 0 only between the statements of a transaction.
inline constexpr const char* kTables = R"sql(
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
    scoring          TEXT,
    instruction      TEXT,
    suffix           TEXT,
    picture_hash     TEXT,
    scoring_version  INTEGER,
    neighbour_count  INTEGER CHECK (neighbour_count >= 0),
    checksum         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run_id, set_name, sample_key)
) STRICT;

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
    routing         BLOB,
    question        TEXT,
    answer          TEXT,
    image_path      TEXT,
    checksum        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sample_id, rank)
) STRICT, WITHOUT ROWID;
)sql";

// A run's samples in the order they were written, its errors, those of a benchmark, and its outcomes with their patterns of right
// and wrong (which need the table's rows then no more). Every index is one more page to write for a sample.
inline constexpr const char* kIndices = R"sql(
CREATE INDEX IF NOT EXISTS samples_of_run ON samples (run_id);
CREATE INDEX IF NOT EXISTS samples_with_errors ON samples (run_id) WHERE error IS NOT NULL;
CREATE INDEX IF NOT EXISTS samples_with_scoring ON samples (run_id) WHERE scoring IS NOT NULL;
CREATE INDEX IF NOT EXISTS samples_by_pattern ON samples (run_id, outcome, set_name, correct_by_step);
)sql";

inline constexpr std::array kViewNames = {"v_runs",        "v_patterns",     "v_run_steps", "v_step_outcomes", "v_pattern_outcomes",
                                          "v_accuracy_per_step", "v_transitions", "v_step_changes", "v_harmed", "v_rescued",
                                          "v_errors",      "v_experts",      "v_weights", "v_prompts"};

// Views use no scalar JSON functions: SQLite calls those unsafe in a schema that is not trusted.
// A step that no sample was scored at has no row where samples are counted. Samples that stop early keep their last state: their step is MIN(asked step, last step). A run's samples share few patterns
// of right and wrong: what counts samples counts patterns and multiplies.
inline constexpr const char* kViews = R"sql(
CREATE VIEW v_runs AS
SELECT r.id AS run_id, r.name, r.method, r.state, r.started, r.finished,
       COUNT(s.id) AS samples, SUM(s.error IS NOT NULL) AS errors,
       COUNT(s.outcome) AS scored,
       SUM(s.outcome IN ('RR', 'RW')) AS native_right, SUM(s.outcome IN ('RR', 'WR')) AS final_right,
       100.0 * SUM(s.outcome IN ('RR', 'RW')) / COUNT(s.outcome) AS native_accuracy,
       100.0 * SUM(s.outcome IN ('RR', 'WR')) / COUNT(s.outcome) AS final_accuracy
FROM runs r LEFT JOIN samples s ON s.run_id = r.id
GROUP BY r.id;

CREATE VIEW v_patterns AS
SELECT run_id, outcome, set_name, correct_by_step, COUNT(*) AS samples
FROM samples
WHERE correct_by_step <> ''
GROUP BY run_id, outcome, set_name, correct_by_step;

CREATE VIEW v_run_steps AS
WITH RECURSIVE n (run_id, step, last) AS (
    SELECT run_id, 0, MAX(length(correct_by_step)) - 1 FROM v_patterns GROUP BY run_id
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

CREATE VIEW v_pattern_outcomes AS
SELECT p.run_id, p.set_name, n.step, p.samples,
       CAST(NULLIF(substr(p.correct_by_step, 1, 1), '?') AS INTEGER) AS native_correct,
       CAST(NULLIF(substr(p.correct_by_step, MAX(1, MIN(n.step, length(p.correct_by_step))), 1), '?') AS INTEGER) AS previous_correct,
       CAST(NULLIF(substr(p.correct_by_step, MIN(n.step + 1, length(p.correct_by_step)), 1), '?') AS INTEGER) AS correct
FROM v_run_steps n
JOIN v_patterns p ON p.run_id = n.run_id;

CREATE VIEW v_accuracy_per_step AS
SELECT run_id, set_name, step, SUM(samples * (correct IS NOT NULL)) AS scored, SUM(samples * correct) AS right,
       100.0 * SUM(samples * correct) / SUM(samples * (correct IS NOT NULL)) AS accuracy
FROM v_pattern_outcomes
GROUP BY run_id, set_name, step
HAVING COUNT(correct) > 0;

CREATE VIEW v_transitions AS
SELECT run_id, set_name, step,
       SUM(samples * (native_correct + correct IS NOT NULL)) AS scored,
       SUM(samples * (native_correct = 1 AND correct = 1)) AS right_right,
       SUM(samples * (native_correct = 1 AND correct = 0)) AS right_wrong,
       SUM(samples * (native_correct = 0 AND correct = 1)) AS wrong_right,
       SUM(samples * (native_correct = 0 AND correct = 0)) AS wrong_wrong,
       100.0 * SUM(samples * (native_correct = 1 AND correct = 0)) /
           NULLIF(SUM(samples * (native_correct = 1 AND correct IS NOT NULL)), 0) AS percent_of_right_lost,
       100.0 * SUM(samples * (native_correct = 0 AND correct = 1)) /
           NULLIF(SUM(samples * (native_correct = 0 AND correct IS NOT NULL)), 0) AS percent_of_wrong_won
FROM v_pattern_outcomes
GROUP BY run_id, set_name, step
HAVING COUNT(native_correct + correct) > 0;

CREATE VIEW v_step_changes AS
SELECT run_id, set_name, step,
       SUM(samples * (previous_correct + correct IS NOT NULL)) AS scored,
       SUM(samples * (previous_correct = 1 AND correct = 1)) AS right_right,
       SUM(samples * (previous_correct = 1 AND correct = 0)) AS right_wrong,
       SUM(samples * (previous_correct = 0 AND correct = 1)) AS wrong_right,
       SUM(samples * (previous_correct = 0 AND correct = 0)) AS wrong_wrong
FROM v_pattern_outcomes
GROUP BY run_id, set_name, step
HAVING COUNT(previous_correct + correct) > 0;

CREATE VIEW v_harmed AS
SELECT run_id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, id AS sample_id
FROM samples WHERE outcome = 'RW';

CREATE VIEW v_rescued AS
SELECT run_id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, id AS sample_id
FROM samples WHERE outcome = 'WR';

CREATE VIEW v_errors AS
SELECT run_id, set_name, sample_key, image_path, error FROM samples WHERE error IS NOT NULL;

CREATE VIEW v_prompts AS
SELECT run_id, set_name, sample_key, id AS sample_id,
       CASE instruction WHEN '' THEN '' ELSE instruction || ' ' END || question || suffix AS prompt
FROM samples WHERE error IS NULL;

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

}  // namespace r2t2::session_schema
