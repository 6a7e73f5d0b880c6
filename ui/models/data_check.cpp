#include "ui/models/data_check.h"

#include <algorithm>

namespace r2t2::ui {

namespace {

const QString kReadSlot = QStringLiteral("data set");
const QString kBuildSlot = QStringLiteral("reference set");

QString message_of(const Error& error) { return QString::fromStdString(error.message()); }

}  // namespace

DataCheck::DataCheck(Workspace& workspace, QObject* parent) : QObject(parent), workspace_(workspace) {
    connect(&workspace, &Workspace::inspectorChanged, this, &DataCheck::readingChanged);
}

const DataSetInfo* DataCheck::set(const QString& name) const {
    const auto at = std::find_if(sets_.begin(), sets_.end(), [&](const DataSetInfo& set) { return QString::fromStdString(set.name) == name; });
    return at == sets_.end() ? nullptr : &*at;
}

void DataCheck::list_sets() {
    if (!sets_.empty()) {
        return;
    }
    using Sets = std::vector<DataSetInfo>;
    const auto work = [source = workspace_.module_source()](const JobRunner::Context&) -> Result<Sets> {
        const Result<InspectorModule*> module = source();
        return module ? Result<Sets>((*module)->data_sets()) : Result<Sets>(module.error());
    };
    workspace_.jobs().start<Sets>(QStringLiteral("data sets"), tr("List data sets"), this, work, [this](Result<Sets> sets) {
        if (!sets) {
            Q_EMIT failed(message_of(sets.error()));
            return;
        }
        sets_ = std::move(*sets);
        Q_EMIT setsChanged();
    });
}

void DataCheck::check(const DataRequest& request) {
    forget();
    const auto work = [source = workspace_.module_source(), request](const JobRunner::Context& context) -> Result<DataReportPtr> {
        const Result<InspectorModule*> module = source();
        if (!module) {
            return module.error();
        }
        Result<DataReport> report = (*module)->check_data(request, context.progress, context.cancel);
        if (!report) {
            return report.error();
        }
        return DataReportPtr(std::make_shared<DataReport>(std::move(*report)));
    };
    set_reading(true);
    const QString title = tr("Read %1").arg(QString::fromStdString(request.name));
    workspace_.jobs().start<DataReportPtr>(kReadSlot, title, this, work, [this](Result<DataReportPtr> report) {
        set_reading(false);
        if (!report) {
            Q_EMIT failed(message_of(report.error()));
            return;
        }
        report_ = std::move(*report);
        Q_EMIT reportChanged();
    });
}

void DataCheck::cancel() {
    workspace_.jobs().cancel(kReadSlot);
    workspace_.jobs().cancel(kBuildSlot);
    set_reading(false);
    set_building(false);
}

void DataCheck::forget() {
    cancel();
    Q_EMIT failed({});
    if (built_) {
        built_.reset();
        Q_EMIT builtChanged();
    }
    if (report_) {
        report_.reset();
        Q_EMIT reportChanged();
    }
}

void DataCheck::build_reference(const DataRequest& request, const QString& output) {
    const InspectorPtr inspector = workspace_.inspector();
    if (!inspector) {
        return;
    }
    Q_EMIT failed({});
    built_.reset();
    Q_EMIT builtChanged();
    const ReferenceRequest building{request, output.toStdString(), 0};
    const auto work = [inspector, building](const JobRunner::Context& context) {
        return inspector->build_reference(building, context.progress, context.cancel);
    };
    set_building(true);
    const QString title = tr("Build reference set of %1").arg(QString::fromStdString(request.name));
    workspace_.jobs().start<ReferenceEnd>(kBuildSlot, title, this, work, [this](Result<ReferenceEnd> end) {
        set_building(false);
        if (!end) {
            Q_EMIT failed(message_of(end.error()));
            return;
        }
        built_ = std::move(*end);
        Q_EMIT builtChanged();
    });
}

QString DataCheck::command_line(const DataRequest& request, const QString& output) const {
    return workspace_.command_line(ReferenceRequest{request, output.toStdString(), 0});
}

void DataCheck::show_picture(const std::filesystem::path& path) {
    const auto work = [source = workspace_.picture_source(), path = path.string()](const JobRunner::Context&) { return source(path); };
    workspace_.jobs().start<SamplePicture>(QStringLiteral("data picture"), tr("Read picture"), this, work, [this](Result<SamplePicture> picture) {
        if (picture) {
            Q_EMIT pictureReady(*picture);
        } else {
            Q_EMIT pictureFailed(message_of(picture.error()));
        }
    });
}

void DataCheck::set_building(bool building) {
    if (building != building_) {
        building_ = building;
        Q_EMIT readingChanged();
    }
}

void DataCheck::set_reading(bool reading) {
    if (reading != reading_) {
        reading_ = reading;
        Q_EMIT readingChanged();
    }
}

}  // namespace r2t2::ui
