#include "app/cli/option_values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>

namespace r2t2::cli {

namespace {

std::string name_of(const CLI::Option& option) {
    if (!option.get_lnames().empty()) {
        return "--" + option.get_lnames().front();
    }
    return option.get_snames().empty() ? option.get_name(true) : "-" + option.get_snames().front();
}

template <typename Number>
bool overflows(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    Number value{};
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range;
}

Status check_value(const CLI::Option& option, const std::string& text) {
    const std::string kind = option.get_type_name();
    const bool may_be_empty = option.check_lname("instruction") || option.check_lname("question");  // the second says by itself that it is
    if (text.empty() && !may_be_empty) {
        return invalid_input("options", name_of(option), "\"\"", "a value, or leave the option out");
    }
    if (kind == "INT" && overflows<std::int64_t>(text)) {
        return invalid_input("options", name_of(option), text, "a whole number of 64 bits");
    }
    if (kind == "FLOAT" && overflows<double>(text)) {
        return invalid_input("options", name_of(option), text, "a number of double precision");
    }
    return {};
}

}  // namespace

Status check_typed_values(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
        if (option->count() == 0 || option->get_items_expected_max() == 0) {  // a flag
            continue;
        }
        for (const std::string& text : option->results()) {
            R2T2_TRY(check_value(*option, text));
        }
    }
    for (const CLI::App* command : app.get_subcommands()) {
        R2T2_TRY(check_typed_values(*command));
    }
    return {};
}

std::vector<std::string> plain_arguments(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    const auto mark = std::find(arguments.begin(), arguments.end(), "--");
    if (mark != arguments.end()) {
        for (auto after = mark + 1; after != arguments.end(); ++after) {
            *after = after->starts_with('-') ? "./" + *after : *after;
        }
        arguments.erase(mark);
    }
    return arguments;
}

std::vector<std::string> split_names(const std::vector<std::string>& typed) {
    std::vector<std::string> names;
    std::error_code code;
    for (const std::string& text : typed) {
        for (std::size_t at = 0; at <= text.size();) {
            std::size_t end = text.size();  // the longest beginning that is a path, else up to the next comma
            while (end != std::string::npos && end > at && !std::filesystem::exists(text.substr(at, end - at), code)) {
                end = end > 0 ? text.rfind(',', end - 1) : std::string::npos;
            }
            end = end == std::string::npos || end <= at ? std::min(text.find(',', at), text.size()) : end;
            if (end > at) {
                names.push_back(text.substr(at, end - at));
            }
            at = end + 1;
        }
    }
    return names;
}

}  // namespace r2t2::cli
