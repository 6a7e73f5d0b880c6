#include "ui/models/data_check.h"

#include <algorithm>

#include "ui/models/error_words.h"
#include "ui/models/reference_words.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

const QString kReadSlot = QStringLiteral("data set");
const QString kBuildSlot = QStringLiteral("reference set");

QString message_of(const Error& error) { return window_words(error); }

}  // namespace

DataCheck::DataCheck(Workspace& workspace, QObject* parent) : QObject(parent), workspace_(workspace) {
    connect(&workspace, &Workspace::inspectorChanged, this, &DataCheck::readingChanged);
    // A job that was stopped from elsewhere (Cancel all jobs) delivers nothing: its end is told by the runner.
    connect(&workspace.jobs(), &JobRunner::ended, this, [this](const JobInfo& job) {
        if (job.cancelled && !workspace_.jobs().waits(job.slot)) {
            if (job.slot == kReadSlot) {
                set_reading(false);
            } else if (job.slot == kBuildSlot) {
                stop_building();
            }
        }
    });
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
    stop_building();
}

void DataCheck::stop_building() {
    if (refining()) {
        unfinished_ = refining_into_;
        Q_EMIT builtChanged();
    }
    set_building(false);
}

bool DataCheck::in_use() const {
    return built_ && workspace_.inspector() && std::filesystem::path(workspace_.options().reference).lexically_normal() == built_->output.lexically_normal();
}

QString DataCheck::name_of_open() const {
    const std::filesystem::path path = std::filesystem::path(workspace_.options().reference).lexically_normal();
    const std::filesystem::path name = path.has_filename() ? path : path.parent_path();
    return path.empty() ? QStringLiteral("bundled") : path_text((name.extension() == ".json" ? name.stem() : name.filename()).string());
}

void DataCheck::forget() {
    workspace_.jobs().cancel(kReadSlot);
    set_reading(false);
    if (building_from_data()) {
        workspace_.jobs().cancel(kBuildSlot);
        stop_building();
    }
    Q_EMIT failed({});
    if (built_ || !unfinished_.isEmpty()) {
        built_.reset();
        unfinished_.clear();
        Q_EMIT builtChanged();
    }
    if (report_) {
        report_.reset();
        Q_EMIT reportChanged();
    }
}

void DataCheck::build_reference(const DataRequest& request, const QString& output, Refine refine) {
    build({request, file_path(output), 0, refine}, tr("Build reference set of %1").arg(QString::fromStdString(request.name)));
}

void DataCheck::refine_reference(const QString& output) { build({std::nullopt, file_path(output), 0, Refine::Yes}, tr("Refine the references")); }

void DataCheck::build(ReferenceRequest request, const QString& title) {
    const InspectorPtr inspector = workspace_.inspector();
    if (!inspector) {
        return;
    }
    Q_EMIT failed({});
    built_.reset();
    unfinished_.clear();
    refining_into_ = request.refine == Refine::Yes ? QString::fromStdString(request.output.string()) : QString();
    of_open_ = !request.data;
    const QString into = shown_path(path_text(request.output.string()));
    building_words_ = of_open_ ? tr("The references that are open (%1) are being refined into %2.").arg(reference_words(workspace_.options().reference, *inspector), into)
                               : tr("%1 is being made into a reference set: %2.").arg(QString::fromStdString(request.data->name), into);
    Q_EMIT builtChanged();
    const auto work = [inspector, request = std::move(request)](const JobRunner::Context& context) {
        return inspector->build_reference(request, context.progress, context.cancel);
    };
    set_building(true);
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

QString DataCheck::command_line(const DataRequest& request, const QString& output, Refine refine) const {
    return workspace_.command_line(ReferenceRequest{request, file_path(output), 0, refine});
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

void DataCheck::drop_picture() { workspace_.jobs().cancel(QStringLiteral("data picture")); }

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
