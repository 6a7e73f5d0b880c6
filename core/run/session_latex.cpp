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

/// Shares compared exactly: right_a / scored_a < right_b / scored_b.
bool is_lower(const SetSummary& a, const SetSummary& b) { return a.right * b.scored < b.right * a.scored; }

class LatexTable {
public:
    explicit LatexTable(const SessionSummary& summary) : summary_(summary), names_(set_names(summary)) {
        for (const RunSummary& run : summary.runs) {
            ++titles_[stored_method_title(run.run)];
        }
        for (std::size_t column = 0; column <= names_.size(); ++column) {
            const SetSummary* best = nullptr;
            for (const RunSummary& run : summary.runs) {
                const SetSummary* here = stored_method_uses_label(run.run) ? nullptr : entry(run, names_, column);
                best = here != nullptr && (best == nullptr || is_lower(*best, *here)) ? here : best;
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
        std::string out = "Accuracy in percent. Bold: the best of a column";
        const bool bounds = std::any_of(summary_.runs.begin(), summary_.runs.end(),
                                        [](const RunSummary& run) { return stored_method_uses_label(run.run); });
        out += bounds ? "; methods below the line use the label and are upper bounds." : ".";
        if (summary_.miniature()) {
            out += " Numbers of the bundled miniature model: they say something about the methods, nothing about MoAI-7B.";
        }
        return out;
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
        std::snprintf(number, sizeof number, "%.1f", 100.0 * here->accuracy());
        const bool best = may_be_best && best_[column] != nullptr && !is_lower(*here, *best_[column]);
        return best ? "\\textbf{" + std::string(number) + "}" : number;
    }

    const SessionSummary& summary_;
    std::vector<std::string> names_;
    std::map<std::string, int> titles_;  ///< how many runs share a title
    std::vector<const SetSummary*> best_;
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
