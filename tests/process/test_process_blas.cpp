// Kernels of the BLAS by what the processor can do: features, choice, checks, and what is kept between starts.
#include <QtTest>

#include <atomic>
#include <filesystem>
#include <thread>

#include "core/process/blas_check.h"
#include "core/process/kept_choice.h"
#include "core/process/loaded_blas.h"
#include "core/process/memory_room.h"

using namespace r2t2;
using Outcome = KernelTrial::Outcome;

namespace {

std::string names(const std::vector<KernelSet>& sets) {
    std::string text;
    for (const KernelSet& set : sets) {
        text += (text.empty() ? "" : " ") + set.name;
    }
    return text;
}

/// A current Xeon's words.
CpuidWords xeon() {
    CpuidWords words;
    words.vendor = "GenuineIntel";
    words.leaf1_ecx = 1u << 9 | 1u << 12 | 1u << 20 | 1u << 27 | 1u << 28;
    words.leaf7_ebx = 1u << 5 | 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
    words.leaf7_1_eax = 1u << 5;
    words.saved_state = 0xE7;
    return words;
}

KernelTrial trial(const std::string& kernels, Outcome outcome) {
    KernelTrial out;
    out.kernels = kernels;
    out.outcome = outcome;
    out.version = "OpenBLAS 0.0";
    out.libraries = {"/lib/x"};
    out.wrong = outcome == Outcome::Wrong ? "sgemm NN" : "";
    return out;
}

/// A library that takes `own` by itself and has every set; `bad` ones come to another end.
TryKernels library(std::string own, std::map<std::string, Outcome> bad, std::vector<std::string>* asked = nullptr) {
    return [=](const std::string& name) {
        const std::string taken = name.empty() ? own : name;
        if (asked != nullptr) {
            asked->push_back(name);
        }
        const auto found = bad.find(taken);
        return trial(taken, found == bad.end() ? Outcome::Sound : found->second);
    };
}

// A BLAS of plain loops, with faults that can be planted.
struct Fault {
    enum Kind { None, LastRow, Transposed, Beta, BesideResult, SmallFactor, LongSums } kind = None;
} fault;

template <typename T>
void plain_gemm(const char* ta, const char* tb, const int* m, const int* n, const int* k, const T* alpha, const T* a, const int* lda, const T* b, const int* ldb,
                const T* beta, T* c, const int* ldc) {
    const bool turn_a = *ta == 'T', turn_b = (*tb == 'T') != (fault.kind == Fault::Transposed && *m == *n && *n == *k);
    for (int j = 0; j < *n; ++j) {
        for (int i = 0; i < *m; ++i) {
            T sum = 0;
            const int terms = fault.kind == Fault::LongSums && *k > 512 ? *k - 1 : *k;
            for (int p = 0; p < terms; ++p) {
                sum += a[turn_a ? i * *lda + p : p * *lda + i] * b[turn_b ? p * *ldb + j : j * *ldb + p];
            }
            sum = fault.kind == Fault::LastRow && i == *m - 1 && *m % 16 == 1 ? T(0) : sum;
            sum = fault.kind == Fault::SmallFactor && *m == 1 ? sum * T(1.0001) : sum;
            const T rest = *beta == T(0) && fault.kind != Fault::Beta ? T(0) : (fault.kind == Fault::Beta ? T(1) : *beta) * c[j * *ldc + i];
            c[j * *ldc + i] = *alpha * sum + rest;
        }
        if (fault.kind == Fault::BesideResult && *m % 4 != 0 && j < *n - 1) {
            c[j * *ldc + *m] = 0;
        }
    }
}

template <typename T>
void plain_gemv(const char* t, const int* m, const int* n, const T* alpha, const T* a, const int* lda, const T* x, const int* step, const T* beta, T* y, const int*) {
    for (int i = 0; i < (*t == 'T' ? *n : *m); ++i) {
        T sum = 0;
        for (int p = 0; p < (*t == 'T' ? *m : *n); ++p) {
            sum += a[*t == 'T' ? i * *lda + p : p * *lda + i] * x[p * *step];
        }
        y[i] = *alpha * sum + (*beta == T(0) ? T(0) : *beta * y[i]);
    }
}

BlasFunctions plain() {
    return {reinterpret_cast<void*>(&plain_gemm<float>), reinterpret_cast<void*>(&plain_gemm<double>), reinterpret_cast<void*>(&plain_gemv<float>),
            reinterpret_cast<void*>(&plain_gemv<double>)};
}

}  // namespace

