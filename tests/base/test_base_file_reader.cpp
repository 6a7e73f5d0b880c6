// Files that another program cuts, overwrites or replaces while they are read: an error, never a signal, never half of each.
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <fcntl.h>

#include <filesystem>
#include <fstream>

#include "core/base/file_reader.h"

using namespace r2t2;
namespace fs = std::filesystem;

class TestBaseFileReader : public QObject {
    Q_OBJECT

    QTemporaryDir directory_;

    [[nodiscard]] fs::path path(const char* name) const { return fs::path(directory_.path().toStdString()) / name; }
    static void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }
    static void write_over(const fs::path& file, const std::string& text) {
        std::fstream(file, std::ios::binary | std::ios::in | std::ios::out) << text;
    }
    /// Until the clock of file times has gone on.
    static void let_a_tick_pass() { QTest::qWait(25); }

private Q_SLOTS:
    void reads_by_position() {
        put(path("a"), "0123456789");
        const auto file = FileReader::open(path("a"));
        QVERIFY(file.ok());
        QCOMPARE(file->size(), std::uint64_t{10});
        const auto part = file->read(3, 4);
        QVERIFY(part.ok());
        QCOMPARE(std::string(reinterpret_cast<const char*>(part->data()), part->size()), std::string("3456"));
        QVERIFY(file->read(10, 0).ok());
        QVERIFY(file->check_in_place().ok());
        QCOMPARE(*read_whole_file(path("a"), 10), std::string("0123456789"));
        put(path("empty"), "");
        QCOMPARE(*read_whole_file(path("empty"), 10), std::string());
    }

    void what_is_no_file_is_refused() {
        QCOMPARE(FileReader::open(path("none")).error().kind, ErrorKind::NotFound);
        QVERIFY(!FileReader::open(path(".")).ok());
        QVERIFY(!FileReader::open("/dev/zero").ok());
        QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
        QVERIFY2(FileReader::open(path("pipe")).error().message().find("a pipe") != std::string::npos, "refused, and not waited for");
        put(path("long"), "12345");
        QVERIFY(!read_whole_file(path("long"), 4).ok());
    }

    void a_file_that_is_cut_is_an_error() {
        put(path("cut"), std::string(100'000, 'x'));
        let_a_tick_pass();
        const auto file = FileReader::open(path("cut"));
        fs::resize_file(path("cut"), 50'000);
        QVERIFY(file->read(0, 50'000).ok());
        const auto beyond = file->read(40'000, 20'000);
        QVERIFY(!beyond.ok());
        QVERIFY2(beyond.error().message().find("became shorter (50000 of 100000 bytes)") != std::string::npos, beyond.error().message().c_str());
        QVERIFY(!file->check_unchanged().ok());
    }

    void a_file_that_is_overwritten_is_noticed() {
        put(path("over"), std::string(1000, 'x'));
        let_a_tick_pass();
        const auto file = FileReader::open(path("over"));
        QVERIFY(file->read(0, 500).ok());
        write_over(path("over"), std::string(1000, 'y'));
        QVERIFY(!file->check_unchanged().ok());
        let_a_tick_pass();
        const auto again = FileReader::open(path("over"));
        struct ::stat was {};
        QCOMPARE(::stat(path("over").c_str(), &was), 0);
        write_over(path("over"), std::string(1000, 'z'));
        const timespec times[2] = {was.st_atim, was.st_mtim};
        QCOMPARE(::utimensat(AT_FDCWD, path("over").c_str(), times, 0), 0);
        QVERIFY2(!again->check_unchanged().ok(), "nor do times that were set back hide it");
    }

    void a_file_that_is_replaced_is_read_as_it_was() {
        put(path("old"), std::string(1000, 'x'));
        put(path("new"), std::string(1000, 'y'));
        const auto file = FileReader::open(path("old"));
        fs::rename(path("new"), path("old"));
        const auto bytes = file->read(0, 1000);
        QVERIFY(bytes.ok() && std::all_of(bytes->begin(), bytes->end(), [](std::byte b) { return b == std::byte{'x'}; }));
        QVERIFY(!file->check_in_place().ok());
        fs::remove(path("old"));
        QVERIFY(file->read(0, 1000).ok());
    }

    void several_files_of_one_moment() {
        put(path("m1"), "one");
        put(path("m2"), "two");
        const FileMoment moment({path("m1"), path("m2"), path("m3")});
        QVERIFY(moment.check().ok());
        put(path("m3"), "made meanwhile");
        QVERIFY2(moment.check().error().where.ends_with("m3"), moment.check().error().message().c_str());
        const FileMoment three({path("m1"), path("m2"), path("m3")});
        write_over(path("m2"), "2");  // within the tick in which it was made: three waited for that to be over
        QVERIFY(!three.check().ok() && three.check().error().where.ends_with("m2"));
        const FileMoment again({path("m1"), path("m2"), path("m3")});
        fs::remove(path("m1"));
        QVERIFY(!again.check().ok() && again.check().error().where.ends_with("m1"));
    }
};

QTEST_APPLESS_MAIN(TestBaseFileReader)
#include "test_base_file_reader.moc"
