// What Qt needs before anything can be shown or drawn: a platform that can be opened, and fonts.
//
// Thread rule: main thread.
#pragma once

#include "core/base/result.h"

namespace r2t2::ui {

/// While one of these is alive Qt's fatal errors (no such platform, no display) end the program with a line on stderr and exit code 1 instead of an
/// abort. To be made before the application object and to end after it was made; Qt's warnings meanwhile are part of that line.
class StartingQt {
public:
    /// `program`: a literal, what the line begins with.
    explicit StartingQt(const char* program);
    StartingQt(const StartingQt&) = delete;
    StartingQt& operator=(const StartingQt&) = delete;
    ~StartingQt();
};

/// Without fonts every letter is a box. Needs the application object. Error: Io.
[[nodiscard]] Status check_fonts();
/// Error: the family is there, and has no Latin letters (Wingdings, fonts of icons): words would be boxes. One that is not there is no error.
[[nodiscard]] Status check_family(const QString& family);

}  // namespace r2t2::ui
