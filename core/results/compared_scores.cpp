#include "core/results/compared_scores.h"

#include <cmath>
#include <cstdio>

#include "core/base/half_up.h"
#include "core/scoring/stored_key.h"

namespace r2t2 {

namespace {

bool gives_fractions(AnswerRule rule) {
    return rule == AnswerRule::SoftVqa || rule == AnswerRule::SoftM4c || rule == AnswerRule::DirectAnswer || rule == AnswerRule::Anls;
}

std::optional<StoredKey> key_of(const SampleRow& row) {
    if (!row.info.scoring) {
        return std::nullopt;
    }
    Result<StoredKey> stored = parse_stored_key(*row.info.scoring, row.info.id.key, row.error.empty() ? KeyUse::Scores : KeyUse::Groups);
    return stored ? std::optional(std::move(*stored)) : std::nullopt;  // whoever shows how samples belong together names it
}

/// How the headline counts, where it does not take its samples one by one.
std::string counting(const std::string& benchmark, const std::vector<NamedNumber>& numbers) {
    if (benchmark == "MMBench") {
        return "CircularEval counts questions of which all rotations are right; the table takes every rotation singly";
    }
    if (benchmark == "MME-P") {
        return "points count every question and every picture of which all are right, by subtask; the table takes every question singly";
    }
    if (benchmark.starts_with("CVBench") && numbers.size() > 2) {
        return "its own is the mean over the sources, every source alike; the table takes every sample alike";
    }
    return {};
}

/// Without its name.
std::string value_text(const NamedNumber& number) { return to_string(number).substr(number.name.size() + 1); }

}  // namespace

std::optional<AnswerWorth> answer_worth(const SampleRow& a, const SampleRow& b) {
    const std::optional<StoredKey> key_a = key_of(a), key_b = key_of(b);
    if (!key_a || !key_b || key_a->benchmark.empty()) {
        return std::nullopt;
    }
    if (!gives_fractions(key_a->key.rule) && !gives_fractions(key_b->key.rule)) {
        return AnswerWorth{ComparedBy::Right, a.final_correct.value_or(false) ? 1.0 : 0.0, b.final_correct.value_or(false) ? 1.0 : 0.0};
    }
    return AnswerWorth{ComparedBy::Worth, score(a.final_answer, key_a->key).value, score(b.final_answer, key_b->key).value};
}

OwnScores::Answers* OwnScores::answers(const SampleRow& row, const std::string& benchmark) {
    if (benchmark.empty()) {
        return nullptr;
    }
    const AnswerScorer empty(benchmark);
    return &sets_.try_emplace(row.info.id.set, Answers{empty, empty}).first->second;
}

void OwnScores::pair(const SampleRow& a, const SampleRow& b) {
    const std::optional<StoredKey> key_a = key_of(a), key_b = key_of(b);
    if (Answers* both = key_a && key_b ? answers(a, key_a->benchmark) : nullptr; both != nullptr) {
        both->a.add(a.info.id.key, a.final_answer, key_a->key);
        both->b.add(b.info.id.key, b.final_answer, key_b->key);
    }
}

void OwnScores::missing(const SampleRow& row) {
    const std::optional<StoredKey> key = key_of(row);
    if (Answers* both = key ? answers(row, key->benchmark) : nullptr; both != nullptr) {
        both->a.add_missing(row.info.id.key, key->key);
        both->b.add_missing(row.info.id.key, key->key);
    }
}

std::optional<OwnNumbers> OwnScores::of(const std::string& set) const {
    const auto found = sets_.find(set);
    if (found == sets_.end()) {
        return std::nullopt;
    }
    const std::vector<NamedNumber> a = found->second.a.score().numbers, b = found->second.b.score().numbers;
    if (a.empty() || b.empty()) {
        return std::nullopt;
    }
    return OwnNumbers{found->second.a.benchmark(), a.front(), b.front(), counting(found->second.a.benchmark(), a)};
}

std::string own_numbers_text(const std::string& set, const OwnNumbers& own) {
    std::string text = (own.a.name == set ? set : set + ": " + own.a.name) + " A " + value_text(own.a) + ", B " + value_text(own.b);
    if (std::isfinite(own.difference())) {
        const int digits = own.a.maximum > 1.0 || own.a.unit == "points" ? 2 : 4;
        char difference[64];
        std::snprintf(difference, sizeof difference, ", B - A %+.*f", digits, half_up(own.difference(), digits));
        text += difference;
    }
    return text;
}

}  // namespace r2t2
