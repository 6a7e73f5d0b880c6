// table.tex. Declared in session_export.h.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "core/base/half_up.h"
#include "core/base/path_text.h"
#include "core/results/run_config.h"
#include "core/run/session_export.h"

namespace r2t2 {

namespace {

/// A comment ends with its line: text from the file must not start a new one. Names that are no UTF-8 are made so: LaTeX reads nothing else.
std::string one_line(const std::string& bytes) {
    std::string text = utf8_name(bytes);
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return text;
}

std::vector<std::string> set_names(const SessionSummary& summary) {
    std::vector<std::string> names;
    for (const RunSummary& run : summary.runs) {
        for (const SetSummary& set : run.sets) {
            if (std::find(names.begin(), names.end(), set.name) == names.end()) {
                names.push_back(set.name);
            }
        }
    }
    return names;
}

/// Of a set, or pooled (the column after the last name). Null: the run has no scored sample there.
const SetSummary* entry(const RunSummary& run, const std::vector<std::string>& names, std::size_t column) {
    const SetSummary* found = column == names.size() ? &run.overall : nullptr;
    for (const SetSummary& set : run.sets) {
        found = column < names.size() && set.name == names[column] ? &set : found;
    }
    return found != nullptr && found->scored > 0 ? found : nullptr;
}

enum class Measure {
    Accuracy,
    Own,      ///< the benchmark's own score
    Official  ///< the same by the benchmark's own pattern
};

/// A set's, or that of all together (`set` is behind the last name).
struct Column {
    std::size_t set = 0;
    Measure measure = Measure::Accuracy;
};

const NamedNumber& score_of(const SetSummary& set, Measure measure) {
    return measure == Measure::Official ? set.official_result.front() : set.benchmark_result.front();
}

/// What is not known is lower than anything. Shares are compared exactly: right_a / scored_a < right_b / scored_b.
bool is_lower(const SetSummary& a, const SetSummary& b, Measure measure) {
    if (measure == Measure::Accuracy) {
        return a.right * b.scored < b.right * a.scored;
    }
    const double x = score_of(a, measure).value, y = score_of(b, measure).value;
    return x < y || (std::isnan(x) && !std::isnan(y));
}

/// A set is judged by its benchmark's own score where every run has one.
bool has_own_score(const SessionSummary& summary, const std::vector<std::string>& names, std::size_t set) {
    bool own = false;
    for (const RunSummary& run : summary.runs) {
        const SetSummary* here = entry(run, names, set);
        if (here != nullptr && here->benchmark_result.empty()) {
            return false;
        }
        own = own || here != nullptr;
    }
    return own && set < names.size();
}

class LatexTable {
public:
    explicit LatexTable(const SessionSummary& summary) : summary_(summary), names_(set_names(summary)) {
        for (const RunSummary& run : summary.runs) {
            ++titles_[stored_method_title(run.run)];
        }
        for (std::size_t set = 0; set <= names_.size(); ++set) {
            const bool own = has_own_score(summary, names_, set);
            columns_.push_back({set, own ? Measure::Own : Measure::Accuracy});
            const bool official = own && std::all_of(summary.runs.begin(), summary.runs.end(), [&](const RunSummary& run) {
                const SetSummary* here = entry(run, names_, set);
                return here == nullptr || !here->official_result.empty();
            });
            if (official) {
                columns_.push_back({set, Measure::Official});
            }
        }
        for (const Column& column : columns_) {
            std::map<std::string, const SetSummary*>& best = best_.emplace_back();
            for (const RunSummary& run : summary.runs) {
                const SetSummary* here = may_be_best(run) ? entry(run, names_, column.set) : nullptr;
                const SetSummary*& so_far = best[evaluation_name(run.run.info)];
                so_far = here != nullptr && (so_far == nullptr || is_lower(*so_far, *here, column.measure)) ? here : so_far;
            }
        }
    }

