// A paint device that only notes where words are written: to check that no text is cut or covers another.
#pragma once

#include <QPaintDevice>
#include <QPaintEngine>
#include <QPainter>
#include <QTextItem>
#include <vector>

namespace r2t2::ui {

struct WrittenText {
    QString text;
    QRectF box;   ///< device pixels, after rotation
    QRectF clip;  ///< device pixels: what can be painted at all
};

class TextEngine final : public QPaintEngine {
public:
    TextEngine() : QPaintEngine(QPaintEngine::AllFeatures) {}
    bool begin(QPaintDevice*) override { return true; }
    bool end() override { return true; }
    void updateState(const QPaintEngineState&) override {}
    void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
    void drawImage(const QRectF&, const QImage&, const QRectF&, Qt::ImageConversionFlags) override {}
    void drawPath(const QPainterPath& path) override { note(path.boundingRect()); }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode) override {
        QPolygonF polygon;
        for (int i = 0; i < count; ++i) {
            polygon << points[i];
        }
        note(polygon.boundingRect());
    }
    void drawTextItem(const QPointF& at, const QTextItem& item) override {
        // Letters without accents: what counts as covered is ink, not the line's height.
        const QRectF ink(at.x(), at.y() - item.ascent() * 0.78, item.width(), item.ascent() * 0.78);
        QRectF clip = systemClip().isEmpty() ? QRectF(-1e6, -1e6, 2e6, 2e6) : QRectF(systemClip().boundingRect());
        if (painter()->hasClipping()) {
            clip &= painter()->deviceTransform().mapRect(painter()->clipBoundingRect());
        }
        written.push_back({item.text(), painter()->deviceTransform().mapRect(ink), clip});
    }
    [[nodiscard]] Type type() const override { return QPaintEngine::User; }
    std::vector<WrittenText> written;
    std::vector<QRectF> drawn;  ///< around every path and polygon, without pens, device pixels; what a clip hides is left out

private:
    void note(const QRectF& box) {
        QRectF there = painter()->deviceTransform().mapRect(box);
        if (painter()->hasClipping()) {
            there &= painter()->deviceTransform().mapRect(painter()->clipBoundingRect());
        }
        drawn.push_back(there);
    }
};

class TextRecorder final : public QPaintDevice {
public:
    explicit TextRecorder(const QSize& size) : size_(size) {}
    [[nodiscard]] QPaintEngine* paintEngine() const override { return &engine_; }
    [[nodiscard]] const std::vector<WrittenText>& written() const { return engine_.written; }

    [[nodiscard]] const std::vector<QRectF>& drawn() const { return engine_.drawn; }

    /// "x is cut", "x covers y", ...; empty when all can be read.
    [[nodiscard]] QStringList complaints() const {
        QStringList out;
        const QRectF page(QPointF(-0.5, -0.5), QSizeF(size_) + QSizeF(1, 1));
        for (std::size_t i = 0; i < engine_.written.size(); ++i) {
            const WrittenText& a = engine_.written[i];
            if (a.text.trimmed().isEmpty()) {
                continue;
            }
            if (!page.contains(a.box)) {
                out << QStringLiteral("\"%1\" is cut").arg(a.text);
            }
            for (std::size_t j = 0; j < i; ++j) {
                if (!engine_.written[j].text.trimmed().isEmpty() &&
                    engine_.written[j].box.adjusted(0.5, 0.5, -0.5, -0.5).intersects(a.box)) {
                    out << QStringLiteral("\"%1\" covers \"%2\"").arg(a.text, engine_.written[j].text);
                }
            }
        }
        return out;
    }

protected:
    [[nodiscard]] int metric(PaintDeviceMetric metric) const override {
        switch (metric) {
            case PdmWidth:
                return size_.width();
            case PdmHeight:
                return size_.height();
            case PdmWidthMM:
                return static_cast<int>(size_.width() * 25.4 / 96.0);
            case PdmHeightMM:
                return static_cast<int>(size_.height() * 25.4 / 96.0);
            case PdmNumColors:
                return 1 << 24;
            case PdmDepth:
                return 32;
            case PdmDpiX:
            case PdmDpiY:
            case PdmPhysicalDpiX:
            case PdmPhysicalDpiY:
                return 96;
            case PdmDevicePixelRatio:
                return 1;
            case PdmDevicePixelRatioScaled:
                return static_cast<int>(QPaintDevice::devicePixelRatioFScale());
            default:
                return QPaintDevice::metric(metric);
        }
    }

private:
    QSize size_;
    mutable TextEngine engine_;
};

}  // namespace r2t2::ui
