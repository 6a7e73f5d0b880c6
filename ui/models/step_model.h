// All steps of a trajectory as a table: objective, answer, flips and every expert's weight.
// Thread rule: the interface's. Values are copied in.
#pragma once

#include <vector>

#include "core/routing/routing_space.h"
#include "core/routing/trajectory.h"
#include "ui/models/item_roles.h"
#include "ui/models/sorted_table_model.h"

namespace r2t2::ui {

/// What an answer did against the last answer before it.
enum class AnswerFlip { None, Changed, Mended, Harmed };
/// One a step. Steps without an answer are passed over. Mended and harmed where correctness is known and changed.
[[nodiscard]] std::vector<AnswerFlip> answer_flips(const std::vector<TrajectoryStep>& steps);
[[nodiscard]] QString flip_text(AnswerFlip flip);  ///< "changed", "mended", "harmed"; none: empty
[[nodiscard]] QStringList flip_words();  ///< of the column Flip

class StepModel final : public SortedTableModel {
    Q_OBJECT

public:
    /// The experts' columns stand after Flip, one each; Seconds and Passes come last.
    enum Column { Step, Objective, Confidence, LearningRate, AnswerText, Correct, Flip, FirstExpert };

    explicit StepModel(QObject* parent = nullptr) : SortedTableModel(parent) {}

    void set_trajectory(const Trajectory& trajectory, const RoutingSpace& space);
    void clear();

    [[nodiscard]] int seconds_column() const { return FirstExpert + static_cast<int>(experts_.size()); }
    [[nodiscard]] int passes_column() const { return seconds_column() + 1; }

    /// Everything, with a header line: numbers in full precision, every mixer's weights where they differ, loss and share
    /// of every neighbour. Tabs and line breaks inside answers become spaces.
    [[nodiscard]] QString tsv() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] std::optional<double> value(std::size_t step, int column) const;
    [[nodiscard]] QString header_tip(int section) const;
    [[nodiscard]] QString text(std::size_t step, int column) const;

    std::vector<TrajectoryStep> steps_;
    std::vector<RoutingMatrix> means_;  ///< [1, experts] a step
    std::vector<AnswerFlip> flips_;
    std::vector<std::string> experts_;
};

}  // namespace r2t2::ui
