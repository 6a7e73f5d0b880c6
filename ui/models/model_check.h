// The checkpoint that is about to be opened: what it is and whether it can be, and which devices there are to open it on.
//
// Headers are read on a worker; a newer directory replaces an older one. The engine is asked for its devices where it is
// loaded, and never loaded for that. Thread rule: the interface's.
#pragma once

#include <QObject>

#include "core/inspect/model_check.h"
#include "ui/models/workspace.h"

namespace r2t2::ui {

class ModelCheck final : public QObject {
    Q_OBJECT

public:
    explicit ModelCheck(Workspace& workspace, QObject* parent = nullptr);

    void check(const std::filesystem::path& directory);  ///< empty: the bundled one
    void forget();  ///< nothing is chosen: a check that runs is cancelled
    /// Of the directory asked for last; without report and error it is being checked, or none was asked for.
    [[nodiscard]] const std::optional<ModelReport>& report() const { return report_; }
    [[nodiscard]] const QString& error() const { return error_; }  ///< why there is no report
    [[nodiscard]] const DeviceReport& devices() const { return devices_; }

Q_SIGNALS:
    void changed();         ///< report or error
    void devicesChanged();  ///< the engine has told

private:
    void ask_devices();

    Workspace& workspace_;
    quint64 job_ = 0;
    std::optional<ModelReport> report_;
    QString error_;
    DeviceReport devices_;
};

}  // namespace r2t2::ui
