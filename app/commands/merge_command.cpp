// r2t2 merge
#include "app/commands/commands.h"
#include "core/base/path_text.h"
#include "core/base/quoted_name.h"
#include "core/run/session_merge.h"

namespace r2t2::cli {

int run_merge(const MergeOptions& options, const std::string& program, Console& console) {
    const std::vector<std::filesystem::path> shards(options.sessions.begin(), options.sessions.end());
    const Result<MergedSession> merged = merge_sessions(shards, options.output, program, console.progress(), interrupt_token());
    console.end_progress();
    if (!merged) {
        return console.fail(merged.error());
    }
    if (console.options().json) {
        const nlohmann::ordered_json json = {{"session", path_text(options.output)}, {"shards", merged->shards}, {"runs", merged->runs},
                                             {"samples", merged->samples}, {"failed_samples", merged->errors}};
        console.data(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    } else {
        console.data(printable(options.output) + ": " + std::to_string(merged->shards) + " shards, " + std::to_string(merged->runs) + " runs, " +
                     std::to_string(merged->samples) + " samples, " + std::to_string(merged->errors) + " of them failed\n");
    }
    return kExitOk;
}

}  // namespace r2t2::cli
