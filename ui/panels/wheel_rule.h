// The wheel scrolls; the value of a field turns with it only while the field has the keyboard. Nobody changes a parameter by going
// through a form. Thread rule: the interface's.
#pragma once

#include <QApplication>

namespace r2t2::ui {

/// For every spin box, list of choices and slider of the program, those of dialogs and those that come later as well. Again: does nothing.
void keep_wheel_for_scrolling(QApplication& application);

}  // namespace r2t2::ui
