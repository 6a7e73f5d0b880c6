// A run that goes on is asked what it was asked before: a changed question, truth, picture or fact is another data set, and is named.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <map>

#include "core/results/run_config.h"
#include "core/run/evaluation_session.h"
#include "core/session/row_checksum.h"
#include "core/session/session_reader.h"
#include "core/session/sqlite.h"
#include "core/vision/load_image.h"
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

    /// After a set's content was hashed every file is compared with what was hashed, as it is read; before, and in another set, it is what it is.
    void a_file_that_changes_after_it_was_hashed_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("content");  // empty: removed
        QTest::addColumn<int>("sample");       // -1: nobody reads it
        QTest::addColumn<QString>("found");
        QTest::addColumn<QString>("allowed");
        QTest::newRow("a picture") << "4.png" << "as 5.png" << 4 << "4.png: picture: found another content (hash " << "hash ";
        QTest::newRow("a picture that is none now") << "4.png" << "no picture" << 4 << "4.png: picture: found another content (hash " << "hash ";
        QTest::newRow("a picture that is empty now") << "0.png" << "empty" << 0 << "0.png: picture: found another content (hash " << "hash ";
        QTest::newRow("facts beside it") << "1.png.facts.json" << R"({"ocr": [{"text": "STAY"}]})" << 1 << "1.png.facts.json: facts: found another content (hash " << "hash ";
        QTest::newRow("facts that came") << "5.png.facts.json" << R"({"ocr": [{"text": "STAY"}]})" << 5 << "5.png.facts.json: facts: found a file (hash " << "no file, as then";
        QTest::newRow("facts that went") << "1.png.facts.json" << "" << 1 << "1.png.facts.json: facts: found no file" << "hash ";
        QTest::newRow("facts in a stated file") << "2.json" << R"({"ocr": [{"text": "DOOR"}]})" << 2 << "2.json: facts: found another content (hash " << "hash ";
        QTest::newRow("facts beside inline ones") << "3.png.facts.json" << R"({"ocr": [{"text": "STAY"}]})" << -1 << "" << "";
        QTest::newRow("facts beside stated ones") << "2.png.facts.json" << R"({"ocr": [{"text": "STAY"}]})" << -1 << "" << "";
    }
    void a_file_that_changes_after_it_was_hashed() {
        QFETCH(QString, file);
        QFETCH(QString, content);
        QFETCH(int, sample);
        QFETCH(QString, found);
        QFETCH(QString, allowed);
        QTemporaryDir directory;
        const std::string folder = make_pictures(directory.path());
        const FormulaModel model;
        const SampleSetPtr hashed = open(folder), unhashed = open(folder);
        QVERIFY(hashed && unhashed);
        QCOMPARE(hashed->content().size(), std::size_t{64});
        const auto errors = [&](const SampleSetPtr& set) {
            std::map<int, std::string> out;
            for (std::size_t i = 0; i < set->size(); ++i) {
                if (const auto got = set->get(i, model.info()); !got) {
                    out[static_cast<int>(i)] = got.error().message();
                }
            }
            return out;
        };
        QVERIFY(errors(hashed).empty() && errors(unhashed).empty());
        const fs::path path = fs::path(folder) / file.toStdString();
        const bool was = fs::exists(path);
        const std::string before = read_file(path);
        if (content.isEmpty()) {
            fs::remove(path);
        } else {
            write_file(path, content == "as 5.png" ? read_file(folder + "/5.png") : content == "empty" ? std::string() : content.toStdString());
        }
        const std::map<int, std::string> now = errors(hashed);
        QCOMPARE(now.size(), std::size_t(sample < 0 ? 0 : 1));
        if (sample >= 0) {
            QCOMPARE(now.begin()->first, sample);
            has(now.begin()->second, found.toStdString());
            has(now.begin()->second, "changed since the run was begun");
            has(now.begin()->second, "allowed: " + allowed.toStdString());
        }
        for (const auto& [i, text] : errors(unhashed)) {  // what is no picture any more is one's own error
            QVERIFY2(text.find("since the run") == std::string::npos, text.c_str());
        }
        if (was) {
            write_file(path, before);
        } else {
            fs::remove(path);
        }
        QVERIFY(errors(hashed).empty());
    }

    void a_picture_that_could_not_be_read_when_it_was_hashed() {
        QTemporaryDir directory;
        const std::string folder = make_pictures(directory.path());
        const FormulaModel model;
        const SampleSetPtr set = open(folder);
        QVERIFY(set != nullptr);
        fs::rename(folder + "/4.png", folder + "/away.png");
        QCOMPARE(set->content().size(), std::size_t{64});
        const auto gone = set->get(4, model.info());
        QVERIFY(!gone.ok());
        has(gone.error().message(), "no such file");
        fs::rename(folder + "/away.png", folder + "/4.png");
        const auto back = set->get(4, model.info());
        QVERIFY(!back.ok());
        has(back.error().message(), "found a file that can be read (hash ");
        has(back.error().message(), "allowed: one that cannot be read, as then");
        QVERIFY(set->get(3, model.info()).ok());
    }

    /// Of files over 1 MiB both ends are hashed: those of the bytes that were read are the same.
    void a_large_picture_is_the_one_that_was_hashed() {
        QTemporaryDir directory;
        const std::string folder = make_pictures(directory.path());
        Image noise{800, 800, {}};
        RandomStream random = RandomStream::fork(7, "noise");
        for (std::size_t i = 0; i < 800 * 800 * 3; ++i) {
            noise.rgb.push_back(static_cast<std::uint8_t>(random.below(256)));
        }
        QVERIFY(save_png(folder + "/4.png", noise).ok());
        QVERIFY(fs::file_size(folder + "/4.png") > std::uintmax_t{1} << 20);
        const FormulaModel model;
        const SampleSetPtr set = open(folder);
        QVERIFY(set != nullptr);
        QCOMPARE(set->content().size(), std::size_t{64});
        const auto got = set->get(4, model.info());
        QVERIFY2(got.ok(), got.ok() ? "" : got.error().message().c_str());
        noise.rgb.back() ^= 255;
        QVERIFY(save_png(folder + "/4.png", noise).ok());
        QVERIFY(!set->get(4, model.info()).ok());
    }

    /// The sample fails by name, nothing of the other picture is stored, and the run goes on when the picture is back.
    void a_picture_that_changes_while_a_run_goes_on() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        QTemporaryDir directory;
        const std::string folder = make_pictures(directory.path()), path = directory.filePath("run.r2t2").toStdString();
        const std::string before = read_file(folder + "/4.png");
        {
            const Sets sets = {open(folder)};
            QVERIFY(sets.front() != nullptr);
            auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
            QVERIFY(recorder.ok());
            write_file(folder + "/4.png", read_file(folder + "/5.png"));
            const auto run = evaluate(*context, sets, {.threads = 1}, recorder->get(), {}, {});
            QVERIFY(run.ok());
            QCOMPARE(run->errors, std::int64_t{1});
            QVERIFY(run->sets[0].samples[4].error.has_value());
            has(run->sets[0].samples[4].error->message(), "sample 4");
            has(run->sets[0].samples[4].error->message(), "the picture was changed since the run was begun");
            QVERIFY((*recorder)->finish(*run).ok());
        }
        const auto rows = SessionReader::open(path)->samples(1);
        QVERIFY(rows.ok());
        QCOMPARE(rows->size(), std::size_t{6});
        for (const SampleRow& row : *rows) {
            QCOMPARE(row.error.empty(), row.info.id.key != "4");
        }
        write_file(folder + "/4.png", before);
        const Sets sets = {open(folder)};
        auto recorder = SessionRecorder::resume(path, provenance_of(*context), *context, sets);
        QVERIFY2(recorder.ok(), recorder.ok() ? "" : recorder.error().message().c_str());
        const auto run = evaluate(*context, sets, {.threads = 1}, recorder->get(), {}, {});
        QVERIFY(run.ok());
        QCOMPARE(run->errors, std::int64_t{0});
        QVERIFY((*recorder)->finish(*run).ok());
    }

    /// A former program stored what it read, whatever it had hashed: the hash of the data is the same, the rows' pictures are not.
    void rows_of_another_picture_are_named() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        QTemporaryDir directory;
        const std::string folder = make_pictures(directory.path()), path = directory.filePath("run.r2t2").toStdString();
        const Sets sets = {open(folder)};
        QVERIFY(sets.front() != nullptr);
        {
            auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
            const auto run = evaluate(*context, sets, {.threads = 1}, recorder->get(), {}, {});
            QVERIFY(run.ok() && (*recorder)->finish(*run).ok());
        }
        QCOMPARE(said(*context, path, open(folder)), std::string());
        {
            auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
            QVERIFY(database->execute("UPDATE samples SET picture_hash = 'another'; UPDATE samples SET checksum = " + row_checksum::of_row("samples") +
                                      "; UPDATE runs SET config = json_remove(config, '$.prints'); UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
        }
        const std::string refused = said(*context, path, open(folder));
        has(refused, path + ": set " + sets.front()->name() + ", sample 0: picture (or facts): found hash ");
        has(refused, "the first of 6 such rows");
        has(refused, "hash another, as the row was stored with");
    }

private:
    /// Six samples with pictures of one colour each. Facts: beside 1, in a stated file of 2, inline in 3.
    static std::string make_pictures(const QString& directory) {
        const std::string out = directory.toStdString() + "/pictures";
        fs::create_directories(out);
        std::string records;
        for (int i = 0; i < 6; ++i) {
            const std::string name = std::to_string(i);
            const Image picture{4, 4, std::vector<std::uint8_t>(48, static_cast<std::uint8_t>(20 + 30 * i))};
            if (!save_png(out + "/" + name + ".png", picture)) {
                return {};
            }
            const std::string facts = i == 2 ? R"(, "facts_path": "2.json")" : i == 3 ? R"(, "facts": {"ocr": [{"text": "STOP"}]})" : "";
            records += (i == 0 ? "" : ",\n") + std::string("{\"id\": \"") + name + "\", \"image_path\": \"" + name + ".png\", \"question\": \"question " + name +
                       " of pictures\", \"ground_truth\": \"a\"" + facts + "}";
        }
        write_file(out + "/1.png.facts.json", R"({"ocr": [{"text": "HALT"}]})");
        write_file(out + "/2.json", R"({"ocr": [{"text": "EXIT"}]})");
        write_file(out + "/set.json", "[" + records + "]");
        return out;
    }
    /// Null: not six samples.
    static SampleSetPtr open(const std::string& folder) {
        const auto set = open_dataset_samples(folder + "/set.json");
        return set.ok() && (*set)->size() == 6 ? *set : nullptr;
    }
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
