#include "ui/models/failures.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <numeric>

namespace r2t2::ui {

void Failures::add(const std::string& set, const std::string& key, const std::string& message) {
    const std::string sample = "sample " + key + ": ", where = set + ": " + sample;
    const bool unread = !key.empty() && message.rfind(key + ": ", 0) == 0;
    unread_ += unread ? 1 : 0;
    const std::string why = message.rfind(where, 0) == 0    ? message.substr(where.size())
                            : message.rfind(sample, 0) == 0 ? message.substr(sample.size())
                            : unread                        ? message.substr(key.size() + 2)
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

QString Failures::count_words(std::int64_t of) const {
    const auto words = [](const char* text) { return QCoreApplication::translate("Failures", text); };
    const QString failed = words("%L1 of %L2 samples failed").arg(count()).arg(of);
    if (unread_ == 0) {
        return failed;
    }
    const QString read = words("%L1 could not be read").arg(unread_);
    return failed + QStringLiteral(": ") + (unread_ == count() ? read : read + QStringLiteral(", ") + words("%L1 could not be run").arg(count() - unread_));
}

QString Failures::summary(std::int64_t of, std::size_t most) const {
    return count_words(of) + (unread_ == 0 ? QStringLiteral(": ") : QStringLiteral("; ")) + lines(most).replace(QLatin1Char('\n'), QStringLiteral("; "));
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
