// A paper figure on screen: a sheet of paper, as large as it fits. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <memory>

#include "ui/figures/figure.h"

namespace r2t2::ui {

using FigurePtr = std::shared_ptr<Figure>;

/// A sheet of paper with the figure on it, as large as it fits; a click gives it the focus, so that plot keys work.
class FigureSheet final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit FigureSheet(QWidget* parent = nullptr);
    void set_figure(FigurePtr figure);  ///< null: nothing to show
    void set_words(const QString& words);  ///< in place of a figure
    [[nodiscard]] const FigurePtr& figure() const { return figure_; }
    [[nodiscard]] double zoom() const;  ///< screen over paper

    void render_to(QPainter& painter, const QSizeF& size) const override;
    [[nodiscard]] QString tsv() const override;
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override;
    [[nodiscard]] QString plot_provenance() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {260, 200}; }

Q_SIGNALS:
    void zoomChanged();  ///< another size of the sheet

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    FigurePtr figure_;
    QString words_;
};

}  // namespace r2t2::ui
