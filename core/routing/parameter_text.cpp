// What can be done with every row alike (declared in parameter_table.h).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "core/base/number_text.h"
#include "core/routing/parameter_table.h"

namespace r2t2 {

namespace {

std::string with_comma(const std::string& before, const std::string& word) { return before + (before.empty() ? "" : ", ") + word; }

std::string number_words(const ParameterRange& range) {
    const bool open = range.end == ParameterRange::Low::Open;
    if (std::isfinite(range.high)) {
        return open ? "above " + number_text(range.low) + ", at most " + number_text(range.high)
                    : number_text(range.low) + " to " + number_text(range.high);
    }
    return open ? "above " + number_text(range.low) : number_text(range.low) + " or more";
}

bool in_range(const ParameterRange& range, double value) {
    return std::isfinite(value) && value <= range.high && (range.end == ParameterRange::Low::Open ? value > range.low : value >= range.low);
}

/// All of the text, in the C locale; a plus in front says nothing.
template <typename T>
bool read_all(std::string_view text, T& out) {
    if (text.starts_with('+') && !text.substr(1).starts_with('-')) {
        text.remove_prefix(1);
    }
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool has_a_meaning(const ParameterRow& row, const MethodParams& params) { return row.applies == nullptr || row.applies(params); }

const ParameterRow* find_parameter(std::string name) {
    const auto same = [&name](std::string other) {
        std::replace(other.begin(), other.end(), '_', '-');
        return name == other;
    };
    std::replace(name.begin(), name.end(), '_', '-');
    for (const ParameterRow& row : parameter_table()) {
        if (same(row.name) || same(row.field) || std::any_of(row.aliases.begin(), row.aliases.end(), same)) {
            return &row;
        }
    }
    return nullptr;
}

std::vector<std::string> parameter_groups() {
    std::vector<std::string> groups;
    for (const ParameterRow& row : parameter_table()) {
        if (groups.empty() || groups.back() != row.group) {
            groups.emplace_back(row.group);
        }
    }
    return groups;
}

std::string parameter_names() {
    std::string names;
    for (const ParameterRow& row : parameter_table()) {
        names = with_comma(names, row.name);
    }
    return names;
}

std::string parameter_text(const ParameterRow& row, const ParameterValue& value) {
    if (const auto* word = std::get_if<std::string>(&value)) {
        return *word;
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*whole);
    }
    const auto* number = std::get_if<double>(&value);
    return number != nullptr ? number_text(*number) : row.none;
}

std::string parameter_text(const ParameterRow& row, const MethodParams& params) { return parameter_text(row, row.access.get(params)); }

std::string allowed_values(const ParameterRow& row) {
    switch (row.kind) {
        case ParameterKind::Word: {
            std::string words;
            for (const char* word : row.words) {
                words = with_comma(words, word);
            }
            return words;
        }
        case ParameterKind::Whole:
            return std::to_string(std::llround(row.range.low)) + " to " + std::to_string(std::llround(row.range.high));
        case ParameterKind::Number:
            return number_words(row.range);
        case ParameterKind::OptionalNumber:
            break;
    }
    return number_words(row.range) + ", or " + row.none;
}

std::string kind_text(const ParameterRow& row) {
    switch (row.kind) {
        case ParameterKind::Word:
            return "word";
        case ParameterKind::Whole:
            return "whole number";
        case ParameterKind::Number:
            return "number";
        case ParameterKind::OptionalNumber:
            break;
    }
    return std::string("number or ") + row.none;
}

Result<ParameterValue> read_parameter(const ParameterRow& row, const std::string& text) {
    const auto refused = [&](const std::string& allowed) { return invalid_input({}, row.name, "\"" + text + "\"", allowed); };
    if (row.kind == ParameterKind::Word) {
        std::string word = text;
        for (const auto& [alias, meant] : row.word_aliases) {
            word = text == alias ? meant : word;
        }
        const bool known = std::find(row.words.begin(), row.words.end(), word) != row.words.end();
        return known ? Result<ParameterValue>(word) : Result<ParameterValue>(refused(allowed_values(row)));
    }
    if (row.kind == ParameterKind::Whole) {
        std::int64_t whole = 0;
        return read_all(text, whole) ? Result<ParameterValue>(whole) : Result<ParameterValue>(refused("a whole number, " + allowed_values(row)));
    }
    if (row.kind == ParameterKind::OptionalNumber && text == row.none) {
        return ParameterValue();
    }
    double number = 0.0;
    return read_all(text, number) && std::isfinite(number) ? Result<ParameterValue>(number) : Result<ParameterValue>(refused("a number " + allowed_values(row)));
}

Status check_parameter(const ParameterRow& row, const ParameterValue& value, const std::string& where) {
    bool good = false;
    switch (row.kind) {
        case ParameterKind::Word: {
            const auto* word = std::get_if<std::string>(&value);
            good = word != nullptr && std::find(row.words.begin(), row.words.end(), *word) != row.words.end();
            break;
        }
        case ParameterKind::Whole: {
            const auto* whole = std::get_if<std::int64_t>(&value);
            good = whole != nullptr && in_range(row.range, static_cast<double>(*whole));
            break;
        }
        case ParameterKind::OptionalNumber:
        case ParameterKind::Number: {
            const auto* number = std::get_if<double>(&value);
            good = number != nullptr ? in_range(row.range, *number)
                                     : row.kind == ParameterKind::OptionalNumber && std::holds_alternative<std::monostate>(value);
            break;
        }
    }
    return good ? Status() : Status(invalid_input(where, row.name, parameter_text(row, value), allowed_values(row)));
}

Status set_parameter(const ParameterRow& row, const std::string& text, MethodParams& params) {
    const Result<ParameterValue> value = read_parameter(row, text);
    if (!value) {
        return value.error();
    }
    R2T2_TRY(check_parameter(row, *value, {}));
    row.access.set(params, *value);
    return {};
}

const ParameterRow* replaced_by(const ParameterRow& row, const MethodParams& params) {
    for (const ParameterRow& other : parameter_table()) {
        if (row.name == std::string(other.replaces) && !std::holds_alternative<std::monostate>(other.access.get(params))) {
            return &other;
        }
    }
    return nullptr;
}

std::string stated_beside(const ParameterRow& row, const std::vector<StatedParameter>& stated) {
    for (const auto& [name, text] : stated) {
        const ParameterRow* other = find_parameter(name);
        if (other != nullptr && row.name == std::string(other->replaces) && text != other->none) {
            return other->name;
        }
    }
    return {};
}

Status take_stated(const std::vector<StatedParameter>& stated, MethodParams& params) {
    const auto typed = [](Error error) {
        error.where = "options";
        error.field = "--" + error.field;
        return error;
    };
    std::set<const ParameterRow*> rows;
    for (const auto& [name, text] : stated) {
        if (const ParameterRow* row = find_parameter(name); row != nullptr) {
            rows.insert(row);
        } else {
            return invalid_input("options", "--" + name, "an unknown parameter", parameter_names());
        }
    }
    for (const ParameterRow* row : rows) {
        if (const ParameterRow* other = replaced_by(*row, params); other != nullptr && rows.count(other) == 0) {
            other->access.set(params, {});
        }
    }
    for (const ParameterRow* row : rows) {
        if (const std::string other = stated_beside(*row, stated); !other.empty()) {
            return invalid_input("options", "--" + other, "together with --" + std::string(row->name), "one of the two: " + other + " replaces " + row->name);
        }
    }
    for (const auto& [name, text] : stated) {
        if (const Status set = set_parameter(*find_parameter(name), text, params); !set) {
            return typed(set.error());
        }
    }
    const Status valid = validate(params, {});
    return valid ? Status() : Status(typed(valid.error()));
}

std::vector<StatedParameter> to_state(const MethodParams& usual, const MethodParams& params) {
    std::vector<StatedParameter> out;
    for (const ParameterRow& row : parameter_table()) {
        const ParameterValue value = row.access.get(params);
        if (replaced_by(row, params) != nullptr) {
            continue;  // not looked at
        }
        if (find_parameter(row.replaces) != nullptr && std::holds_alternative<std::monostate>(value)) {
            continue;  // who states the one that it replaces takes it away
        }
        if (value != row.access.get(usual) || replaced_by(row, usual) != nullptr) {
            out.emplace_back(row.name, parameter_text(row, value));
        }
    }
    return out;
}

std::string changed_parameters(const MethodParams& before, const MethodParams& after) {
    std::string names = before.method == after.method ? "" : "method";
    for (const ParameterRow& row : parameter_table()) {
        names = row.access.get(before) == row.access.get(after) ? names : with_comma(names, row.label);
    }
    return names;
}

}  // namespace r2t2
