// A session that loses its name while it is written: the writer says so at the next commit, what was committed is in the file whatever it
// is called now, and no log of it lies beside another session (SQLite would take it for that one's). And one that is overwritten where it is.
#include <QtTest>
#include <chrono>
#include <filesystem>

#include "tests/session/session_files.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

class TestSessionPlace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        QVERIFY(fs::create_directory(folder()));
        path_ = (folder() / "c.r2t2").string();
        auto session = SessionWriter::create(path_);
        QVERIFY(session.ok());
        session_.emplace(std::move(*session));
        const auto run = session_->begin_run(run_info());
        QVERIFY(run.ok());
        run_ = *run;
        QVERIFY(write(0).ok());
    }
    void cleanup() {
        session_.reset();
        fs::remove_all(folder());
        fs::remove_all(folder().string() + "-moved");
    }

    void one_that_stays_is_no_fault() {
        QVERIFY(SessionReader::open(path_)->verify()->empty());
        QVERIFY(SessionWriter::open(path_).ok());
        for (int i = 1; i < 5; ++i) {
            QVERIFY(write(i).ok());
        }
        QVERIFY(session_->finish_run(run_, RunState::Finished).ok());
    }

    void renamed() {
        const std::string other = (folder() / "other.r2t2").string();
        fs::rename(path_, other);
        says(write(1), "renamed to " + other);
        says(write(2), "renamed to " + other);  // ever after
        session_.reset();
        QCOMPARE(names(), (std::vector<std::string>{"other.r2t2"}));
        holds(other, 2);
    }

    /// By another session: its rows stay as they are.
    void replaced() {
        const std::string other = (folder() / "other.r2t2").string(), kept = (folder() / "kept.r2t2").string();
        fill(other);
        const auto before = rows(other, "SELECT id, checksum FROM samples", 2);
        fs::rename(path_, kept);
        fs::rename(other, path_);
        const Status status = write(1);
        says(status, "renamed to " + kept);
        says(status, "another file has its name");
        session_.reset();
        QCOMPARE(names(), (std::vector<std::string>{"c.r2t2", "kept.r2t2"}));
        QCOMPARE(rows(path_, "SELECT id, checksum FROM samples", 2), before);
        QVERIFY(SessionReader::open(path_)->verify()->empty());
        holds(kept, 2);
    }

    void removed() {
        fs::remove(path_);
        says(write(1), "was removed");
        says(session_->finish_run(run_, RunState::Finished), "was removed");
        session_.reset();
        QVERIFY(names().empty());
    }

    void removed_before_the_end() {
        fs::remove(path_);
        says(session_->finish_run(run_, RunState::Finished), "was removed");
    }

    void its_log_was_removed() {
        fs::remove(path_ + "-wal");
        says(write(1), "its log (-wal) was removed or replaced");
        session_.reset();
        holds(path_, 2);
    }

    void its_folder_was_renamed() {
        const fs::path moved = folder().string() + "-moved";
        fs::rename(folder(), moved);
        says(write(1), "renamed to " + (moved / "c.r2t2").string());
        session_.reset();
        QVERIFY(!fs::exists(moved / "c.r2t2-wal"));
        holds((moved / "c.r2t2").string(), 2);
    }

    void an_error_is_no_way_round() {
        fs::remove(path_);
        says(session_->record_error(run_, sample_info(9), invalid_input("x", "y", "z", "w")), "was removed");
    }

    void overwritten_data() {
        QTest::addColumn<int>("samples");  // before
        QTest::addColumn<int>("other");    // of the other session
        QTest::newRow("all of it in the log") << 1 << 3;
        QTest::newRow("most of it in the file") << 900 << 3;  // the log is moved at every commit by then
        QTest::newRow("by a longer one") << 1 << 400;
    }
    /// In place, as cp does: name and number of the file stay.
    void overwritten() {
        QFETCH(int, samples);
        QFETCH(int, other);
        for (int i = 1; i < samples; ++i) {
            QVERIFY(write(i).ok());
        }
        const std::string source = another(other);
        const auto before = rows(source, "SELECT id, checksum FROM samples", 2);
        overwrite(source);
        says(write(samples), "was overwritten");
        says(write(samples + 1), "was overwritten");  // ever after
        session_.reset();
        QCOMPARE(read_file(path_), read_file(source));
        QCOMPARE(names(), (std::vector<std::string>{"c.r2t2", "other.r2t2"}));
        QCOMPARE(rows(path_, "SELECT id, checksum FROM samples", 2), before);
        QVERIFY(SessionReader::open(path_)->verify()->empty());
    }
    void overwritten_before_the_end() {
        overwrite(another(3));
        says(session_->finish_run(run_, RunState::Finished), "was overwritten");
    }
    void overwritten_before_it_is_closed() {
        const std::string source = another(3);
        overwrite(source);
        session_.reset();
        QCOMPARE(read_file(path_), read_file(source));
        QVERIFY(SessionReader::open(path_)->verify()->empty());
    }
    /// By what it was a while ago.
    void overwritten_by_a_former_copy() {
        session_.reset();
        const std::string copy = (folder() / "copy.r2t2").string();
        fs::copy_file(path_, copy);
        session_.emplace(std::move(SessionWriter::open(path_).value()));
        for (int i = 1; i < 300; ++i) {
            QVERIFY(write(i).ok());
        }
        overwrite(copy);
        says(write(300), "was overwritten");
        session_.reset();
        holds(path_, 1);
    }
    void overwritten_while_it_is_read() {
        QVERIFY(session_->finish_run(run_, RunState::Finished).ok());
        session_.reset();
        auto reader = SessionReader::open(path_);
        QCOMPARE(reader->samples(1)->size(), std::size_t{1});
        const std::string source = another(30);
        overwrite(source);
        const auto read = reader->samples(1);
        QVERIFY(!read.ok());
        QVERIFY2(read.error().message().find("was overwritten while it was read") != std::string::npos, read.error().message().c_str());
        reader = io_error("", "");
        QCOMPARE(read_file(path_), read_file(source));
        holds(path_, 30);
    }
    /// What is no overwriting: another time, the same bytes again, what other writers and readers move.
    void not_overwritten() {
        fs::last_write_time(path_, fs::file_time_type::clock::now() + std::chrono::hours(1));
        QVERIFY(write(1).ok());
        overwrite_with(read_file(path_));
        QVERIFY(write(2).ok());
        auto reader = SessionReader::open(path_);
        for (int i = 3; i < 60; ++i) {
            QVERIFY(SessionWriter::open(path_)->set_notes(run_, std::to_string(i)).ok());  // moves the log at its end
            const Status written = write(i);
            QVERIFY2(written.ok(), written.ok() ? "" : written.error().message().c_str());
            QCOMPARE(reader->samples(1)->size(), static_cast<std::size_t>(i + 1));
        }
    }

