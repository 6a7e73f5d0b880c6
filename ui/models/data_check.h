// What the data page looks at: the data sets that can be read, one that was read, and the reference set built from it.
//
// Reading and building run on a worker; a newer request replaces an older one. Thread rule: the interface's.
#pragma once

#include <QObject>
#include <memory>

#include "core/inspect/data_check.h"
#include "ui/models/workspace.h"

namespace r2t2::ui {

using DataReportPtr = std::shared_ptr<const DataReport>;

class DataCheck final : public QObject {
    Q_OBJECT

public:
    explicit DataCheck(Workspace& workspace, QObject* parent = nullptr);

    void list_sets();  ///< once; opens the inspector module if nothing has yet
    void check(const DataRequest& request);
    void cancel();
    void forget();  ///< the report and what was built: another set or folder was chosen. Refining the open references goes on
    /// With the model that is open. `output` is a folder.
    void build_reference(const DataRequest& request, const QString& output, Refine refine);
    /// The references that are open, by descents on their candidates.
    void refine_reference(const QString& output);
    [[nodiscard]] bool can_build() const { return workspace_.inspector() != nullptr; }
    /// The picture of a sample of the report; the newest asked for wins.
    void show_picture(const std::filesystem::path& path);
    void drop_picture();  ///< that is being read

    [[nodiscard]] const std::vector<DataSetInfo>& sets() const { return sets_; }
    [[nodiscard]] const DataSetInfo* set(const QString& name) const;  ///< null: not known
    [[nodiscard]] const DataReportPtr& report() const { return report_; }  ///< null until one was read
    [[nodiscard]] bool reading() const { return reading_; }
    [[nodiscard]] bool building() const { return building_; }
    [[nodiscard]] bool building_from_data() const { return building_ && !of_open_; }  ///< else the references that are open are refined
    [[nodiscard]] const QString& building_words() const { return building_words_; }     ///< what is being built, and where
    [[nodiscard]] bool in_use() const;                                                  ///< built() is what is open
    [[nodiscard]] const std::optional<ReferenceEnd>& built() const { return built_; }
    [[nodiscard]] QString name_of_open() const;  ///< of the references that are open, for a folder: "bundled", "CLEVR-val"
    [[nodiscard]] bool refining() const { return building_ && !refining_into_.isEmpty(); }
    /// The folder whose descents were stopped: refined into again, they are gone on with. Empty: none were.
    [[nodiscard]] const QString& unfinished() const { return unfinished_; }
    [[nodiscard]] QString command_line(const DataRequest& request, const QString& output, Refine refine) const;  ///< r2t2 reference build ...

Q_SIGNALS:
    void setsChanged();
    void readingChanged();   ///< or building
    void builtChanged();
    void reportChanged();
    void pictureReady(const r2t2::SamplePicture& picture);
    void pictureFailed(const QString& message);
    void failed(const QString& message);  ///< empty: the last one is over

private:
    void build(ReferenceRequest request, const QString& title);
    void stop_building();
    void set_reading(bool reading);
    void set_building(bool building);

    Workspace& workspace_;
    std::vector<DataSetInfo> sets_;
    DataReportPtr report_;
    std::optional<ReferenceEnd> built_;
    QString refining_into_, unfinished_;
    QString building_words_;
    bool reading_ = false, building_ = false, of_open_ = false;
};

}  // namespace r2t2::ui
