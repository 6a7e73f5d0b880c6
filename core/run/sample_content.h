// What a set's samples are, as a hash: two sets with the same one ask a model the same and score its answers the same way. Private to core/run.
//
// Of a picture (and of a file of facts): its path below the set's folder (elsewhere: its name), its size and its bytes, each file once. Of
// files over 1 MiB, the first and the last 512 KiB; in sets of more than 20,000 pictures, of every picture the first and the last 4 KiB:
// what is compressed differs in size or there. Nothing is decoded. Thread rule: pure functions; they read files, on several threads.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/dataset/dataset.h"
#include "core/reference/reference_record.h"
#include "core/run/model_input.h"

namespace r2t2 {

class SampleSet;
struct RunSample;

/// Of every sample in order kPrintDigits hexadecimal digits: the first half of its id, the others of all that it is.
inline constexpr std::size_t kPrintDigits = 16;

struct SetContent {
    std::string whole;   ///< 64 hexadecimal digits
    std::string prints;  ///< says which samples differ where `whole` does
};
/// What the files of a data set were when they were hashed: what is read of one later is compared with that. 24 bytes a file.
class KnownFiles {
public:
    using Digest = std::array<std::uint8_t, 16>;
    using Entry = std::pair<std::size_t, Digest>;  ///< by the path's hash: a million paths are not kept

    KnownFiles(std::filesystem::path folder, std::uint64_t picture_ends, std::vector<Entry> files);
    /// As FileCheck asks. Errors: another content; a file that could not be read then; facts that came, or went.
    [[nodiscard]] Status check(SampleFile which, const std::filesystem::path& file, const std::string* bytes) const;

private:
    std::filesystem::path folder_;
    std::uint64_t picture_ends_;  ///< how much of both ends of a picture was hashed
    std::vector<Entry> files_;    ///< ascending
};

struct DatasetContent {
    SetContent set;  ///< A file that cannot be read counts as one of its own; the sample that has it fails by itself.
    KnownFiles files;
};
[[nodiscard]] DatasetContent dataset_content(const Dataset& dataset);
/// Of sets that are no files: by their summaries and keys.
[[nodiscard]] SetContent summary_content(const SampleSet& set);

/// Of one sample as a model is asked it, but for question, truth and picture: what a reference record keeps. The same parts as above.
[[nodiscard]] AskedHashes asked_hashes(const RunSample& sample);

}  // namespace r2t2
