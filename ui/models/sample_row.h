// Rows of the sample table as they are kept: read once in the background, in chunks, and never changed afterwards (an
// update replaces its chunk), so that a filter on another thread works on a snapshot of pointers.
// Thread rule: plain values and pure functions; chunks and snapshots are immutable.
#pragma once

#include <QString>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/inspect/inspector.h"

namespace r2t2::ui {

/// What re-routing did to a sample. The order is the table's: harmed samples come first.
enum class SampleOutcome {
    Harmed,  ///< right -> wrong
    Mended,  ///< wrong -> right
    Wrong,   ///< wrong before and after
    Right,   ///< right before and after
    Error,   ///< the sample failed
    Unknown  ///< one of the two answers, or the truth, is not known
};
constexpr std::size_t kSampleOutcomes = 6;
using OutcomeCounts = std::array<int, kSampleOutcomes>;

[[nodiscard]] SampleOutcome outcome_of(const SampleSummary& summary);
[[nodiscard]] QString to_string(SampleOutcome outcome);          ///< "harmed", "mended", ...
[[nodiscard]] QString transition_of(SampleOutcome outcome);      ///< "right->wrong", ...; empty where there is none

/// What a run of the user's own found out about a sample.
struct SampleResult {
    std::string native_answer, final_answer;
    std::optional<bool> native_correct, final_correct;
    std::string error;
    std::string question;  ///< what was asked, of a sample that has no question of its own
};

struct SampleRow {
    SampleSummary summary;
    SampleOutcome outcome = SampleOutcome::Unknown;
    std::string text;                 ///< what words are looked for in: case-folded UTF-8, fields by line breaks
    std::string set, domain, family;  ///< case-folded
};

[[nodiscard]] SampleRow make_row(SampleSummary summary);
/// Case-folded letter by letter as Unicode does it, UTF-8 in and out.
[[nodiscard]] std::string folded(const std::string& text);

constexpr std::size_t kChunkRows = 128;  ///< 26 ms of summaries that cost 0.2 ms each
struct SampleChunk {
    std::vector<SampleRow> rows;  ///< kChunkRows of them, less in the last
    OutcomeCounts outcomes{};
};
using SampleChunkPtr = std::shared_ptr<const SampleChunk>;

[[nodiscard]] SampleChunkPtr make_chunk(std::vector<SampleRow> rows);
/// The same chunk with the result in row `row`. Copies its rows, a few tenths of a millisecond.
[[nodiscard]] SampleChunkPtr with_result(const SampleChunk& chunk, std::size_t row, const SampleResult& result);

/// All rows as far as they have been read.
struct SampleSnapshot {
    std::vector<SampleChunkPtr> chunks;  ///< null: not read yet
    std::size_t size = 0;                ///< rows

    [[nodiscard]] const SampleRow* row(std::size_t sample) const {  ///< null: not read yet
        const SampleChunk* chunk = chunks[sample / kChunkRows].get();
        return chunk ? &chunk->rows[sample % kChunkRows] : nullptr;
    }
};

/// Several lists as one: samples are numbered through.
struct SampleSource {
    std::vector<SampleListPtr> lists;
    std::vector<std::size_t> begins;  ///< first sample of each list, and the total at the end

    explicit SampleSource(std::vector<SampleListPtr> lists_of_samples = {});  ///< null lists are left out
    [[nodiscard]] std::size_t size() const { return begins.back(); }
    [[nodiscard]] std::size_t list_of(std::size_t sample) const;
    [[nodiscard]] std::size_t index_of(std::size_t sample) const { return sample - begins[list_of(sample)]; }
    [[nodiscard]] std::optional<std::size_t> number_of(const SampleList* list, std::size_t index) const;
};

}  // namespace r2t2::ui