class TestProcessBlas : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { fault.kind = Fault::None; }

    /// Instructions count only where the operating system keeps their registers; AVX-512 only with all five groups.
    void featuresAreWhatMayBeUsed() {
        const auto sets = [](const CpuidWords& words) { return names(kernel_sets_for(features_of(words))); };
        QCOMPARE(sets(xeon()), std::string("SkylakeX Cooperlake Haswell Zen Sandybridge Nehalem Core2 Prescott"));
        QCOMPARE(to_string(features_of(xeon())), std::string("ssse3 sse4.2 avx avx2 avx512 avx512_bf16"));
        CpuidWords words = xeon();
        words.saved_state = 0x7;  // a system, or a virtual machine, that does not save the upper halves
        QCOMPARE(sets(words), std::string("Haswell Zen Sandybridge Nehalem Core2 Prescott"));
        words.saved_state = 0x3;
        QCOMPARE(sets(words), std::string("Nehalem Core2 Prescott"));
        words = xeon();
        words.leaf1_ecx &= ~(1u << 27);  // XGETBV itself is not allowed
        QCOMPARE(sets(words), std::string("Nehalem Core2 Prescott"));
        for (const int bit : {16, 17, 28, 30, 31}) {
            words = xeon();
            words.leaf7_ebx &= ~(1u << bit);
            QVERIFY2(!features_of(words).avx512 && !features_of(words).avx512_bf16 && features_of(words).avx2, qPrintable(QString::number(bit)));
        }
        words = xeon();
        words.leaf1_ecx &= ~(1u << 12);  // AVX2 without FMA
        QCOMPARE(sets(words), std::string("Sandybridge Nehalem Core2 Prescott"));
        words = xeon();
        words.leaf7_1_eax = 0;
        QVERIFY(features_of(words).avx512 && !features_of(words).avx512_bf16);
        QCOMPARE(sets(CpuidWords{}), std::string("Prescott"));
        QCOMPARE(to_string(features_of(CpuidWords{})), std::string("none"));
    }

    void theProcessorOfThisMachine() {
        const CpuidWords words = read_cpuid();
        QFile info("/proc/cpuinfo");
        QVERIFY(info.open(QIODevice::ReadOnly));
        QByteArray flags;
        for (const QByteArray& line : info.readAll().split('\n')) {
            flags = flags.isEmpty() && line.startsWith("flags") ? line + " " : flags;
        }
        const ProcessorFeatures features = features_of(words);
        const auto told = [&](const char* flag) { return flags.contains(QByteArray(" ") + flag + " "); };  // the kernel's own reading
        if (!words.vendor.empty()) {
            QCOMPARE(features.avx, told("avx"));
            QCOMPARE(features.avx2, told("avx2") && told("fma"));
            QCOMPARE(features.avx512, told("avx512f") && told("avx512cd") && told("avx512bw") && told("avx512dq") && told("avx512vl") && features.avx2);
            QCOMPARE(features.avx512_bf16, features.avx512 && told("avx512_bf16"));
        }
        QVERIFY(processor_name() != "unknown");
    }

    /// On a processor that the library does not know, one that it knows, one whose best kernels are wrong or crash.
    void choice() {
        const ProcessorFeatures all = features_of(xeon());
        QCOMPARE(choose_kernels(all, library("Prescott", {})).kernels, std::string("SkylakeX"));
        QCOMPARE(choose_kernels(all, library("Prescott", {})).own, std::string("Prescott"));
        std::vector<std::string> asked;
        const KernelChoice known = choose_kernels(all, library("Cooperlake", {}, &asked));
        QVERIFY(known.kernels.empty() && known.settled && known.refused.empty());
        QCOMPARE(asked, std::vector<std::string>{""});  // left alone, and nothing else tried
        QVERIFY(choose_kernels(all, library("Bulldozer", {})).kernels.empty());  // made for a processor that was recognised
        // The next lower one, with the reason; a crash and a wrong number alike.
        const KernelChoice lower = choose_kernels(all, library("Prescott", {{"SkylakeX", Outcome::Crashed}, {"Cooperlake", Outcome::Wrong}}));
        QCOMPARE(lower.kernels, std::string("Haswell"));
        QCOMPARE(lower.refused, (std::vector<std::string>{"SkylakeX: does not run on this processor", "Cooperlake: sgemm NN"}));
        // The library's own choice is checked, too.
        const KernelChoice own_wrong = choose_kernels(all, library("SkylakeX", {{"SkylakeX", Outcome::Wrong}}));
        QCOMPARE(own_wrong.kernels, std::string("Cooperlake"));
        QCOMPARE(own_wrong.refused, std::vector<std::string>{"SkylakeX: sgemm NN"});
        const KernelChoice zen = choose_kernels(all, library("Zen", {{"Zen", Outcome::Crashed}, {"SkylakeX", Outcome::Wrong}, {"Cooperlake", Outcome::Wrong}, {"Haswell", Outcome::Wrong}}));
        QCOMPARE(zen.kernels, std::string("Sandybridge"));
        // Better kernels are wrong, the own ones sound: nothing is set.
        const KernelChoice keep = choose_kernels(features_of({}), library("Prescott", {}));
        QVERIFY(keep.kernels.empty() && keep.settled);
        // Everything is wrong: the library is left alone, and why stands there.
        std::map<std::string, Outcome> bad;
        for (const KernelSet& set : kernel_sets_for(all)) {
            bad[set.name] = Outcome::Wrong;
        }
        const KernelChoice none = choose_kernels(all, library("Prescott", bad));
        QVERIFY(none.kernels.empty() && none.refused.size() == kernel_sets_for(all).size());
    }

    void choiceWithoutAnswer() {
        const ProcessorFeatures all = features_of(xeon());
        const KernelChoice no_library = choose_kernels(all, [](const std::string&) { return trial("", Outcome::NoLibrary); });
        QVERIFY(no_library.kernels.empty() && !no_library.settled);
        // A process that could not be started says nothing about kernels: that is asked again next time.
        const KernelChoice unknown = choose_kernels(all, library("Prescott", {{"SkylakeX", Outcome::Unknown}}));
        QVERIFY(!unknown.settled && unknown.kernels == "Cooperlake");
        // A library that does not have the set takes another one: not what was asked for.
        const KernelChoice lacking = choose_kernels(all, [](const std::string& name) {
            return trial(name == "Haswell" ? name : "Prescott", Outcome::Sound);
        });
        QCOMPARE(lacking.kernels, std::string("Haswell"));
    }

    void checksFindFaults() {
        QCOMPARE(check_products(plain()), std::string());
        for (const Fault::Kind kind : {Fault::LastRow, Fault::Transposed, Fault::Beta, Fault::BesideResult, Fault::SmallFactor, Fault::LongSums}) {
            fault.kind = kind;
            QVERIFY2(!check_products(plain()).empty(), qPrintable(QString::number(kind)));
        }
        fault.kind = Fault::None;
        BlasFunctions lacking = plain();
        lacking.dgemv = nullptr;
        QVERIFY(!check_products(lacking).empty());
    }

    /// The library of this machine, every set that the processor can run: in processes of their own, whatever becomes of them.
    void trials() {
        const KernelTrial own = try_blas_kernels("");
        if (own.kernels.empty()) {
            QSKIP("no OpenBLAS on this machine");
        }
        QVERIFY(own.outcome == Outcome::Sound && own.version.rfind("OpenBLAS ", 0) == 0 && !own.libraries.empty());
        for (const KernelSet& set : kernel_sets_for(features_of(read_cpuid()))) {
            const KernelTrial tried = try_blas_kernels(set.name);
            QVERIFY2(tried.outcome == Outcome::Sound, (set.name + " " + tried.wrong).c_str());
            qInfo("%s: %s kernels are right", set.name.c_str(), tried.kernels.c_str());
        }
        const KernelTrial unknown = try_blas_kernels("Nothing");
        QVERIFY(unknown.kernels != "Nothing");
    }

    void kept() {
        QTemporaryDir folder;
        qputenv("XDG_CACHE_HOME", folder.path().toUtf8());
        QFile library(folder.filePath("libx.so"));
        QVERIFY(library.open(QIODevice::WriteOnly) && library.write("a library") > 0);
        library.close();
        KernelChoice choice;
        choice.kernels = "Haswell";
        choice.own = "Prescott";
        choice.version = "OpenBLAS 0.0";
        choice.libraries = {library.fileName().toStdString()};
        choice.refused = {"SkylakeX: sgemm NN of 2 x 3"};
        QVERIFY(!kept_choice(xeon()));
        keep_choice(xeon(), choice);
        const std::optional<KernelChoice> again = kept_choice(xeon());
        QVERIFY(again && again->kernels == "Haswell" && again->own == "Prescott" && again->version == choice.version && again->refused == choice.refused && again->settled);
        // Another processor, another place to look, another library, a damaged file: as if nothing were kept.
        CpuidWords other = xeon();
        other.saved_state = 0x7;
        QVERIFY(!kept_choice(other));
        const QByteArray before = qgetenv("LD_LIBRARY_PATH");
        qputenv("LD_LIBRARY_PATH", "/elsewhere");
        QVERIFY(!kept_choice(xeon()));
        before.isEmpty() ? qunsetenv("LD_LIBRARY_PATH") : qputenv("LD_LIBRARY_PATH", before);
        QVERIFY(kept_choice(xeon()));
        QFile file(QString::fromStdString(kept_choice_file().string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        file.close();
        const auto with = [&](const QByteArray& changed) {
            return file.open(QIODevice::WriteOnly) && file.write(changed) == changed.size() && (file.close(), true);
        };
        for (qsizetype end = 0; end < text.size() - 4; end += 7) {
            QVERIFY(with(text.left(end)));
            QVERIFY2(!kept_choice(xeon()), qPrintable(QString::number(end)));
        }
        QVERIFY(with(QByteArray(text).replace("kernels Haswell", "kernels Bulldozer")));  // never what this processor cannot run
        QVERIFY(!kept_choice(xeon()));
        QVERIFY(with(text) && kept_choice(xeon()));
        QVERIFY(library.open(QIODevice::WriteOnly | QIODevice::Append) && library.write("!") == 1);
        library.close();
        QVERIFY(!kept_choice(xeon()));
        qunsetenv("XDG_CACHE_HOME");
    }

    void aChoiceOfTheUsersWins() {
        QTemporaryDir folder;
        qputenv("XDG_CACHE_HOME", folder.path().toUtf8());
        qputenv("OPENBLAS_CORETYPE", "Prescott");
        QVERIFY(choose_blas_kernels().kernels.empty());
        QCOMPARE(qgetenv("OPENBLAS_CORETYPE"), QByteArray("Prescott"));
        QVERIFY(!std::filesystem::exists(kept_choice_file()));
        qunsetenv("OPENBLAS_CORETYPE");
        const KernelChoice chosen = choose_blas_kernels();
        QCOMPARE(QString::fromLocal8Bit(qgetenv("OPENBLAS_CORETYPE")), QString::fromStdString(chosen.kernels));
        qunsetenv("OPENBLAS_CORETYPE");
        const KernelChoice second = choose_blas_kernels();  // the kept one
        QVERIFY(second.kernels == chosen.kernels && second.own == chosen.own);
        qunsetenv("OPENBLAS_CORETYPE");
        qunsetenv("XDG_CACHE_HOME");
    }

    void room() {
        QVERIFY(can_map(1 << 20));
        QVERIFY(!can_map(std::size_t{1} << 60));
        QCOMPARE(possible_threads(1), 1);
        QCOMPARE(possible_threads(4), 4);
    }

    /// Buffers for several threads at once; the library is opened with the processor's kernels.
    void opened() {
        QVERIFY(open_blas().ok());
        const LoadedBlas blas = loaded_blas();
        if (blas.kernels.empty()) {
            QSKIP("no OpenBLAS on this machine");
        }
        QCOMPARE(check_products(blas.functions), std::string());
        std::vector<std::thread> threads;
        std::atomic<int> without{0};
        for (int i = 0; i < 6; ++i) {
            threads.emplace_back([&] { without += reserve_blas_buffers(1) ? 0 : 1; });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(without.load(), 0);
        QVERIFY(to_string(blas).find(blas.kernels) != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestProcessBlas)
#include "test_process_blas.moc"
