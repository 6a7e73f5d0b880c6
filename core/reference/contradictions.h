// Records of a file that contradict themselves or each other: what they say of right and wrong cannot be taken over as it stands.
//
// Only what a file states can contradict itself; what the model was asked here was scored here (such records have routing per mixer).
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/reference/reference_store.h"
#include "core/scoring/answer_key.h"

namespace r2t2 {

enum class Contradiction {
    SaysRight,  ///< is_correct is true, and the answer is not what the truth says, by any rule that is known here
    SaysWrong,  ///< is_correct is false, and the answer is what the truth says
    OtherTruth  ///< another record asks the same of the same picture and has another truth
};
/// "says-right", "says-wrong", "other-truth".
[[nodiscard]] std::string_view code(Contradiction kind);

/// How a set was asked to treat them.
enum class Contradictory {
    LeftOut,
    Kept  ///< as the file says, with a tag: says-wrong is a wrong answer and no reference all the same
};
/// What became of some.
enum class Fate { LeftOut, Kept };

/// Tags of a record: its contradiction, where it was kept; that options or a benchmark's key said it is right (its texts alone do not).
inline constexpr const char* kContradictionTag = "contradiction";
inline constexpr const char* kScoredByTag = "scored_by";
/// Note of a set from which records were left out: {"says-right": {"count": 2, "ids": ["7", "9"]}}.
inline constexpr const char* kContradictionNote = "contradictory_left_out";

struct ContradictoryRecords {
    Contradiction kind = Contradiction::SaysRight;
    Fate fate = Fate::LeftOut;
    std::size_t count = 0;
    std::vector<std::string> ids;  ///< in the file's order; of a set's note the first kNotedIds
    static constexpr std::size_t kNotedIds = 20;

    /// "2 records say that their answer is right, and their truth says it is not (ids 7, 9): left out".
    [[nodiscard]] std::string text() const;
};
/// What kContradictionNote holds; empty: nothing was left out.
[[nodiscard]] std::string contradiction_note(const std::vector<ContradictoryRecords>& left_out);

/// What a record says of itself. Right is what any rule says (exact, by its options, by its key, upstream's beginning); wrong what the
/// exact rule, or the key, says. None: it agrees, or there is no truth.
struct StatedAnswer {
    std::string_view answer;
    std::string_view truth;
    bool says_right = false;
    std::span<const std::string> options{};
    const AnswerKey* key = nullptr;
};
[[nodiscard]] std::optional<Contradiction> self_contradiction(const StatedAnswer& stated);
/// By some rule (see above).
[[nodiscard]] bool is_right(const StatedAnswer& stated);
/// By its options, and by no rule without them ("B" of a truth in words): a record has to keep them to say why it is right.
[[nodiscard]] bool needs_options(const std::string& answer, const std::string& truth, std::span<const std::string> options);

/// Which of `samples` have a twin with another truth ("yes" and "Yes.", 3 and 3.0 are one truth; without a truth there is none).
[[nodiscard]] std::vector<bool> with_other_truths(std::span<const SampleIdentity> samples, std::span<const std::string> truths);

/// Of a set as it stands: its records' tags, what a file says of those that were not run here, other truths, and the note of those left out.
[[nodiscard]] std::vector<ContradictoryRecords> contradictions_of(const ReferenceStore& store);

}  // namespace r2t2
