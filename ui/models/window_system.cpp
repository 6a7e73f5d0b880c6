#include "ui/models/window_system.h"

#include <QFont>
#include <QFontDatabase>
#include <QPainterPath>
#include <QRawFont>
#include <QString>
#include <QtEndian>
#include <QtGlobal>
#include <algorithm>
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

/// OpenType, "cmap": some table of it is of Unicode's characters (platform 0; 3 with encoding 1 or 10), not of symbols or of bytes alone.
bool maps_unicode(const QByteArray& cmap) {
    const auto number = [&cmap](qsizetype at) { return at + 2 <= cmap.size() ? qFromBigEndian<quint16>(cmap.constData() + at) : quint16{0}; };
    for (qsizetype table = 0; table < number(2); ++table) {
        const quint16 platform = number(4 + 8 * table), encoding = number(6 + 8 * table);
        if (cmap.size() >= 12 + 8 * table && (platform == 0 || (platform == 3 && (encoding == 1 || encoding == 10)))) {
            return true;
        }
    }
    return false;
}

/// Qt looks for letters in a font of symbols by their bytes, and finds some: pictures, or Greek. A font of text has the marks of text as well,
/// which no byte is; one that is plain ASCII knows Unicode.
bool writes_letters(const QString& family) {
    const QRawFont font = QRawFont::fromFont(QFont(family), QFontDatabase::Any);  // the family's own, no other that stands in for it
    const QString letters = QStringLiteral("AQaghqw059");
    const auto has = [&font](QChar c) { return font.supportsCharacter(c); };
    if (!font.isValid() || !std::all_of(letters.begin(), letters.end(), has)) {
        return false;
    }
    if (has(QChar(0x2013)) || has(QChar(0x2019))) {  // dash, apostrophe
        return true;
    }
    return maps_unicode(font.fontTable("cmap")) && !has(QChar(0x80));  // which is none: symbols by bytes that are called Unicode
}

}  // namespace

Status check_family(const QString& family) {
    if (family.isEmpty() || !QFontDatabase::hasFamily(family) || writes_letters(family)) {
        return {};
    }
    constexpr qsizetype kNamed = 5;
    QStringList others;
    const QStringList families = QFontDatabase::families();
    for (auto each = families.begin(); each != families.end() && others.size() < kNamed; ++each) {
        const QString name = each->section(QStringLiteral(" ["), 0, 0);  // without its foundry
        if (!others.contains(name) && writes_letters(*each)) {
            others << name;
        }
    }
    return invalid_input("command line", "--font", '"' + family.toStdString() + "\", a family of symbols without Latin letters",
                         "a family with letters and digits" + (others.isEmpty() ? std::string() : ": " + others.join(QStringLiteral(", ")).toStdString() + ", ... (fc-list names all)"));
}

Status check_fonts() {
    if (const QRawFont font = QRawFont::fromFont(QFont()); font.isValid() && has_letters(font)) {
        return {};
    }
    Error error = io_error("fonts", "none");
    error.allowed = "at least one with Latin letters that fontconfig finds (fc-list names them; on Debian: fonts-dejavu-core)";
    return error;
}

}  // namespace r2t2::ui
