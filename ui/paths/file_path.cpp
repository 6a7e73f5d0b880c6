#include "ui/paths/file_path.h"

#include <QStringDecoder>
#include <algorithm>
#include <string>

namespace r2t2::ui {

namespace {

constexpr char16_t kEscaped = 0xDC00;  // plus a byte of 0x80 to 0xFF

bool is_escaped(QChar c) { return c.unicode() >= kEscaped + 0x80 && c.unicode() <= kEscaped + 0xFF; }

/// Length of the UTF-8 sequence that `bytes` begins with; 0: it begins with none.
qsizetype sequence(std::string_view bytes) {
    const auto lead = static_cast<unsigned char>(bytes.front());
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (length == 0 || length > bytes.size()) {
        return 0;
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(QByteArrayView(bytes.data(), static_cast<qsizetype>(length)));
    return decoder.hasError() || text.contains(QChar::ReplacementCharacter) != (bytes.substr(0, length) == "\xEF\xBF\xBD") ? 0 : static_cast<qsizetype>(length);
}

}  // namespace

QString path_text(std::string_view bytes) {
    QString text;
    while (!bytes.empty()) {
        const qsizetype length = sequence(bytes);
        if (length > 0) {
            text += QString::fromUtf8(bytes.data(), length);
        } else {
            text += QChar(static_cast<char16_t>(kEscaped + static_cast<unsigned char>(bytes.front())));
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<qsizetype>(length, 1)));
    }
    return text;
}

QString path_text(const QUrl& local_file) {
    const QByteArray bytes = QByteArray::fromPercentEncoding(local_file.path(QUrl::FullyEncoded).toUtf8());
    return path_text(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

std::filesystem::path file_path(const QString& text) {
    std::string bytes;
    qsizetype from = 0;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        const bool pair = i > 0 && i < text.size() && text[i - 1].isHighSurrogate();  // half of a real character
        if (i == text.size() || (is_escaped(text[i]) && !pair)) {
            bytes += QStringView(text).mid(from, i - from).toUtf8().toStdString();
            if (i < text.size()) {
                bytes += static_cast<char>(text[i].unicode() - kEscaped);
            }
            from = i + 1;
        }
    }
    return bytes;
}

QString shown_path(const QString& text) {
    QString shown;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool pair = i > 0 && text[i - 1].isHighSurrogate();
        const bool byte = is_escaped(text[i]) && !pair;
        const ushort code = text[i].unicode();
        const bool steers = code < 0x20 || (code >= 0x7f && code < 0xa0);  // line breaks, terminals' escapes
        shown += byte || steers ? QStringLiteral("\\x%1").arg(byte ? code - kEscaped : code, 2, 16, QLatin1Char('0')).toUpper().replace(QLatin1Char('X'), QLatin1Char('x'))
                                : QString(text[i]);
    }
    return shown;
}

}  // namespace r2t2::ui
