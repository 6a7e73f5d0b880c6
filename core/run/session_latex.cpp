// table.tex. Declared in session_export.h.
#include <algorithm>
#include <cstdio>
#include <map>

#include "core/run/session_export.h"

namespace r2t2 {

namespace {

/// A comment ends with its line: text from the file must not start a new one.
std::string one_line(std::string text) {
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

/// Shares compared exactly: right_a / scored_a < right_b / scored_b. `own`: by the benchmark's own score.
bool is_lower(const SetSummary& a, const SetSummary& b, bool own) {
    return own ? a.benchmark_result.front().value < b.benchmark_result.front().value : a.right * b.scored < b.right * a.scored;
}

/// A column is judged by its benchmark's own score where every run has one.
bool has_own_score(const SessionSummary& summary, const std::vector<std::string>& names, std::size_t column) {
    bool own = false;
    for (const RunSummary& run : summary.runs) {
        const SetSummary* here = entry(run, names, column);
        if (here != nullptr && here->benchmark_result.empty()) {
            return false;
        }
        own = own || here != nullptr;
    }
    return own && column < names.size();
}

class LatexTable {
public:
    explicit LatexTable(const SessionSummary& summary) : summary_(summary), names_(set_names(summary)) {
        for (const RunSummary& run : summary.runs) {
            ++titles_[stored_method_title(run.run)];
        }
        for (std::size_t column = 0; column <= names_.size(); ++column) {
            own_.push_back(has_own_score(summary, names_, column));
            const SetSummary* best = nullptr;
            for (const RunSummary& run : summary.runs) {
                const SetSummary* here = stored_method_uses_label(run.run) ? nullptr : entry(run, names_, column);
                best = here != nullptr && (best == nullptr || is_lower(*best, *here, own_[column])) ? here : best;
            }
            best_.push_back(best);
        }
    }

    [[nodiscard]] std::string text() const {
        std::string out = comments() + "\\begin{table}\n  \\centering\n  \\caption{" + caption() + "}\n  \\label{tab:accuracy}\n";
        out += "  \\begin{tabular}{l" + std::string(names_.size() + 1, 'r') + "}\n    \\toprule\n    Method";
        for (const std::string& name : names_) {
            out += " & " + latex_escaped(name);
        }
        out += " & overall \\\\\n    \\midrule\n" + rows(false);
        const std::string bounds = rows(true);
        out += (bounds.empty() ? "" : "    \\midrule\n" + bounds);
        return out + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
    }

private:
    [[nodiscard]] std::string comments() const {
        std::string out;
        for (const RunSummary& run : summary_.runs) {
            const RunInfo& info = run.run.info;
            out += one_line("% session " + summary_.session + ", run " + std::to_string(run.run.id) + " (" + info.method + "), model " +
                            info.model_name + " " + info.model_hash + ", command: " + info.command) + "\n";
        }
        if (summary_.damaged() > 0) {
            out += "% " + std::to_string(summary_.damaged()) + " damaged samples were left out, see results.json\n";
        }
        return out + "% needs \\usepackage{booktabs}\n";
    }

    [[nodiscard]] std::string caption() const {
        std::string out = "Accuracy in percent" + own_scores() + ". Bold: the best of a column";
        const bool bounds = std::any_of(summary_.runs.begin(), summary_.runs.end(),
                                        [](const RunSummary& run) { return stored_method_uses_label(run.run); });
        out += bounds ? "; methods below the line use the label and are upper bounds." : ".";
        if (summary_.miniature()) {
            out += " Numbers of the bundled miniature model: they say something about the methods, nothing about MoAI-7B.";
        }
        return out;
    }

    /// "; MME-P: points of 2000; MMBench: CircularEval": what the other columns are.
    [[nodiscard]] std::string own_scores() const {
        std::string out;
        for (std::size_t column = 0; column < names_.size(); ++column) {
            if (const NamedNumber* measure = measure_of(column); measure != nullptr && measure->name != "accuracy") {
                char most[32];
                std::snprintf(most, sizeof most, " of %.0f", measure->maximum);
                const std::string unit = measure->unit == "points" ? " points" + std::string(most) : measure->unit.empty() ? std::string(most) : "";
                out += "; " + latex_escaped(names_[column]) + ":" + (measure->name == names_[column] ? "" : " " + latex_escaped(measure->name)) + unit;
            }
        }
        return out;
    }

    /// Of a column judged by its own score; null: of an accuracy.
    [[nodiscard]] const NamedNumber* measure_of(std::size_t column) const {
        for (const RunSummary& run : summary_.runs) {
            const SetSummary* here = own_[column] ? entry(run, names_, column) : nullptr;
            if (here != nullptr) {
                return &here->benchmark_result.front();
            }
        }
        return nullptr;
    }

    [[nodiscard]] std::string rows(bool with_label) const {
        std::string out;
        for (const RunSummary& run : summary_.runs) {
            if (stored_method_uses_label(run.run) != with_label) {
                continue;
            }
            const std::string title = stored_method_title(run.run);
            out += "    " + latex_escaped(titles_.at(title) > 1 ? title + ", run " + std::to_string(run.run.id) : title);
            for (std::size_t column = 0; column <= names_.size(); ++column) {
                out += " & " + cell(run, column, !with_label);
            }
            out += " \\\\\n";
        }
        return out;
    }

    [[nodiscard]] std::string cell(const RunSummary& run, std::size_t column, bool may_be_best) const {
        const SetSummary* here = entry(run, names_, column);
        if (here == nullptr) {
            return "--";
        }
        char number[32];
        if (own_[column]) {
            const NamedNumber& score = here->benchmark_result.front();
            std::snprintf(number, sizeof number, score.maximum > 1.0 ? "%.1f" : "%.3f", score.value);
        } else {
            std::snprintf(number, sizeof number, "%.1f", 100.0 * here->accuracy());
        }
        const bool best = may_be_best && best_[column] != nullptr && !is_lower(*here, *best_[column], own_[column]);
        return best ? "\\textbf{" + std::string(number) + "}" : number;
    }

    const SessionSummary& summary_;
    std::vector<std::string> names_;
    std::map<std::string, int> titles_;  ///< how many runs share a title
    std::vector<const SetSummary*> best_;
    std::vector<bool> own_;  ///< of a column: judged by the benchmark's own score
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
