// The shared libraries that the loader (LD_DEBUG=files) or ldd names, without folders and addresses: an address may hold "c10".
#pragma once

#include <QByteArray>
#include <QRegularExpression>
#include <QSet>


namespace r2t2 {

[[nodiscard]] inline QSet<QString> library_names(const QByteArray& text) {
    static const QRegularExpression name(QStringLiteral("[^/\\s=:]+\\.so\\b[.0-9]*"));
    QSet<QString> names;
    for (auto found = name.globalMatch(QString::fromLocal8Bit(text)); found.hasNext();) {
        names.insert(found.next().captured());
    }
    return names;
}

/// The first library whose name contains one of what takes seconds to load; empty where there is none.
[[nodiscard]] inline QString heavy_library(const QSet<QString>& names) {
    for (const QString& name : names) {
        for (const char* heavy : {"engine", "torch", "c10", "opencv", "blas", "sqlite", "gomp", "Qt"}) {
            if (name.contains(QLatin1String(heavy))) {
                return name;
            }
        }
    }
    return {};
}

}  // namespace r2t2
