// The table for people. Declared in evaluation_report.h.
#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <map>

#include "core/base/quoted_name.h"
#include "core/base/number_text.h"
#include "core/base/half_up.h"
#include "core/results/result_table.h"
#include "core/results/sample_clusters.h"
#include "core/run/evaluation_report.h"

namespace r2t2 {

namespace {

constexpr std::size_t kLine = 120;
constexpr std::size_t kSetsALine = 14;  ///< 21 + 14 * 7 = 119 columns

__attribute__((format(printf, 1, 2))) std::string line(const char* format, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    std::string text = buffer;
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

std::string percent(double share, int width) {
    char buffer[32];
    if (std::isnan(share)) {
        std::snprintf(buffer, sizeof buffer, "%*s", width, "-");
    } else {
        std::snprintf(buffer, sizeof buffer, "%*.1f", width, percent_half_up(share));
    }
    return buffer;
}

/// Nothing is compared with base where nothing was scored, or where it is base.
std::string or_none(const MethodReport& method, double p) { return method.method == Method::Base || method.samples == 0 || std::isnan(p) ? "-" : p_text(p); }

std::string header_text(const EvaluationReport& report) {
    const Provenance& p = report.provenance;
    const MethodParams params = p.methods.empty() ? MethodParams{} : p.methods.front();
    std::string text;
    if (p.miniature) {
        text += "Numbers of the bundled MINIATURE model: they say something about the methods, nothing about MoAI-7B.\n";
    }
    text += line("model        %s (%s), weights %.12s in %s", p.model_name.c_str(), p.model_directory.c_str(),
                 p.model_hash.c_str(), p.precision.c_str());
    text += line("references   %zu from %s, hash %s", p.reference_size, p.reference_name.c_str(),
                 p.reference_hash.c_str());
    if (p.overlap) {
        text += line("overlap      %s%s", p.overlap->text().c_str(), p.overlap->shared.empty() ? "" : "; none is its own neighbour");
    }
    text += line("routing      mode %s, granularity %s, frame %s, parametrisation %s", to_string(params.mode).c_str(),
                 to_string(params.granularity).c_str(), to_string(params.frame).c_str(),
                 to_string(params.parametrisation).c_str());
    const bool own_rules = std::any_of(report.sets.begin(), report.sets.end(), [](const SetReport& set) {
        return !set.methods.empty() && !set.methods.front().benchmark.empty();
    });
    const auto or_swept = [&p](const char* axis, const std::string& value) {  // one value is not what a sweep ran with
        const bool swept = std::any_of(p.sweep.begin(), p.sweep.end(), [axis](const SweepAxis& each) { return each.name == axis; });
        return swept ? std::string("(swept)") : value;
    };
    const bool ball = params.epsilon || or_swept("epsilon", "") == "(swept)";
    const std::string who = ball ? "epsilon ball " + or_swept("epsilon", params.epsilon ? number_text(*params.epsilon) : "")
                                 : "k = " + or_swept("num-neighbors", std::to_string(params.k));
    text += line("neighbours   %s, kernel %s, bandwidth %s", who.c_str(), or_swept("kernel", to_string(params.kernel.kind)).c_str(),
                 or_swept("bandwidth", params.kernel.bandwidth ? number_text(*params.kernel.bandwidth) : "median distance").c_str());
    const std::string from = p.embedding_source.empty() ? "" : ", from " + p.embedding_source;
    text += line("embedding    of questions: %s%s", p.embedding_content.empty() ? "the model's own" : p.embedding_content.c_str(), from.c_str());
    for (const std::string& each : p.embedding_remarks) {
        text += line("             %s", each.c_str());
    }
    text += line("descent      %s steps, learning rate %s %s to %s; seed %llu; scored by %s%s", or_swept("num-steps", std::to_string(params.steps)).c_str(),
                 or_swept("schedule", to_string(params.schedule)).c_str(), or_swept("initial-lr", number_text(params.initial_lr)).c_str(),
                 or_swept("final-lr", number_text(params.final_lr)).c_str(),
                 static_cast<unsigned long long>(p.seed), p.scoring.c_str(), own_rules ? ", benchmarks by their own rules" : "");
    for (const SweepAxis& axis : p.sweep) {
        std::string values;
        for (const std::string& value : axis.values) {
            values += " " + value;
        }
        text += line("swept        %s:%.100s", axis.name.c_str(), values.c_str());
    }
    if (p.shard.count > 1) {
        text += line("shard        %s: every %zu-th group of %s", to_string(p.shard).c_str(), p.shard.count, "samples; merge the sessions with r2t2 merge");
    }
    if (p.controls.offset_samples > 0 || p.controls.best_fixed_samples > 0) {
        text += line("controls     constant fitted on %zu references, best fixed r chosen on %zu (%.1f s)",
                     p.controls.offset_samples, p.controls.best_fixed_samples, p.controls.seconds);
    }
    return text;
}

/// Of the first column: the longest title.
int title_width(const SetReport& set) {
    std::size_t width = 21;
    for (const MethodReport& method : set.methods) {
        width = std::max(width, method_title(method).size());
    }
    return static_cast<int>(width);
}

std::string summary_text(const EvaluationReport& report) {
    const bool own = std::any_of(report.sets.begin(), report.sets.end(), [](const SetReport& set) { return !set.methods.empty() && !set.methods.front().benchmark.empty(); });
    const std::string meaning = own ? " (right: a value of at least 0.5; the benchmarks' own scores stand below)" : "";
    std::string text = "\nAccuracy in percent" + meaning + "\n";
    if (const SetReport& all = report.overall; all.missing > 0) {
        text = line("\nAccuracy in percent%s, INCOMPLETE: %lld of %lld samples", meaning.c_str(), static_cast<long long>(all.done + all.errors), static_cast<long long>(all.planned()));
    }
    if (const std::optional<ReferenceOverlap>& overlap = report.provenance.overlap; overlap && !overlap->shared.empty()) {
        text += line("%s; none is its own neighbour", overlap->text().c_str());
    }
    const int titles = title_width(report.overall);
    const std::size_t most = std::max<std::size_t>(1, std::min(kSetsALine, (kLine - static_cast<std::size_t>(std::min(titles, 100))) / 7));
    std::vector<const SetReport*> columns;
    for (const SetReport& set : report.sets) {
        columns.push_back(&set);
    }
    columns.push_back(&report.overall);
    for (std::size_t first = 0; first < columns.size(); first += most) {
        const std::size_t last = std::min(columns.size(), first + most);
        // Long names would tear the table: they are cut, the tables below have them whole.
        const auto width = static_cast<int>(std::clamp<std::size_t>((kLine - 1 - static_cast<std::size_t>(std::min(titles, 100))) / (last - first) - 1, 6, 12));
        std::string row(static_cast<std::size_t>(titles), ' ');
        for (std::size_t c = first; c < last; ++c) {
            char cell[32];
            std::snprintf(cell, sizeof cell, " %*.*s", width, width, columns[c] == &report.overall ? "all" : columns[c]->name.c_str());
            row += cell;
        }
        text += row + "\n";
        for (std::size_t m = 0; m < report.overall.methods.size(); ++m) {
            const std::string title = method_title(report.overall.methods[m]);
            text += title + std::string(static_cast<std::size_t>(titles) - title.size(), ' ');
            for (std::size_t c = first; c < last; ++c) {
                const MethodReport& method = columns[c]->methods[m];
                text += ' ';
                text += percent(method.samples > 0 ? method.accuracy() : std::nan(""), width);
            }
            text += "\n";
        }
    }
    return text;
}

std::string set_text(const SetReport& set) {
    std::string text = line("\n%s: %lld samples, %lld bad, %lld not reached, %lld without truth; preparing %.1f ms a sample",
                            set.name.c_str(), static_cast<long long>(set.done), static_cast<long long>(set.errors),
                            static_cast<long long>(set.missing), static_cast<long long>(set.unknown),
                            1000 * set.prepare_seconds);
    for (const auto& [reason, count] : set.left_out) {
        text += line("  left out, not of the task: %lld x %.300s", static_cast<long long>(count), reason.c_str());
    }
    const int titles = title_width(set);
    text += line("%-*s %9s %6s %13s %6s %6s %18s %7s %7s %5s", titles, "", "right", "%", "95 % interval", "harmed",
                 "mended", "gap closed % (95 %)", "ms", "forward", "back");
    for (const MethodReport& method : set.methods) {
        char interval[32];
        std::snprintf(interval, sizeof interval, "[%.1f, %.1f]", percent_half_up(method.told.interval.low), percent_half_up(method.told.interval.high));
        char right[32];
        std::snprintf(right, sizeof right, "%lld/%lld", static_cast<long long>(method.right),
                      static_cast<long long>(method.samples));
        text += line("%-*s %9s %6s %13s %6lld %6lld %18s %7.1f %7.1f %5.1f", titles, method_title(method).c_str(), right, percent(method.samples > 0 ? method.accuracy() : std::nan(""), 6).c_str(), interval,
                     static_cast<long long>(method.against_base.right_wrong),
                     static_cast<long long>(method.against_base.wrong_right), gap_text(method.gap).c_str(), 1000 * method.seconds, method.forward, method.backward);
        if (method.kept_base > 0) {
            text += line("  %lld samples had no neighbour in the epsilon ball and kept their base answer",
                         static_cast<long long>(method.kept_base));
        }
    }
    return text;
}

/// The gain over base of every other method, with its test.
std::string gains_text(const SetReport& set) {
    if (set.methods.size() < 2) {
        return {};
    }
    const ClusteredResult& most = set.methods.front().told;
    const int titles = title_width(set);
    std::string text = line("%-*s %23s %9s %9s", titles, "against base", "gain, points (95 %)", "p", "Holm p");
    for (std::size_t m = 1; m < set.methods.size(); ++m) {
        const MethodReport& method = set.methods[m];
        text += line("%-*s %23s %9s %9s", titles, method_title(method).c_str(), gain_text(method.told).c_str(), or_none(method, method.told.p).c_str(), or_none(method, method.told.holm_p).c_str());
    }
    std::string clusters = clusters_note(most.clusters, most.scored);
    if (const std::size_t few = clusters.find("; fewer than"); few != std::string::npos) {
        clusters.replace(few, 2, ";\n");  // 120 columns
    }
    return clusters.empty() ? text : text + clusters + "\n";
}

/// What the columns of gains_text mean.
std::string tests_text(const EvaluationReport& report) {
    std::string text = "gain = over base, same samples; p = two-sided sign flips of clusters, exact McNemar where every sample stands alone.\n";
    std::int64_t cells = 0;
    for (const SetReport& set : report.sets) {
        cells += std::count_if(set.methods.begin(), set.methods.end(), [](const MethodReport& method) { return std::isfinite(method.told.holm_p); });
    }
    const std::size_t pooled = report.overall.methods.empty() ? 0 : report.overall.methods.size() - 1;
    text += cells > 1 ? line("Holm p = corrected for the %lld methods x sets; overall pools the same samples and is corrected for the %zu methods.", static_cast<long long>(cells), pooled) : std::string();
    const auto some = [&report](IntervalKind kind) {
        const auto has = [kind](const SetReport& set) {
            return std::any_of(set.methods.begin(), set.methods.end(), [kind](const MethodReport& method) { return method.samples > 0 && method.method != Method::Base && method.told.gain_interval == kind; });
        };
        return has(report.overall) || std::any_of(report.sets.begin(), report.sets.end(), has);
    };
    text += some(IntervalKind::Score) ? "* all samples (or clusters) changed alike, so that a bootstrap has nothing to draw from, or they are few: score interval (Tango 1998)\n" : "";
    text += some(IntervalKind::Bounded) ? line("^ fewer than %lld clusters: all that a mean of so few can be (docs/statistics.md)", static_cast<long long>(kLeastClusters)) : std::string();
    return text;
}

/// The headline of every method; the parts would fill pages and are in the JSON report.
std::string benchmark_text(const SetReport& set) {
    if (set.methods.empty() || set.methods.front().benchmark.empty()) {
        return {};
    }
    std::string text = line("\n%s, the benchmark's own score (parts: --json)", set.name.c_str());
    const int titles = title_width(set);
    for (const MethodReport& method : set.methods) {
        if (!method.benchmark.empty()) {
            const std::string official = method.benchmark_official.empty() ? "" : "; by " + method.official_pattern + ": " + to_string(method.benchmark_official.front());
            const std::string unread = method.unread == 0 ? "" : "; " + unread_text(method.unread);
            text += line("%-*s %s%s%s", titles, method_title(method).c_str(), to_string(method.benchmark.front()).c_str(), official.c_str(), unread.c_str());
        }
    }
    return text;
}

std::string steps_text(const SetReport& set) {
    std::string text;
    for (const MethodReport& method : set.methods) {
        const StepKind steps = method_row(method.method).steps;
        const bool wanted = (steps == StepKind::Descent || steps == StepKind::Path) && !is_control(method.method);
        if (!wanted || !method.variant.empty() || method.steps.size() < 2 || method.samples == 0) {
            continue;
        }
        text += line("\n%s, %s, per step against step 0 (and against the step before)", set.name.c_str(),
                     method_title(method.method).c_str());
        text += line("%6s %8s %18s %18s", "step", "right %", "right->wrong", "wrong->right");
        for (const StepTransitions& step : method.steps) {
            if (step.scored == 0) {
                continue;
            }
            char harmed[48], mended[48];
            std::snprintf(harmed, sizeof harmed, "%lld (%lld)", static_cast<long long>(step.from_start.right_wrong),
                          static_cast<long long>(step.from_previous.right_wrong));
            std::snprintf(mended, sizeof mended, "%lld (%lld)", static_cast<long long>(step.from_start.wrong_right),
                          static_cast<long long>(step.from_previous.wrong_right));
            text += line("%6zu %8.1f %18s %18s", step.step, half_up(step.accuracy(), 1), harmed, mended);
        }
    }
    return text;
}

/// One method of a sweep: the first axis down, the second across, further axes a table each.
std::string sweep_table(const EvaluationReport& report, const SetReport& set, Method method) {
    std::vector<const SweepAxis*> axes;
    for (const SweepAxis& axis : report.provenance.sweep) {
        if (depends_on(method, axis.name)) {
            axes.push_back(&axis);
        }
    }
    if (axes.empty()) {
        return {};
    }
    // A table for every combination of the third axis and those after it; of the first two a combination without a meaning was not run.
    const auto value = [&](std::size_t entry, std::size_t axis) { return axis_value(report.provenance.methods[entry], axes[axis]->name); };
    std::map<std::string, std::map<std::pair<std::string, std::string>, std::size_t>> tables;
    std::vector<std::string> order;
    for (std::size_t m = 0; m < set.methods.size(); ++m) {
        if (set.methods[m].method != method) {
            continue;
        }
        std::string rest;
        for (std::size_t a = 2; a < axes.size(); ++a) {
            rest += ", " + axes[a]->name + " " + value(m, a);
        }
        if (tables.count(rest) == 0) {
            order.push_back(rest);
        }
        tables[rest].emplace(std::pair(value(m, 0), axes.size() > 1 ? value(m, 1) : std::string()), m);
    }
    const std::vector<std::string> one_column = {""}, &columns = axes.size() > 1 ? axes[1]->values : one_column;
    std::string text;
    char cell[64];
    for (const std::string& rest : order) {
        text += "\n" + set.name + ", " + method_title(method) + rest + ", accuracy in percent: " + axes[0]->name +
                (axes.size() > 1 ? " down, " + axes[1]->name + " across" : "") + "\n";
        if (axes.size() > 1) {
            text += std::string(12, ' ');
            for (const std::string& column : columns) {
                std::snprintf(cell, sizeof cell, " %10.10s", column.c_str());
                text += cell;
            }
            text += "\n";
        }
        for (const std::string& row : axes[0]->values) {
            std::snprintf(cell, sizeof cell, "%12.12s", row.c_str());
            text += cell;
            for (const std::string& column : columns) {
                const auto entry = tables[rest].find({row, column});
                const bool scored = entry != tables[rest].end() && set.methods[entry->second].samples > 0;
                text += " " + percent(scored ? set.methods[entry->second].accuracy() : std::nan(""), 10);
            }
            text += "\n";
        }
    }
    return text;
}

std::string sweep_text(const EvaluationReport& report) {
    std::string text;
    for (const Method method : all_methods()) {
        if (!is_tuned(method)) {
            continue;
        }
        for (const SetReport& set : report.sets) {
            text += sweep_table(report, set, method);
        }
        text += report.sets.size() > 1 ? sweep_table(report, report.overall, method) : std::string();
    }
    return text;
}

}  // namespace

std::string report_text(const EvaluationReport& report) {
    std::string text = header_text(report) + summary_text(report);
    for (const SetReport& set : report.sets) {
        text += set_text(set) + gains_text(set) + benchmark_text(set);
    }
    if (report.sets.size() > 1) {
        text += set_text(report.overall) + gains_text(report.overall);
    }
    text += sweep_text(report);
    text += steps_text(report.sets.size() == 1 ? report.sets.front() : report.overall);
    text += "\nharmed = right->wrong, mended = wrong->right, against base; c: = control, o: = of other work, without references; ms,\n"
            "forward and back = mean time and model passes a sample.\n" + tests_text(report);
    if (!report.error_lines.empty()) {
        text += line("%zu bad samples were recorded and skipped; the first: %.300s", report.error_lines.size(),
                     report.error_lines.front().c_str());
    }
    if (report.interrupted) {
        text += "INTERRUPTED: these are the samples that were finished; --resume goes on.\n";
    }
    if (report.too_many_errors) {
        text += "STOPPED: more bad samples than --max-errors allows.\n";
    }
    text += line("%.1f s for the samples, %.1f s in all; peak memory %.0f MB", report.seconds, report.total_seconds,
                 static_cast<double>(report.peak_memory_kb) / 1024.0);
    if (!report.provenance.session_path.empty()) {
        text += "session      " + printable(report.provenance.session_path) + line(" (%.2f s to write)", report.session_seconds);
    }
    return text;
}

}  // namespace r2t2
