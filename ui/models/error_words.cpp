#include "ui/models/error_words.h"

#include <QCoreApplication>
#include <array>
#include <utility>

#include "core/routing/parameter_table.h"

namespace r2t2::ui {

namespace {

/// What the forms call the options that are no parameters of methods.
constexpr std::array<std::pair<const char*, const char*>, 12> kOptions = {{
    {"eval", QT_TRANSLATE_NOOP("ErrorWords", "Sets")},
    {"samples", QT_TRANSLATE_NOOP("ErrorWords", "Samples per set")},
    {"seed", QT_TRANSLATE_NOOP("ErrorWords", "Seed")},
    {"threads", QT_TRANSLATE_NOOP("ErrorWords", "Workers")},
    {"session", QT_TRANSLATE_NOOP("ErrorWords", "Session")},
    {"methods", QT_TRANSLATE_NOOP("ErrorWords", "Methods")},
    {"limit", QT_TRANSLATE_NOOP("ErrorWords", "At most")},
    {"sweep", QT_TRANSLATE_NOOP("ErrorWords", "Parameters")},
    {"reference", QT_TRANSLATE_NOOP("ErrorWords", "Reference set")},
    {"model", QT_TRANSLATE_NOOP("ErrorWords", "Model")},
    {"device", QT_TRANSLATE_NOOP("ErrorWords", "Device")},
    {"precision", QT_TRANSLATE_NOOP("ErrorWords", "Precision")},
}};

std::string caption_of(const std::string& field) {
    const bool option = field.rfind("--", 0) == 0;
    const std::string name = option ? field.substr(2) : field;
    if (const ParameterRow* row = find_parameter(name)) {
        return row->caption;
    }
    for (const auto& [key, caption] : kOptions) {
        if (option && name == key) {
            return QCoreApplication::translate("ErrorWords", caption).toStdString();
        }
    }
    return field;
}

/// Where on the command line: a form has no such place.
std::string without_options(std::string where) {
    const std::string options = "options";
    if (where == options) {
        return {};
    }
    const std::string inside = ": " + options;
    if (where.size() > inside.size() && where.compare(where.size() - inside.size(), inside.size(), inside) == 0) {
        where.resize(where.size() - inside.size());
    }
    return where;
}

}  // namespace

QString window_words(const Error& error) {
    Error shown = error;
    shown.field = caption_of(error.field);
    shown.where = without_options(error.where);
    if (error.field == "--sweep") {  // names the parameter that it cannot be over
        const std::string name = error.found.substr(0, error.found.find_first_of(" ,="));
        if (const ParameterRow* row = find_parameter(name)) {
            shown.found = row->caption + error.found.substr(name.size());
        }
    }
    QString text = QString::fromStdString(shown.message());
    text.replace(QStringLiteral("r2t2 reference refine"), QCoreApplication::translate("ErrorWords", "File > Refine reference set"));
    text.replace(QStringLiteral("r2t2 reference build"), QCoreApplication::translate("ErrorWords", "Reference set on the Data page"));
    return text;
}

}  // namespace r2t2::ui
