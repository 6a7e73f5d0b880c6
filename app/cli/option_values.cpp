#include "app/cli/option_values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <type_traits>

#include "core/base/utf8_character.h"

namespace r2t2::cli {

namespace {

std::string name_of(const CLI::Option& option) {
    if (!option.get_lnames().empty()) {
        return "--" + option.get_lnames().front();
    }
    return option.get_snames().empty() ? option.get_name(true) : "-" + option.get_snames().front();
}

/// In decimal digits: "0x10" and "010" are numbers of other bases to some programs, and ten or sixteen to their users.
template <typename Number>
bool is_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (std::is_integral_v<Number> && digits.size() > 1 && digits.front() == '0') {
        return false;
    }
    Number value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && end == text.data() + text.size();
}

/// What a model is told, and what is stored as text.
bool is_text(const CLI::Option& option) {
    return option.check_lname("question") || option.check_lname("answer") || option.check_lname("instruction");
}

Status check_value(const CLI::Option& option, const std::string& text) {
    const std::string kind = option.get_type_name();
    const bool may_be_empty = option.check_lname("instruction") || option.check_lname("question");  // the second says by itself that it is
    if (text.empty() && !may_be_empty) {
        return invalid_input("options", name_of(option), "\"\"", "a value, or leave the option out");
    }
    if (kind == "INT" && !is_number<std::int64_t>(text)) {
        return invalid_input("options", name_of(option), text, "a whole number of 64 bits, in decimal digits");
    }
    if (kind == "FLOAT" && !is_number<double>(text)) {
        return invalid_input("options", name_of(option), text, "a number of double precision, in decimal digits");
    }
    if (is_text(option) && !is_utf8(text)) {
        return invalid_input("options", name_of(option), "bytes that are no UTF-8", "text in UTF-8");
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

Status check_lists(const std::vector<std::string>& arguments) {
    const auto is_commas = [](std::string_view text) { return !text.empty() && text.find_first_not_of(',') == std::string_view::npos; };
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& text = arguments[i];
        const std::size_t mark = text.starts_with("--") ? text.find('=') : std::string::npos;
        const bool joined = mark != std::string::npos && is_commas(std::string_view(text).substr(mark + 1));
        if (!joined && (i == 0 || !is_commas(text) || !arguments[i - 1].starts_with("--"))) {
            continue;
        }
        const std::string option = joined ? text.substr(0, mark) : arguments[i - 1];
        if (option != "--question" && option != "--answer" && option != "--instruction") {
            return invalid_input("options", option, "\"" + (joined ? text.substr(mark + 1) : text) + "\", a list of nothing", "a value, or several with commas between them");
        }
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
