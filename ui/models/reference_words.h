// What the reference set that is open is called. Thread rule: pure functions.
#pragma once

#include <QStringList>

#include "core/inspect/inspector.h"
#include "ui/models/neighbour_numbers.h"

namespace r2t2::ui {

/// "bundled references" of no path, "refined_win" of a folder, "mine.json" of a file.
[[nodiscard]] QString reference_name(const std::string& path);
/// reference_name of each, with as many of the folders above it as tell it from the others: "monday/CLEVR-val".
[[nodiscard]] QStringList telling_names(const std::vector<std::string>& paths);
/// "refined_win, 1,204 references, refined".
[[nodiscard]] QString reference_words(const std::string& path, const Inspector& inspector);

/// "not in the references that are open": of a stored neighbour, wherever it is shown.
[[nodiscard]] QString lacking_words();
/// "n2, n4: not in the references that are open", by their numbers; many: "31 of 40 neighbours: ...". Empty: none is lacking.
[[nodiscard]] QString lacking_words(const std::vector<InspectedNeighbour>& neighbours, const NeighbourNumbers& numbers);

}  // namespace r2t2::ui
