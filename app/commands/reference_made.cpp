#include "app/commands/reference_made.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/path_text.h"
#include "core/base/quoted_name.h"
#include "core/reference/refined_counts.h"
#include "core/run/reference_refiner.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const ReferenceBuild& built, const RefinedCounts& refined, const std::string& directory) {
    Json contradictory = Json::object();
    for (const ContradictoryRecords& each : built.contradictory) {
        contradictory[std::string(code(each.kind))][each.fate == Fate::Kept ? "in_the_set" : "left_out"] = {{"count", each.count}, {"ids", each.ids}};
    }
    Json problems = Json::array();
    for (const Error& problem : built.problems) {
        problems.push_back(problem.message());
    }
    Json out{{"directory", path_text(directory)}, {"tried", built.tried}, {"kept", built.store.size()}, {"wrong", built.wrong},
             {"contradictory", std::move(contradictory)}, {"asked_otherwise", built.changed}, {"problems", std::move(problems)}, {"hash", built.store.content_hash()}, {"seconds", built.seconds}};
    if (refined.refined > 0) {
        out["refined"] = {{"right_before", refined.right_before}, {"right_after", refined.right_after}, {"mended", refined.mended}, {"harmed", refined.harmed},
                          {"mean_loss_before", refined.loss_before}, {"mean_loss_after", refined.loss_after}};
    }
    return out;
}

std::string text_of(const ReferenceBuild& built, const RefinedCounts& refined) {
    char text[320];
    if (refined.refined > 0) {
        std::snprintf(text, sizeof text,
                      "%zu of %zu kept: right before %zu, right after %zu (%zu mended, %zu harmed); %zu wrong under both, %zu contradictory left out, %zu bad; mean "
                      "loss %.3f before, %.3f after; hash %s\n",
                      built.store.size(), built.tried, refined.right_before, refined.right_after, refined.mended, refined.harmed, built.wrong,
                      built.contradictory_left_out(), built.problems.size(), refined.loss_before, refined.loss_after, built.store.content_hash().c_str());
    } else {
        std::snprintf(text, sizeof text, "%zu of %zu kept, %zu answered wrongly, %zu contradictory left out, %zu bad; hash %s; %.1f s\n", built.store.size(),
                      built.tried, built.wrong, built.contradictory_left_out(), built.problems.size(), built.store.content_hash().c_str(), built.seconds);
    }
    return text;
}

}  // namespace

Result<FolderClaim> claim_output(const ReferenceOptions& options) {
    namespace fs = std::filesystem;
    Result<FolderClaim> claim = FolderClaim::make(options.output);
    std::error_code code;
    const bool refines = options.refine || options.action == ReferenceOptions::Action::Refine;
    const bool goes_on = refines && fs::exists(descents_of(options.output), code);
    if (claim.ok() && !options.force && !goes_on && fs::exists(fs::path(options.output) / "records.json", code)) {
        return invalid_input(options.output, "--out", "a reference set that is there already", "a new name, or --force to replace it");
    }
    return claim;
}

int tell_built(const std::string& directory, const ReferenceBuild& built, Console& console) {
    console.skipped(built.problems);
    if (!built.changed.empty()) {
        console.lacking(changed_text(built.changed));
    }
    for (const ContradictoryRecords& each : built.contradictory) {
        console.lacking(each.text());
    }
    const RefinedCounts refined = refined_counts(built.store.records());
    console.data(console.options().json ? json_of(built, refined, directory).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                                        : printable(directory) + ": " + text_of(built, refined));
    return built.problems.empty() && built.contradictory.empty() && built.changed.empty() ? kExitOk : kExitBadSamples;
}

}  // namespace r2t2::cli