    [[nodiscard]] std::string text() const {
        std::string out = comments() + "\\begin{table}\n  \\centering\n  \\caption{" + caption() + "}\n  \\label{tab:accuracy}\n";
        out += "  \\begin{tabular}{l" + std::string(columns_.size(), 'r') + "}\n    \\toprule\n    Method";
        for (const Column& column : columns_) {
            const bool official = column.measure == Measure::Official;
            out += " & " + (column.set < names_.size() ? latex_escaped(names_[column.set]) : overall_header()) + (official ? " (official)" : "");
        }
        out += " \\\\\n    \\midrule\n" + rows(false);
        const std::string bounds = rows(true);
        out += (bounds.empty() ? "" : "    \\midrule\n" + bounds);
        return out + "    \\bottomrule\n  \\end{tabular}\n" + footnote() + "\\end{table}\n";
    }

private:
    [[nodiscard]] std::string comments() const {
        std::string out;
        for (const RunSummary& run : summary_.runs) {
            const RunInfo& info = run.run.info;
            out += one_line("% session " + summary_.session + ", run " + std::to_string(run.run.id) + " (" + info.method + (run.run.variant.empty() ? "" : ", " + run.run.variant) + "), model " +
                            info.model_name + " " + info.model_hash + ", command: " + info.command) + "\n";
        }
        if (summary_.damaged() > 0) {
            out += "% " + std::to_string(summary_.damaged()) + " damaged samples were left out, see results.json\n";
        }
        return out + "% needs \\usepackage{booktabs}\n";
    }

    [[nodiscard]] std::string caption() const {
        const std::string mixed = mixes_measures() ? "; overall: answers that are right (a value of at least 0.5), of all sets together" : "";
        std::string out = "Accuracy in percent" + own_scores() + mixed + ". Bold: the best of a column";
        out += best_.empty() || best_.front().size() < 2 ? "" : ", of the runs of one evaluation";
        const bool bounds = std::any_of(summary_.runs.begin(), summary_.runs.end(),
                                        [](const RunSummary& run) { return stored_method_uses_label(run.run); });
        out += bounds ? "; methods below the line use the label and are upper bounds." : ".";
        if (summary_.miniature()) {
            out += " Numbers of the bundled miniature model: they say something about the methods, nothing about MoAI-7B.";
        }
        return out;
    }

    /// Sets beside it have scores of their own, of which no mean could be made.
    [[nodiscard]] bool mixes_measures() const {
        return std::any_of(columns_.begin(), columns_.end(), [](const Column& column) { return column.measure != Measure::Accuracy; });
    }
    [[nodiscard]] std::string overall_header() const { return mixes_measures() ? "overall (right)" : "overall"; }

    /// What the stars stand for: "* incomplete: NGD 80 of 600 samples (interrupted)".
    [[nodiscard]] std::string footnote() const {
        std::string parts, shared;
        for (const RunSummary& run : summary_.runs) {
            if (!run.coverage.complete()) {
                parts += (parts.empty() ? "" : "; ") + latex_escaped(title(run) + ": " + run.coverage.text());
            } else if (run.coverage.has_references()) {
                const std::string text = latex_escaped(std::to_string(run.coverage.samples) + " samples, " + run.coverage.references->text());
                shared += shared.find(text) != std::string::npos ? std::string() : (shared.empty() ? "" : "; ") + text;  // runs made together agree
            }
        }
        return (parts.empty() ? std::string() : "  \\par\\smallskip\\footnotesize $^{*}$ " + parts + ".\n") +
               (shared.empty() ? std::string() : "  \\par\\smallskip\\footnotesize Of " + shared + ".\n");
    }

    [[nodiscard]] std::string title(const RunSummary& run) const {
        const std::string title = stored_method_title(run.run);
        return titles_.at(title) > 1 ? title + ", run " + std::to_string(run.run.id) : title;
    }

    /// "; MME-P: points of 2000; MMBench: CircularEval": what the other columns are, and how many groups are in none of them.
    [[nodiscard]] std::string own_scores() const {
        std::string out;
        for (const Column& column : columns_) {
            const SetSummary* here = column.measure == Measure::Accuracy ? nullptr : first_entry(column);
            if (here == nullptr) {
                continue;
            }
            const std::string& set = names_[column.set];
            if (column.measure == Measure::Official) {
                out += "; " + latex_escaped(set) + " (official): by " + latex_escaped(here->official_pattern);
                continue;
            }
            const NamedNumber& measure = here->benchmark_result.front();
            char most[32];
            std::snprintf(most, sizeof most, " of %.0f", measure.maximum);
            const std::string unit = measure.unit == "points" ? " points" + std::string(most) : measure.unit.empty() ? std::string(most) : "";
            if (measure.name != "accuracy") {
                // A number that has its benchmark's name says what it is by its unit, or is CV-Bench's.
                const bool unnamed = measure.name == here->benchmark || measure.name == set;
                out += "; " + latex_escaped(set) + ":" + (!unnamed ? " " + latex_escaped(measure.name) : unit.empty() ? " mean of the accuracies on its sources" : "") + unit;
            }
            if (const std::int64_t missing = most_of(column, &NamedNumber::missing); missing > 0) {
                out += "; " + latex_escaped(set) + ": incomplete, " + std::to_string(missing) + (missing == 1 ? " subtask" : " subtasks") + " missing";
            }
            if (const std::int64_t incomplete = most_of(column, &NamedNumber::incomplete); incomplete > 0) {
                out += "; " + latex_escaped(set) + ": " + std::to_string(incomplete) + " incomplete groups left out";
            }
        }
        return out;
    }

