#include "ui/models/cell_order.h"

#include <charconv>
#include <cmath>

#include "ui/models/sample_order.h"

namespace r2t2::ui {

std::optional<double> leading_number(std::string_view text) {
    while (!text.empty() && (text.front() == '<' || text.front() == '(' || text.front() == '[' || text.front() == '+' || text.front() == ' ')) {
        text.remove_prefix(1);
    }
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto used = static_cast<std::size_t>(end - text.data());
    const bool ends = used == text.size() || text[used] == ' ' || text[used] == '[' || text[used] == ')' || text[used] == '%' || text[used] == ',';
    return error == std::errc() && ends && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

CellKey cell_key(const QVariant& value, const QString& text) {
    CellKey key;
    key.text = folded(text.simplified().toStdString());
    if (value.isValid()) {
        key.number = value.toDouble();
        return key;
    }
    key.missing = key.text.empty() || text == QStringLiteral("\u2013") || text == QStringLiteral("-");
    key.number = leading_number(key.text);
    return key;
}

int compare(const CellKey& a, const CellKey& b) {
    if (a.number.has_value() != b.number.has_value()) {
        return a.number ? -1 : 1;
    }
    if (a.number && *a.number != *b.number) {
        return *a.number < *b.number ? -1 : 1;
    }
    return natural_compare(a.text, b.text);
}

}  // namespace r2t2::ui
