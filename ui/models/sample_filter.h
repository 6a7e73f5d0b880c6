// Which samples the table shows: words that must all be there, and outcomes.
//
//   red "left of" family:spatial outcome:harmed
//
// Words are looked for anywhere in question, truth, answers, id and set, whatever their case; quotes keep words together.
// set:, domain: and family: look in that field alone; outcome: takes the beginning of a name ("harm") or a transition
// ("right->wrong"). Thread rule: value and pure functions.
#pragma once

#include <QString>
#include <set>
#include <string>
#include <vector>

#include "ui/models/sample_row.h"

namespace r2t2::ui {

struct SampleFilter {
    enum class Field { Text, Set, Domain, Family, Outcome };
    struct Term {
        Field field = Field::Text;
        std::string value;  ///< case-folded UTF-8, not empty
        bool operator==(const Term&) const = default;
    };
    std::vector<Term> terms;           ///< all must hold
    std::set<SampleOutcome> outcomes;  ///< one of them; empty = any

    [[nodiscard]] bool empty() const { return terms.empty() && outcomes.empty(); }
    [[nodiscard]] bool accepts(const SampleRow& row) const;
    bool operator==(const SampleFilter&) const = default;

    [[nodiscard]] static std::vector<Term> parse(const QString& text);
};

}  // namespace r2t2::ui
