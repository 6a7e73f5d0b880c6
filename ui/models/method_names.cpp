#include "ui/models/method_names.h"

#include <QObject>

namespace r2t2::ui {

QString method_title(Method method) {
    switch (method) {
        case Method::Base:
            return QObject::tr("base");
        case Method::ModeFinding:
            return QObject::tr("mode finding");
        case Method::KernelRegression:
            return QObject::tr("kernel regression");
        case Method::Ngd:
            return QObject::tr("NGD");
        case Method::Oracle:
            return QObject::tr("oracle (sees truth)");
        case Method::RandomNeighbours:
            return QObject::tr("control: random neighbours");
        case Method::ConstantOffset:
            return QObject::tr("control: fitted constant");
        case Method::OwnMean:
            return QObject::tr("control: own mean, fixed");
        case Method::BestFixed:
            return QObject::tr("control: best fixed r");
    }
    return QString::fromStdString(to_string(method));
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
