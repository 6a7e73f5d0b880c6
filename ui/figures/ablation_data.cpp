// What ablation figures are made of (declared in ablation_figure.h): from a sweep, and as published.
#include <QRegularExpression>
#include <array>
#include <cmath>
#include <limits>

#include "core/results/sample_clusters.h"
#include "core/routing/parameter_table.h"
#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_axes.h"

namespace r2t2::ui {

namespace {

const double kUnknown = std::nan("");

QString value_title(const std::string& parameter, const std::string& value) {
    if (value == "null") {
        const ParameterRow* row = find_parameter(parameter);
        return row != nullptr && *row->none != 0 ? QString::fromUtf8(row->none) : QStringLiteral("none");
    }
    return QString::fromStdString(value);
}

AblationPoint point_of(const Sweep& sweep, const SweepCell* cell, std::optional<std::size_t> set) {
    AblationPoint point{{kUnknown, kUnknown, kUnknown}, 0, 0, false};
    if (cell != nullptr) {
        const SweepScore& score = set ? cell->sets[*set] : cell->overall;
        point = {score.accuracy, score.scored, cell->run, !sweep.complete(*cell)};
    }
    return point;
}

AblationPanel panel_of(const Sweep& sweep, const SweepSlice& slice, std::optional<std::size_t> set) {
    AblationPanel panel;
    const ParameterAxis& x = sweep.axes[slice.x];
    panel.title = set ? QString::fromStdString(sweep.sets[*set]) : QStringLiteral("all sets");
    panel.parameter = parameter_title(x.parameter);
    for (const std::string& value : x.values) {
        panel.values << value_title(x.parameter, value);
    }
    const std::size_t rows = slice.other ? sweep.axes[*slice.other].values.size() : 1;
    for (std::size_t row = 0; row < rows; ++row) {
        AblationSeries series;
        if (slice.other) {
            const ParameterAxis& other = sweep.axes[*slice.other];
            series.value = value_title(other.parameter, other.values[row]);
        }
        for (std::size_t i = 0; i < x.values.size(); ++i) {
            series.points.push_back(point_of(sweep, slice.cell(sweep, i, row), set));
        }
        panel.series.push_back(std::move(series));
    }
    const SweepCell* fullest = sweep.fullest();
    panel.base = fullest == nullptr ? kUnknown : set ? fullest->set_base[*set].accuracy.value : fullest->base.accuracy.value;
    return panel;
}

}  // namespace

QString drawn_value(const QString& value) {
    QString text = value;
    bool number = false;
    if (const double as_number = value.toDouble(&number); number) {
        text = QString::number(as_number, 'g', 6);
    }
    static const QRegularExpression exponent(QStringLiteral("(\\d)e([+-]?)0*(\\d)")), minus(QStringLiteral("(^|\\de)-(?=\\d)"));
    text.replace(exponent, QStringLiteral("\\1e\\2\\3")).replace(QLatin1String("e+"), QLatin1String("e"));
    return text.replace(minus, QStringLiteral("\\1\u2212"));
}

QStringList drawn_values(const AblationPanel& panel) {
    QStringList texts;
    for (const QString& value : panel.values) {
        texts << drawn_value(value);
    }
    return texts;
}

QString parameter_title(const std::string& parameter) {
    const ParameterRow* row = find_parameter(parameter);
    return row != nullptr ? QString::fromUtf8(row->title) : QString::fromStdString(parameter).replace(QLatin1Char('_'), QLatin1Char(' '));
}

AblationData ablation_data(const Sweep& sweep, const SweepSlice& slice, const QString& title, bool by_set) {
    AblationData data;
    data.title = title;
    if (const SweepCell* fullest = sweep.fullest()) {
        data.title += QStringLiteral(", ") + samples_text(fullest->overall.scored);
        data.intervals = QString::fromStdString(interval_note(fullest->overall.clusters, fullest->overall.scored));
    }
    for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
        if (i != slice.x && slice.other != i) {
            const ParameterAxis& axis = sweep.axes[i];
            data.title += QStringLiteral(", %1 %2").arg(parameter_title(axis.parameter), drawn_value(value_title(axis.parameter, axis.values[slice.held[i]])));
        }
    }
    data.other = slice.other ? parameter_title(sweep.axes[*slice.other].parameter) : QString();
    data.panels.push_back(panel_of(sweep, slice, std::nullopt));
    for (std::size_t set = 0; by_set && set < sweep.sets.size(); ++set) {
        data.panels.push_back(panel_of(sweep, slice, set));
    }
    return data;
}

AblationData published_ablation_data() {
    struct Published {
        const char* parameter;
        std::vector<std::pair<const char*, double>> values;
    };
    const std::array<Published, 5> all = {{
        {"neighbours k", {{"3", 78.6}, {"5", 80.7}, {"10", 79.4}, {"20", 76.6}}},
        {"radius \u03b5", {{"0.2", 76.5}, {"0.4", 77.9}, {"0.6", 78.9}, {"0.8", 77.7}}},
        {"kernel", {{"linear", 76.3}, {"polynomial", 77.7}, {"Mat\u00e9rn", 78.7}, {"Gaussian", 80.7}}},
        {"steps", {{"5", 76.6}, {"10", 80.7}, {"20", 80.5}, {"50", 80.7}}},
        {"learning rate", {{"fixed 1e-3", 68.5}, {"fixed 1e-4", 72.0}, {"step decay", 77.6}, {"cosine", 80.7}}},
    }};
    AblationData data;
    data.title = QStringLiteral("NGD, mean of 8 benchmarks, as published");
    for (const Published& each : all) {
        AblationPanel panel;
        panel.parameter = QString::fromUtf8(each.parameter);
        panel.base = 74.5;
        panel.series.resize(1);
        for (const auto& [value, accuracy] : each.values) {
            panel.values << QString::fromUtf8(value);
            panel.series[0].points.push_back({{accuracy, kUnknown, kUnknown}, 0, 0, false});
        }
        data.panels.push_back(std::move(panel));
    }
    return data;
}

}  // namespace r2t2::ui
