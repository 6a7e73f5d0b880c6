// What `r2t2 methods` prints: the tables of methods and parameters as text, JSON and Markdown. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/routing/method_table.h"

namespace r2t2::cli {

struct MethodsReport {
    bool all = true;  ///< not one by its name
    std::vector<const MethodRow*> methods;
    std::vector<const ParameterRow*> parameters;
    MethodParams values;  ///< what the parameters are set to
};

[[nodiscard]] std::string methods_text(const MethodsReport& report);
[[nodiscard]] nlohmann::ordered_json methods_json(const MethodsReport& report);
[[nodiscard]] std::string methods_markdown(const MethodsReport& report);

}  // namespace r2t2::cli
