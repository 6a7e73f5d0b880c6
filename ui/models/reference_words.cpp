#include "ui/models/reference_words.h"

#include <QCoreApplication>
#include <QStringList>
#include <set>

#include "ui/models/counted.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

constexpr std::size_t kMostNamed = 8;  // more are counted

QString words(const char* text) { return QCoreApplication::translate("ReferenceWords", text); }

}  // namespace

QString reference_name(const std::string& path) {
    if (path.empty()) {
        return words("bundled references");
    }
    const std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
    const std::filesystem::path name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
    return shown_path(path_text(name.string()));
}

QString lacking_words() { return words("not in the references that are open"); }

QString lacking_words(const std::vector<InspectedNeighbour>& neighbours, const NeighbourNumbers& numbers) {
    std::set<int> lacking;
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
        if (!neighbours[i].place) {
            lacking.insert(numbers.at(i));
        }
    }
    if (lacking.empty()) {
        return {};
    }
    QStringList names;
    for (const int number : lacking) {
        names << QStringLiteral("n%1").arg(number);
    }
    const QString who = lacking.size() <= kMostNamed ? names.join(QStringLiteral(", ")) : words("%1 of %2 neighbours").arg(lacking.size()).arg(neighbours.size());
    return who + QStringLiteral(": ") + lacking_words();
}

QStringList telling_names(const std::vector<std::string>& paths) {
    QStringList names, wholes;
    for (const std::string& path : paths) {
        names << reference_name(path);
        const std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
        wholes << shown_path(path_text((whole.has_filename() ? whole : whole.parent_path()).string()));
    }
    // The ends of the paths, one folder longer where another path ends alike.
    for (qsizetype i = 0; i < names.size(); ++i) {
        const auto shared = [&](const QString& end) {
            for (qsizetype j = 0; j < wholes.size(); ++j) {
                if (j != i && wholes[j] != wholes[i] && (wholes[j] == end || wholes[j].endsWith(QLatin1Char('/') + end))) {
                    return true;
                }
            }
            return false;
        };
        while (!paths[static_cast<std::size_t>(i)].empty() && shared(names[i]) && names[i].size() < wholes[i].size()) {
            const qsizetype above = wholes[i].size() - names[i].size() - 2;  // the last letter of the folder above
            names[i] = above < 0 ? wholes[i] : wholes[i].mid(wholes[i].lastIndexOf(QLatin1Char('/'), above) + 1);
        }
    }
    return names;
}

QString reference_words(const std::string& path, const Inspector& inspector) {
    const auto count = static_cast<qlonglong>(inspector.references().size());
    const QString size = path.empty() ? QStringLiteral("%L1").arg(count) : counted(count, words("1 reference"), words("%L1 references"));
    return reference_name(path) + QStringLiteral(", ") + size + (inspector.info().refined ? QStringLiteral(", ") + words("refined") : QString());
}

}  // namespace r2t2::ui
