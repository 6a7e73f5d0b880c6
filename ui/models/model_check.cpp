#include "ui/models/model_check.h"

namespace r2t2::ui {

namespace {

const QString kCheckSlot = QStringLiteral("model check");
const QString kDeviceSlot = QStringLiteral("devices");

}  // namespace

ModelCheck::ModelCheck(Workspace& workspace, QObject* parent) : QObject(parent), workspace_(workspace) {
    connect(&workspace, &Workspace::inspectorChanged, this, &ModelCheck::ask_devices);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place) {
        if (place == ErrorPlace::Opening) {
            ask_devices();
        }
    });
    connect(&workspace.jobs(), &JobRunner::ended, this, [this](const JobInfo& job) {
        if (job.id == job_ && job.cancelled) {  // by "cancel all jobs": nothing will be delivered
            job_ = 0;
            error_ = tr("The check was cancelled.");
            Q_EMIT changed();
        }
    });
    ask_devices();
}

void ModelCheck::check(const std::filesystem::path& directory) {
    const auto work = [source = workspace_.module_source(), directory](const JobRunner::Context& context) -> Result<ModelReport> {
        const Result<InspectorModule*> module = source();
        return module ? (*module)->check_model(directory, context.cancel) : Result<ModelReport>(module.error());
    };
    report_.reset();
    error_.clear();
    job_ = workspace_.jobs().start<ModelReport>(kCheckSlot, tr("Check model"), this, work, [this](Result<ModelReport> report) {
        job_ = 0;
        if (report) {
            report_ = std::move(*report);
        } else {
            error_ = QString::fromStdString(report.error().message());
        }
        Q_EMIT changed();
    });
    Q_EMIT changed();
}

void ModelCheck::forget() {
    job_ = 0;
    workspace_.jobs().cancel(kCheckSlot);
    report_.reset();
    error_.clear();
    Q_EMIT changed();
}

void ModelCheck::ask_devices() {
    const auto work = [source = workspace_.module_source()](const JobRunner::Context&) -> Result<DeviceReport> {
        const Result<InspectorModule*> module = source();
        return module ? Result<DeviceReport>((*module)->devices()) : Result<DeviceReport>(module.error());
    };
    workspace_.jobs().start<DeviceReport>(kDeviceSlot, tr("List devices"), this, work, [this](Result<DeviceReport> devices) {
        if (devices) {
            devices_ = std::move(*devices);
            Q_EMIT devicesChanged();
        }
    });
}

}  // namespace r2t2::ui
