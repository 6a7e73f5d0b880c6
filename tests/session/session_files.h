// A session in a file, and SQL on it behind the program's back. Tests only.
#pragma once

#include <QtTest>
#include <string>
#include <vector>

#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"

namespace r2t2::session_samples {

inline void execute(const std::string& path, const std::string& sql) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::CreateNew);
    const Status status = database->execute(sql);
    QVERIFY2(status.ok(), status.ok() ? "" : status.error().message().c_str());
}

/// Rows of a query, columns joined by "|".
inline std::vector<std::string> rows(const std::string& path, const std::string& sql, int columns) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
    auto statement = database->prepare(sql);
    Q_ASSERT(statement.ok());
    std::vector<std::string> result;
    while (*statement->step()) {
        std::string row;
        for (int column = 0; column < columns; ++column) {
            row += (column == 0 ? "" : "|") + statement->text(column);
        }
        result.push_back(row);
    }
    return result;
}

/// Six samples as in the transition test of core/analysis, one that stopped early and one that failed.
inline void fill(const std::string& path) {
    auto session = SessionWriter::create(path);
    QVERIFY2(session.ok(), session.ok() ? "" : session.error().message().c_str());
    const auto run = session->begin_run(run_info());
    QVERIFY(run.ok());
    const std::vector<std::vector<bool>> patterns = {{true, true, true},
                                                     {true, false, true},
                                                     {true, false, false},
                                                     {false, true, true},
                                                     {false, true, false},
                                                     {false, false, false},
                                                     {true}};
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        SampleInfo sample = sample_info(static_cast<int>(i));
        sample.id.set = "set";
        const Status status =
            session->write_sample(*run, sample, trajectory(static_cast<int>(i), patterns[i]), reference_name);
        QVERIFY2(status.ok(), status.ok() ? "" : status.error().message().c_str());
    }
    SampleInfo failed = sample_info(7);
    failed.id.set = "set";
    QVERIFY(session->record_error(*run, failed, invalid_input("7.png", "image", "0 bytes", "a picture")).ok());
    QVERIFY(session->finish_run(*run, RunState::Finished).ok());
}

}  // namespace r2t2::session_samples
