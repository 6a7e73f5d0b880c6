// Any bytes in place of a published data set's main file, the first byte says whose: samples that can be scored, or an error.
#include <cmath>
#include <cstdlib>

#include "core/benchmarks/benchmarks.h"
#include "tests/benchmark_readers/benchmark_tree_list.h"
#include "tests/fuzz/fuzz_file.h"

namespace {

/// Copies of all trees, made once.
const r2t2::FuzzFolder& trees() {
    static const r2t2::FuzzFolder folder;
    static const bool copied = [] {
        for (const r2t2::BenchmarkTree& tree : r2t2::benchmark_trees()) {
            std::filesystem::copy(r2t2::benchmark_data(tree.folder), folder.path(tree.name), std::filesystem::copy_options::recursive);
        }
        return true;
    }();
    return copied ? folder : folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const r2t2::BenchmarkTree& tree = r2t2::benchmark_trees()[data[0] % r2t2::benchmark_trees().size()];
    trees().write(std::filesystem::path(tree.name) / tree.file, data + 1, size - 1);
    r2t2::BenchmarkOptions options;
    options.split = tree.split;
    options.images_must_exist = false;
    options.cache = trees().path("cache");
    const auto set = r2t2::read_benchmark(tree.name, trees().path(tree.name), options);
    if (!set.ok()) {
        return set.error().message().empty() ? std::abort(), 0 : 0;
    }
    for (const r2t2::Sample& sample : set->samples) {
        if (sample.id.empty() || sample.question.empty()) {
            std::abort();
        }
        if (const auto key = r2t2::answer_key(sample); key && key->known()) {
            for (const std::string& answer : {std::string("A"), sample.ground_truth, sample.question}) {
                const double value = r2t2::score(answer, *key).value;
                if (!(value >= 0.0 && value <= 1.0)) {
                    std::abort();
                }
            }
        }
    }
    return 0;
}
