#include "ui/models/plain_locale.h"

#include <QGuiApplication>
#include <QLocale>
#include <clocale>

namespace r2t2::ui {

void use_plain_locale() {
    std::setlocale(LC_NUMERIC, "C");
    std::setlocale(LC_CTYPE, "C.UTF-8");  // where the system has it; file names are UTF-8 all the same
    QLocale::setDefault(QLocale::c());
    QGuiApplication::setLayoutDirection(Qt::LeftToRight);
}

}  // namespace r2t2::ui
