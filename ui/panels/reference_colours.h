// Which colour a reference has: by family, domain or set. The same in every view. Thread rule: values.
#pragma once

#include <QObject>
#include <QStringList>
#include <vector>

#include "core/inspect/inspector.h"

namespace r2t2::ui {

enum class ColourBy { Domain, Family, Set, Answer };

struct ReferenceColours {
    std::vector<int> category;  ///< one a reference: colours.h, category_colour
    QStringList names;          ///< by category; beyond seven, the rest is one ("other")
};

[[nodiscard]] ReferenceColours colour_references(const std::vector<ReferenceSummary>& references, ColourBy by);

}  // namespace r2t2::ui
