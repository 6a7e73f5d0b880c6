#include "core/process/blas_kernels.h"

#include <algorithm>
#include <cstdlib>

#include "core/process/blas_library.h"
#include "core/process/kept_choice.h"

namespace r2t2 {

namespace {

/// -1: a set that is not among those of the table: made for one kind of processor, which the library has recognised.
int rank_of(const std::string& name) {
    static const KernelSet all[] = {{"SapphireRapids", 5}, {"Sapphirerapids", 5}, {"Cooperlake", 5}, {"SkylakeX", 5}, {"Haswell", 4}, {"Zen", 4}, {"Sandybridge", 3},
                                    {"Nehalem", 2},        {"Penryn", 1},         {"Dunnington", 1}, {"Core2", 1},    {"Prescott", 0}, {"Katmai", 0}, {"Generic", 0}};
    const auto* const found = std::find_if(std::begin(all), std::end(all), [&](const KernelSet& set) { return set.name == name; });
    return found == std::end(all) ? -1 : found->rank;
}

std::string reason_of(const KernelTrial& trial) {
    return trial.outcome == KernelTrial::Outcome::Crashed ? "does not run on this processor" : trial.wrong;
}

}  // namespace

std::vector<KernelSet> kernel_sets_for(const ProcessorFeatures& features) {
    std::vector<KernelSet> sets;
    const auto add = [&](bool possible, const char* name) {
        if (possible) {
            sets.push_back({name, rank_of(name)});
        }
    };
    add(features.avx512, "SkylakeX");
    add(features.avx512_bf16, "Cooperlake");
    add(features.avx2, "Haswell");
    add(features.avx2, "Zen");
    add(features.avx, "Sandybridge");
    add(features.sse42, "Nehalem");
    add(features.ssse3, "Core2");
#ifdef __x86_64__
    add(true, "Prescott");
#endif
    return sets;
}

KernelChoice choose_kernels(const ProcessorFeatures& features, const TryKernels& try_kernels) {
    using Outcome = KernelTrial::Outcome;
    KernelChoice choice;
    const KernelTrial own = try_kernels("");
    choice.own = own.kernels;
    choice.version = own.version;
    choice.libraries = own.libraries;
    if (own.kernels.empty()) {  // no OpenBLAS
        return choice;
    }
    choice.settled = true;
    const std::vector<KernelSet> sets = kernel_sets_for(features);
    const int own_rank = rank_of(own.kernels);
    const bool own_sound = own.outcome == Outcome::Sound;
    if (!own_sound) {
        choice.refused.push_back(own.kernels + ": " + reason_of(own));
    }
    for (const KernelSet& set : sets) {
        const bool better = own_rank >= 0 && set.rank > own_rank;
        if ((own_sound && !better) || set.name == own.kernels) {
            continue;
        }
        const KernelTrial trial = try_kernels(set.name);
        if (trial.outcome == Outcome::Unknown) {
            choice.settled = false;  // no process, no memory: another time
        } else if (trial.outcome == Outcome::Sound && trial.kernels == set.name) {
            choice.kernels = set.name;
            return choice;
        } else if (trial.outcome != Outcome::Sound) {  // sound under another name: this library does not have the set
            choice.refused.push_back(set.name + ": " + reason_of(trial));
        }
    }
    return choice;
}

KernelChoice choose_blas_kernels() {
    const char* const users = std::getenv("OPENBLAS_CORETYPE");
    const CpuidWords words = read_cpuid();
    if ((users != nullptr && *users != '\0') || words.vendor.empty() || find_blas_library() != nullptr) {  // open already: it has chosen
        return {};
    }
    KernelChoice choice;
    if (const std::optional<KernelChoice> kept = kept_choice(words)) {
        choice = *kept;
    } else {
        choice = choose_kernels(features_of(words), try_blas_kernels);
        if (choice.settled) {
            keep_choice(words, choice);
        }
    }
    if (!choice.kernels.empty()) {
        ::setenv("OPENBLAS_CORETYPE", choice.kernels.c_str(), 1);
    }
    return choice;
}

}  // namespace r2t2
