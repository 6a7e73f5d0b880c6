// A menu of what can be copied, for panels that are no table and no plot. No nested event loops. Thread rule: the interface's.
#pragma once

#include <QString>
#include <QWidget>
#include <functional>
#include <vector>

namespace r2t2::ui {

struct CopyEntry {
    const char* name;  ///< object name of the action
    QString words;
    std::function<void()> copies;
};
/// By right click and Menu key; the menu is called "copyMenu".
void set_up_copy_menu(QWidget* widget, std::vector<CopyEntry> entries);

}  // namespace r2t2::ui
