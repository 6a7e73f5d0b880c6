// A window's test has settings of its own: nothing of the user's is read or written, and no two tests share any.
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QSettings>
#include <QString>

namespace r2t2 {

/// Call once, before the first window. The kept reference set of the bundled world is shared by all tests.
inline void use_own_settings(const QString& test, const QString& folder) {
    QCoreApplication::setOrganizationName(QStringLiteral("r2t2-test"));
    QCoreApplication::setApplicationName(test);
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder);
    qputenv("XDG_CACHE_HOME", QDir::tempPath().toUtf8() + "/r2t2-test-inspect");
}

}  // namespace r2t2
