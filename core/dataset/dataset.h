// A data set in memory: one value per sample, and what was wrong with the records that were left out.
//
// A million samples are to fit into a few hundred megabytes: what many samples share (labels, folders) is held once, what few have
// (facts, stored routing, groups) lies beside them, several answers are one string. Pictures are not loaded here, only their
// paths resolved. Thread rule: values.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/scoring/answer_key.h"
#include "core/vision/auxiliary_facts.h"

namespace r2t2 {

/// A file below a folder that many files share.
class SharedPath {
public:
    SharedPath() = default;
    SharedPath(const std::filesystem::path& whole) : name_(whole.string()) {}  // NOLINT: implicit by design
    SharedPath(std::shared_ptr<const std::filesystem::path> folder, std::string name)
        : folder_(std::move(folder)), name_(std::move(name)) {}

    [[nodiscard]] std::filesystem::path path() const { return folder_ ? *folder_ / name_ : std::filesystem::path(name_); }
    [[nodiscard]] std::string string() const { return path().string(); }
    [[nodiscard]] bool empty() const { return name_.empty(); }

private:
    std::shared_ptr<const std::filesystem::path> folder_;
    std::string name_;
};

/// Texts in one string, equal ones once with their number: in the order in which each is first met. Any bytes may stand in them.
class PackedTexts {
public:
    PackedTexts() = default;
    explicit PackedTexts(const std::vector<std::string>& texts);
    PackedTexts(const PackedTexts& other) { *this = other; }
    PackedTexts(PackedTexts&&) = default;
    PackedTexts& operator=(const PackedTexts& other);
    PackedTexts& operator=(PackedTexts&&) = default;
    ~PackedTexts() = default;
    [[nodiscard]] std::vector<std::string> unpacked() const;

private:
    [[nodiscard]] std::string_view bytes() const;
    void keep(std::string_view bytes);
    std::unique_ptr<char[]> data_;  ///< null, or the number of bytes that follow; each text with its number and its length before it
};

/// What many samples of a set have in common.
struct SampleLabels {
    std::string set_name;       ///< data set or benchmark
    std::string family;         ///< kind of question, the benchmark's category; "" when unknown
    std::string domain;         ///< kind of picture, or a second division; "" when unknown
    std::string template_name;  ///< "" when unknown
    std::string instruction;    ///< put in front of the question in the prompt, not embedded; "" = none
    std::string suffix;         ///< put behind the question in the prompt: the wish for a letter, for a short answer; "" = none
    bool operator==(const SampleLabels&) const = default;
};

/// One value for all samples with the same labels. Thread rule: one reader.
class LabelPool {
public:
    [[nodiscard]] std::shared_ptr<const SampleLabels> share(SampleLabels labels);

private:
    std::unordered_map<std::string, std::shared_ptr<const SampleLabels>> known_;
};

/// What few samples have.
struct SampleExtras {
    std::filesystem::path facts_path;     ///< JSON of auxiliary facts beside the picture; empty = none or inline
    std::optional<AuxiliaryFacts> facts;  ///< inline facts
    std::optional<std::string> model_answer;
    std::optional<bool> is_correct;
    /// Stored routing weights: img_aux, img_lang, img_self, lang_aux, lang_img, lang_self.
    std::optional<std::array<double, 6>> weights;
    std::string group;        ///< AnswerKey::group
    int group_size = 0;       ///< AnswerKey::group_size
    std::string answer_type;  ///< AnswerKey::answer_type
    int precision = 0;        ///< AnswerKey::precision
};

struct Sample {
    std::string id;            ///< unique within the data set; numbers are written out ("12")
    std::string question;      ///< as asked, without template; of multiple choice with its options
    SharedPath image_path;     ///< resolved against the image root
    std::string ground_truth;  ///< what the loss wants; "" = not known
    std::vector<std::string> options;  ///< of multiple-choice questions, else empty
    PackedTexts answers;               ///< accepted ones; none: the ground truth alone
    std::int16_t right_option = -1;    ///< AnswerKey::right_option
    std::optional<AnswerRule> rule;    ///< how it is scored; none: as the evaluation says
    std::int32_t record = -1;          ///< index in its file, from 0, as problems name it; -1: of no file. It takes no room: it stands in padding
    std::shared_ptr<const SampleLabels> shared_labels;
    std::shared_ptr<const SampleExtras> shared_extras;

    [[nodiscard]] std::string prompt() const { return question + labels().suffix; }  ///< what the model is asked
    [[nodiscard]] const SampleLabels& labels() const;
    [[nodiscard]] const SampleExtras& extras() const;
};

/// What scores the sample's answers. None: the evaluation's rule does, or the truth is not known.
[[nodiscard]] std::optional<AnswerKey> answer_key(const Sample& sample);

/// A record that was left out, or one that was kept with a remark.
struct Problem {
    std::int64_t record = 0;  ///< index in the file, from 0
    Error error;              ///< where = "file: record N", field = key
    bool skipped = true;      ///< false: the sample is there all the same
    /// Of a skipped one whose group has no sample at all: group, its size and category, no answer. None: the group's samples say that it lacks some,
    /// the record is counted alone, or it does not say with which.
    std::optional<AnswerKey> lost{};
};

/// Records that a benchmark counts together and of which some are not there, or could not be read: they count in nothing that counts groups.
struct ShortGroup {
    std::string group;         ///< AnswerKey::group
    std::int64_t samples = 0;  ///< that are there
    int size = 0;              ///< AnswerKey::group_size
    std::int64_t record = 0;   ///< its first, as Problem::record
    std::string where;         ///< likewise
};

/// "3 (1 of 4)".
[[nodiscard]] std::string to_string(const ShortGroup& group);

struct Dataset {
    std::string name;
    std::filesystem::path path;
    std::vector<Sample> samples;
    std::vector<Problem> problems;
    std::int64_t more_problems = 0;                ///< beyond those listed
    std::vector<ShortGroup> short_groups;          ///< of all that was read, in the file's order; also those that a limit did not draw
    std::map<std::string, std::int64_t> left_out;  ///< records that are not of the set's task, by reason: no problems
    std::map<std::string, std::string> origin;     ///< how it was read, where the path does not say: benchmark, split, limit, seed
};

/// Refused before a model sees it: empty, too long, or containing a token that the prompt uses itself (<image>, <s>,
/// </s>, <unk>): upstream breaks on those. `where` and `field` go into the error.
[[nodiscard]] Status check_question(const std::string& question, const std::string& where,
                                    const std::string& field = "question");

inline constexpr std::size_t kMaxQuestionBytes = 32768;

}  // namespace r2t2
