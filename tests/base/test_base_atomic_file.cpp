// A file appears whole or not at all, whatever goes wrong on the way.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/output_place.h"
#include "core/base/temporary_file.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// What another program does between the making of a temporary file and its locking; what is returned, if anything, is flock's error.
std::function<int(int descriptor)> before_lock;

int lock_as_the_system(int descriptor, int operation) { return static_cast<int>(::syscall(SYS_flock, descriptor, operation)); }

fs::path name_of(int descriptor) { return fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor)); }

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

extern "C" int flock(int descriptor, int operation) noexcept {  // in the place of the system's
    if (const auto act = std::exchange(before_lock, {})) {
        if (const int error = act(descriptor); error != 0) {
            errno = error;
            return -1;
        }
    }
    return lock_as_the_system(descriptor, operation);
}

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
    void linksToNothingMakeTheirTarget() {
        fs::create_symlink("second.json", folder_ / "first.json");
        fs::create_symlink("real.json", folder_ / "second.json");
        QVERIFY(write_file_atomically(folder_ / "first.json", "x").ok());
        QVERIFY(fs::is_symlink(folder_ / "first.json"));
        QVERIFY(fs::is_symlink(folder_ / "second.json"));
        QCOMPARE(content(folder_ / "real.json"), std::string("x"));
    }
    void aLoopOfLinksIsNamed() {
        const fs::path loop = folder_ / "loop.json";
        fs::create_symlink("loop.json", loop);
        const Status status = write_file_atomically(loop, "x");
        QVERIFY(!status.ok());
        QVERIFY2(status.error().message().find(loop.string()) != std::string::npos, status.error().message().c_str());
        QVERIFY(fs::is_symlink(loop));
        QCOMPARE(entries(folder_), std::size_t{1});
    }
    void aFifoIsWrittenInto() {
        const fs::path fifo = folder_ / "fifo";
        QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0);
        fs::create_symlink("fifo", folder_ / "link");
        for (const char* name : {"fifo", "link"}) {
            std::string read;
            std::thread reader([&] { read = content(fifo); });
            const Status written = write_file_atomically(folder_ / name, "through the pipe");
            reader.join();
            QVERIFY2(written.ok(), written.ok() ? "" : written.error().message().c_str());
            QCOMPARE(read, std::string("through the pipe"));
            QVERIFY(fs::is_fifo(fifo));
        }
        QCOMPARE(entries(folder_), std::size_t{2});
    }
    void aCharacterDeviceStaysOne() {
        const fs::path device = folder_ / "null";
        if (::mknod(device.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0 || !std::ofstream(device)) {
            QSKIP("device nodes cannot be made or opened here");
        }
        QVERIFY(write_file_atomically(device, "x").ok());
        QVERIFY(fs::is_character_file(device));
        const fs::path full = folder_ / "full";
        QCOMPARE(::mknod(full.c_str(), S_IFCHR | 0666, makedev(1, 7)), 0);
        const Status refused = write_file_atomically(full, "x");
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().message().find(full.string()) != std::string::npos);
        QVERIFY(refused.error().message().find("No space left") != std::string::npos);
        QVERIFY(fs::is_character_file(full));
        QCOMPARE(entries(folder_), std::size_t{2});
    }
    void aBlockDeviceIsRefused() {
        const fs::path device = folder_ / "block";
        if (::mknod(device.c_str(), S_IFBLK | 0600, makedev(240, 77)) != 0) {
            QSKIP("device nodes cannot be made here");
        }
        const Status status = write_file_atomically(device, "x");
        QVERIFY(!status.ok());
        QVERIFY(status.error().message().find("block device") != std::string::npos);
        QVERIFY(fs::is_block_file(device));
    }
    void descriptorsByTheirName() {
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        QVERIFY(write_file_atomically("/dev/fd/" + std::to_string(ends[1]), "piped").ok());
        char text[16] = {};
        QCOMPARE(::read(ends[0], text, sizeof text), ssize_t{5});
        QCOMPARE(std::string(text), std::string("piped"));
        ::close(ends[0]);  // nobody reads: an error with the name, no signal
        const std::string name = "/dev/fd/" + std::to_string(ends[1]);
        const Status gone = write_file_atomically(name, "x");
        QVERIFY(!gone.ok());
        QVERIFY(gone.error().message().find(name) != std::string::npos);
        ::close(ends[1]);
    }
    void aFileWithoutANameIsWrittenInto() {
        const fs::path gone = folder_ / "gone";
        const int descriptor = ::open(gone.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        fs::remove(gone);
        QVERIFY(write_file_atomically("/dev/fd/" + std::to_string(descriptor), "kept").ok());
        char text[16] = {};
        QCOMPARE(::pread(descriptor, text, sizeof text, 0), ssize_t{4});
        QCOMPARE(std::string(text), std::string("kept"));
        ::close(descriptor);
        QCOMPARE(entries(folder_), std::size_t{0});
    }
    void standardOutputOfEveryKind() {
        const fs::path file = folder_ / "out";
        int pair[2];
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        const int written = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        const int before = ::dup(STDOUT_FILENO);
        std::vector<bool> ok;
        for (const int output : {written, pair[0]}) {
            std::fflush(stdout);
            ::dup2(output, STDOUT_FILENO);
            ok.push_back(::write(STDOUT_FILENO, "first ", 6) == 6);
            ok.push_back(write_file_atomically("/dev/stdout", "second").ok());
            ok.push_back(::write(STDOUT_FILENO, " third", 6) == 6);
            ::dup2(before, STDOUT_FILENO);
        }
        QVERIFY(std::find(ok.begin(), ok.end(), false) == ok.end());
        QCOMPARE(content(file), std::string("first second third"));
        char text[32] = {};
        QCOMPARE(::read(pair[1], text, sizeof text), ssize_t{18});
        QCOMPARE(std::string(text), std::string("first second third"));
        QCOMPARE(entries(folder_), std::size_t{1});
        for (const int descriptor : {written, pair[0], pair[1], before}) {
            ::close(descriptor);
        }
    }
    void aHoleInAPipeIsZeros() {
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        Result<AtomicFile> file = AtomicFile::create("/dev/fd/" + std::to_string(ends[1]));
        QVERIFY(file.ok());
        QVERIFY(file->write("a").ok());
        QVERIFY(file->skip(5000).ok());
        QVERIFY(file->commit().ok());
        std::string bytes(6000, 'x');
        QCOMPARE(::read(ends[0], bytes.data(), bytes.size()), ssize_t{5001});
        QCOMPARE(bytes.substr(0, 5001), "a" + std::string(5000, '\0'));
        ::close(ends[0]);
        ::close(ends[1]);
    }
    /// Of the same target, of this form, of a program that is gone.
    void leftoversOfKilledPrograms() {
        const auto put = [&](const char* name) { std::ofstream(folder_ / name) << "half"; };
        for (const char* name : {"a.json.aB3x9Z.part", "b.json.aB3x9Z.part", "a.json.mine.part", "a.json.aB3x9Z.party", "aa.json.aB3x9Z.part", "a.json.aB-x9Z.part"}) {
            put(name);
        }
        Result<AtomicFile> busy = AtomicFile::create(folder_ / "a.json");
        QVERIFY(busy.ok() && busy->write("1").ok());
        QVERIFY(!fs::exists(folder_ / "a.json.aB3x9Z.part"));
        QVERIFY(write_file_atomically(folder_ / "a.json", "2").ok());  // the other one is in work
        QVERIFY(fs::exists(busy->temporary()));
        QCOMPARE(entries(folder_), std::size_t{7});
        QVERIFY(busy->commit().ok());
        QCOMPARE(content(folder_ / "a.json"), std::string("1"));
        QCOMPARE(entries(folder_), std::size_t{6});
        fs::create_directory(folder_ / "a.json.aaaaaa.part");  // no file: nobody's
        fs::create_symlink("b.json.aB3x9Z.part", folder_ / "a.json.bbbbbb.part");
        QVERIFY(write_file_atomically(folder_ / "a.json", "3").ok());
        QVERIFY(fs::exists(folder_ / "a.json.aaaaaa.part") && fs::is_symlink(folder_ / "a.json.bbbbbb.part"));
    }
    /// Who looks for leftovers takes a file that is not locked yet for one: whatever it has done with it by then, what is returned stays.
    void takenForALeftover_data() {
        QTest::addColumn<bool>("removed");  ///< already when it is to be locked
        QTest::addColumn<bool>("locked");   ///< still
        QTest::newRow("about to be removed") << false << true;
        QTest::newRow("removed, and still locked") << true << true;
        QTest::newRow("removed") << true << false;
    }
    void takenForALeftover() {
        QFETCH(bool, removed);
        QFETCH(bool, locked);
        fs::path taken;
        int other = -1;
        before_lock = [&](int descriptor) {
            taken = name_of(descriptor);
            other = ::open(taken.c_str(), O_RDONLY | O_CLOEXEC);
            if (locked && lock_as_the_system(other, LOCK_EX | LOCK_NB) != 0) {
                return EBADF;
            }
            if (removed) {
                fs::remove(taken);
            }
            return 0;
        };
        Result<AtomicFile> file = AtomicFile::create(folder_ / "a");
        QVERIFY(file.ok() && !taken.empty() && other >= 0);
        fs::remove(taken);  // it goes on
        ::close(other);
        QVERIFY(file->temporary() != taken);
        QVERIFY(fs::exists(file->temporary()));
        QVERIFY(file->write("1").ok() && file->commit().ok());
        QCOMPARE(content(folder_ / "a"), std::string("1"));
        QCOMPARE(entries(folder_), std::size_t{1});
    }
    /// A file system that knows no locks: nobody takes anything for a leftover there.
    void withoutLocks() {
        for (const int error : {ENOLCK, EOPNOTSUPP, ENOSYS}) {
            before_lock = [error](int) { return error; };
            QVERIFY(write_file_atomically(folder_ / "a", "1").ok());
            QVERIFY(!before_lock);
        }
        QCOMPARE(entries(folder_), std::size_t{1});
    }
    /// A folder of very many files is looked through once, and what was seen then is removed when its target is written.
    void leftoversAmongMany() {
        for (int i = 0; i < 1100; ++i) {
            std::ofstream(folder_ / std::to_string(i));
        }
        std::ofstream(folder_ / "late.aB3x9Z.part") << "half";
        QVERIFY(write_file_atomically(folder_ / "first", "1").ok());
        QVERIFY(fs::exists(folder_ / "late.aB3x9Z.part"));
        QVERIFY(write_file_atomically(folder_ / "late", "1").ok());
        QVERIFY(!fs::exists(folder_ / "late.aB3x9Z.part"));
        QCOMPARE(entries(folder_), std::size_t{1102});
    }
    /// What a signal handler does before the process ends.
    void whatIsInWorkCanBeRemoved() {
        Result<AtomicFile> file = AtomicFile::create(folder_ / "a");
        Result<AtomicFile> other = AtomicFile::create(folder_ / "b");
        QVERIFY(file.ok() && other.ok() && other->commit().ok());
        remove_temporary_files();
        QCOMPARE(entries(folder_), std::size_t{1});
        QVERIFY(!file->commit().ok());
    }
    void placesForOutputs() {
        std::ofstream(folder_ / "file") << "x";
        QVERIFY(check_output_file(folder_ / "new").ok() && check_output_file(folder_ / "file").ok() && check_output_file("/dev/null").ok());
        QVERIFY(check_output_folder(folder_ / "a/b/c").ok() && check_output_folder(folder_).ok() && check_new_folder(folder_ / "m/").ok());
        QVERIFY(check_database_place(folder_ / "s.db").ok());
        fs::create_symlink("nowhere", folder_ / "dangling");
        fs::create_symlink("loop", folder_ / "loop");
        for (const Status& refused : {check_output_file(folder_), check_output_file(folder_ / "file/x"), check_output_file(folder_ / "no/x"), check_output_folder(folder_ / "file"),
                                      check_output_folder(folder_ / "file/x/y"), check_output_folder(folder_ / "dangling"), check_output_folder(folder_ / "loop/x"),
                                      check_new_folder(folder_ / "no/m"), check_new_folder(folder_ / "file"), check_database_place(folder_ / "no/s.db"),
                                      check_database_place(folder_ / std::string(246, 's')), check_output_file(folder_ / std::string(250, 'f'))}) {
            QVERIFY(!refused.ok());
            QVERIFY2(refused.error().message().find(folder_.string()) == 0, refused.error().message().c_str());
        }
        QCOMPARE(entries(folder_), std::size_t{3});
        QCOMPARE(content(folder_ / "file"), std::string("x"));
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
