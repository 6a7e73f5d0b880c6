// The guided demo of the first start: one line at a time that says what to look at and what to try, each of which goes
// on by itself when the user has done it. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"

class QLabel;
class QPushButton;

namespace r2t2::ui {

class GuideStrip final : public QWidget {
    Q_OBJECT

public:
    explicit GuideStrip(Workspace& workspace, QWidget* parent = nullptr);
    void start();
    [[nodiscard]] int page() const { return page_; }
    static constexpr int kPages = 6;

Q_SIGNALS:
    void finished();

private:
    void show_page(int page);
    void tell();
    [[nodiscard]] QString first_words() const;  ///< true at every moment: before there is a model, a sample, an answer
    void done(int page);  ///< the user did what this page asks for

    Workspace& workspace_;
    QLabel* text_;
    QPushButton *next_, *close_;
    QString refused_;  ///< why there is no model
    int page_ = 0;
};

}  // namespace r2t2::ui
