// A file appears whole or not at all, whatever goes wrong on the way.
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/atomic_file.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

class TestBaseAtomicFile : public QObject {
    Q_OBJECT
    QTemporaryDir directory_;
    fs::path folder_;

private Q_SLOTS:
    void init() {
        folder_ = fs::path(directory_.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(folder_);
    }
    void writesAndReplaces() {
        const fs::path target = folder_ / "a.json";
        QVERIFY(write_file_atomically(target, "one").ok());
        QCOMPARE(content(target), std::string("one"));
        QVERIFY(write_file_atomically(target, std::string_view("t\0wo", 4), Durability::Buffered).ok());
        QCOMPARE(content(target), std::string("t\0wo", 4));
        QCOMPARE(entries(folder_), std::size_t{1});
    }
    void oldContentStaysUntilCommit() {
        const fs::path target = folder_ / "a.json";
        QVERIFY(write_file_atomically(target, "old").ok());
        {
            Result<AtomicFile> file = AtomicFile::create(target);
            QVERIFY(file.ok());
            QVERIFY(file->write("new").ok());
            QCOMPARE(content(target), std::string("old"));
            QCOMPARE(entries(folder_), std::size_t{2});
        }  // no commit
        QCOMPARE(content(target), std::string("old"));
        QCOMPARE(entries(folder_), std::size_t{1});
    }
    void fullDeviceLeavesTheOldFile() {
        const fs::path target = folder_ / "a.json";
        QVERIFY(write_file_atomically(target, "old").ok());
        {
            AtomicFile::Options options;
            options.fail_after_bytes = 5;
            Result<AtomicFile> file = AtomicFile::create(target, options);
            QVERIFY(file.ok());
            QVERIFY(file->write("123").ok());
            const Status status = file->write("456");
            QVERIFY(!status.ok());
            QCOMPARE(status.error().kind, ErrorKind::Io);
            QVERIFY(status.error().message().find(target.string()) != std::string::npos);
            QVERIFY(status.error().message().find("No space left") != std::string::npos);
            QCOMPARE(file->bytes_written(), std::uint64_t{5});
        }
        QCOMPARE(content(target), std::string("old"));
        QCOMPARE(entries(folder_), std::size_t{1});
    }
    void errorsNameThePath() {
        const fs::path missing = folder_ / "no" / "such" / "a.json";
        const Status status = write_file_atomically(missing, "x");
        QVERIFY(!status.ok());
        QVERIFY(status.error().message().find(missing.string()) != std::string::npos);
        const Status onto_folder = write_file_atomically(folder_, "x");
        QVERIFY(!onto_folder.ok());
        QVERIFY(onto_folder.error().message().find("folder") != std::string::npos);
    }
    void keepsTheModeAndTheLink() {
        const fs::path target = folder_ / "real.json";
        const fs::path link = folder_ / "link.json";
        QVERIFY(write_file_atomically(target, "one").ok());
        QCOMPARE(::chmod(target.c_str(), 0600), 0);
        fs::create_symlink(target, link);
        QVERIFY(write_file_atomically(link, "two").ok());
        QVERIFY(fs::is_symlink(link));
        QCOMPARE(content(target), std::string("two"));
        QVERIFY(fs::status(target).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    }
    void relativePath() {
        const fs::path before = fs::current_path();
        fs::current_path(folder_);
        const Status status = write_file_atomically("plain.txt", "x");
        fs::current_path(before);
        QVERIFY(status.ok());
        QCOMPARE(content(folder_ / "plain.txt"), std::string("x"));
    }
};

QTEST_APPLESS_MAIN(TestBaseAtomicFile)
#include "test_base_atomic_file.moc"
