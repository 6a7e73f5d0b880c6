#include "ui/panels/theme.h"

#include <QEvent>
#include <QPainter>
#include <QPainterPath>
#include <QProxyStyle>
#include <QStyleOption>
#include <algorithm>

#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

QPalette palette_of(const QColor& window, const QColor& base, const QColor& raised, const QColor& text, const QColor& accent) {
    QPalette palette(raised, window);
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, window);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::Button, raised);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::ToolTipBase, raised);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::Highlight, accent);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, accent);
    QColor quiet = text;
    quiet.setAlphaF(0.55F);
    palette.setColor(QPalette::PlaceholderText, quiet);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, quiet);
    }
    return palette;
}

/// Fusion, with lists whose cut words say so, and check boxes, radio buttons and buttons that are switched on that can be seen on dark grounds too: it draws them darker than
/// the window.
class Style final : public QProxyStyle {
public:
    Style() : QProxyStyle(QStringLiteral("Fusion")) {}
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
        return metric == PM_TabBarTabHSpace ? 10 : QProxyStyle::pixelMetric(metric, option, widget);  // of 24: seven panels' names are read whole at 1000 pixels
    }
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        if ((element == PE_PanelButtonTool || element == PE_PanelButtonCommand) && option->state.testFlag(State_On) && option->state.testFlag(State_Enabled)) {
            draw_switched_on(*option, *painter);
        }
        const bool round = element == PE_IndicatorRadioButton;
        if (round || element == PE_IndicatorCheckBox || element == PE_IndicatorItemViewItemCheck) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(QPen(ink(option->palette, option->state.testFlag(State_Enabled) ? 0.55 : 0.3), 1.0));
            painter->setBrush(Qt::NoBrush);
            const QRectF frame = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
            const double corner = round ? std::min(frame.width(), frame.height()) / 2.0 : 2.0;
            painter->drawRoundedRect(frame, corner, corner);
            painter->restore();
        }
    }

    /// A list's words end with an ellipsis where they are cut: Fusion cuts a letter in two.
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override {
        const auto* list = element == CE_ComboBoxLabel ? qstyleoption_cast<const QStyleOptionComboBox*>(option) : nullptr;
        if (list == nullptr || list->editable) {
            QProxyStyle::drawControl(element, option, painter, widget);
            return;
        }
        QStyleOptionComboBox fitting = *list;
        const int icon = fitting.currentIcon.isNull() ? 0 : fitting.iconSize.width() + 4;
        const int room = subControlRect(CC_ComboBox, &fitting, SC_ComboBoxEditField, widget).width() - icon - 2;
        fitting.currentText = fitting.fontMetrics.elidedText(fitting.currentText, Qt::ElideRight, room);
        QProxyStyle::drawControl(element, &fitting, painter, widget);
    }

    /// A picture in a chosen row keeps its colours: Qt would mix them with the row's.
    QPixmap generatedIconPixmap(QIcon::Mode mode, const QPixmap& pixmap, const QStyleOption* option) const override {
        return mode == QIcon::Selected ? pixmap : QProxyStyle::generatedIconPixmap(mode, pixmap, option);
    }

private:
    /// Fusion makes the button a little darker, which on a dark ground nobody sees.
    static void draw_switched_on(const QStyleOption& option, QPainter& painter) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        QColor accent = option.palette.color(QPalette::Highlight);
        painter.setPen(QPen(accent, 1.5));
        accent.setAlphaF(0.3F);
        painter.setBrush(accent);
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1.0, 1.0, -1.0, -1.0), 2.0, 2.0);
        painter.restore();
    }
};

/// The colour of errors, in the theme of the moment. Only that one colour is the label's own: the rest follows the application.
class ErrorColour final : public QObject {
public:
    /// Found by name: a label's other children (its text's control) are QObjects as well.
    [[nodiscard]] static QObject* of(const QLabel* label) { return label->findChild<QObject*>(QLatin1String(kName), Qt::FindDirectChildrenOnly); }
    explicit ErrorColour(QLabel* label) : QObject(label), label_(label) {
        setObjectName(QLatin1String(kName));
        label->installEventFilter(this);
        apply();
    }
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::PaletteChange && !applying_) {
            apply();
        }
        return false;
    }

private:
    static constexpr const char* kName = "errorColour";
    void apply() {
        applying_ = true;
        QPalette palette;
        palette.setColor(QPalette::WindowText, is_dark(QApplication::palette()) ? QColor(0xff, 0x9d, 0x7a) : QColor(0xa6, 0x36, 0x00));
        label_->setPalette(palette);
        applying_ = false;
    }
    QLabel* label_;
    bool applying_ = false;
};

using Draw = void (*)(QPainter&);

void polygon(QPainter& p, std::initializer_list<QPointF> points) {
    p.drawPolygon(QPolygonF(QList<QPointF>(points)));
}

