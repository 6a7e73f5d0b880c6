// The reference under the pointer, in whatever view: thumbnail, question, answer, routing. Its height never changes, so
// that nothing jumps while the pointer moves. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/thumbnail_store.h"
#include "ui/models/workspace.h"

class QLabel;

namespace r2t2::ui {

class ReferenceCard final : public QWidget {
    Q_OBJECT

public:
    ReferenceCard(Workspace& workspace, ThumbnailStore& thumbnails, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void tell(const QString& question, const QString& answer, const QString& facts);

    Workspace& workspace_;
    ThumbnailStore& thumbnails_;
    quint64 source_ = 0;
    QLabel* picture_;
    QLabel* text_;
};

}  // namespace r2t2::ui