private:
    void overwrite_with(const std::string& bytes) const { write_file(path_, bytes); }
    void overwrite(const std::string& source) const { overwrite_with(read_file(source)); }
    [[nodiscard]] std::string another(int samples) const {
        const std::string path = (folder() / "other.r2t2").string();
        auto session = SessionWriter::create(path);
        const auto run = session->begin_run(run_info());
        for (int i = 0; i < samples; ++i) {
            (void)session->write_sample(*run, sample_info(i), trajectory(i, {false, true}), reference_name).ok();
        }
        return path;
    }
    [[nodiscard]] fs::path folder() const { return fs::path(directory_.path().toStdString()) / "sessions"; }
    [[nodiscard]] Status write(int number) { return session_->write_sample(run_, sample_info(number), trajectory(number, {true, false}), reference_name); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& each : fs::directory_iterator(folder())) {
            out.push_back(each.path().filename().string());
        }
        std::sort(out.begin(), out.end());
        return out;
    }
    void says(const Status& status, const std::string& words) const {
        QVERIFY2(!status.ok(), words.c_str());
        QVERIFY2(status.error().message().find(words) != std::string::npos && status.error().message().find(path_) != std::string::npos,
                 status.error().message().c_str());
        QVERIFY(status.error().kind == ErrorKind::Io);
    }
    static void holds(const std::string& file, int samples) {
        auto reader = SessionReader::open(file);
        QVERIFY2(reader.ok(), file.c_str());
        QVERIFY(reader->verify()->empty());
        QCOMPARE(reader->samples(1)->size(), static_cast<std::size_t>(samples));
    }

    QTemporaryDir directory_;
    std::string path_;
    std::optional<SessionWriter> session_;
    std::int64_t run_ = 0;
};

QTEST_GUILESS_MAIN(TestSessionPlace)
#include "test_session_place.moc"
