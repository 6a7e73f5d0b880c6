// Embeddings computed elsewhere (NV-Embed-v2, say): a matrix in .npy or .safetensors and the ids of its rows, checked whole
// before any of them is used.
//
//   questions.npy or questions.safetensors (tensor "embedding" or "embeddings", or the only one), [rows, D]
//   questions.ids.json   ["id", 7, ...]  or  {"model": "NV-Embed-v2", "set": "GQA", "ids": [...]}; "set" (a name or a list of names) is whose ids
//                        without a set's name they are: no other set finds anything by them
//   questions.ids.txt    one id a line
// An id is a sample's, or "SET/ID" where sets share ids. Errors name file, row and id: as many ids as rows, no id twice or
// empty, no NaN or infinity, no row of zeros.
// Thread rule: immutable; any thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

class EmbeddingTable {
public:
    static constexpr std::size_t max_values = 2'000'000'000;  ///< 8 GB in memory

    [[nodiscard]] static Result<EmbeddingTable> open(const std::filesystem::path& file);

    [[nodiscard]] std::size_t size() const { return row_of_.size(); }
    [[nodiscard]] std::size_t dimension() const { return dimension_; }
    [[nodiscard]] const std::string& model() const { return model_; }  ///< as the ids' file says; "" where it does not
    [[nodiscard]] const std::vector<std::string>& sets() const { return sets_; }  ///< whose its bare ids are, as the ids' file says; empty: it does not
    /// SHA-256 over ids and numbers, hexadecimal.
    [[nodiscard]] const std::string& content_hash() const { return content_hash_; }
    /// Empty where there is no such row.
    [[nodiscard]] std::span<const float> find(const std::string& id) const;

private:
    std::vector<float> values_;  ///< [rows, D]
    std::size_t dimension_ = 0;
    std::string model_;
    std::vector<std::string> sets_;
    std::string content_hash_;
    std::unordered_map<std::string, std::size_t> row_of_;
};

/// Ids out of a file's content, checked: none empty or twice. `is_json` says which of the two forms.
struct EmbeddingIds {
    std::vector<std::string> ids;
    std::string model;
    std::vector<std::string> sets{};
};
[[nodiscard]] Result<EmbeddingIds> parse_embedding_ids(const std::string& text, bool is_json, const std::string& where);

}  // namespace r2t2
