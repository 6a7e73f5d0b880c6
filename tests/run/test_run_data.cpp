// A run that goes on is asked what it was asked before: a changed question, truth, picture or fact is another data set, and is named.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "core/results/run_config.h"
#include "core/run/evaluation_session.h"
#include "core/session/row_checksum.h"
#include "core/session/session_reader.h"
#include "core/session/sqlite.h"
#include "tests/run/formula_model.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;

class TestRunData : public QObject {
    Q_OBJECT

private:
    using Sets = std::vector<SampleSetPtr>;
    static std::shared_ptr<FormulaSet> plain() { return std::make_shared<FormulaSet>("set", 6); }

    /// Five of six samples are stored: the last failed.
    std::string begun(const EvaluationContext& context) {
        const std::string path = directory_.filePath(QString::number(count_++) + ".r2t2").toStdString();
        const Sets sets = {std::make_shared<FormulaSet>("set", 6, std::set<std::size_t>{}, std::set<std::size_t>{5})};
        auto recorder = SessionRecorder::begin(path, provenance_of(context), context, sets);
        const Result<Evaluation> evaluation = evaluate(context, sets, {.threads = 1}, recorder->get(), {}, {});
        return recorder.ok() && evaluation.ok() && (*recorder)->finish(*evaluation).ok() ? path : std::string();
    }
    static std::string said(const EvaluationContext& context, const std::string& path, const SampleSetPtr& set) {
        const auto resumed = SessionRecorder::resume(path, provenance_of(context), context, Sets{set});
        return resumed.ok() ? std::string() : (resumed.error().kind == ErrorKind::InvalidInput ? "" : "kind! ") + resumed.error().message();
    }
    static std::string data_hash(const std::string& path) {
        auto reader = SessionReader::open(path);
        const auto runs = reader.ok() ? reader->runs() : Result<std::vector<StoredRun>>(reader.error());
        return runs.ok() && !runs->empty() ? runs->front().info.data_hash : std::string();
    }
    static void has(const std::string& text, const std::string& words) { QVERIFY2(text.find(words) != std::string::npos, text.c_str()); }
    /// As a program before contents were hashed wrote it.
    static void make_older(const std::string& path) {
        auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE runs SET data_hash = json_extract(config, '$.data_names'), config = json_remove(config, '$.data_names', '$.prints')").ok());
        QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
    }

private Q_SLOTS:
    void a_changed_sample_is_named() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        const std::string path = begun(*context);
        QVERIFY(!path.empty());
        QCOMPARE(said(*context, path, plain()), std::string());
        auto truth = plain(), question = plain();
        truth->other_truths = {{3, "z"}};
        question->other_questions = {{2, "another?"}};
        has(said(*context, path, truth), path + ": run 1: set set, sample 3: ground_truth: found \"z\"");
        has(said(*context, path, question), path + ": run 1: set set, sample 2: question: found \"another?\"");
        has(said(*context, path, std::make_shared<FormulaSet>("set", 4)), "sample 4: id");
        has(said(*context, path, std::make_shared<FormulaSet>("set", 7)), "set set, sample 6: id: found a sample that the run was not begun with");
        has(said(*context, path, std::make_shared<FormulaSet>("other", 6)), "set set, sample 0");
    }

    /// It has no answer to protect. From then on the run is of the data as they are now.
    void a_failed_sample_may_be_another() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        const std::string path = begun(*context), before = data_hash(path);
        auto mended = plain();
        mended->other_truths = {{5, "z"}};
        QCOMPARE(said(*context, path, mended), std::string());
        const std::string after = data_hash(path);
        QVERIFY(!after.empty() && after != before);
        QCOMPARE(said(*context, path, mended), std::string());
        QCOMPARE(data_hash(path), after);
        QVERIFY(SessionReader::open(path)->verify()->empty());
        auto both = plain();
        both->other_truths = {{5, "z"}, {3, "z"}};
        has(said(*context, path, both), "set set, sample 3: ground_truth");  // what is answered stays
        QCOMPARE(data_hash(path), after);
    }

    /// Neither stored nor failed: nobody knows whether it may.
    void a_sample_that_is_not_stored_yet_is_named() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        const std::string path = begun(*context), before = data_hash(path);
        {
            auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
            QVERIFY(database->execute("DELETE FROM samples WHERE sample_key = '5'").ok());  // a failed row has no steps
        }
        auto unstored = plain();
        unstored->other_truths = {{5, "z"}};
        has(said(*context, path, unstored), path + ": run 1: set set, sample 5: content");
        has(said(*context, path, unstored), "not stored yet");
        QCOMPARE(data_hash(path), before);
        QCOMPARE(said(*context, path, plain()), std::string());
    }

    /// One from before samples had prints: the hashes alone can be told.
    void a_run_without_prints_is_as_it_was() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        const std::string path = begun(*context);
        {
            auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
            QVERIFY(database->execute("UPDATE runs SET config = json_remove(config, '$.prints')").ok());
            QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
        }
        QCOMPARE(said(*context, path, plain()), std::string());
        auto unstored = plain();
        unstored->other_truths = {{5, "z"}};
        has(said(*context, path, unstored), "data hash");
        has(said(*context, path, unstored), "samples that are not stored yet");
    }

    /// By names and ids, and by what is stored of its samples.
    void an_older_run_goes_on_by_names() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        const std::string path = begun(*context);
        make_older(path);
        QVERIFY(SessionReader::open(path)->verify()->empty());
        QCOMPARE(said(*context, path, plain()), std::string());
        auto truth = plain();
        truth->other_truths = {{3, "z"}};
        has(said(*context, path, truth), "sample 3: ground_truth");
        has(said(*context, path, std::make_shared<FormulaSet>("set", 7)), "data hash");
    }

    void agreement_of_runs() {
        RunInfo a, b, old;
        a.data_hash = b.data_hash = std::string(kContentHash) + "1";
        a.config = R"({"data_names": "n"})";
        old.data_hash = "n";
        QCOMPARE(same_data(a, b), SameData::Yes);
        QCOMPARE(same_data(a, old), SameData::ByNames);
        QCOMPARE(same_data(old, a), SameData::ByNames);
        QCOMPARE(same_data(old, old), SameData::Yes);
        QCOMPARE(same_data(b, old), SameData::No);
        b.data_hash += "2";
        QCOMPARE(same_data(a, b), SameData::No);
    }

    void content_covers_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<bool>("changes");
        QTest::newRow("nothing") << "set.json" << "" << "" << false;
        QTest::newRow("a truth") << "set.json" << R"("ground_truth": "b")" << R"("ground_truth": "a")" << true;
        QTest::newRow("a question") << "set.json" << "What is it?" << "What is this?" << true;
        QTest::newRow("an id") << "set.json" << R"("id": "2")" << R"("id": "3")" << true;
        QTest::newRow("an option") << "set.json" << R"(["a", "b"])" << R"(["a", "c"])" << true;
        QTest::newRow("the order of options") << "set.json" << R"(["a", "b"])" << R"(["b", "a"])" << true;
        QTest::newRow("inline facts") << "set.json" << R"("text": "STOP")" << R"("text": "GO")" << true;
        QTest::newRow("white space") << "set.json" << "[ " << "[  \n" << false;
        QTest::newRow("a picture's bytes") << "one.png" << "IEND" << "IENX" << true;
        QTest::newRow("facts beside it") << "one.png.facts.json" << "HALT" << "STAY" << true;
        QTest::newRow("facts in a file") << "two.json" << "EXIT" << "DOOR" << true;
    }
    void content_covers() {
        QFETCH(QString, file);
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(bool, changes);
        QTemporaryDir directory;
        const std::string here = make_files(directory.filePath("a")), there = make_files(directory.filePath("elsewhere/b"));
        QCOMPARE(content(here), content(there));  // where the files lie is not part of it
        const std::string before = content(here);
        const std::string path = here + "/" + file.toStdString();
        std::string text = read_file(path);
        if (!from.isEmpty()) {
            const std::size_t at = text.find(from.toStdString());
            QVERIFY(at != std::string::npos);
            text.replace(at, from.size(), to.toStdString());
            write_file(path, text);
        }
        QCOMPARE(content(here) != before, changes);
        fs::remove(here + "/one.png.facts.json");
        QVERIFY(content(here) != before);
    }

