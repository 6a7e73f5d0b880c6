// No room left while a session is written: the message says so, nothing acknowledged is lost, and the same writer goes on
// once there is room again. Once by a limit on the size of files, which every machine has, and once by a file system of
// 2 MB, where this one lets us mount it.
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "tests/session/session_samples.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

constexpr int kSamples = 700;  // 4.5 MB
constexpr int kNotAllowed = 77;

Trajectory trajectory_of(int number) { return trajectory(number, std::vector<bool>(11, number % 3 == 0)); }

/// What an interrupted run and an undisturbed one have to share: all that was written but clock times.
bool holds_samples(const std::string& path, int count) {
    auto reader = SessionReader::open(path);
    const auto rows = reader.ok() ? reader->samples(1) : Result<std::vector<SampleRow>>(reader.error());
    if (!rows.ok() || rows->size() != static_cast<std::size_t>(count)) {
        std::fprintf(stderr, "%s\n", rows.ok() ? std::to_string(rows->size()).c_str() : rows.error().message().c_str());
        return false;
    }
    for (int number = 0; number < count; ++number) {
        const auto stored = reader->sample((*rows)[static_cast<std::size_t>(number)].id);
        if (!stored.ok() || stored->row.info != sample_info(number) || !equal(stored->trajectory, trajectory_of(number))) {
            std::fprintf(stderr, "sample %d: %s\n", number, stored.ok() ? "another one" : stored.error().message().c_str());
            return false;
        }
    }
    return true;
}

/// Empty: every claim holds.
std::string write_through_a_shortage(const std::string& path, const std::string& says, const std::function<void()>& make_room) {
    auto session = SessionWriter::create(path);
    const auto run = session.ok() ? session->begin_run(run_info()) : Result<std::int64_t>(session.error());
    if (!run.ok()) {
        return run.error().message();
    }
    int written = 0;
    Status status;
    while (written < kSamples && (status = session->write_sample(*run, sample_info(written), trajectory_of(written), reference_name)).ok()) {
        ++written;
    }
    if (status.ok() || written < 10) {
        return "failed after " + std::to_string(written) + " samples: " + (status.ok() ? "never" : status.error().message());
    }
    const std::string message = status.error().message();
    std::printf("after %d samples: %s\n", written, message.c_str());
    if (message.find(path) == std::string::npos || message.find(says) == std::string::npos || message.find("room to grow") == std::string::npos) {
        return "message: " + message;
    }
    for (int again = 0; again < 3; ++again) {  // and again, without harm
        if (session->write_sample(*run, sample_info(written), trajectory_of(written), reference_name).ok()) {
            return "room out of nowhere";
        }
    }
    if (!holds_samples(path, written)) {
        return "acknowledged samples are gone while there is no room";
    }
    {
        auto other = SessionWriter::open(path);
        const auto keys = other.ok() ? other->finished_keys(*run) : Result<std::set<SampleKey>>(other.error());
        if (!keys.ok() || keys->size() != static_cast<std::size_t>(written)) {
            return "opened for writing: " + (keys.ok() ? std::to_string(keys->size()) + " keys" : keys.error().message());
        }
    }
    make_room();
    for (; written < kSamples; ++written) {
        status = session->write_sample(*run, sample_info(written), trajectory_of(written), reference_name);
        if (!status.ok()) {
            return "with room again: " + status.error().message();
        }
    }
    if (const Status finished = session->finish_run(*run, RunState::Finished); !finished.ok()) {
        return finished.error().message();
    }
    const auto faults = SessionReader::open(path)->verify();
    if (!faults.ok() || !faults->empty()) {
        return "verify: " + (faults.ok() ? faults->front() : faults.error()).message();
    }
    return holds_samples(path, kSamples) ? "" : "samples are not those that were written";
}

/// A mount namespace of one's own; who is not root becomes it inside a user namespace, where the kernel grants that.
bool own_mounts() {
    const std::string user = std::to_string(::geteuid()), group = std::to_string(::getegid());
    if (user == "0") {
        return ::unshare(CLONE_NEWNS) == 0;
    }
    if (::unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0) {
        return false;
    }
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/gid_map", "0 " + group + " 1");
    write_file("/proc/self/uid_map", "0 " + user + " 1");
    return ::geteuid() == 0 && ::getegid() == 0;
}

/// A finished session on a file system that is full to its last byte. Empty: every claim holds.
std::string read_without_room(const std::string& folder, const std::string& path, const std::function<void()>& take_room) {
    {
        auto session = SessionWriter::create(path);
        const auto run = session.ok() ? session->begin_run(run_info()) : Result<std::int64_t>(session.error());
        for (int number = 0; run.ok() && number < 12; ++number) {
            if (!session->write_sample(*run, sample_info(number), trajectory_of(number), reference_name).ok()) {
                return "not written";
            }
        }
        if (!run.ok() || !session->finish_run(*run, RunState::Finished).ok()) {
            return "not finished";
        }
    }
    const std::string before = read_file(path);
    take_room();
    auto reader = SessionReader::open(path);
    if (!reader.ok()) {
        return reader.error().message();
    }
    const auto faults = reader->verify();
    if (!faults.ok() || !faults->empty()) {
        return "verify: " + (faults.ok() ? faults->front() : faults.error()).message();
    }
    if (!holds_samples(path, 12)) {
        return "not read";
    }
    for (const auto& each : std::filesystem::directory_iterator(folder)) {
        if (const std::string name = each.path().string(); name != path && name.starts_with(path)) {
            return "left behind: " + name;
        }
    }
    return read_file(path) == before ? "" : "changed";
}

