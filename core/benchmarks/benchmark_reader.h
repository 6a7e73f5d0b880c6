// What the readers share: finding files, walking records, keeping samples, noting problems. Internal to this room.
//
// Inside this room an Error is thrown, to the nearest of two places: a record's becomes a Problem, a file's ends the reading
// (read_benchmark returns it). Thread rule: one Reading belongs to one call.
#pragma once

#include <optional>
#include <unordered_map>

#include "core/benchmarks/benchmarks.h"
#include "core/benchmarks/json_stream.h"
#include "core/benchmarks/tsv_reader.h"

namespace r2t2 {

inline constexpr std::string_view kLetterSuffix = "\nAnswer with the option's letter from the given choices directly.";
inline constexpr std::string_view kShortSuffix = "\nAnswer the question using a single word or phrase.";
inline constexpr std::size_t kMostProblems = 10'000;  ///< listed; the rest is counted

/// A record with its place, read strictly: what is missing or of another type throws.
class Record {
public:
    Record(const nlohmann::json& json, std::string where, std::string key = {});

    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] const std::string& key() const { return key_; }  ///< of an object's member
    [[nodiscard]] bool has(const char* field) const;               ///< there and not null
    [[nodiscard]] std::string text(const char* field) const;
    [[nodiscard]] std::string question(const char* field) const;  ///< a text that is more than white space
    [[nodiscard]] std::string text_or(const char* field, std::string otherwise) const;
    /// A hint or a category: "" where it is missing, null or what is left of an empty cell (is_blank_cell).
    [[nodiscard]] std::string context(const char* field) const;
    [[nodiscard]] std::string name(const char* field) const;       ///< a text that is not empty, or a whole number (241, 241.0) written out
    [[nodiscard]] std::int64_t integer(const char* field) const;
    [[nodiscard]] bool flag(const char* field) const;
    [[nodiscard]] std::vector<std::string> texts(const char* field) const;  ///< texts and numbers; not empty
    [[nodiscard]] Record object(const char* field) const;
    [[nodiscard]] std::vector<Record> objects(const char* field) const;
    /// Members of an object that are objects, in the file's order of keys.
    [[nodiscard]] std::vector<Record> members(const char* field) const;
    [[noreturn]] void fail(const std::string& field, std::string found, std::string allowed) const;
    [[nodiscard]] const nlohmann::json& json() const { return json_; }

private:
    [[nodiscard]] const nlohmann::json& at(const char* field, const char* allowed) const;
    const nlohmann::json& json_;
    std::string where_;
    std::string key_;
};

using Folder = std::shared_ptr<const std::filesystem::path>;

/// Which ids were met, by their hashes: a million in 16 MB.
class SeenIds {
public:
    bool insert(const std::string& id);  ///< false: met before

private:
    [[nodiscard]] bool put(std::uint64_t hash);
    std::vector<std::uint64_t> slots_;  ///< 0 = free; linear probing
    std::size_t used_ = 0;
};

/// Records that are counted together (AnswerKey::group), as far as they were met.
struct RecordGroup {
    AnswerKey key;             ///< without an answer; its size: the largest that a kept record says, else any
    std::int64_t record = 0;   ///< the first
    std::string where;         ///< likewise
    std::int64_t samples = 0;  ///< records that were kept
};

/// One call of read_benchmark.
class Reading {
public:
    Reading(const BenchmarkInfo& info, std::filesystem::path directory, const BenchmarkOptions& options, std::string split,
            const ProgressCallback& progress, const CancelToken& cancel);

    [[nodiscard]] const std::string& split() const { return split_; }
    [[nodiscard]] const BenchmarkOptions& options() const { return options_; }
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::filesystem::path cache(const char* set) const;
    [[nodiscard]] bool withheld() const;  ///< the split comes without answers

    /// The first of these that is there, below the folder. `file` throws the layout error: looked for, there instead.
    [[nodiscard]] std::filesystem::path file(const std::vector<std::string>& candidates) const;
    [[nodiscard]] std::optional<std::filesystem::path> find(const std::vector<std::string>& candidates) const;
    /// A folder that pictures lie in: the first that is there, else the first.
    [[nodiscard]] Folder folder(const std::vector<std::string>& candidates) const;

