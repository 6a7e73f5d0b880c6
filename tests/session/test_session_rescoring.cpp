// Verdicts of older scoring rules: scored again when something is written to the session, all of it or nothing, and said. Case: article-a.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <chrono>
#include <filesystem>

#include "core/scoring/scoring_version.h"
#include "core/session/row_checksum.h"
#include "core/session/sqlite.h"
#include "tests/session/benchmark_samples.h"
#include "tests/session/session_files.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

namespace {

/// DocVQA's questions: the answer "right" is right. What an older rule said of the steps is `said`; '?': nothing.
Trajectory judged(int number, const std::string& said) {
    Trajectory out = trajectory(number, std::vector<bool>(said.size()));
    for (std::size_t i = 0; i < said.size(); ++i) {
        out.steps[i].answer->text = i % 2 == 0 ? "right" : "none";
        out.steps[i].correct = said[i] == '?' ? std::nullopt : std::optional(said[i] == '1');
    }
    return out;
}

SampleInfo keyed(int number, std::optional<int> version) {
    SampleInfo info = docvqa_sample(number, "right");
    info.scoring_version = version;
    return info;
}

/// Run 1: four samples, of which an older rule was wrong about two; one that nothing scores; one without a key; one that failed. Run 2: none of
/// an older rule.
void write_session(const std::string& path, int more = 0) {
    auto session = SessionWriter::create(path);
    const auto run = session->begin_run(run_info());
    const std::string said[] = {"101", "010", "1?1", "000"};
    for (int i = 0; i < 4; ++i) {
        QVERIFY(session->write_sample(*run, keyed(i, 1), judged(i, said[i]), {}).ok());
    }
    for (int i = 0; i < more; ++i) {
        QVERIFY(session->write_sample(*run, keyed(1000 + i, 1), judged(i, "010"), {}).ok());
    }
    QVERIFY(session->write_sample(*run, keyed(4, 1), judged(4, "???"), {}).ok());
    SampleInfo plain = sample_info(5);
    plain.scoring_version = 1;
    QVERIFY(session->write_sample(*run, plain, judged(5, "010"), {}).ok());
    QVERIFY(session->record_error(*run, keyed(6, 1), invalid_input("x", "y", "z", "w")).ok());
    const auto other = session->begin_run(run_info());
    QVERIFY(session->write_sample(*other, keyed(0, kScoringVersion), judged(0, "010"), {}).ok());
    for (const std::int64_t each : {*run, *other}) {
        QVERIFY(session->set_notes(each, each == 1 ? "mine" : "").ok());
        QVERIFY(session->finish_run(each, RunState::Finished).ok());
    }
}

/// As the program before this schema wrote it.
void make_version_4(const std::string& path) {
    execute(path, "DROP VIEW v_prompts;"
                  "ALTER TABLE samples DROP COLUMN neighbour_count; ALTER TABLE samples DROP COLUMN scoring_version; ALTER TABLE samples DROP COLUMN picture_hash;"
                  "ALTER TABLE samples DROP COLUMN suffix; ALTER TABLE samples DROP COLUMN instruction; PRAGMA user_version = 4");
    execute(path, "UPDATE samples SET checksum = " + row_checksum::of_row("samples", {}, 4));
}

std::vector<std::string> patterns(const std::string& path) {
    return rows(path, "SELECT id, native_correct, final_correct, outcome, correct_by_step FROM samples WHERE error IS NULL ORDER BY id", 5);
}

const std::vector<std::string> kBefore = {"1|1|1|RR|101", "2|0|0|WW|010", "3|1|1|RR|1?1", "4|0|0|WW|000", "5||||???", "6|0|0|WW|010", "8|0|0|WW|010"};
const std::vector<std::string> kAfter = {"1|1|1|RR|101", "2|1|1|RR|101", "3|1|1|RR|1?1", "4|1|1|RR|101", "5||||???", "6|0|0|WW|010", "8|0|0|WW|010"};

void sound(const std::string& path) {
    auto reader = SessionReader::open(path);
    QVERIFY2(reader.ok(), reader.ok() ? "" : reader.error().message().c_str());
    const auto faults = reader->verify();
    QVERIFY2(faults->empty(), faults->empty() ? "" : faults->front().message().c_str());
}

}  // namespace

