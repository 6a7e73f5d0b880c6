#include "ui/models/run_label.h"

#include <QObject>
#include <QStringList>
#include <algorithm>
#include <map>

#include "core/results/run_config.h"
#include "core/routing/method_table.h"
#include "ui/models/method_names.h"

namespace r2t2::ui {

std::int64_t telling_run(const std::vector<StoredRun>& runs) {
    const auto last = [&runs](const auto& wanted) {
        const auto at = std::find_if(runs.rbegin(), runs.rend(), wanted);
        return at == runs.rend() ? std::int64_t{0} : at->id;
    };
    const auto method = [](const std::string& name) { return [name](const StoredRun& run) { return run.info.method == name && run.samples > run.errors; }; };
    if (const std::int64_t leading = last(method(to_string(kLeadingMethod))); leading != 0) {
        return leading;
    }
    const std::int64_t other = last([](const StoredRun& run) { return run.info.method != "base" && run.samples > run.errors; });
    return other != 0 || runs.empty() ? other : runs.back().id;
}

QString run_title(const StoredRun& run) {
    const Result<Method> method = parse_method(run.info.method);
    const QString name = method ? method_title(*method) : QString::fromStdString(run.info.method);
    return run.variant.empty() ? name : name + QStringLiteral(", ") + QString::fromStdString(run.variant);
}

QString evaluation_of(std::vector<std::int64_t> runs) {
    std::sort(runs.begin(), runs.end());
    runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
    if (runs.size() < 2) {
        return runs.empty() ? QString() : QObject::tr("evaluation of run %1").arg(runs.front());
    }
    QStringList parts;
    for (std::size_t begin = 0, end = 0; begin < runs.size(); begin = end) {
        for (end = begin + 1; end < runs.size() && runs[end] == runs[end - 1] + 1; ++end) {
        }
        parts << (end - begin == 1 ? QString::number(runs[begin]) : QStringLiteral("%1\u2013%2").arg(runs[begin]).arg(runs[end - 1]));
    }
    return QObject::tr("evaluation of runs %1").arg(parts.join(QStringLiteral(", ")));
}

std::vector<RunLabel> run_labels(const std::vector<StoredRun>& runs) {
    std::vector<std::string> evaluations;
    std::map<std::string, std::vector<std::int64_t>> made;
    for (const StoredRun& run : runs) {
        evaluations.push_back(evaluation_name(run.info));
        made[evaluations.back()].push_back(run.id);
    }
    std::vector<RunLabel> labels;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        RunLabel label;
        label.title = run_title(runs[i]);
        label.evaluation = evaluations[i].empty() ? QString() : evaluation_of(made[evaluations[i]]);
        label.line = QObject::tr("%1: %2").arg(runs[i].id).arg(label.title);
        if (made.size() > 1 && !label.evaluation.isEmpty()) {
            label.line += QStringLiteral(" \u00b7 ") + label.evaluation;
        }
        if (const RunCoverage coverage = run_coverage(runs[i]); !coverage.complete()) {
            label.line += QObject::tr(" \u00b7 incomplete, %1").arg(QString::fromStdString(coverage.count_text()));
        }
        labels.push_back(std::move(label));
    }
    return labels;
}

QString evaluation_title(const std::vector<StoredRun>& runs, const StoredRun& run) {
    const std::string name = evaluation_name(run.info);
    std::vector<std::int64_t> made;
    for (const StoredRun& each : runs) {
        if (!name.empty() && evaluation_name(each.info) == name) {
            made.push_back(each.id);
        }
    }
    return evaluation_of(std::move(made));
}

QString evaluation_words(const std::vector<StoredRun>& runs, const StoredRun& run) {
    const std::string name = evaluation_name(run.info);
    QStringList methods, sets;
    for (const StoredRun& each : runs) {
        if (each.id != run.id && (name.empty() || evaluation_name(each.info) != name)) {
            continue;
        }
        const Result<Method> method = parse_method(each.info.method);
        const QString title = method ? method_title(*method) : QString::fromStdString(each.info.method);
        if (!methods.contains(title)) {
            methods << title;
        }
        for (const auto& [set, count] : planned_samples(each.info)) {
            if (!sets.contains(QString::fromStdString(set))) {
                sets << QString::fromStdString(set);
            }
        }
    }
    return sets.isEmpty() ? QString::fromStdString(run.info.name) : QObject::tr("%1 on %2").arg(methods.join(QStringLiteral(", ")), sets.join(QStringLiteral(", ")));
}

QString lacking_words(const StoredRun& run) {
    RunCoverage coverage = run_coverage(run);
    coverage.references.reset();  // which it has, and lacks nothing by
    return coverage.whole() ? QString() : QString::fromStdString(coverage.text());
}

QString coverage_note(const std::vector<RunResults>& runs) {
    QStringList said, titles;
    for (const RunResults& run : runs) {
        if (run.coverage.whole()) {
            continue;
        }
        const QString text = QString::fromStdString(run.coverage.text());
        const qsizetype at = said.indexOf(text);
        if (at < 0) {
            said << text;
            titles << run_title(run.run);
        } else {
            titles[at] += QStringLiteral(", ") + run_title(run.run);
        }
    }
    QStringList lines;
    for (qsizetype i = 0; i < said.size(); ++i) {
        const bool all = said.size() == 1 && std::none_of(runs.begin(), runs.end(), [](const RunResults& run) { return run.coverage.whole(); });
        lines << (all ? said[i] : QStringLiteral("%1: %2").arg(titles[i], said[i]));
    }
    return lines.join(QLatin1Char('\n'));
}

std::int64_t compared_with(const std::vector<StoredRun>& runs, std::int64_t run) {
    const auto at = std::find_if(runs.begin(), runs.end(), [run](const StoredRun& each) { return each.id == run; });
    const std::string evaluation = at == runs.end() ? std::string() : evaluation_name(at->info);
    std::int64_t before = 0, any = 0, other = 0;
    for (const StoredRun& each : runs) {
        if (each.id == run) {
            continue;
        }
        const bool base = each.info.method == "base";
        if (base && !evaluation.empty() && evaluation_name(each.info) == evaluation) {
            return each.id;
        }
        before = base && each.id < run ? each.id : before;
        any = base && any == 0 ? each.id : any;
        other = other == 0 ? each.id : other;
    }
    return before != 0 ? before : any != 0 ? any : other;
}

}  // namespace r2t2::ui
