// The picture of the sample with switches for its overlays and for where an expert looks. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/models/workspace.h"
#include "ui/panels/picture_view.h"

class QComboBox;
class QLabel;
class QToolButton;

namespace r2t2::ui {

class PicturePanel final : public QWidget {
    Q_OBJECT

public:
    explicit PicturePanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] PictureView& view() { return *view_; }
    void set_overlay(PictureView::Overlay overlay, bool shown);
    void show_expert(int index);  ///< 0 = none, in the order of the list

private:
    void refresh();
    void fill_experts();
    void ask_gates();
    void show_heat();

    Workspace& workspace_;
    PictureView* view_;
    std::vector<std::pair<PictureView::Overlay, QToolButton*>> overlays_;
    QComboBox *expert_, *mixer_;
    QLabel* facts_;
    QLabel* transparency_;  ///< of a picture that has some
    QToolButton* find_facts_;
    std::optional<MixerView> gates_;
};

}  // namespace r2t2::ui
