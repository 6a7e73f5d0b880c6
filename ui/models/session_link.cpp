#include "ui/models/session_link.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QUrl>
#include <QUrlQuery>

namespace r2t2::ui {

namespace {

constexpr qint64 kMostBytes = 32 << 20;  // of a figure that is looked into
const QString kScheme = QStringLiteral("r2t2://run/");

/// From the scheme to the first character that no URL has.
std::optional<QString> link_in(const QString& text) {
    const qsizetype begin = text.indexOf(kScheme);
    if (begin < 0) {
        return std::nullopt;
    }
    qsizetype end = begin;
    while (end < text.size() && text[end] > QLatin1Char(' ') && text[end] < QChar(127) && !QStringLiteral("<>\"\\)").contains(text[end])) {
        ++end;
    }
    return text.mid(begin, end - begin).replace(QLatin1String("&amp;"), QLatin1String("&"));
}

Error wrong(const QString& text, const char* field, const QString& found, const char* allowed) {
    return invalid_input(text.toStdString(), field, found.toStdString(), allowed);
}

}  // namespace

QString to_text(const SessionLink& link) {
    QString text = kScheme + QString::number(link.run);
    if (!link.key.isEmpty()) {
        text += QStringLiteral("/sample/%1/%2").arg(QString::fromUtf8(QUrl::toPercentEncoding(link.set)), QString::fromUtf8(QUrl::toPercentEncoding(link.key)));
    }
    QUrlQuery query;
    if (link.step >= 0) {
        query.addQueryItem(QStringLiteral("step"), QString::number(link.step));
    }
    for (const auto& [name, value] : {std::pair{QStringLiteral("session"), link.session}, std::pair{QStringLiteral("model"), link.model}}) {
        if (!value.isEmpty()) {
            query.addQueryItem(name, QString::fromUtf8(QUrl::toPercentEncoding(value)));
        }
    }
    return query.isEmpty() ? text : text + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
}

Result<SessionLink> parse_link(const QString& text) {
    if (!text.startsWith(kScheme)) {
        return wrong(text, "link", text.left(24), "r2t2://run/NUMBER[/sample/SET/KEY][?step=N&session=FILE]");
    }
    const qsizetype mark = text.indexOf(QLatin1Char('?'));
    const QStringList parts = text.mid(kScheme.size(), mark < 0 ? -1 : mark - kScheme.size()).split(QLatin1Char('/'));
    SessionLink link;
    bool number = false;
    link.run = parts[0].toLongLong(&number);
    if (!number || link.run < 1) {
        return wrong(text, "run", parts[0], "1, 2, ...");
    }
    if (parts.size() > 1) {
        if (parts.size() != 4 || parts[1] != QLatin1String("sample")) {
            return wrong(text, "sample", parts.mid(1).join(QLatin1Char('/')), "sample/SET/KEY");
        }
        link.set = QUrl::fromPercentEncoding(parts[2].toUtf8());
        link.key = QUrl::fromPercentEncoding(parts[3].toUtf8());
    }
    const QUrlQuery query(mark < 0 ? QString() : text.mid(mark + 1));
    if (query.hasQueryItem(QStringLiteral("step"))) {
        link.step = query.queryItemValue(QStringLiteral("step")).toInt(&number);
        if (!number || link.step < 0) {
            return wrong(text, "step", query.queryItemValue(QStringLiteral("step")), "0, 1, 2, ...");
        }
    }
    link.session = query.queryItemValue(QStringLiteral("session"), QUrl::FullyDecoded);
    link.model = query.queryItemValue(QStringLiteral("model"), QUrl::FullyDecoded);
    return link;
}

std::optional<QString> link_in_file(const QString& path) {
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("png")) {
        return link_in(QImageReader(path).text(QStringLiteral("Description")));
    }
    if (suffix != QLatin1String("svg") && suffix != QLatin1String("pdf")) {
        return std::nullopt;
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QByteArray bytes = file.read(kMostBytes);
    if (suffix == QLatin1String("svg")) {
        return link_in(QString::fromUtf8(bytes));
    }
    // PDF keeps its strings as UTF-16 big-endian; the link is ASCII.
    QByteArray wide;
    for (const char c : kScheme.toLatin1()) {
        wide += '\0';
        wide += c;
    }
    const qsizetype at = bytes.indexOf(wide);
    if (at < 0) {
        return link_in(QString::fromLatin1(bytes));
    }
    QString text;
    for (qsizetype i = at; i + 1 < bytes.size() && bytes[i] == '\0'; i += 2) {
        text += QLatin1Char(bytes[i + 1]);
    }
    return link_in(text);
}

Result<QString> find_session(const SessionLink& link, const QStringList& folders) {
    if (link.session.isEmpty()) {
        return wrong(to_text(link), "session", QStringLiteral("none"), "the session's file");
    }
    if (QFileInfo(link.session).isFile()) {
        return QFileInfo(link.session).absoluteFilePath();
    }
    for (const QString& folder : folders) {
        const QFileInfo file(QDir(folder), QFileInfo(link.session).fileName());
        if (file.isFile()) {
            return file.absoluteFilePath();
        }
    }
    return Error{ErrorKind::NotFound, link.session.toStdString(), "session", "no such file beside the figure or among the recent ones",
                 "the session " + QFileInfo(link.session).fileName().toStdString() + " (open it once, or put it beside the figure)"};
}

}  // namespace r2t2::ui
