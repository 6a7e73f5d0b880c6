#include "ui/panels/model_words.h"

#include <QObject>
#include <QStringList>

namespace r2t2::ui {

namespace {

QString numbers(const std::vector<int>& values) {
    QStringList words;
    for (const int value : values) {
        words << QString::number(value);
    }
    return words.join(QStringLiteral(", "));
}

}  // namespace

QString model_size_text(std::int64_t bytes) {
    const bool large = bytes >= 1'000'000'000;
    return QStringLiteral("%L1 %2").arg(static_cast<double>(bytes) / (large ? 1e9 : 1e6), 0, 'f', large ? 2 : 1).arg(large ? QObject::tr("GB") : QObject::tr("MB"));
}

QString model_facts_text(const ModelReport& report) {
    const QString files = report.files == 1 ? QObject::tr("one file") : QObject::tr("%1 files").arg(report.files);
    return QObject::tr("%L1 parameters, %2 in %3\n").arg(report.parameters).arg(model_size_text(report.bytes), files) +
           QObject::tr("%1 decoder layers; mixers in %2 (from 0)\n").arg(report.layers).arg(numbers(report.mixer_layers)) +
           QObject::tr("pictures of %1 x %1 pixels, %L2 image tokens").arg(report.image_size).arg(report.image_tokens);
}

QString model_problem_text(const ModelReport& report, const ModelProblem& problem) {
    QString words = QString::fromStdString(problem.message);
    const QString folder = QString::fromStdString(report.directory.string());
    if (words.startsWith(folder)) {
        words.remove(0, folder.size());
    }
    return words.startsWith(QLatin1Char('/')) ? words.mid(1) : words.startsWith(QStringLiteral(": ")) ? words.mid(2) : words;
}

QString model_precision_text(const QString& precision, bool on_cpu) {
    if (precision == QLatin1String("bf16")) {
        return on_cpu ? QObject::tr("16-bit floating point: half the memory, no faster on a CPU") : QObject::tr("16-bit floating point with float32's range");
    }
    if (precision == QLatin1String("fp16")) {
        return QObject::tr("16-bit floating point, finer than bf16, of smaller range");
    }
    const QString activations = on_cpu ? QObject::tr("activations stay in float32") : QObject::tr("activations in bfloat16");
    if (precision == QLatin1String("int8")) {
        return QObject::tr("8 bits a weight, one scale a row; %1").arg(activations);
    }
    if (precision == QLatin1String("nf4")) {
        return QObject::tr("4 bits a weight, one scale for 64 of them; %1").arg(activations);
    }
    return QObject::tr("32-bit floating point: the most exact");
}

bool is_too_large(const ModelReport& report, std::int64_t bytes, bool on_cpu) { return on_cpu && report.free_memory && bytes > *report.free_memory; }

QString model_memory_text(const ModelReport& report, std::int64_t bytes, bool on_cpu) {
    if (!on_cpu) {
        return QObject::tr("The weights take %1 of the device's memory; how much is free there is not known").arg(model_size_text(bytes));
    }
    if (is_too_large(report, bytes, on_cpu)) {
        return QObject::tr("The weights take %1, but only %2 are free: opening may fail or make the machine very slow")
            .arg(model_size_text(bytes), model_size_text(*report.free_memory));
    }
    const QString weights = QObject::tr("The weights take %1").arg(model_size_text(bytes));
    return report.free_memory ? QObject::tr("%1; %2 are free").arg(weights, model_size_text(*report.free_memory)) : weights;
}

}  // namespace r2t2::ui
