// What a session of 100,000 samples x 11 steps x 5 neighbours costs to write, to open and to count.
//
//   bench_session FILE [samples=100000] [synced=500]
//
// Writes FILE if it is not there (minutes), and FILE.synced with `synced` samples; then times what the sample table and the
// transition figures read, beside the floor: reading that many bytes, and hashing them. "cold" is with the file dropped from
// the system's cache, everything else the median of five.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>

#include "core/base/sha256.h"
#include "core/results/run_results.h"
#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"
#include "tests/benchmarks/machine.h"

namespace {

using namespace r2t2;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kSteps = 11;

template <typename T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::cerr << result.error().message() << '\n';
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(result).value();
    }
}

struct Times {
    double wall, cpu;  ///< seconds; cpu: of this process, so that a busy machine's numbers can be read
};

Times times(const std::function<void()>& work) {
    const Clock::time_point begin = Clock::now();
    const std::clock_t cpu = std::clock();
    work();
    return {std::chrono::duration<double>(Clock::now() - begin).count(), static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}

/// The median of five by wall clock.
Times median(const std::function<void()>& work) {
    std::vector<Times> all(5);
    std::generate(all.begin(), all.end(), [&] { return times(work); });
    std::nth_element(all.begin(), all.begin() + 2, all.end(), [](const Times& a, const Times& b) { return a.wall < b.wall; });
    return all[2];
}

void show(const std::string& what, const Times& spent) { std::printf("%-40s %7.3f s (cpu %.3f s)\n", what.c_str(), spent.wall, spent.cpu); }

void forget(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    ::fsync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
}

/// Right before, right after, and when it turned: about as varied as a real run's.
std::vector<bool> pattern(int number) {
    RandomStream random = RandomStream::fork(3, "pattern", static_cast<std::uint64_t>(number));
    std::vector<bool> right(kSteps, random.below(100) < 60);
    if (random.below(100) < 15) {
        std::fill(right.begin() + 1 + random.below(kSteps - 1), right.end(), !right[0]);
    }
    return right;
}

/// Inside the writer, of one sample.
Times write(const std::string& path, int samples, Durability durability) {
    SessionWriter writer = must(SessionWriter::create(path, {.durability = durability}));
    const std::int64_t run = must(writer.begin_run(session_samples::run_info()));
    Times all{0.0, 0.0};
    for (int i = 0; i < samples; ++i) {
        const SampleInfo sample = session_samples::sample_info(i);
        const Trajectory trajectory = session_samples::trajectory(i, pattern(i));
        const Times one = times([&] { must(writer.write_sample(run, sample, trajectory, session_samples::reference_name)); });
        all = {all.wall + one.wall, all.cpu + one.cpu};
    }
    must(writer.finish_run(run, RunState::Finished));
    return {all.wall / samples, all.cpu / samples};
}

std::int64_t number(const std::string& path, const std::string& sql) {
    sqlite::Database database = must(sqlite::Database::open(path, sqlite::OpenMode::Read));
    return must(database.number(sql));
}

void all_rows(const std::string& path, const std::string& sql) {
    sqlite::Database database = must(sqlite::Database::open(path, sqlite::OpenMode::Read));
    sqlite::Statement statement = must(database.prepare(sql));
    while (must(statement.step())) {
    }
}

void show_table(const std::string& path) {
    SessionReader reader = must(SessionReader::open(path));
    const std::vector<StoredRun> runs = must(reader.runs());
    const std::vector<SampleRow> rows = must(reader.samples(runs.front().id));
    const auto damaged = std::count_if(rows.begin(), rows.end(), [](const SampleRow& row) { return row.damaged; });
    if (static_cast<std::int64_t>(rows.size()) != runs.front().samples || damaged != 0) {
        std::cerr << rows.size() << " rows, " << damaged << " damaged\n";
        std::exit(1);
    }
}

void floor_of(const std::string& path) {
    const std::int64_t table = number(path, "SELECT SUM(pgsize) FROM dbstat WHERE name = 'samples'");
    std::vector<char> bytes(static_cast<std::size_t>(table));
    std::printf("table `samples`: %.1f MB\n", 1e-6 * static_cast<double>(table));
    show("floor: as many bytes read in pages", median([&] {
             const int file = ::open(path.c_str(), O_RDONLY);
             for (std::size_t at = 0; at < bytes.size(); at += 4096) {
                 if (::pread(file, bytes.data() + at, std::min<std::size_t>(4096, bytes.size() - at), static_cast<off_t>(at)) < 0) {
                     std::exit(1);
                 }
             }
             ::close(file);
         }));
    show("floor: SHA-256 of as many bytes", median([&] {
             Sha256 sum;
             sum.update(bytes.data(), bytes.size());
             (void)sum.digest();
         }));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: bench_session FILE [samples=100000] [synced=500]\n";
        return 2;
    }
    bench::print_machine(1);
    const std::string path = argv[1], synced = path + ".synced";
    const int samples = argc > 2 ? std::atoi(argv[2]) : 100'000, flushed = argc > 3 ? std::atoi(argv[3]) : 500;
    const auto show_written = [](const char* how, const Times& spent) {
        std::printf("written, %s: %.0f us a sample (cpu %.0f us)\n", how, 1e6 * spent.wall, 1e6 * spent.cpu);
    };
    if (!fs::exists(path)) {
        show_written("buffered", write(path, samples, Durability::Buffered));
    }
    fs::remove(synced);
    show_written("synced", write(synced, flushed, Durability::Synced));
    fs::remove(synced);
    const auto size = static_cast<double>(fs::file_size(path));
    std::printf("file: %.1f MB, %.0f bytes a sample\n", 1e-6 * size, size / static_cast<double>(number(path, "SELECT COUNT(*) FROM samples")));
    floor_of(path);
    const auto table = [&] { show_table(path); };
    const auto results = [&] {
        SessionReader reader = must(SessionReader::open(path));
        (void)must(run_results(reader, 1));
    };
    forget(path);
    show("open, runs, sample table, cold", times(table));
    show("open, runs, sample table", median(table));
    forget(path);
    show("open, run_results (transitions), cold", times(results));
    show("open, run_results (transitions)", median(results));
    for (const char* view : {"v_runs", "v_accuracy_per_step", "v_transitions", "v_step_changes", "v_harmed"}) {
        show(std::string("SELECT * FROM ") + view, median([&] { all_rows(path, std::string("SELECT * FROM ") + view + " WHERE run_id = 1"); }));
    }
    return 0;
}
