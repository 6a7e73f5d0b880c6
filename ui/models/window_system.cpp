#include "ui/models/window_system.h"

#include <QFont>
#include <QPainterPath>
#include <QRawFont>
#include <QString>
#include <QtGlobal>
#include <cstdio>
#include <unistd.h>

#include "core/base/quoted_name.h"

namespace r2t2::ui {

namespace {

constexpr int kRuntimeError = 1;

const char* program_name = "r2t2";
QString warnings;
QtMessageHandler handler_before = nullptr;

void at_message(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (type != QtFatalMsg) {
        warnings += text.trimmed() + QStringLiteral("; ");
        return;
    }
    const std::string asked = qEnvironmentVariable("QT_QPA_PLATFORM", QStringLiteral("not set")).toStdString();
    Error error = io_error("window system", (warnings + text).simplified().toStdString());
    error.allowed = "a display that Qt can open (QT_QPA_PLATFORM is " + asked + "; \"offscreen\" needs none)";
    std::fprintf(stderr, "%s: error: %s\n", program_name, printable(error.message()).c_str());
    std::fflush(stderr);
    ::_exit(kRuntimeError);  // Qt would abort
}

}  // namespace

StartingQt::StartingQt(const char* program) {
    program_name = program;
    warnings.clear();
    handler_before = qInstallMessageHandler(at_message);
}

StartingQt::~StartingQt() { qInstallMessageHandler(handler_before); }

namespace {

/// Where Qt finds no font it has one that says of everything that it can draw it, and draws the same box: no file of it, no shapes.
bool has_letters(const QRawFont& font) {
    const QList<quint32> glyphs = font.glyphIndexesForString(QStringLiteral("iW"));
    const bool of_a_file = !font.fontTable("cmap").isEmpty();
    return glyphs.size() == 2 && font.supportsCharacter(QLatin1Char('i')) && (of_a_file || font.pathForGlyph(glyphs[0]) != font.pathForGlyph(glyphs[1]));
}

}  // namespace

Status check_fonts() {
    if (const QRawFont font = QRawFont::fromFont(QFont()); font.isValid() && has_letters(font)) {
        return {};
    }
    Error error = io_error("fonts", "none");
    error.allowed = "at least one with Latin letters that fontconfig finds (fc-list names them; on Debian: fonts-dejavu-core)";
    return error;
}

}  // namespace r2t2::ui