class TestSessionRescoring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void older_verdicts_become_todays_data();
    void older_verdicts_become_todays();
    void a_reader_says_by_which_rules();
    void what_was_damaged_stays_damaged();
    void verdicts_of_version_3_too();
    void verdicts_of_version_6_too();
    void the_case_article_a();
    void killed_in_the_middle();
    void a_full_disk();

private:
    QTemporaryDir directory_;
    std::string path_;
    int count_ = 0;
};

void TestSessionRescoring::init() { path_ = directory_.filePath(QString("%1.r2t2").arg(count_++)).toStdString(); }

void TestSessionRescoring::older_verdicts_become_todays_data() {
    QTest::addColumn<bool>("old_schema");
    QTest::newRow("this schema, older rules") << false;
    QTest::newRow("schema 4") << true;
}

void TestSessionRescoring::older_verdicts_become_todays() {
    QFETCH(bool, old_schema);
    write_session(path_);
    if (old_schema) {
        make_version_4(path_);
    }
    QCOMPARE(patterns(path_), kBefore);
    QCOMPARE(SessionReader::open(path_)->run(1)->scoring_version, 1);
    {
        auto writer = SessionWriter::open(path_);
        QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().message().c_str());
        const std::vector<RescoredRun>& rescored = writer->rescored();
        // Of schema 4 run 2 says nothing of its rules.
        QCOMPARE(rescored.size(), std::size_t{old_schema ? 2U : 1U});
        const RescoredRun& first = rescored.front();
        QCOMPARE(first.run, std::int64_t{1});
        QCOMPARE(first.samples, std::int64_t{5});
        QCOMPARE(first.changed, std::int64_t{2});
        QCOMPARE(first.verdicts, std::int64_t{3 + 2});
        QCOMPARE(first.right_before, std::int64_t{2});
        QCOMPARE(first.right_now, std::int64_t{4});
        QCOMPARE(first.from, 1);
        QCOMPARE(first.to, kScoringVersion);
    }
    std::vector<std::string> after = kAfter;
    if (old_schema) {
        after.back() = "8|1|1|RR|101";
    }
    QCOMPARE(patterns(path_), after);
    QCOMPARE(rows(path_, "SELECT correct FROM steps WHERE sample_id = 2 ORDER BY step", 1), (std::vector<std::string>{"1", "0", "1"}));
    QCOMPARE(rows(path_, "SELECT correct FROM steps WHERE sample_id = 3 ORDER BY step", 1), (std::vector<std::string>{"1", "", "1"}));
    QCOMPARE(rows(path_, "SELECT scoring_version FROM samples WHERE id IN (1, 5)", 1), (std::vector<std::string>(2, std::to_string(kScoringVersion))));
    QCOMPARE(rows(path_, "SELECT IFNULL(scoring_version, 1) FROM samples WHERE id = 6", 1), std::vector<std::string>{"1"});  // no key: nothing to score by
    sound(path_);
    auto reader = SessionReader::open(path_);
    const std::string notes = reader->run(1)->info.notes;
    QVERIFY2(notes.starts_with("mine\nscored again by version ") && notes.find("5 verdicts of 2 samples changed") != std::string::npos, notes.c_str());
    QCOMPARE(reader->run(2)->info.notes.empty(), !old_schema);
    QVERIFY(SessionWriter::open(path_)->rescored().empty());  // once
    QCOMPARE(SessionReader::open(path_)->run(1)->info.notes, notes);
}