    /// Every record of a JSON file (json_stream.h). What `each` throws is the record's problem.
    void records(const std::filesystem::path& path, const std::string& member, const std::function<void(const Record&)>& each);
    void lines(const std::filesystem::path& path, const std::function<void(const Record&)>& each);
    /// Runs one record's work; what it throws becomes a problem.
    void attempt(std::int64_t record, const std::function<void()>& work);
    /// Once a record: cancellation, progress (`position` of `size` bytes).
    void tick(std::uint64_t position, std::uint64_t size);

    /// After the last record: progress says how many samples there are.
    void finished() const;

    [[nodiscard]] SharedPath picture(const Record& record, const Folder& folder, const std::string& name) const;
    /// Keeps a sample; `question` is the whole prompt, whose ending is held once for all that share it. Throws: id twice, question refused, picture not there.
    void add(Sample sample, SampleLabels labels, const std::string& where);
    void problem(Error error, bool skipped = true);
    /// What the record at hand is counted with: said as soon as it is known, so that a record which cannot be read is missing there.
    void counted_with(AnswerKey key, const std::string& where);
    /// In the order of their first records.
    [[nodiscard]] std::vector<RecordGroup>& groups() { return groups_; }
    /// After the last record: those that lack some are named; of the problems those keep their key whose group has no sample.
    void settle_groups();
    void leave_out(const std::string& reason) { ++dataset_.left_out[reason]; }
    [[nodiscard]] Dataset& dataset() { return dataset_; }

private:
    [[noreturn]] void fail_layout(const std::vector<std::string>& candidates) const;
    void make_room(std::uint64_t position, std::uint64_t size);
    void report(std::uint64_t position) const;

    const BenchmarkInfo& info_;
    std::filesystem::path directory_;
    const BenchmarkOptions& options_;
    std::string split_;
    const ProgressCallback& progress_;
    const CancelToken& cancel_;
    Dataset dataset_;
    LabelPool labels_;
    SeenIds ids_;
    std::vector<RecordGroup> groups_;
    std::unordered_map<std::string, std::size_t> group_places_;
    std::optional<AnswerKey> counted_with_;  ///< of the record at hand
    std::int64_t ticks_ = 0;
    std::uint64_t size_ = 0;  ///< of the file that is read, as far as it is known
    std::int64_t record_ = 0;
};

/// "A. red\nB. green"
[[nodiscard]] std::string option_lines(const std::vector<std::string>& options);
/// "B", "(b)", "b ": 1. None: no single letter.
[[nodiscard]] std::optional<std::size_t> lettered_option(std::string_view answer);
/// Multiple choice: options, right option and ground truth; `right` -1: withheld.
void set_options(Sample& sample, std::vector<std::string> options, int right, AnswerRule rule);
/// Free answers, one an annotator: an empty one is an annotator's too. The ground truth is the first that says something; fails where none does.
void set_answers(Sample& sample, const std::vector<std::string>& answers, const Record& record, const char* field);
/// Of a set with ten annotators: a record that has not ten answers is named as a problem and kept; its value is another than the benchmark's.
void note_annotators(Reading& reading, const Record& record, const char* field, std::size_t answers);
/// "COCO_val2014_" and 42 -> "COCO_val2014_000000000042.jpg"
[[nodiscard]] std::string coco_name(const std::string& prefix, std::int64_t image);

void read_vqa_v2(Reading& reading);
void read_visual7w(Reading& reading);
void read_coco_qa(Reading& reading);
void read_clevr(Reading& reading);
void read_a_okvqa(Reading& reading);
void read_tqa(Reading& reading);
void read_mathvista(Reading& reading);
void read_st_vqa(Reading& reading);
void read_docvqa(Reading& reading);
void read_mmbench(Reading& reading);
void read_mme(Reading& reading);
void read_cv_bench_2d(Reading& reading);
void read_cv_bench_3d(Reading& reading);
void read_gqa(Reading& reading);
void read_scienceqa(Reading& reading);
void read_ai2d(Reading& reading);
void read_textvqa(Reading& reading);
void read_physbench(Reading& reading);

}  // namespace r2t2