/// On a 16 x 16 field; the brush is the text colour.
Draw drawing(const QString& name) {
    if (name == "play") {
        return [](QPainter& p) { polygon(p, {{4, 2}, {14, 8}, {4, 14}}); };
    }
    if (name == "pause") {
        return [](QPainter& p) { p.drawRect(QRectF(3.5, 2.5, 3, 11)), p.drawRect(QRectF(9.5, 2.5, 3, 11)); };
    }
    if (name == "next") {
        return [](QPainter& p) { polygon(p, {{3, 3}, {10, 8}, {3, 13}}), p.drawRect(QRectF(11, 3, 1.6, 10)); };
    }
    if (name == "previous") {
        return [](QPainter& p) { polygon(p, {{13, 3}, {6, 8}, {13, 13}}), p.drawRect(QRectF(3.4, 3, 1.6, 10)); };
    }
    if (name == "first") {
        return [](QPainter& p) {
            polygon(p, {{14, 3}, {9, 8}, {14, 13}}), polygon(p, {{9, 3}, {4, 8}, {9, 13}}), p.drawRect(QRectF(2, 3, 1.4, 10));
        };
    }
    if (name == "last") {
        return [](QPainter& p) {
            polygon(p, {{2, 3}, {7, 8}, {2, 13}}), polygon(p, {{7, 3}, {12, 8}, {7, 13}}), p.drawRect(QRectF(12.6, 3, 1.4, 10));
        };
    }
    return [](QPainter& p) { p.drawEllipse(QPointF(8, 8), 4, 4); };
}

}  // namespace

QPalette light_palette() {
    return palette_of(QColor(0xf3, 0xf4, 0xf6), Qt::white, QColor(0xfa, 0xfa, 0xfb), QColor(0x1d, 0x20, 0x26), QColor(0x00, 0x62, 0xa3));
}

QPalette dark_palette() {
    return palette_of(QColor(0x20, 0x22, 0x26), QColor(0x17, 0x18, 0x1b), QColor(0x2c, 0x2f, 0x35), QColor(0xe4, 0xe6, 0xea),
                      QColor(0x2f, 0x80, 0xc2));
}

void apply_theme(QApplication& application, Theme theme) {
    static const bool system_is_dark = is_dark(application.palette());  // before anything was set
    application.setStyle(new Style);
    const bool dark = theme == Theme::Dark || (theme == Theme::System && system_is_dark);
    application.setPalette(dark ? dark_palette() : light_palette());
}

Theme theme_of(const QString& name) {
    return name == "light" ? Theme::Light : name == "dark" ? Theme::Dark : Theme::System;
}

QString name_of(Theme theme) {
    return theme == Theme::Light ? "light" : theme == Theme::Dark ? "dark" : "system";
}

QIcon line_icon(const QString& name, const QPalette& palette) {
    QIcon icon;
    for (const int size : {16, 32, 48}) {
        for (const bool enabled : {true, false}) {
            QPixmap pixmap(size, size);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.scale(size / 16.0, size / 16.0);
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette.color(enabled ? QPalette::Normal : QPalette::Disabled, QPalette::ButtonText));
            drawing(name)(painter);
            icon.addPixmap(pixmap, enabled ? QIcon::Normal : QIcon::Disabled);
        }
    }
    return icon;
}

QLabel* caption(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    set_caption_look(*label);
    return label;
}

void set_caption_look(QLabel& label) {
    label.setForegroundRole(QPalette::PlaceholderText);
    QFont font = label.font();
    font.setPointSizeF(font.pointSizeF() * 0.9);
    label.setFont(font);
}

QString breakable(const QString& message) {
    constexpr int kLongest = 30;
    QString out;
    qsizetype begin = 0;
    for (qsizetype i = 0; i <= message.size(); ++i) {
        if (i < message.size() && !message[i].isSpace() && message[i] != QLatin1Char('/') && message[i] != QLatin1Char('-')) {
            continue;
        }
        QString run = message.mid(begin, i + 1 - begin);
        if (run.size() > kLongest) {
            run.replace(QLatin1Char('.'), QStringLiteral(".\u200b")).replace(QLatin1Char('_'), QStringLiteral("_\u200b"));
            for (qsizetype at = 0, since = 0; at < run.size(); ++at, ++since) {
                since = run[at] == QChar(0x200b) ? -1 : since;
                if (since == kLongest) {  // a word without any joint
                    run.insert(at, QChar(0x200b));
                    since = -1;
                }
            }
        }
        out += run;
        begin = i + 1;
    }
    return out;
}

QLabel* error_label(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setAccessibleName(QObject::tr("Error"));
    label->hide();
    return label;
}

void show_error(QLabel* label, const QString& message) {
    label->setText(breakable(message));
    if (ErrorColour::of(label) == nullptr) {
        new ErrorColour(label);
    }
    label->setVisible(!message.isEmpty());
}

void show_plain(QLabel* label, const QString& message) {
    delete ErrorColour::of(label);
    label->setPalette({});
    label->setText(message);
}

}  // namespace r2t2::ui
