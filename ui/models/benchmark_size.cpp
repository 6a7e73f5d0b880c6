#include "ui/models/benchmark_size.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <algorithm>

#include "core/analysis/paired_power.h"
#include "core/base/half_up.h"
#include "ui/models/counted.h"

namespace r2t2::ui {

namespace {

QString translated(const char* text) { return QCoreApplication::translate("r2t2::ui::DetectableWords", text); }

/// Units that count as one: exact, so that it is there while somebody types.
std::optional<double> smallest(std::int64_t units, std::int64_t comparisons) {
    PowerDesign design;
    design.clusters = {{1, units}};
    design.comparisons = comparisons;
    return smallest_difference(design).difference;
}

QString points(double share) { return QString::number(half_up(100.0 * share, 1), 'f', 1); }

/// "0.9", "0.9 to 2.1"; empty: nothing can be found in the best case. The worst is open where there are too few clusters.
QString points_of(const SelectionSize& size, std::int64_t comparisons) {
    const std::optional<double> best = smallest(size.samples, comparisons);
    if (!best || size.clusters >= size.samples) {
        return best ? points(*best) : QString();
    }
    const std::optional<double> worst = smallest(size.clusters, comparisons);
    return worst ? translated("%1 to %2").arg(points(*best), points(*worst)) : QString();
}

QString or_nothing(const QString& found) { return found.isEmpty() ? translated("nothing") : translated("%1 points").arg(found); }

QString assumptions(const SelectionSize& size, std::size_t sets, std::int64_t methods) {
    const PowerDesign assumed;
    QStringList lines{translated("The smallest difference between base and a method that 80 % of such evaluations find: the table's own test, two-sided, p at most 5 %."),
                      translated("Assumed: half of the answers right before; %1 harmed for every mended sample.").arg(assumed.harmed_per_mended)};
    if (size.clusters >= size.samples) {
        lines << translated("Every sample stands alone: bundled sets have a picture each. Which samples the seed draws does not matter.");
    } else {
        lines << translated("%L1 samples in %L2 clusters (one picture, or one group of questions): from each as if it stood alone to a cluster's all alike.").arg(size.samples).arg(size.clusters);
    }
    if (size.clusters < kFewClusters) {
        lines << translated("Fewer than %1 units say little: intervals of them cover less than they say.").arg(kFewClusters);
    }
    const auto comparisons = methods * static_cast<std::int64_t>(sets);
    if (methods > 1) {
        lines << translated("With Holm's correction over %1 methods, of all samples: %2.").arg(methods).arg(or_nothing(points_of(size, methods)));
    }
    if (sets > 1) {
        const auto count = static_cast<std::int64_t>(sets);
        lines << translated("With Holm's correction over %1 methods x sets, of one set: %2.").arg(comparisons).arg(or_nothing(points_of({size.samples / count, size.clusters / count}, comparisons)));
    }
    lines << translated("Other assumptions, or those of a stored run: r2t2 power (docs/statistics.md).");
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

Result<std::size_t> run_count(const BenchmarkRequest& request) {
    std::vector<MethodParams> methods;
    for (const Method method : request.methods) {
        methods.push_back(request.params);
        methods.back().method = method;
    }
    const Result<std::vector<MethodParams>> list = swept(methods, request.sweep);
    if (!list) {
        return list.error();
    }
    return list->size() + 1;
}

QString selection_text(const BenchmarkRequest& request, std::size_t runs) {
    const QString with_base = counted(static_cast<qlonglong>(runs), translated("1 run: base"), translated("%1 runs with base"));
    const QString all = request.sweep.empty() ? with_base : translated("A sweep: %1").arg(with_base);
    if (!request.data.empty()) {
        return translated("%1 on %2").arg(all, QString::fromStdString(request.sets.front()));
    }
    return translated("%1 on %2, %3 each").arg(all, counted(static_cast<qlonglong>(request.sets.size()), translated("1 set"), translated("%1 sets")),
                                       counted(static_cast<qlonglong>(request.samples), translated("1 sample"), translated("%L1 samples")));
}

DetectableWords detectable_words(const std::optional<SelectionSize>& size, std::size_t sets, std::size_t runs) {
    if (!size) {
        return {translated("Detectable difference: known once the samples are read"), translated("The size of a data set file is not known before it is read, of a published data set before the Data page has read it. r2t2 power says what so many samples can detect.")};
    }
    const auto methods = static_cast<std::int64_t>(runs) - 1;
    if (methods < 1 || size->samples < 1) {
        return {};
    }
    const QString all = points_of(*size, 1), tip = assumptions(*size, sets, methods);
    if (all.isEmpty()) {
        return {translated("Too few samples to detect any difference"), tip};
    }
    if (sets == 1) {
        return {translated("Detects %1 points or more").arg(all), tip};
    }
    const auto count = static_cast<std::int64_t>(sets);
    const QString one = points_of({size->samples / count, size->clusters / count}, 1);
    return {translated("Detects %1 points or more, in one set %2").arg(all, one.isEmpty() ? translated("nothing") : one), tip};
}

}  // namespace r2t2::ui
