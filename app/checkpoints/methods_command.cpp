// r2t2 methods
#include <algorithm>
#include <filesystem>

#include "app/checkpoints/checkpoint_commands.h"
#include "app/checkpoints/methods_report.h"
#include "core/checkpoint/rerouting_file.h"

namespace r2t2::cli {

namespace {

/// A name is a method's (with its alias) or a parameter's.
Result<MethodsReport> report_of(const MethodsOptions& options) {
    MethodsReport report;
    if (!options.model.empty()) {
        std::error_code code;
        if (!std::filesystem::is_directory(options.model, code)) {
            return Error{ErrorKind::NotFound, options.model, "--model", "nothing", "a checkpoint directory"};
        }
        const Result<bool> recommended = apply_recommended(options.model, report.values);
        if (!recommended) {
            return recommended.error();
        }
    }
    R2T2_TRY(take_stated(options.method.stated, report.values));
    const Result<Method> named = parse_method(options.name);
    const ParameterRow* parameter = find_parameter(options.name);
    if (!options.name.empty() && !named && parameter == nullptr) {
        return invalid_input("options", "name", "\"" + options.name + "\"", named.error().allowed + ", " + parameter_names());
    }
    report.all = options.name.empty();
    for (const Method method : all_methods()) {
        if (report.all || (named && *named == method) || (!named && uses_parameter(method, *parameter))) {
            report.methods.push_back(&method_row(method));
        }
    }
    for (const ParameterRow& row : parameter_table()) {
        if (report.all || (named ? uses_parameter(*named, row) : &row == parameter)) {
            report.parameters.push_back(&row);
        }
    }
    return report;
}

}  // namespace

int run_methods(const MethodsOptions& options, Console& console) {
    const Result<MethodsReport> report = report_of(options);
    if (!report) {
        return console.fail(report.error());
    }
    console.data(console.options().json ? methods_json(*report).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n" : options.markdown ? methods_markdown(*report) : methods_text(*report));
    return kExitOk;
}

}  // namespace r2t2::cli
