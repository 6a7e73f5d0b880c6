#include "ui/models/method_names.h"

#include <QObject>

namespace r2t2::ui {

QString table_text(const char* text) { return QObject::tr(text); }

QString first_upper(QString text) {
    if (!text.isEmpty()) {
        text[0] = text[0].toUpper();
    }
    return text;
}

QString method_title(Method method) {
    const MethodRow& row = method_row(method);
    const QString title = table_text(row.title);
    return row.role == MethodRole::Control ? QObject::tr("control: %1").arg(title) : row.role == MethodRole::Rival ? QObject::tr("%1 (rival)").arg(title) : uses_label(method) ? QObject::tr("%1 (sees truth)").arg(title) : title;
}

QString parameter_tip(const ParameterRow& row) {
    QString tip = first_upper(table_text(row.help));
    if (row.kind != ParameterKind::Word) {
        tip += QLatin1Char('\n') + QString::fromStdString(allowed_values(row));
        tip += *row.unit != 0 ? QStringLiteral("; ") + table_text(row.unit) : QString();
    }
    return *row.source != 0 ? tip + QLatin1Char('\n') + QString::fromUtf8(row.source) : tip;
}

QString rise_words(const Trajectory& trajectory) {
    const std::optional<double> rise = objective_rise(trajectory);
    return rise ? QObject::tr("ends %1 higher than it began").arg(*rise, 0, 'g', 2) : QString();
}

QString expert_title(const std::string& name) {
    const QString text = QString::fromStdString(name);
    if (text.startsWith(QLatin1String("img_"))) {
        return QStringLiteral("I_") + text.mid(4).toUpper();
    }
    if (text.startsWith(QLatin1String("lang_"))) {
        return QStringLiteral("L_") + text.mid(5).toUpper();
    }
    return text;
}

}  // namespace r2t2::ui
