// A number with a bar behind it: gradient shares around zero, weights from the left.
//
// Length is ValueRole over ScaleRole (item_roles.h). Negative is blue and to the left, positive vermilion and to the
// right, so sign is told by place as well as by colour. Fills are blended with the cell's own background, so that the
// number keeps a contrast of at least 4.5 on light, dark and selected cells. Thread rule: the interface's.
#pragma once

#include <QColor>
#include <QPalette>
#include <QRectF>
#include <QStyledItemDelegate>

namespace r2t2::ui {

enum class BarKind {
    Signed,   ///< centred on zero
    Positive  ///< from the left
};

class BarDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit BarDelegate(BarKind kind, QObject* parent = nullptr) : QStyledItemDelegate(parent), kind_(kind) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// Where the bar of `value` lies in a cell; empty for zero, an unknown scale and NaN. Longer ones are cut at the cell.
    [[nodiscard]] static QRectF bar(const QRectF& cell, BarKind kind, double value, double scale);
    /// Its fill over a cell's background. `text` is the colour the number will have.
    [[nodiscard]] static QColor fill(BarKind kind, double value, const QColor& background, const QColor& text);

private:
    BarKind kind_;
};

/// For NeighbourColumn::Share.
class ShareDelegate final : public BarDelegate {
    Q_OBJECT

public:
    explicit ShareDelegate(QObject* parent = nullptr) : BarDelegate(BarKind::Signed, parent) {}
};

/// For NeighbourColumn::Weight and the experts' columns of StepModel.
class WeightDelegate final : public BarDelegate {
    Q_OBJECT

public:
    explicit WeightDelegate(QObject* parent = nullptr) : BarDelegate(BarKind::Positive, parent) {}
};

/// WCAG 2.1 contrast of two opaque colours, 1 .. 21.
[[nodiscard]] double contrast(const QColor& a, const QColor& b);

}  // namespace r2t2::ui
