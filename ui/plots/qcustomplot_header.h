// qcustomplot.h with the words it was written in. This project is built with QT_NO_KEYWORDS; QCustomPlot 2.1 says
// signals, slots, emit and foreach. Include it here only, and only in .cpp files.
#pragma once

#include <QtCore/qforeach.h>

#define signals Q_SIGNALS  // NOLINT
#define slots Q_SLOTS      // NOLINT
#define emit               // NOLINT
#define foreach Q_FOREACH  // NOLINT
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wshadow"
#include <qcustomplot.h>
#pragma GCC diagnostic pop
#undef signals
#undef slots
#undef emit
#undef foreach
