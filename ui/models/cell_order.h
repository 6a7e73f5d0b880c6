// In which order the cells of a table stand: numbers as numbers ("9.5" before "10", "79 of 600" before "600", "< 0.001"), words as
// natural_compare() has them, without regard to case; what is missing ("-", nothing) comes last whichever the direction.
// Thread rule: pure functions.
#pragma once

#include <QVariant>
#include <optional>
#include <string>
#include <string_view>

namespace r2t2::ui {

struct CellKey {
    bool missing = false;
    std::optional<double> number;  ///< that the text begins with
    std::string text;              ///< case-folded
};

/// `value`: the number behind the text, where the model has one (ValueRole).
[[nodiscard]] CellKey cell_key(const QVariant& value, const QString& text);
/// -1, 0, 1. Numbers before words. Missing ones are not looked at here.
[[nodiscard]] int compare(const CellKey& a, const CellKey& b);
/// The number that a text is or begins with, up to its end, a blank or a bracket; "<", "(" and "+" in front are passed over.
[[nodiscard]] std::optional<double> leading_number(std::string_view text);

}  // namespace r2t2::ui
