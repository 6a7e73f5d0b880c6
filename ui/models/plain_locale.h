// Numbers in the C locale, whatever LANG says: Qt's application object takes the user's for the whole process, torch and other
// libraries included. Thread rule: call once, right after the application object is made, before other threads.
#pragma once

namespace r2t2::ui {

/// Numbers of the C library and of Qt as in the C locale; the interface, whose words are English, from left to right; letters change case as in no language (a Turkish "I" is an "i").
void use_plain_locale();

}  // namespace r2t2::ui
