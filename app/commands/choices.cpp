#include "app/commands/choices.h"

#include <charconv>
#include <limits>

#include "core/base/path_there.h"
#include "core/checkpoint/rerouting_file.h"
#include "core/routing/parameter_table.h"
#include "core/run/places.h"

namespace r2t2::cli {

namespace {

constexpr std::uintmax_t kQuietBytes = 200'000'000;  ///< loads in a moment: no progress line

/// Bytes of the weight files in a checkpoint directory; 0 where it cannot be read.
std::uintmax_t weight_bytes(const std::filesystem::path& directory) {
    std::uintmax_t bytes = 0;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(directory, code)) {
        bytes += entry.path().extension() == ".safetensors" && entry.is_regular_file(code) ? entry.file_size(code) : 0;
    }
    return bytes;
}

}  // namespace

Status check_range(const char* option, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value < low || value > high) {
        return invalid_input("options", option, std::to_string(value),
                             std::to_string(low) + " to " + std::to_string(high));
    }
    return {};
}

Result<std::shared_ptr<const Model>> open_model(const ModelChoice& choice, Console& console) {
    ModelOptions options;
    const Result<Precision> precision = parse_precision(choice.precision);
    if (!precision) {
        return precision.error();
    }
    R2T2_TRY(check_range("--beams", choice.beams, 1, 16));
    R2T2_TRY(check_range("--max-new-tokens", choice.max_new_tokens, 1, 4096));
    options.precision = *precision;
    options.device = choice.device;
    options.intra_op_threads = 0;  // workers of an evaluation take one each
    options.beams = static_cast<int>(choice.beams);
    options.max_new_tokens = static_cast<int>(choice.max_new_tokens);
    const std::filesystem::path directory =
        choice.directory.empty() ? bundled_model_directory() : std::filesystem::path(choice.directory);
    Result<std::shared_ptr<const Model>> model = r2t2::open_model(
        directory, options, weight_bytes(directory) > kQuietBytes ? console.progress() : ProgressCallback(), interrupt_token());
    console.end_progress();
    return model;
}

Result<OpenedReference> open_reference(const ReferenceChoice& choice, std::shared_ptr<const Model> model, int threads,
                                       std::size_t cache_bytes, Console& console, const CancelToken& cancel) {
    R2T2_TRY(check_range("--reference-samples", choice.candidates, 1, 1'000'000));
    R2T2_TRY(check_range("--reference-seed", choice.seed, 0, std::numeric_limits<std::int64_t>::max()));
    const ReferenceSource source{choice.path, static_cast<std::size_t>(choice.candidates),
                                 static_cast<std::uint64_t>(choice.seed), threads, cache_bytes, choice.embedding};
    Result<OpenedReference> opened = r2t2::open_reference(source, std::move(model), console.progress(), cancel);
    if (!opened) {
        Error error = opened.error();
        error.field = error.kind == ErrorKind::NotFound && error.where == choice.path ? "--reference" : error.field;
        return error;
    }
    for (const std::string& warning : opened->warnings) {
        console.lacking(warning);
    }
    for (const std::string& remark : opened->remarks) {
        console.lacking(remark);
    }
    if (!opened->built.empty()) {
        console.note(opened->built);
    }
    console.skipped(opened->problems);
    return opened;
}

void take_ground(const GroundSource& source, const std::set<std::string>& stated, ModelChoice& model, ReferenceChoice& reference) {
    const auto take = [&stated](const char* option, auto& to, const auto& from) {
        if (stated.count(option) == 0) {
            to = from;
        }
    };
    take("--model", model.directory, source.model);
    take("--precision", model.precision, source.precision);
    take("--device", model.device, source.device);
    take("--beams", model.beams, source.beams);
    take("--max-new-tokens", model.max_new_tokens, source.max_new_tokens);
    take("--embedding", reference.embedding, source.reference.embedding);
    if (stated.count("--reference") == 0) {
        const bool world = stated.count("--reference-samples") + stated.count("--reference-seed") > 0;
        reference.path = world ? std::string() : source.reference.path;
        take("--reference-samples", reference.candidates, static_cast<std::int64_t>(source.reference.candidates));
        take("--reference-seed", reference.seed, static_cast<std::int64_t>(source.reference.seed));
    }
}

Result<MethodParams> method_params(const MethodChoice& choice, const std::filesystem::path& model) {
    R2T2_TRY(check_there(model, "model directory", "a directory with config.json, model.safetensors and tokenizer.model"));
    MethodParams params;
    const Result<bool> recommended = apply_recommended(model, params);
    if (!recommended) {
        return recommended.error();
    }
    R2T2_TRY(take_stated(choice.stated, params));
    R2T2_TRY(check_range("--seed", choice.seed, 0, std::numeric_limits<std::int64_t>::max()));
    params.seed = static_cast<std::uint64_t>(choice.seed);
    return params;
}

Status check_benchmark_options(const DataChoice& choice, const std::string& needed) {
    const auto refused = [&needed](const char* option) { return invalid_input("options", option, "without " + needed, "together with it: it is of benchmarks"); };
    if (choice.limit != 0) {
        return refused("--limit");
    }
    if (choice.direct_answers) {
        return refused("--direct-answers");
    }
    return choice.moai_parity ? Status(refused("--moai-parity")) : Status();
}

Result<BenchmarkChoice> benchmark_choice(const DataChoice& choice) {
    R2T2_TRY(check_range("--limit", choice.limit, 0, 100'000'000));
    std::error_code code;  // absolute: a run may be resumed from another folder
    const std::string folder = choice.directory.empty() ? "" : std::filesystem::absolute(choice.directory, code).string();
    return BenchmarkChoice{folder, static_cast<std::size_t>(choice.limit), choice.direct_answers, choice.moai_parity};
}

Result<std::vector<Method>> parse_methods(const std::vector<std::string>& names) {
    std::vector<Method> methods;
    for (const std::string& name : names) {
        const Result<Method> method = parse_method(name);
        if (!method) {
            Error error = method.error();
            error.where = "options";
            error.field = "--methods";
            return error;
        }
        methods.push_back(*method);
    }
    return methods;
}

Result<BundledPlace> bundled_place(const std::string& text) {
    const auto slash = text.find('/');
    std::size_t index = 0;
    const char* first = text.data() + (slash == std::string::npos ? text.size() : slash + 1);
    const auto [end, code] = std::from_chars(first, text.data() + text.size(), index);
    if (slash == std::string::npos || code != std::errc() || end != text.data() + text.size() || index >= 1'000'000) {
        return invalid_input("options", "--sample", "\"" + text + "\"", "SET/NUMBER, such as G-dim/12");
    }
    return BundledPlace{text.substr(0, slash), index};
}

}  // namespace r2t2::cli