/// In a child process, which alone sees the file system.
int read_on_a_full_file_system(const std::string& folder) {
    if (!own_mounts() || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m") != 0) {
        return kNotAllowed;
    }
    const std::string fault = read_without_room(folder, folder + "/full.r2t2", [&] {
        std::FILE* file = std::fopen((folder + "/filler").c_str(), "wb");
        const std::string page(4096, 'x');
        while (file != nullptr && std::fwrite(page.data(), 1, page.size(), file) == page.size() && std::fflush(file) == 0) {
        }
        if (file != nullptr) {
            (void)std::fclose(file);
        }
    });
    std::fprintf(stderr, "%s\n", fault.c_str());
    return fault.empty() ? 0 : 1;
}

/// In a child process, which alone sees the file system.
int on_a_small_file_system(const std::string& folder) {
    if (!own_mounts() || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m") != 0) {
        return kNotAllowed;
    }
    const std::string fault = write_through_a_shortage(folder + "/small.r2t2", "the disk is full", [&] {
        (void)::mount("tmpfs", folder.c_str(), "tmpfs", MS_REMOUNT, "size=40m");
    });
    std::fprintf(stderr, "%s\n", fault.c_str());
    return fault.empty() ? 0 : 1;
}

}  // namespace

class TestSessionFull : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void files_that_may_not_grow();
    void a_full_disk();
    void no_room_to_begin_with();
    void a_finished_session_is_read_without_room();
};

void TestSessionFull::files_that_may_not_grow() {
    const QTemporaryDir directory;
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QVERIFY(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto limit = [&](rlim_t bytes) {
        const rlimit now{bytes, before.rlim_max};
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &now) == 0);
    };
    limit(1'500'000);
    const std::string fault = write_through_a_shortage(directory.filePath("limited.r2t2").toStdString(), "may not grow", [&] { limit(before.rlim_cur); });
    limit(before.rlim_cur);
    QVERIFY2(fault.empty(), fault.c_str());
}

void TestSessionFull::a_full_disk() {
    const QTemporaryDir directory;
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int code = on_a_small_file_system(directory.path().toStdString());
        std::fflush(nullptr);
        ::_exit(code);
    }
    int status = 0;
    QVERIFY(::waitpid(child, &status, 0) == child);
    QVERIFY(WIFEXITED(status));
    if (WEXITSTATUS(status) == kNotAllowed) {
        QSKIP("this machine lets nobody mount a small file system: files_that_may_not_grow() stands for it");
    }
    QCOMPARE(WEXITSTATUS(status), 0);
}

void TestSessionFull::no_room_to_begin_with() {
    const QTemporaryDir directory;
    const std::string path = directory.filePath("none.r2t2").toStdString();
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QVERIFY(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{20'000, before.rlim_max};
    QVERIFY(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto session = SessionWriter::create(path);
    QVERIFY(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    QVERIFY(!session.ok());
    QVERIFY2(session.error().message().find(path) != std::string::npos, session.error().message().c_str());
    QVERIFY2(session.error().message().find("may not grow") != std::string::npos, session.error().message().c_str());
    auto later = SessionWriter::open_or_create(path);  // what is left behind is no hindrance
    QVERIFY2(later.ok(), later.ok() ? "" : later.error().message().c_str());
    QVERIFY(later->begin_run(run_info()).ok());
}

void TestSessionFull::a_finished_session_is_read_without_room() {
    const QTemporaryDir directory;
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QVERIFY(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const std::string fault = read_without_room(directory.path().toStdString(), directory.filePath("limited.r2t2").toStdString(), [&] {
        const rlimit small{10 * 1024, before.rlim_max};
        (void)::setrlimit(RLIMIT_FSIZE, &small);
    });
    QVERIFY(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    QVERIFY2(fault.empty(), fault.c_str());
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int code = read_on_a_full_file_system(directory.path().toStdString());
        std::fflush(nullptr);
        ::_exit(code);
    }
    int status = 0;
    QVERIFY(::waitpid(child, &status, 0) == child);
    QVERIFY(WIFEXITED(status));
    if (WEXITSTATUS(status) != kNotAllowed) {  // the limit on files stands for it
        QCOMPARE(WEXITSTATUS(status), 0);
    }
}

QTEST_GUILESS_MAIN(TestSessionFull)
#include "test_session_full.moc"