    /// Of the first run that has the set; null: none has.
    [[nodiscard]] const SetSummary* first_entry(const Column& column) const {
        for (const RunSummary& run : summary_.runs) {
            if (const SetSummary* here = entry(run, names_, column.set)) {
                return here;
            }
        }
        return nullptr;
    }

    /// In any run.
    [[nodiscard]] std::int64_t most_of(const Column& column, std::int64_t NamedNumber::*count) const {
        std::int64_t most = 0;
        for (const RunSummary& run : summary_.runs) {
            const SetSummary* here = entry(run, names_, column.set);
            most = here != nullptr ? std::max(most, here->benchmark_result.front().*count) : most;
        }
        return most;
    }

    [[nodiscard]] std::string rows(bool with_label) const {
        std::string out;
        for (const RunSummary& run : summary_.runs) {
            if (stored_method_uses_label(run.run) != with_label) {
                continue;
            }
            out += "    " + latex_escaped(title(run)) + (run.coverage.complete() ? "" : "$^{*}$");
            for (std::size_t column = 0; column < columns_.size(); ++column) {
                out += " & " + cell(run, column);
            }
            out += " \\\\\n";
        }
        return out;
    }

    /// A part of the samples is never the best, nor who sees the label.
    [[nodiscard]] static bool may_be_best(const RunSummary& run) { return run.coverage.complete() && !stored_method_uses_label(run.run); }

    [[nodiscard]] std::string cell(const RunSummary& run, std::size_t column) const {
        const Measure measure = columns_[column].measure;
        const SetSummary* here = entry(run, names_, columns_[column].set);
        if (here == nullptr || (measure != Measure::Accuracy && std::isnan(score_of(*here, measure).value))) {
            return "--";
        }
        char number[32];
        if (measure != Measure::Accuracy) {
            const NamedNumber& score = score_of(*here, measure);
            std::snprintf(number, sizeof number, score.maximum > 1.0 ? "%.1f" : "%.3f", half_up(score.value, score.maximum > 1.0 ? 1 : 3));
        } else {
            std::snprintf(number, sizeof number, "%.1f", percent_half_up(here->accuracy()));
        }
        const SetSummary* highest = best_[column].at(evaluation_name(run.run.info));
        const bool best = may_be_best(run) && highest != nullptr && !is_lower(*here, *highest, measure);
        return best ? "\\textbf{" + std::string(number) + "}" : number;
    }

    const SessionSummary& summary_;
    std::vector<std::string> names_;
    std::map<std::string, int> titles_;  ///< how many runs share a title
    std::vector<Column> columns_;
    /// Of every column, by evaluation: others were asked other samples. Null: no run that may be the best.
    std::vector<std::map<std::string, const SetSummary*>> best_;
};

}  // namespace

std::string latex_escaped(const std::string& text) {
    static const std::map<char, std::string> kSpecial = {
        {'\\', "\\textbackslash{}"}, {'{', "\\{"}, {'}', "\\}"}, {'$', "\\$"}, {'&', "\\&"}, {'#', "\\#"}, {'_', "\\_"},
        {'%', "\\%"}, {'^', "\\textasciicircum{}"}, {'~', "\\textasciitilde{}"}, {'<', "\\textless{}"}, {'>', "\\textgreater{}"},
        {'|', "\\textbar{}"}};
    std::string out;
    for (const char c : one_line(text)) {
        const auto special = kSpecial.find(c);
        out += special == kSpecial.end() ? std::string(1, c) : special->second;
    }
    return out;
}

std::string accuracy_table_latex(const SessionSummary& summary) { return LatexTable(summary).text(); }

}  // namespace r2t2
