// The neighbours that acted on a trajectory, as they stand at one step: how near, how much they count, where they pull.
//
// Two kinds of rows: the neighbourhood, nearest first, and the references the user has left out, which stay in the list, grey and
// unchecked, in their place where their distance is known, so that they can be put back. A check box is the user's wish; it takes effect with the next run.
// A neighbour that the open references lack is a row by the name that its session has, without a picture and without a check box.
// Thread rule: the interface's. Values are copied in: nothing of the inspector is kept.
#pragma once

#include <QPointer>
#include <functional>
#include <optional>
#include <vector>

#include "core/inspect/inspector.h"
#include "ui/models/item_roles.h"
#include "ui/models/neighbour_numbers.h"
#include "ui/models/sorted_table_model.h"
#include "ui/models/thumbnail_store.h"

namespace r2t2::ui {

enum class NeighbourColumn {
    Number,    ///< 1 = nearest, with the thumbnail
    Used,      ///< check box: takes part in the next run
    Question,
    Answer,    ///< the reference's own, from its store
    Truth,
    Distance,  ///< Euclidean, of the unit embeddings (task space) or of r (routing space)
    Weight,    ///< kernel weight; the neighbourhood's sum to 1. WeightDelegate
    Routing,   ///< r of the reference, "0.31 0.42 0.27 | 0.10 0.85 0.05"
    Share,     ///< signed share of the gradient at this step; they sum to 1. ShareDelegate
    Loss       ///< at this step
};
constexpr int kNeighbourColumns = 10;

/// "0.31 0.42 0.27 | 0.10 0.85 0.05": mean over the mixers, groups apart.
[[nodiscard]] QString routing_text(const RoutingMatrix& weights, const RoutingSpace& space);

class NeighbourModel final : public SortedTableModel {
    Q_OBJECT

public:
    explicit NeighbourModel(QObject* parent = nullptr) : SortedTableModel(parent) {}

    /// `neighbours`: who those of the trajectory are, one each; `left_out`: indices into the references, those of the next run; `numbers`: of this
    /// trajectory. Keeps the step, or goes to the last one.
    void set_trajectory(const std::vector<ReferenceSummary>& references, const RoutingSpace& space, const Trajectory& trajectory,
                        const std::vector<InspectedNeighbour>& neighbours, const std::vector<std::size_t>& left_out, const NeighbourNumbers& numbers);
    void clear();
    void set_step(std::size_t step);
    /// From outside (undo): no leaveOutChanged. References without a row are ignored.
    void set_left_out(std::size_t reference, bool left_out);
    /// Pictures by reference; a null store: none. Call again when the reference set is another.
    void set_thumbnails(ThumbnailStore* store, std::function<Result<SamplePicture>(std::size_t)> picture);

    [[nodiscard]] std::size_t step() const { return step_; }
    /// None: the open references lack it.
    [[nodiscard]] std::optional<std::size_t> reference(int row) const { return rows_[static_cast<std::size_t>(source(row))].reference; }
    [[nodiscard]] int row_of(std::size_t reference) const;  ///< -1: not in the list
    [[nodiscard]] bool left_out(int row) const { return rows_[static_cast<std::size_t>(source(row))].left_out; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void leaveOutChanged(std::size_t reference, bool left_out);

private:
    struct Row {
        std::optional<std::size_t> reference;  ///< none: not among those that are open, and the summary is what the session keeps
        ReferenceSummary summary;
        std::optional<Neighbour> neighbour;  ///< none: left out of this run already
        std::size_t place = 0;               ///< in the neighbourhood
        bool left_out = false;
        int number = 0;                      ///< NeighbourNumbers; 0: not known
        std::optional<double> distance;
    };
    struct Step {
        std::vector<double> shares, losses;  ///< one a neighbour, or empty
    };

    [[nodiscard]] bool has(std::size_t reference) const;
    [[nodiscard]] QString text(const Row& row, NeighbourColumn column) const;
    [[nodiscard]] std::optional<double> value(const Row& row, NeighbourColumn column) const;
    [[nodiscard]] double scale(NeighbourColumn column) const;
    [[nodiscard]] QVariant thumbnail(const Row& row) const;
    [[nodiscard]] static QString name_of(const Row& row);
    [[nodiscard]] QVariant tool_tip(const Row& row, NeighbourColumn column) const;
    void keep_steps(const Trajectory& trajectory);

    RoutingSpace space_;
    std::vector<Row> rows_;
    std::vector<Step> steps_;
    double largest_share_ = 0.0, largest_weight_ = 0.0;  ///< over all steps, so that bars of two steps compare
    std::size_t step_ = 0;
    QPointer<ThumbnailStore> thumbnails_;
    quint64 thumbnail_source_ = 0;
    std::function<Result<SamplePicture>(std::size_t)> picture_;
};

}  // namespace r2t2::ui
