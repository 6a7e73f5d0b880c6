// Folders that appear whole or not at all, and holes in files.
#include <QTemporaryDir>
#include <QtTest>

#include <dlfcn.h>
#include <sys/stat.h>

#include <functional>
#include <utility>

#include "core/base/atomic_directory.h"
#include "core/base/atomic_file.h"
#include "core/base/folder_claim.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;
using Existing = AtomicDirectory::Existing;

/// What another program does as soon as a temporary folder is there.
static std::function<void(const char* folder)> when_made;

extern "C" char* mkdtemp(char* pattern) noexcept {  // in the place of the system's
    static const auto system = reinterpret_cast<char* (*)(char*)>(::dlsym(RTLD_NEXT, "mkdtemp"));
    char* const made = system(pattern);
    if (const auto act = std::exchange(when_made, {}); made != nullptr && act) {
        act(made);
    }
    return made;
}

class TestBaseAtomicDirectory : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path path(const char* name) const { return fs::path(root_.path().toStdString()) / name; }
    std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(path(".")), fs::directory_iterator()); }

private Q_SLOTS:
    void appearsAtCommit() {
        auto folder = AtomicDirectory::create(path("new/"));
        QVERIFY(folder.ok());
        write_file(folder->temporary() / "a", "1");
        QVERIFY(!fs::exists(path("new")));
        QVERIFY(folder->commit(Existing::Refuse).ok());
        QCOMPARE(read_file(path("new/a")), std::string("1"));
        QCOMPARE(fs::status(path("new")).permissions() & fs::perms::all, fs::perms(0755));
        QCOMPARE(entries(), std::ptrdiff_t{1});
    }

    /// A killed program's is nobody's; one that is being written is left alone, and so is what only looks like it.
    void leftoversAreRemoved() {
        fs::create_directories(path("left.part.aB3x9Z/deep"));
        write_file(path("left.part.aB3x9Z/deep/a"), "1");
        fs::create_directories(path("left.part.mine"));
        fs::create_directories(path("leftover.part.aB3x9Z"));
        {
            auto busy = AtomicDirectory::create(path("left"));
            QVERIFY(busy.ok());
            QVERIFY(!fs::exists(path("left.part.aB3x9Z")));
            QVERIFY(fs::exists(path("left.part.mine")) && fs::exists(path("leftover.part.aB3x9Z")));
            const auto other = AtomicDirectory::create(path("left"));
            QVERIFY(other.ok());
            QVERIFY(fs::exists(busy->temporary()) && fs::exists(other->temporary()));
        }
        fs::remove_all(path("left.part.mine"));
        fs::remove_all(path("leftover.part.aB3x9Z"));
    }

    /// Removed by who took it for a leftover, before it was locked.
    void takenForALeftover() {
        std::string taken;
        when_made = [&](const char* folder) { fs::remove(taken = folder); };
        auto folder = AtomicDirectory::create(path("taken"));
        QVERIFY(folder.ok() && !taken.empty());
        QVERIFY(folder->temporary() != taken);
        write_file(folder->temporary() / "a", "1");
        QVERIFY(folder->commit(Existing::Refuse).ok());
        QCOMPARE(read_file(path("taken/a")), std::string("1"));
    }

    void whatMayBeReplaced() {
        const AtomicDirectory::Kind kind = {"a data set", ".json", [](const fs::directory_entry& entry) { return entry.path().extension() == ".json"; }};
        const auto says = [&](const char* name, Existing existing) {
            const Status status = AtomicDirectory::check_target(path(name), existing, kind);
            return status.ok() ? std::string() : status.error().message();
        };
        fs::create_directories(path("kind/empty"));
        fs::create_directories(path("kind/full"));
        write_file(path("kind/full/a.json"), "1");
        write_file(path("kind/file"), "1");
        for (const char* free : {"kind/none", "kind/empty"}) {
            QCOMPARE(says(free, Existing::Refuse), std::string());
            QCOMPARE(says(free, Existing::Replace), std::string());
        }
        QVERIFY(says("kind/full", Existing::Refuse).find("a directory that is not empty; allowed: a new one, or --force to replace a data set") != std::string::npos);
        QCOMPARE(says("kind/full", Existing::Replace), std::string());
        write_file(path("kind/full/notes.txt"), "1");
        QVERIFY(says("kind/full", Existing::Replace).find("notes.txt in it") != std::string::npos);
        QVERIFY(says("kind/file", Existing::Replace).find("a file") != std::string::npos);
        fs::remove_all(path("kind"));
    }

    void oneWritesAFolder() {
        fs::create_directories(path("claimed"));
        {
            const auto first = FolderClaim::take(path("claimed"));
            QVERIFY(first.ok());
            const auto second = FolderClaim::take(path("claimed"));
            QVERIFY(!second.ok());
            QVERIFY(second.error().message().find("another program is writing into this folder") != std::string::npos);
            QVERIFY(second.error().where == path("claimed").string());
        }
        QVERIFY(FolderClaim::take(path("claimed")).ok());
        QVERIFY(!FolderClaim::take(path("nowhere")).ok());
        fs::remove_all(path("claimed"));
    }

    void vanishesWithoutCommit() {
        const std::ptrdiff_t before = entries();
        {
            auto folder = AtomicDirectory::create(path("never"));
            QVERIFY(folder.ok());
            fs::create_directory(folder->temporary() / "inner");
            write_file(folder->temporary() / "inner" / "a", "1");
            const AtomicDirectory moved = std::move(*folder);
            QCOMPARE(entries(), before + 1);
        }
        QCOMPARE(entries(), before);
    }

    void existingFolders() {
        fs::create_directory(path("empty"));
        auto over_empty = AtomicDirectory::create(path("empty"));
        write_file(over_empty->temporary() / "a", "1");
        QVERIFY(over_empty->commit(Existing::Refuse).ok());

        auto refused = AtomicDirectory::create(path("empty"));
        write_file(refused->temporary() / "b", "2");
        const Status status = refused->commit(Existing::Refuse);
        QVERIFY(!status.ok() && status.error().kind == ErrorKind::InvalidInput);
        QVERIFY(status.error().message().find("not empty") != std::string::npos);
        QVERIFY(fs::exists(path("empty/a")) && !fs::exists(path("empty/b")));

        QVERIFY(refused->commit(Existing::Replace).ok());
        QVERIFY(!fs::exists(path("empty/a")) && fs::exists(path("empty/b")));
        write_file(path("file"), "x");
        auto over_file = AtomicDirectory::create(path("file"));
        QVERIFY(!over_file->commit(Existing::Replace).ok());
        QCOMPARE(read_file(path("file")), std::string("x"));
    }

    void noFolderToBeIn() {
        const auto folder = AtomicDirectory::create(path("no/such/folder"));
        QVERIFY(!folder.ok() && folder.error().kind == ErrorKind::Io);
        QVERIFY(folder.error().message().find("no/such/folder") != std::string::npos);
    }

    void holes() {
        auto file = AtomicFile::create(path("holes"));
        QVERIFY(file->write("begin").ok());
        QVERIFY(file->skip(50'000'000).ok());
        QVERIFY(file->write("end").ok());
        QCOMPARE(file->bytes_written(), std::uint64_t{50'000'008});
        QVERIFY(file->commit().ok());
        QCOMPARE(fs::file_size(path("holes")), std::uintmax_t{50'000'008});
        const std::string bytes = read_file(path("holes"));
        QCOMPARE(bytes.substr(0, 6), std::string("begin\0", 6));
        QCOMPARE(bytes.substr(bytes.size() - 4), std::string("\0end", 4));
        struct stat info {};
        QCOMPARE(::stat(path("holes").c_str(), &info), 0);
        QVERIFY(info.st_blocks * 512 < 1'000'000);
        AtomicFile::Options full;
        full.fail_after_bytes = 100;
        auto refused = AtomicFile::create(path("full"), full);
        QVERIFY(!refused->skip(101).ok());
        QVERIFY(refused->skip(100).ok());
    }
};

QTEST_GUILESS_MAIN(TestBaseAtomicDirectory)
#include "test_base_atomic_directory.moc"
