// The guided demo of the first start: one line at a time that says what to look at and what to try, each of which goes
// on by itself when the user has done it. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <optional>
#include <utility>

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
    void panelWanted(const QString& name);  ///< of the page that is shown now: object name of its dock

private:
    void show_page(int page);
    void tell();
    [[nodiscard]] QString first_words() const;  ///< true at every moment: before there is a model, a sample, an answer
    void follow_sample();  ///< who opens another one has gone on by himself
    void done(int page);  ///< the user did what this page asks for

    Workspace& workspace_;
    QLabel* text_;
    QPushButton *next_, *close_, *back_;
    QString refused_;  ///< why there is no model
    int page_ = 0;
    std::optional<std::pair<const SampleList*, std::size_t>> about_;  ///< the sample that it speaks of
};

}  // namespace r2t2::ui
