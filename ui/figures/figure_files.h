// Files of figures, as the desktop and `r2t2 figure` write them. Thread rule: free functions; any thread.
#pragma once

#include <QString>
#include <QStringList>

#include "core/base/folder_claim.h"

namespace r2t2::ui {

/// The folder, made if it is not there, for one writer at a time (core/base/folder_claim.h). Io: it cannot be made; another program,
/// or another window of this one, writes into it.
[[nodiscard]] Result<FolderClaim> claim_folder(const QString& folder);

/// A drawing and its numbers are of one figure, wherever writing them is cut short: what was there before goes first. Only files go.
void remove_former(const QStringList& paths);

}  // namespace r2t2::ui
