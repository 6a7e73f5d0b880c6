// Words on one line, whatever room there is: what does not fit is in the tooltip. Its height is the line's, also while it is empty.
// Thread rule: the interface's.
#pragma once

#include <QLabel>

namespace r2t2::ui {

class ElidedLabel final : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    void set_text(const QString& text);
    [[nodiscard]] const QString& whole_text() const { return whole_; }
    [[nodiscard]] QSize sizeHint() const override { return minimumSizeHint(); }
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void elide();
    QString whole_;
};

}  // namespace r2t2::ui
