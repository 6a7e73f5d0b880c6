// Benchmarks in their official folders as sample sets. Declared in sample_set.h.
#include <charconv>

#include "core/base/path_text.h"
#include "core/benchmarks/benchmarks.h"
#include "core/run/sample_set.h"

namespace r2t2 {

namespace {

std::string origin_text(const std::map<std::string, std::string>& origin, const char* key) {
    const auto found = origin.find(key);
    return found == origin.end() ? std::string() : found->second;
}

Result<std::uint64_t> origin_number(const std::map<std::string, std::string>& origin, const char* key) {
    const std::string text = origin_text(origin, key);
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) {
        return invalid_input("reference notes", key, text.empty() ? "nothing" : text, "a number");
    }
    return value;
}

}  // namespace

Result<SampleSetPtr> open_benchmark_samples(const std::string& name, const std::string& split, std::uint64_t seed,
                                            const BenchmarkChoice& choice, const ProgressCallback& progress, const CancelToken& cancel) {
    BenchmarkOptions options;
    options.split = split;
    options.limit = choice.limit;
    options.seed = seed;
    options.direct_answers = choice.direct_answers;
    options.moai_parity = choice.moai_parity;
    Result<Dataset> dataset = read_benchmark(name, choice.directory, options, progress, cancel);
    if (!dataset) {
        return dataset.error();
    }
    return dataset_samples(std::move(*dataset));
}

Result<SampleSetPtr> open_benchmark_source(const std::map<std::string, std::string>& origin) {
    const Result<std::uint64_t> seed = origin_number(origin, "seed");
    const Result<std::uint64_t> limit = origin_number(origin, "limit");
    if (!seed || !limit) {
        return (seed ? limit : seed).error();
    }
    const BenchmarkChoice choice{path_of_text(origin_text(origin, "path")).string(), static_cast<std::size_t>(*limit), origin.count("direct_answers") > 0,
                                 origin.count("moai_parity") > 0};
    return open_benchmark_samples(origin_text(origin, "benchmark"), origin_text(origin, "split"), *seed, choice);
}

}  // namespace r2t2
