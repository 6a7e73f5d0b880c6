// Roles that the item models share with delegates and views. Thread rule: constants.
#pragma once

#include <Qt>

namespace r2t2::ui {

enum ItemRole : int {
    ValueRole = Qt::UserRole,  ///< the number behind the text (double); sort by this. Invalid where there is none
    ScaleRole,                 ///< double: the |value| that fills a bar, the same for a whole column
    OutcomeRole,               ///< int of SampleOutcome
    LevelRole,                 ///< int of LogLevel
    CopyRole                   ///< text of a cell that shows a part of it, or something else than is to be copied; invalid: as shown
};

}  // namespace r2t2::ui