/// What version 4 of the rules reads otherwise: a long answer of yes, a declaration in markup; and what it does not.
void TestSessionRescoring::verdicts_of_version_3_too() {
    const char* long_yes = "Yes, the image is a photo of a cemetery. The photograph depicts a gravestone with a death notice and an emblem.";
    StoredKey letter{"MMBench", {}};
    letter.key.rule = AnswerRule::Letter;
    letter.key.options = {"red bus", "green car", "blue van"};
    letter.key.right_option = 1;
    {
        auto session = SessionWriter::create(path_);
        const auto run = session->begin_run(run_info());
        const auto add = [&](SampleInfo info, const char* answer, bool said) {
            info.scoring_version = 3;
            Trajectory one = trajectory(0, {said});
            one.steps[0].answer->text = answer;
            QVERIFY(session->write_sample(*run, info, one, {}).ok());
        };
        add(mme_sample(1, 1, "yes"), long_yes, false);
        SampleInfo choice = sample_info(2);
        choice.scoring = stored_key_json(letter);
        add(choice, "Option C shows a blue van. The answer is **B. green car**", false);
        add(mme_sample(3, 2, "no"), "No.", true);
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
    const auto writer = SessionWriter::open(path_);
    QVERIFY(writer.ok());
    QCOMPARE(writer->rescored().size(), std::size_t{1});
    QCOMPARE(writer->rescored().front().from, 3);
    QCOMPARE(writer->rescored().front().changed, std::int64_t{2});
    QCOMPARE(rows(path_, "SELECT final_correct, scoring_version FROM samples ORDER BY id", 2), (std::vector<std::string>(3, "1|" + std::to_string(kScoringVersion))));
    sound(path_);
}

/// What version 6 lost of A alone, and read out of Kimi's reasoning.
void TestSessionRescoring::verdicts_of_version_6_too() {
    StoredKey letter{"MMBench", {}};
    letter.key.rule = AnswerRule::Letter;
    letter.key.options = {"red bus", "green car", "blue van"};
    {
        auto session = SessionWriter::create(path_);
        const auto run = session->begin_run(run_info());
        const auto add = [&](int sample, int right, const char* answer, bool said) {
            letter.key.right_option = right;
            SampleInfo info = sample_info(sample);
            info.scoring = stored_key_json(letter);
            info.scoring_version = 6;
            Trajectory one = trajectory(0, {said});
            one.steps[0].answer->text = answer;
            QVERIFY(session->write_sample(*run, info, one, {}).ok());
        };
        add(1, 0, "The answer is A because it matches", false);
        add(2, 1, "The answer is B because it matches", true);
        add(3, 2, "\u25C1think\u25B7Probably A. Answer: A\u25C1/think\u25B7C. blue van", false);
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
    const auto writer = SessionWriter::open(path_);
    QVERIFY(writer.ok());
    QCOMPARE(writer->rescored().size(), std::size_t{1});
    QCOMPARE(writer->rescored().front().from, 6);
    QCOMPARE(writer->rescored().front().changed, std::int64_t{2});
    QCOMPARE(rows(path_, "SELECT final_correct, scoring_version FROM samples ORDER BY id", 2), (std::vector<std::string>(3, "1|" + std::to_string(kScoringVersion))));
    sound(path_);
}

/// A folder that cannot be written: as it is, and the version says what it is.
void TestSessionRescoring::a_reader_says_by_which_rules() {
    write_session(path_);
    make_version_4(path_);
    auto reader = SessionReader::open(path_);
    QCOMPARE(reader->run(1)->scoring_version, 1);
    QVERIFY(!reader->samples(1)->front().info.scoring_version);
    QCOMPARE(patterns(path_), kBefore);
    QVERIFY(SessionWriter::open(path_).ok());
    auto after = SessionReader::open(path_);
    QCOMPARE(after->samples(1)->front().info.scoring_version, std::optional<int>(kScoringVersion));
    QCOMPARE(after->run(1)->scoring_version, 1);  // the sample without a key
    QCOMPARE(after->run(2)->scoring_version, kScoringVersion);
}

void TestSessionRescoring::what_was_damaged_stays_damaged() {
    write_session(path_);
    make_version_4(path_);
    execute(path_, "UPDATE samples SET final_answer = 'x' WHERE id = 2; UPDATE steps SET answer = 'right' WHERE sample_id = 4 AND step = 1;"
                   "DELETE FROM steps WHERE sample_id = 1 AND step = 2; UPDATE runs SET command = 'x' WHERE id = 2");
    const auto faults = SessionReader::open(path_)->verify();
    QCOMPARE(SessionWriter::open(path_)->rescored().front().samples, std::int64_t{2});  // samples 3 and 5
    const auto after = SessionReader::open(path_)->verify();
    QCOMPARE(after->size(), faults->size());
    for (std::size_t i = 0; i < faults->size(); ++i) {
        QCOMPARE((*after)[i].message(), (*faults)[i].message());
    }
    for (const std::int64_t id : {1, 2, 4}) {
        QVERIFY(!SessionReader::open(path_)->sample(id).ok());
    }
    const std::vector<std::string> now = patterns(path_);
    for (const std::size_t i : {0U, 1U, 3U}) {
        QCOMPARE(now[i], kBefore[i]);
    }
}

/// Four answers that begin with the article "A" and name the right option by its text.
void TestSessionRescoring::the_case_article_a() {
    fs::copy_file(R2T2_SOURCE_DIR "/tests/data/cases/article-a/session.sqlite", path_);
    QCOMPARE(rows(path_, "SELECT SUM(final_correct), COUNT(*) FROM samples", 2), std::vector<std::string>{"0|4"});
    {
        auto writer = SessionWriter::open(path_);
        QVERIFY(writer.ok());
        QCOMPARE(writer->rescored().size(), std::size_t{1});
        QCOMPARE(writer->rescored().front().samples, std::int64_t{4});
    }
    for (const SampleRow& row : *SessionReader::open(path_)->samples(1)) {
        const auto key = parse_stored_key(*row.info.scoring, "key");
        QCOMPARE(row.final_correct, std::optional(score(row.final_answer, key->key).correct));
    }
    sound(path_);
}

/// Either all is as it was or all is new, wherever the program ends.
void TestSessionRescoring::killed_in_the_middle() {
    write_session(path_, 150);
    make_version_4(path_);
    const std::string whole = read_file(path_), copy = path_ + ".copy";
    int old = 0, renewed = 0;
    useconds_t whole_time = 0;  // how long it takes undisturbed: where in it the others end is all that the clock decides
    for (int i = 0; i <= 20; ++i) {
        for (const char* suffix : {"", "-wal", "-shm"}) {
            fs::remove(copy + suffix);
        }
        write_file(copy, whole);
        const pid_t child = fork();
        if (child == 0) {
            const bool opened = SessionWriter::open(copy).ok();
            _exit(opened ? 0 : 1);
        }
        int status = 0;
        const auto begin = std::chrono::steady_clock::now();
        if (i > 0) {
            usleep(whole_time * static_cast<useconds_t>(i) / 18);
            kill(child, SIGKILL);
        }
        waitpid(child, &status, 0);
        if (i == 0) {
            whole_time = static_cast<useconds_t>(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count());
        }
        QVERIFY(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        sound(copy);
        const bool is_new = rows(copy, "SELECT user_version FROM pragma_user_version", 1) == std::vector<std::string>{"5"};
        (is_new ? renewed : old) += 1;
        const std::string changed = rows(copy, "SELECT COUNT(*) FROM samples WHERE correct_by_step = '101'", 1).front();
        QCOMPARE(changed, std::string(is_new ? "154" : "1"));
        QVERIFY(SessionWriter::open(copy).ok());
        QCOMPARE(rows(copy, "SELECT COUNT(*) FROM samples WHERE correct_by_step = '101'", 1).front(), std::string("154"));
        sound(copy);
    }
    qInfo("%d old, %d new", old, renewed);
}

void TestSessionRescoring::a_full_disk() {
    write_session(path_, 400);
    make_version_4(path_);
    const std::string before = read_file(path_);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t former = limit.rlim_cur;
    const auto on_signal = signal(SIGXFSZ, SIG_IGN);
    limit.rlim_cur = 64 * 1024;
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto writer = SessionWriter::open(path_);
    limit.rlim_cur = former;
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, on_signal);
    QVERIFY(!writer.ok());
    QVERIFY2(writer.error().message().find("may not grow") != std::string::npos, writer.error().message().c_str());
    QCOMPARE(rows(path_, "SELECT user_version FROM pragma_user_version", 1), std::vector<std::string>{"4"});
    sound(path_);
    QVERIFY(SessionWriter::open(path_).ok());
    sound(path_);
    QCOMPARE(SessionReader::open(path_)->run(1)->samples, std::int64_t{407});
}

QTEST_GUILESS_MAIN(TestSessionRescoring)
#include "test_session_rescoring.moc"
