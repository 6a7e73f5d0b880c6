#include "core/reference/contradictions.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json/parse_json.h"
#include "core/scoring/scoring.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr Contradiction kKinds[] = {Contradiction::SaysRight, Contradiction::SaysWrong, Contradiction::OtherTruth};

bool exactly_right(const StatedAnswer& stated) {
    if (stated.key != nullptr) {
        return score(std::string(stated.answer), *stated.key).correct;
    }
    return score_answer(stated.answer, stated.truth, ScoringRule::Exact, {stated.options.begin(), stated.options.end()}).correct;
}

bool same_truth(const std::string& a, const std::string& b) {
    return a == b || score_answer(a, b).correct || score_answer(b, a).correct;
}

std::optional<Contradiction> of_record(const ReferenceRecord& record) {
    if (const auto tag = record.tags.find(kContradictionTag); tag != record.tags.end()) {
        for (const Contradiction kind : kKinds) {
            if (tag->second == code(kind)) {
                return kind;
            }
        }
    }
    if (!record.routing_per_mixer.empty() || record.tags.count(kScoredByTag) > 0) {
        return std::nullopt;
    }
    return self_contradiction({record.model_answer, record.ground_truth, record.is_correct});
}

void add(std::vector<ContradictoryRecords>& all, ContradictoryRecords one) {
    if (one.count > 0) {
        all.push_back(std::move(one));
    }
}

/// What a set's making left out. A note of another form says nothing.
void add_note(const ReferenceStore& store, std::vector<ContradictoryRecords>& all) {
    const auto note = store.origin().notes.find(kContradictionNote);
    const Json json = note == store.origin().notes.end() ? Json() : stored_json(note->second);
    for (const Contradiction kind : kKinds) {
        const std::string name(code(kind));
        if (!json.is_object() || !json.contains(name) || !json[name].is_object()) {
            continue;
        }
        ContradictoryRecords one{kind, Fate::LeftOut, 0, {}};
        const Json count = json[name].value("count", Json()), ids = json[name].value("ids", Json());
        one.count = count.is_number_unsigned() ? count.get<std::size_t>() : 0;
        for (const Json& id : ids.is_array() ? ids : Json::array()) {
            one.ids.push_back(id.is_string() ? id.get<std::string>() : id.dump());
        }
        add(all, std::move(one));
    }
}

}  // namespace

std::string_view code(Contradiction kind) {
    switch (kind) {
        case Contradiction::SaysRight:
            return "says-right";
        case Contradiction::SaysWrong:
            return "says-wrong";
        case Contradiction::OtherTruth:
            break;
    }
    return "other-truth";
}

std::string ContradictoryRecords::text() const {
    constexpr std::size_t kNamed = 5;
    const bool one = count == 1;
    std::string out = std::to_string(count) + (one ? " record " : " records ");
    switch (kind) {
        case Contradiction::SaysRight:
            out += one ? "says that its answer is right, and its truth says it is not" : "say that their answer is right, and their truth says it is not";
            break;
        case Contradiction::SaysWrong:
            out += one ? "says that its answer is wrong, and its truth says it is right" : "say that their answer is wrong, and their truth says it is right";
            break;
        case Contradiction::OtherTruth:
            out += one ? "has the picture and the question of another record, and another truth" : "have the picture and the question of another record, and another truth";
            break;
    }
    out += ids.size() == 1 ? " (id " : " (ids ";
    for (std::size_t i = 0; i < std::min(ids.size(), kNamed); ++i) {
        out += (i > 0 ? ", " : "") + ids[i];
    }
    out += count > kNamed ? " and " + std::to_string(count - kNamed) + " more)" : ")";
    return out + (fate == Fate::LeftOut ? ": left out" : ": in the set");
}

std::string contradiction_note(const std::vector<ContradictoryRecords>& left_out) {
    Json note = Json::object();
    for (const ContradictoryRecords& each : left_out) {
        if (each.fate == Fate::LeftOut) {
            const std::size_t noted = std::min(each.ids.size(), ContradictoryRecords::kNotedIds);
            note[std::string(code(each.kind))] = {{"count", each.count}, {"ids", std::vector<std::string>(each.ids.begin(), each.ids.begin() + static_cast<std::ptrdiff_t>(noted))}};
        }
    }
    return note.empty() ? std::string() : note.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_right(const StatedAnswer& stated) {
    return exactly_right(stated) || score_answer(stated.answer, stated.truth, ScoringRule::StartsWith, {stated.options.begin(), stated.options.end()}).correct;
}

bool needs_options(const std::string& answer, const std::string& truth, std::span<const std::string> options) {
    return !options.empty() && !is_right({answer, truth}) && is_right({answer, truth, false, options});
}

std::optional<Contradiction> self_contradiction(const StatedAnswer& stated) {
    if (trimmed(stated.truth).empty()) {
        return std::nullopt;
    }
    if (stated.says_right) {
        return is_right(stated) ? std::nullopt : std::optional(Contradiction::SaysRight);
    }
    return exactly_right(stated) ? std::optional(Contradiction::SaysWrong) : std::nullopt;
}

std::vector<bool> with_other_truths(std::span<const SampleIdentity> samples, std::span<const std::string> truths) {
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> same;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (!trimmed(truths[i]).empty()) {
            same[{picture_key(samples[i]), question_key(samples[i].question)}].push_back(i);
        }
    }
    std::vector<bool> out(samples.size(), false);
    for (const auto& [key, members] : same) {
        const bool differ = std::any_of(members.begin(), members.end(), [&](std::size_t i) { return !same_truth(truths[members.front()], truths[i]); });
        for (const std::size_t i : members) {
            out[i] = differ;
        }
    }
    return out;
}

std::vector<ContradictoryRecords> contradictions_of(const ReferenceStore& store) {
    const std::vector<ReferenceRecord>& records = store.records();
    std::vector<SampleIdentity> samples;
    std::vector<std::string> truths;
    for (const ReferenceRecord& record : records) {
        samples.push_back(identity_of(record));
        truths.push_back(record.ground_truth);
    }
    const std::vector<bool> other = with_other_truths(samples, truths);
    std::map<Contradiction, ContradictoryRecords> found;
    for (std::size_t i = 0; i < records.size(); ++i) {
        std::optional<Contradiction> kind = of_record(records[i]);
        if (!kind && other[i]) {
            kind = Contradiction::OtherTruth;
        }
        if (kind) {
            ContradictoryRecords& of = found[*kind];
            of.kind = *kind;
            of.fate = Fate::Kept;
            ++of.count;
            of.ids.push_back(records[i].id);
        }
    }
    std::vector<ContradictoryRecords> all;
    for (auto& [kind, records_of] : found) {
        add(all, std::move(records_of));
    }
    add_note(store, all);
    return all;
}

}  // namespace r2t2
