// What the parser lets through: values that are empty, and numbers that it bends into range.
//
// Thread rule: main thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace CLI {
class App;
}

namespace r2t2::cli {

/// Every value that was typed, of this command and of those under it. Errors: an empty one, where it means nothing (an instruction may be
/// empty); a number that the option's kind does not hold or that is not in plain decimal digits, quoted as it was typed; a question, an
/// answer, an instruction that is no UTF-8.
[[nodiscard]] Status check_typed_values(const CLI::App& app);

/// Commas with nothing between them: the parser would drop them and take the next option for the value. Errors name the option.
[[nodiscard]] Status check_lists(const std::vector<std::string>& arguments);

/// What follows a lone "--" is no option: "-dash.png" is "./-dash.png" there.
[[nodiscard]] std::vector<std::string> plain_arguments(int argc, char** argv);

/// Names apart at commas, but a path that is there as a whole is whole.
[[nodiscard]] std::vector<std::string> split_names(const std::vector<std::string>& typed);

}  // namespace r2t2::cli
