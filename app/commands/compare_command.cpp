// r2t2 compare
#include <algorithm>

#include "app/commands/commands.h"
#include "core/run/session_compare_output.h"

namespace r2t2::cli {

int run_compare(const CompareOptions& options, Console& console) {
    std::optional<ComparisonCell> cell;
    if (!options.list.empty()) {
        const Result<ComparisonCell> parsed = parse_comparison_cell(options.list);
        if (!parsed) {
            return console.fail(parsed.error());
        }
        cell = *parsed;
    }
    const Result<SessionComparison> comparison = compare_sessions({options.a, options.run_a}, {options.b, options.run_b});
    if (!comparison) {
        return console.fail(comparison.error());
    }
    for (const std::string& note : comparison_notes(*comparison)) {
        console.lacking(note);
    }
    int code = comparison->unread.empty() ? kExitOk : kExitBadSamples;
    for (const ComparedSide* side : {&comparison->a, &comparison->b}) {
        std::vector<std::string> samples;
        for (const LeftOut& sample : side->left_out) {
            samples.push_back(sample.text());
        }
        code = std::max({code, console.left_out(side->session, samples), console.gone(missing_samples(side->session, side->run))});
        console.scored_by(side->session, side->run.id, side->run.scoring_version);
    }
    if (comparison->overall.scored() == 0) {
        console.lacking("no sample has a known result in both runs");
        code = std::max<int>(code, kExitBadSamples);
    }
    if (console.options().json) {
        console.data(comparison_json(*comparison, cell));
    } else {
        console.data(cell ? comparison_list(*comparison, *cell) : comparison_text(*comparison));
    }
    return code;
}

}  // namespace r2t2::cli
