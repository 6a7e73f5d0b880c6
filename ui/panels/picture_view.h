// The picture: zoom around the pointer, pan, fit; overlays of what the external models said and of where an expert
// looks. Boxes are in fractions of the side, maps row by row over the image tokens.
// Thread rule: the interface's.
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>

#include "core/vision/sample_picture.h"
#include "ui/plots/plot_drawing.h"

namespace r2t2::ui {

/// [rows, columns] values over the picture, 0 = nothing.
struct PictureHeat {
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
    QString name;  ///< "lang_img, mixer 2: attention"
};

class PictureView final : public QWidget {
    Q_OBJECT

public:
    enum Overlay { Segments = 1, Boxes = 2, Relations = 4, Texts = 8 };

    explicit PictureView(QWidget* parent = nullptr);

    void set_picture(SamplePicture picture);
    void clear(const QString& why);  ///< an empty state that says what to do
    void set_overlays(int overlays);
    void set_heat(std::optional<PictureHeat> heat);
    void fit();
    void zoom(double factor, QPointF at);

    [[nodiscard]] int overlays() const { return overlays_; }
    [[nodiscard]] double scale() const { return scale_; }
    [[nodiscard]] bool empty() const { return image_.isNull(); }
    [[nodiscard]] bool has_facts() const { return facts_.has_value(); }
    [[nodiscard]] QPointF to_picture(QPointF pixel) const;  ///< in picture pixels
    [[nodiscard]] QSize sizeHint() const override { return {280, 260}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {140, 100}; }

Q_SIGNALS:
    void pointed(const QString& what);  ///< what stands under the pointer, for the status line

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRectF to_screen(const Box& box) const;
    void draw_segments(QPainter& painter, LabelRoom& room) const;
    void draw_boxes(QPainter& painter, LabelRoom& room) const;
    void draw_relations(QPainter& painter, LabelRoom& room) const;
    void draw_texts(QPainter& painter, LabelRoom& room) const;
    void draw_heat(QPainter& painter, LabelRoom& room) const;
    /// At `at`, or the nearest place above or below it where no other tag is; left out where there is none.
    void draw_tag(QPainter& painter, LabelRoom& room, QPointF at, const QString& text, const QColor& colour) const;
    void keep_in_view();

    QImage image_;
    std::optional<AuxiliaryFacts> facts_;
    std::optional<PictureHeat> heat_;
    QString empty_text_;
    int overlays_ = 0;
    double scale_ = 1.0;
    QPointF origin_;  ///< the picture's top left corner on the screen
    bool fitted_ = true;
    std::optional<QPointF> grabbed_;
};

}  // namespace r2t2::ui
