// A session that loses its name while it is written: the writer says so at the next commit, what was committed is in the file whatever it
// is called now, and no log of it lies beside another session (SQLite would take it for that one's).
#include <QtTest>
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

private:
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
