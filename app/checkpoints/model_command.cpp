// r2t2 model check, info, make-random
#include <limits>

#include "app/checkpoints/checkpoint_commands.h"
#include "app/checkpoints/checkpoint_report.h"
#include "app/commands/console.h"
#include "core/base/quoted_name.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"

namespace r2t2::cli {

namespace {

std::string dumped(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int check(const CheckpointOptions& options, Console& console) {
    if (options.problems < 0) {
        return console.fail(invalid_input("--problems", "", std::to_string(options.problems), "0 or more"));
    }
    const auto report = check_checkpoint(options.directory, {options.weights}, console.progress(), interrupt_token());
    console.end_progress();
    if (!report) {
        return console.fail(report.error());
    }
    const std::size_t shown =
        options.problems == 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(options.problems);
    console.data(console.options().json ? dumped(check_json(*report, shown)) : check_text(*report, shown));
    return report->usable() ? kExitOk : kExitUsage;
}

int info(const CheckpointOptions& options, Console& console) {
    const auto report = check_checkpoint(options.directory, {}, {}, interrupt_token());
    if (!report) {
        return console.fail(report.error());
    }
    if (!report->config) {
        return console.fail(report->problems.front().error);
    }
    console.data(console.options().json ? dumped(info_json(*report)) : info_text(*report));
    return kExitOk;
}

Result<TensorDtype> dtype_of(const std::string& name) {
    for (const auto& [text, dtype] :
         {std::pair{"bf16", TensorDtype::BF16}, {"f16", TensorDtype::F16}, {"f32", TensorDtype::F32}}) {
        if (name == text) {
            return dtype;
        }
    }
    return invalid_input("--dtype", "", name, "bf16, f16 or f32");
}

Result<RandomCheckpointOptions> random_options(const CheckpointOptions& options) {
    RandomCheckpointOptions out;
    const auto dtype = dtype_of(options.dtype);
    if (!dtype) {
        return dtype.error();
    }
    const auto in_range = [](const char* name, std::int64_t value, std::int64_t most) {
        return value >= 0 && value <= most
                   ? Status()
                   : Status(invalid_input(name, "", std::to_string(value), "0 to " + std::to_string(most)));
    };
    R2T2_TRY(in_range("--seed", options.seed, std::numeric_limits<std::int64_t>::max()));
    R2T2_TRY(in_range("--shards", options.shards, 1000));
    R2T2_TRY(in_range("--threads", options.threads, 64));
    out.seed = static_cast<std::uint64_t>(options.seed);
    out.dtype = *dtype;
    out.shards = static_cast<int>(options.shards);
    out.headers_only = options.headers_only;
    out.replace = options.force;
    out.threads = static_cast<int>(options.threads);
    return out;
}

int make_random(const CheckpointOptions& options, Console& console) {
    const auto preset = find_model_preset(options.config);
    if (!preset) {
        return console.fail(preset.error());
    }
    const auto how = random_options(options);
    if (!how) {
        return console.fail(how.error());
    }
    const auto made =
        write_random_checkpoint(preset->config, options.directory, *how, console.progress(), interrupt_token());
    console.end_progress();
    if (!made) {
        return console.fail(made.error());
    }
    if (console.options().json) {
        console.data(dumped({{"directory", options.directory},
                             {"config", options.config},
                             {"seed", options.seed},
                             {"dtype", options.dtype},
                             {"headers_only", options.headers_only},
                             {"files", made->files},
                             {"tensors", made->tensors},
                             {"parameters", made->parameters},
                             {"bytes", made->bytes}}));
    } else {
        console.data(printable(options.directory) + ": " + std::to_string(made->parameters) + " parameters, " +
                     std::to_string(made->bytes) + " bytes in " + std::to_string(made->files) +
                     (made->files == 1 ? " file" : " files") +
                     (options.headers_only ? "; headers only, all weights are zero\n"
                                           : "; random weights: its answers mean nothing\n"));
    }
    return kExitOk;
}

}  // namespace

int run_model(const CheckpointOptions& options, Console& console) {
    switch (options.action) {
        case CheckpointOptions::Action::Check:
            return check(options, console);
        case CheckpointOptions::Action::Info:
            return info(options, console);
        case CheckpointOptions::Action::MakeRandom:
            break;
    }
    return make_random(options, console);
}

}  // namespace r2t2::cli
