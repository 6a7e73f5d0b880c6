#include "ui/models/failures.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <numeric>

namespace r2t2::ui {

void Failures::add(const std::string& set, const std::string& key, const std::string& message) {
    const std::string sample = "sample " + key + ": ", where = set + ": " + sample;
    const std::string why = message.rfind(where, 0) == 0    ? message.substr(where.size())
                            : message.rfind(sample, 0) == 0 ? message.substr(sample.size())
                                                             : message;
    const auto at = std::find_if(reasons_.begin(), reasons_.end(), [&why](const Reason& reason) { return reason.why == why; });
    if (at != reasons_.end()) {
        ++at->count;
    } else {
        reasons_.push_back({why, set + "/" + key, 1});
    }
}

std::int64_t Failures::count() const {
    return std::accumulate(reasons_.begin(), reasons_.end(), std::int64_t{0}, [](std::int64_t sum, const Reason& reason) { return sum + reason.count; });
}

QString Failures::lines(std::size_t most) const {
    std::vector<Reason> ordered = reasons_;
    std::stable_sort(ordered.begin(), ordered.end(), [](const Reason& a, const Reason& b) { return a.count > b.count; });
    const auto words = [](const char* text) { return QCoreApplication::translate("Failures", text); };
    QStringList lines;
    for (std::size_t i = 0; i < std::min(most, ordered.size()); ++i) {
        const QString first = QString::fromStdString(ordered[i].first);
        const QString who = ordered[i].count == 1 ? first : words("%L1 samples, the first %2").arg(ordered[i].count).arg(first);
        lines << QStringLiteral("%1 (%2)").arg(QString::fromStdString(ordered[i].why), who);
    }
    if (ordered.size() > most) {
        lines << words("and %L1 more reasons").arg(static_cast<qlonglong>(ordered.size() - most));
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace r2t2::ui
