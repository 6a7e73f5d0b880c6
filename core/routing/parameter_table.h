// Every parameter of re-routing, one row each: what else knows of parameters is made from these rows.
//
//   --help, command line options, "Copy as command line", rerouting.json, the parameters that runs store, axes of sweeps, validation,
//   forms of the desktop and their tooltips, `r2t2 methods` and the documents' tables.
//
// A new parameter is a field of MethodParams and a row here; which methods use it follows from its group (method_table.h).
// Source: rerouting, "Methods" and "Defaults from the paper"; a row names its own. Thread rule: constant after its first use; pure functions.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/routing/method_params.h"

namespace r2t2 {

inline constexpr const char* kR2t2Paper = "R2-T2 (arXiv 2502.20395), section 3";  ///< the source of most rows

enum class ParameterKind {
    Word,           ///< one of a list
    Whole,          ///< a whole number
    Number,
    OptionalNumber  ///< a number above its range's open end, or the word that stands for none
};

/// A word, a whole number, a number; monostate: none.
using ParameterValue = std::variant<std::monostate, std::string, std::int64_t, double>;

/// Of numbers, both ends included but for `open` ones.
struct ParameterRange {
    enum class Low { Closed, Open };
    double low = 0.0;
    double high = std::numeric_limits<double>::infinity();
    Low end = Low::Closed;  ///< Open: above `low`, not `low` itself
};

/// Which of two values that serve equally well is to be preferred: the one that moves less at a time.
enum class Gentler {
    None,   ///< they are of no such kind
    Lower   ///< a rate
};

/// A field of MethodParams. What is set is of the row's kind and in its range.
struct ParameterAccess {
    ParameterValue (*get)(const MethodParams& params) = nullptr;
    void (*set)(MethodParams& params, const ParameterValue& value) = nullptr;
};

struct ParameterRow {
    const char* name;                  ///< the option without dashes: "num-neighbors"
    std::vector<const char*> aliases = {};  ///< other names that are understood; one of a single letter is a short option
    const char* field;                 ///< in JSON: "num_neighbors"
    const char* group;                 ///< the heading that it stands under; methods name the groups they use
    const char* label;                 ///< in tables and labels of variants: "k"
    const char* title;                 ///< in figures: "neighbours k"
    const char* caption;               ///< of its field in forms
    const char* box;                   ///< object name of that field
    const char* help;                  ///< one sentence without a stop
    const char* source = "";           ///< paper and section, where the parameter is not ours
    const char* unit = "";
    ParameterKind kind = ParameterKind::Number;
    ParameterRange range = {};
    std::vector<const char*> words = {};       ///< Word: in the order of the enumerators
    std::vector<std::pair<const char*, const char*>> word_aliases = {};  ///< read as well: {"matern32", "matern-3/2"}
    const char* none = "";          ///< OptionalNumber: its word for none
    const char* lowest = "";        ///< what forms show for none, or for the lowest whole number where that means something else
    const char* replaces = "";      ///< OptionalNumber: the parameter that is not looked at while this one has a number (forms know one such pair)
    double suggested = 0.0;         ///< what a form offers where there is none yet
    double arrow = 1.0;             ///< what a form's arrows add; 0: they multiply
    Gentler gentler = Gentler::None;  ///< what `r2t2 tune` prefers
    const char* scales = "";        ///< Word: under another word the rates of this parameter's group are of another scale, and no gentler or rougher
    bool (*applies)(const MethodParams& params) = nullptr;  ///< the other parameters leave it a meaning; none: always
    ParameterAccess access = {};
};

/// In the order that they are shown and stored in; those of a group stand together.
[[nodiscard]] const std::vector<ParameterRow>& parameter_table();
/// The other parameters, the method among them, leave it one.
[[nodiscard]] bool has_a_meaning(const ParameterRow& row, const MethodParams& params);
/// By name, alias or field; '-' and '_' are the same. Null: there is none.
[[nodiscard]] const ParameterRow* find_parameter(std::string name);
/// In the table's order.
[[nodiscard]] std::vector<std::string> parameter_groups();
/// "num-neighbors, epsilon, ..."
[[nodiscard]] std::string parameter_names();

/// As the command line takes it: "5", "0.5", "median".
[[nodiscard]] std::string parameter_text(const ParameterRow& row, const ParameterValue& value);
[[nodiscard]] std::string parameter_text(const ParameterRow& row, const MethodParams& params);
/// What a value may be: "1 to 1000000", "above 0, at most 1", "a number above 0, or median", "offset, fixed".
[[nodiscard]] std::string allowed_values(const ParameterRow& row);
/// "word", "whole number", "number", "number or median".
[[nodiscard]] std::string kind_text(const ParameterRow& row);

/// The value that a text means, in range or not. Errors (without `where`, field = the row's name): no such word, no number of the kind.
[[nodiscard]] Result<ParameterValue> read_parameter(const ParameterRow& row, const std::string& text);
/// In range and of the row's kind. The error's field is the row's name.
[[nodiscard]] Status check_parameter(const ParameterRow& row, const ParameterValue& value, const std::string& where);
/// Both, and into `params`; what else is there stays. Errors: as above.
[[nodiscard]] Status set_parameter(const ParameterRow& row, const std::string& text, MethodParams& params);
/// One that is looked at in place of `row`'s because it has a number; null: none.
[[nodiscard]] const ParameterRow* replaced_by(const ParameterRow& row, const MethodParams& params);

/// What somebody stated: an option's name or alias, and its text.
using StatedParameter = std::pair<std::string, std::string>;
/// The name of one that is stated with a number and replaces `row`'s: "epsilon" of num-neighbors; else empty.
[[nodiscard]] std::string stated_beside(const ParameterRow& row, const std::vector<StatedParameter>& stated);
/// What was stated, in place of what is there. Who states a parameter means it: epsilon goes where k is stated. Errors: as validate's, with
/// the option as it is typed ("--num-neighbors") as field; both of a parameter and the one that replaces it.
[[nodiscard]] Status take_stated(const std::vector<StatedParameter>& stated, MethodParams& params);
/// What has to be stated to come from `usual` to `params`: take_stated's inverse, but for what is replaced and so not looked at.
[[nodiscard]] std::vector<StatedParameter> to_state(const MethodParams& usual, const MethodParams& params);

/// The labels of what differs, and "method": "k, steps".
[[nodiscard]] std::string changed_parameters(const MethodParams& before, const MethodParams& after);

}  // namespace r2t2
