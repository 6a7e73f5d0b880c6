#include "core/run/embedding_ids.h"

#include <set>
#include <unordered_map>

namespace r2t2 {

namespace {

struct Owner {
    std::string set, question;
};

/// A suffix ("Answer with one word") may be part of the one and not of the other.
bool is_same_question(const std::string& a, const std::string& b) {
    const std::string first = question_key(a), second = question_key(b);
    return first.starts_with(second) || second.starts_with(first);
}

Error two_questions(const std::string& source, const std::string& id, const Owner& owner, const std::string& set, const std::string& question) {
    return invalid_input(source, "id \"" + id + "\"", "\"" + owner.question + "\" of set " + owner.set + " and \"" + question + "\" of set " + set,
                         "a row for each: \"" + owner.set + "/" + id + "\" and \"" + set + "/" + id + "\"");
}

}  // namespace

Result<std::vector<std::string>> check_embedding_ids(const QuestionEmbedder* embedder, const std::vector<ReferenceRecord>& references,
                                                     const std::vector<SampleSetPtr>& sets) {
    std::vector<std::string> remarks;
    if (embedder == nullptr) {
        return remarks;
    }
    std::unordered_map<std::string, Owner> owners;  // of rows with bare ids
    std::set<std::string> origins;
    for (const ReferenceRecord& record : references) {
        origins.insert(record.set);
        if (embedder->match(record.set, record.id) == EmbeddingMatch::BareId) {
            owners.emplace(record.id, Owner{record.set, record.question});
        }
    }
    for (const SampleSetPtr& set : sets) {
        std::size_t bare = 0;
        for (std::size_t i = 0; i < set->size(); ++i) {
            const std::string id = set->id(i);
            if (embedder->match(set->name(), id) != EmbeddingMatch::BareId) {
                continue;
            }
            ++bare;
            const std::string question = set->summary(i).question;
            const auto [owner, fresh] = owners.emplace(id, Owner{set->name(), question});
            if (!fresh && owner->second.set != set->name() && !is_same_question(owner->second.question, question)) {
                return two_questions(embedder->source(), id, owner->second, set->name(), question);
            }
        }
        if (bare > 0 && origins.count(set->name()) == 0) {
            remarks.push_back(set->name() + ": " + std::to_string(bare) + " of " + std::to_string(set->size()) +
                              " samples take their embedding by an id that names no set; ids like \"" + set->name() + "/" + set->id(0) +
                              "\" (or \"set\" in the ids' file) would say that it is theirs");
        }
    }
    return remarks;
}

}  // namespace r2t2