private:
    static std::string make_files(const QString& folder) {
        const std::string out = folder.toStdString();
        fs::create_directories(out);
        for (const char* picture : {"one.png", "two.png"}) {
            write_file(out + "/" + picture, std::string("\x89PNG\r\n\x1a\n") + picture + "IEND");
        }
        write_file(out + "/one.png.facts.json", R"({"ocr": [{"text": "HALT"}]})");
        write_file(out + "/two.json", R"({"ocr": [{"text": "EXIT"}]})");
        write_file(out + "/set.json", R"([ {"id": "0", "image_path": "one.png", "question": "What is it?", "ground_truth": "b", "options": ["a", "b"]},
 {"id": "1", "image_path": "two.png", "question": "And this?", "ground_truth": "c", "facts": {"ocr": [{"text": "STOP"}]}},
 {"id": "2", "image_path": "two.png", "question": "Third?", "ground_truth": "d", "facts_path": "two.json"}])");
        return out;
    }
    static std::string content(const std::string& folder) {
        const auto set = open_dataset_samples(folder + "/set.json");
        if (!set.ok() || (*set)->size() != 3) {
            qWarning("%s", set.ok() ? (*set)->problems().front().message().c_str() : set.error().message().c_str());
            return {};
        }
        return (*set)->content();
    }

    QTemporaryDir directory_;
    int count_ = 0;
};

QTEST_GUILESS_MAIN(TestRunData)
#include "test_run_data.moc"
