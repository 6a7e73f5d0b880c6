#include "ui/models/sample_filter.h"

#include <QStringList>
#include <algorithm>
#include <array>
#include <utility>

namespace r2t2::ui {

namespace {

constexpr std::array<std::pair<const char*, SampleFilter::Field>, 4> kPrefixes = {{
    {"set:", SampleFilter::Field::Set},
    {"domain:", SampleFilter::Field::Domain},
    {"family:", SampleFilter::Field::Family},
    {"outcome:", SampleFilter::Field::Outcome},
}};

/// Split at white space outside quotes; the quotes themselves go. An open quote reaches to the end.
QStringList words_of(const QString& text) {
    QStringList words;
    QString word;
    bool quoted = false;
    for (const QChar c : text) {
        if (c == QLatin1Char('"')) {
            quoted = !quoted;
        } else if (c.isSpace() && !quoted) {
            words.append(std::exchange(word, {}));
        } else {
            word.append(c);
        }
    }
    words.append(word);
    words.removeAll(QString());
    return words;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool outcome_matches(SampleOutcome outcome, const std::string& value) {
    return to_string(outcome).toStdString().starts_with(value) || transition_of(outcome).toStdString() == value;
}

bool term_holds(const SampleFilter::Term& term, const SampleRow& row) {
    switch (term.field) {
        case SampleFilter::Field::Text:
            return contains(row.text, term.value);
        case SampleFilter::Field::Set:
            return contains(row.set, term.value);
        case SampleFilter::Field::Domain:
            return contains(row.domain, term.value);
        case SampleFilter::Field::Family:
            return contains(row.family, term.value);
        case SampleFilter::Field::Outcome:
            return outcome_matches(row.outcome, term.value);
    }
    return false;
}

}  // namespace

bool SampleFilter::accepts(const SampleRow& row) const {
    return (outcomes.empty() || outcomes.contains(row.outcome)) &&
           std::all_of(terms.begin(), terms.end(), [&row](const Term& term) { return term_holds(term, row); });
}

std::vector<SampleFilter::Term> SampleFilter::parse(const QString& text) {
    std::vector<Term> terms;
    for (const QString& word : words_of(text)) {
        Term term{Field::Text, folded(word.toStdString())};
        for (const auto& [prefix, field] : kPrefixes) {
            if (term.value.starts_with(prefix)) {
                term = {field, term.value.substr(std::char_traits<char>::length(prefix))};
                break;
            }
        }
        if (!term.value.empty()) {  // "set:" alone is someone still typing
            terms.push_back(std::move(term));
        }
    }
    return terms;
}

}  // namespace r2t2::ui
