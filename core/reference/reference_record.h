// One reference sample: a question on an image, what the base model answered, and how it routed.
//
// Source: the published reference format (id question image_path model_answer ground_truth is_correct weights{6}),
// extended. Thread rule: plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/routing/routing_matrix.h"

namespace r2t2 {

/// Something wrong with one record that did not stop the import: file and record, field, found, allowed.
using RecordProblem = Error;

/// Where an oracle descent on the record's own label ends (rerouting, method 4): a routing that the set's base model answers it with.
/// After kNN-MoE (arXiv 2601.02144), which optimises references' routings by rules of its own.
struct RefinedRouting {
    RoutingMatrix routing;            ///< r*, [1, experts]
    RoutingMatrix routing_per_mixer;  ///< [mixers, experts], or empty: not descended
    double loss_before = 0.0;         ///< of its label, native
    double loss_after = 0.0;          ///< under r*
    bool is_correct = false;          ///< the answer under r*

    bool operator==(const RefinedRouting&) const = default;
};

/// What a record's loss and answer depend on besides its question, truth and picture, as hashes of 12 hexadecimal digits; empty: the sample has
/// none of it. Samples in files can be edited after the set was built; this tells.
struct AskedHashes {
    std::string instruction;
    std::string options;
    std::string key;    ///< whose benchmark's rule scores it, and by what
    std::string facts;  ///< as the model is told them

    bool operator==(const AskedHashes&) const = default;
};

struct ReferenceRecord {
    std::string id;             ///< as text
    bool id_is_number = false;  ///< written back as an integer
    std::string set;            ///< data set the sample is from; may be empty. (set, id) is unique
    std::string question;
    std::string image_path;
    std::string model_answer;
    std::string ground_truth;
    bool is_correct = false;
    RoutingMatrix routing;                    ///< r0, [1, experts]: the published numbers
    RoutingMatrix routing_per_mixer;          ///< [mixers, experts], or empty
    std::map<std::string, std::string> tags;  ///< free: "family", "domain", ...
    std::string pixels_hash;                  ///< of the decoded pixels; empty if unknown
    std::optional<RefinedRouting> refined;    ///< none: not descended
    std::vector<std::string> options{};       ///< the question's, in order; kept where the answer is right by them and not by its text alone
    std::optional<AskedHashes> asked{};       ///< none: not known, or the sample is generated

    bool operator==(const ReferenceRecord&) const = default;
};

/// What tells samples apart: the image and the question. A picture whose hash is not known is known by its path.
struct SampleIdentity {
    std::string set;
    std::string image_path;
    std::string pixels_hash;
    std::string question;
};
[[nodiscard]] SampleIdentity identity_of(const ReferenceRecord& record);

/// Are two pictures the same, and what says so?
enum class SamePicture {
    No,
    ByPath,    ///< the same path; the content of one of the two is not known
    ByContent  ///< the same pixels, whatever their files are called
};
/// Pixel hashes decide where both are known; otherwise equal paths: whole ones ("/...", "world:...") whatever the sets are called, others
/// unless both name a set and the sets differ.
[[nodiscard]] SamePicture same_picture(const SampleIdentity& a, const SampleIdentity& b);
[[nodiscard]] inline bool same_image(const SampleIdentity& a, const SampleIdentity& b) { return same_picture(a, b) != SamePicture::No; }
/// One text a picture, for sorting many records: of its content where that is known, else of its path (and set, where the path is not whole).
[[nodiscard]] std::string picture_key(const SampleIdentity& sample);
/// "path", "picture content": as messages and files have it.
[[nodiscard]] std::string_view to_string(SamePicture by);
/// What of a question tells it from others: Unicode compatibility forms (NFKC), case folded, white space as one blank and none before
/// punctuation, no punctuation at the end. Of a question that is nothing but punctuation all of it stays.
[[nodiscard]] std::string question_key(std::string_view question);
/// Same image and same question_key: the same sample, or a duplicate of it. The one rule of neighbours, duplicates and leaks.
[[nodiscard]] bool same_sample(const SampleIdentity& a, const SampleIdentity& b);

/// `text` without leading and trailing white space.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace r2t2
