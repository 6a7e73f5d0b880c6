// r2t2 miniature make, train, report
#include <limits>
#include <nlohmann/json.hpp>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/miniature_report.h"
#include "core/base/folder_claim.h"
#include "core/base/path_text.h"
#include "core/base/quoted_name.h"
#include "core/miniature/dataset_writer.h"
#include "core/miniature/train_request.h"
#include "core/run/parallel.h"

namespace r2t2::cli {

namespace {

constexpr std::int64_t kMaxSeed = std::numeric_limits<std::int64_t>::max();

int make(const MiniatureOptions& options, Console& console) {
    Status checked = check_range("--count", options.count, 1, 10'000'000);
    checked = checked ? check_range("--seed", options.seed, 0, kMaxSeed) : checked;
    if (!checked) {
        return console.fail(checked.error());
    }
    const Result<std::filesystem::path> path =
        write_dataset(options.output, default_world(), options.split, options.count,
                      static_cast<std::uint64_t>(options.seed), console.progress(), interrupt_token(),
                      options.force ? AtomicDirectory::Existing::Replace : AtomicDirectory::Existing::Refuse);
    if (!path) {
        return console.fail(path.error());
    }
    if (console.options().json) {
        console.data(nlohmann::ordered_json{{"path", path_text(*path)}, {"split", options.split},
                                            {"count", options.count}, {"seed", options.seed}}
                         .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    } else {
        console.data(printable(path->string()) + "\n");
    }
    return kExitOk;
}

int train(const MiniatureOptions& options, Console& console) {
    Status checked = check_range("--threads", options.threads, 0, 1024);
    checked = checked ? check_range("--seed", options.seed, 0, kMaxSeed) : checked;
    if (checked && !(options.scale > 0.0 && options.scale <= 100.0)) {
        checked = invalid_input("options", "--scale", std::to_string(options.scale), "above 0, at most 100");
    }
    if (!checked) {
        return console.fail(checked.error());
    }
    std::error_code code;
    std::filesystem::create_directories(options.output, code);  // else the claim says why not
    const Result<FolderClaim> claim = FolderClaim::take(options.output);
    if (!claim) {
        return console.fail(claim.error());
    }
    if (!options.resume && !std::filesystem::is_empty(options.output, code)) {  // its files and those of another model would make a third
        return console.fail(invalid_input(options.output, "--out", "a directory that is not empty", "a new one, or --resume to go on with its state"));
    }
    const Result<EngineModule*> engine = load_engine();
    if (!engine) {
        return console.fail(engine.error());
    }
    TrainRequest request;
    request.directory = options.output;
    request.seed = static_cast<std::uint64_t>(options.seed);
    request.scale = options.scale;
    request.threads = worker_count(static_cast<int>(options.threads), 1024);
    request.device = options.device;
    request.resume = options.resume;
    if (const Status done = (*engine)->train_miniature(request, console.progress(), interrupt_token()); !done) {
        return console.fail(done.error());
    }
    console.end_progress();
    console.data(printable(options.output) + "\n");
    return kExitOk;
}

}  // namespace

int run_miniature(const MiniatureOptions& options, const std::string& program, Console& console) {
    switch (options.action) {
        case MiniatureOptions::Action::Make:
            return make(options, console);
        case MiniatureOptions::Action::Train:
            return train(options, console);
        case MiniatureOptions::Action::Report:
            return miniature_report(options, program, console);
    }
    return kExitUsage;
}

}  // namespace r2t2::cli
