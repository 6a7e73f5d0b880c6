#include "core/checkpoint/checkpoint_check.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "core/base/quoted_name.h"
#include "core/base/checked.h"
#include "core/checkpoint/checkpoint_values.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/output_matrix.h"
#include "core/checkpoint/rerouting_file.h"
#include "core/checkpoint/safetensors_examine.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;
using safetensors::TensorRecord;

/// Hostile files promise sizes whose sums overflow.
void add_up(std::int64_t& sum, std::int64_t more) {
    sum = checked_add(sum, more).value_or(std::numeric_limits<std::int64_t>::max());
}

/// Position tables of another square grid are resized when the model is opened.
bool is_square_positions(const std::string& name, const std::vector<std::int64_t>& found,
                         const std::vector<std::int64_t>& expected) {
    constexpr std::int64_t most = 1 << 30;  // squares stay in range
    if (!name.ends_with("position_embedding.weight") || found.size() != 2 || found[1] != expected[1] || found[0] < 2 ||
        found[0] > most) {
        return false;
    }
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(found[0] - 1))));
    return side * side == found[0] - 1;
}

class Checker {
public:
    Checker(const fs::path& directory, const CheckpointCheckOptions& options, const ProgressCallback& progress,
            const CancelToken& cancel)
        : directory_(directory), options_(options), progress_(progress), cancel_(cancel) {
        report_.directory = directory;
    }

    Result<CheckpointReport> run() {
        std::error_code code;
        if (!fs::is_directory(directory_, code)) {
            return Error{ErrorKind::NotFound, directory_.string(), "", "no such directory", "a checkpoint directory"};
        }
        look_at_config();
        look_at_recommended();
        R2T2_TRY(look_at_weights());
        tell_misplaced();
        R2T2_TRY(settle_tie());
        look_for_missing();
        compare_totals();
        look_at_tokenizer();
        report_.values_scanned = options_.scan_values;
        if (options_.scan_values) {
            R2T2_TRY(find_bad_values(
                scanned_, [this](Error error) { problem(std::move(error)); }, progress_, cancel_));
        }
        report_.problems = std::move(fatal_);
        for (CheckpointProblem& warning : warnings_) {
            if (report_.problems.size() < options_.max_problems) {
                report_.problems.push_back(std::move(warning));
            }
        }
        return std::move(report_);
    }

private:
    struct Expected {
        std::vector<std::int64_t> shape;
        bool seen = false;
    };

    void note(Error error, bool fatal) {
        ++(fatal ? report_.fatal_problems : report_.warnings);
        auto& list = fatal ? fatal_ : warnings_;
        if (list.size() < options_.max_problems) {
            list.push_back({std::move(error), fatal});
        }
    }
    void problem(Error error) { note(std::move(error), true); }
    void warning(Error error) { note(std::move(error), false); }

    /// Every id of both files ends an answer; other programs may go by one of them.
    void compare_ends(const ModelConfig& config) {
        const auto list = [](const std::vector<int>& ids) {
            std::string text;
            for (const int id : ids) {
                text += (text.empty() ? "" : ", ") + std::to_string(id);
            }
            return text;
        };
        const std::vector<int> stated = config.eos_ids(), generation = config.generation_eos_ids;
        if (!generation.empty() && std::set<int>(generation.begin(), generation.end()) != std::set<int>(stated.begin(), stated.end())) {
            warning(invalid_input((directory_ / "generation_config.json").string(), "eos_token_id", list(generation),
                                  list(stated) + ", as config.json says; an answer ends with any of " + list(config.ends())));
        }
    }

    void look_at_config() {
        auto config = ModelConfig::read(directory_ / "config.json");
        if (!config.ok()) {
            return problem(config.error());
        }
        for (const Error& remark : config->remarks) {
            warning(remark);
        }
        compare_ends(*config);
        for (ParameterShape& parameter : parameter_table(*config)) {
            std::int64_t elements = 1;
            for (const std::int64_t dimension : parameter.shape) {
                elements = checked_multiply(elements, dimension).value_or(std::numeric_limits<std::int64_t>::max());
            }
            add_up(report_.expected_parameters, elements);
            order_.push_back(parameter.name);
            expected_[parameter.name] = {std::move(parameter.shape), false};
        }
        report_.expected_tensors = static_cast<std::int64_t>(expected_.size());
        report_.published_shape = has_moai_7b_shape(*config);
        report_.config = std::move(*config);
    }

    void look_at_recommended() {
        MethodParams params;
        if (const Result<bool> read = apply_recommended(directory_, params); !read) {
            problem(read.error());
        }
    }

    Status look_at_weights() {
        std::error_code code;
        const fs::path single = directory_ / "model.safetensors";
        const fs::path index = directory_ / "model.safetensors.index.json";
        std::set<std::string> used;
        if (fs::exists(single, code)) {
            used.insert("model.safetensors");
            look_at_file("model.safetensors");
        } else if (fs::exists(index, code)) {
            R2T2_TRY(look_at_shards(index, used));
        } else {
            all_readable_ = false;
            problem({ErrorKind::NotFound, directory_.string(), "weights", "neither of the two",
                     "model.safetensors, or model.safetensors.index.json with its shards"});
        }
        for (Error& error : unused_weight_files(directory_, used)) {
            warning(std::move(error));
        }
        return {};
    }

    Status look_at_shards(const fs::path& index_path, std::set<std::string>& used) {
        index_path_ = index_path.string();
        const auto file = FileReader::open(index_path, safetensors::max_index_bytes);
        auto index =
            file.ok() ? safetensors::parse_index(*file, index_path_) : Result<safetensors::Index>(file.error());
        if (!index.ok()) {
            all_readable_ = false;
            problem(index.error());
            return {};
        }
        index_ = std::move(*index);
        std::map<std::string, std::int64_t> shards;  // tensors in each, as the index says
        for (const auto& [name, shard] : index_->weight_map) {
            ++shards[shard];
        }
        if (shards.size() > safetensors::max_shards) {
            problem(invalid_input(index_path_, "weight_map", std::to_string(shards.size()) + " shards",
                                  "at most " + std::to_string(safetensors::max_shards)));
        }
        std::size_t looked_at = 0;
        for (const auto& [shard, count] : shards) {
            if (cancel_.cancelled()) {
                return cancelled();
            }
            std::error_code code;
            const std::string tensors = std::to_string(count) + " tensors";
            if (!safetensors::is_plain_shard_name(shard)) {
                unreadable_.insert(shard);
                problem(invalid_input(index_path_, "weight_map: shard " + quoted_name(shard), "the shard of " + tensors,
                                      "the name of a .safetensors file in the same directory"));
            } else if (!fs::exists(directory_ / shard, code)) {
                unreadable_.insert(shard);
                problem({ErrorKind::NotFound, index_path_, "weight_map: shard " + quoted_name(shard), "no such file",
                         "the file with its " + tensors});
            } else if (looked_at++ < safetensors::max_shards) {
                used.insert(shard);
                look_at_file(shard);
            }
        }
        return {};
    }

    void look_at_file(const std::string& name) {
        const fs::path path = directory_ / name;
        safetensors::Examination found = safetensors::examine(path);
        CheckpointFile file{name,
                            static_cast<std::int64_t>(found.file_bytes),
                            static_cast<std::int64_t>(found.data_begin),
                            static_cast<std::int64_t>(found.tensors.size()),
                            0,
                            found.problems.empty()};
        report_.fatal_problems += found.more_problems;
        for (Error& error : found.problems) {
            problem(std::move(error));
        }
        if (!file.sound) {
            unreadable_.insert(name);
            all_readable_ = all_readable_ && index_.has_value();
        }
        for (const auto& [tensor, record] : found.tensors) {
            add_up(file.parameters, record.elements());
            count(tensor, record);
            compare_with_index(tensor, name);
            compare_with_table(tensor, record, path.string());
        }
        report_.files.push_back(file);
        if (file.sound && options_.scan_values) {
            scanned_.push_back({path, found.data_begin, std::move(found.tensors)});
        }
    }

    void count(const std::string& tensor, const TensorRecord& record) {
        const auto bytes = static_cast<std::int64_t>(record.end - record.begin);
        PartTotals& part = report_.parts[part_of(tensor)];
        ++part.tensors;
        ++part.dtypes[record.dtype];
        add_up(part.parameters, record.elements());
        add_up(part.bytes, bytes);
        add_up(report_.parameters, record.elements());
        add_up(report_.bytes, bytes);
    }

    /// Whether it lies where the index says; where it does not is told when all shards are known (tell_misplaced).
    void compare_with_index(const std::string& tensor, const std::string& file) {
        if (!index_) {
            return;
        }
        const auto said = index_->weight_map.find(tensor);
        if (said != index_->weight_map.end()) {
            seen_in_index_.insert(tensor);
        }
        if (said != index_->weight_map.end() && said->second == file) {
            in_its_shard_.insert(tensor);
        } else {
            misplaced_.emplace_back(tensor, file);
        }
    }

    void tell_misplaced() {
        for (const auto& [tensor, file] : misplaced_) {
            const auto said = index_->weight_map.find(tensor);
            const bool listed = said != index_->weight_map.end();
            using safetensors::Listed;
            problem(safetensors::misplaced_tensor(index_path_, tensor, file, listed ? said->second : std::string(),
                                                  !listed                             ? Listed::Nowhere
                                                  : in_its_shard_.count(tensor) != 0  ? Listed::HeldThereToo
                                                  : unreadable_.count(said->second) != 0 ? Listed::Unreadable
                                                                                      : Listed::NotHeldThere));
        }
    }

    void compare_with_table(const std::string& tensor, const TensorRecord& record, const std::string& where) {
        if (!report_.config) {
            return;
        }
        if (report_.config->tie_word_embeddings && tensor == output_name) {
            return;  // settle_tie looks at it
        }
        const auto wanted = expected_.find(tensor);
        const std::string field = "tensor " + quoted_name(tensor);
        if (wanted == expected_.end()) {
            return warning(invalid_input(where, field,
                                         "a tensor that the model does not have, shape " + dimensions_text(record.shape),
                                         "the tensors of config.json's sizes; it is not read"));
        }
        wanted->second.seen = true;
        const std::vector<std::int64_t>& shape = wanted->second.shape;
        bool agrees = true;
        if (record.shape != shape) {
            const bool resized = is_square_positions(tensor, record.shape, shape);
            note(invalid_input(where, field, "shape " + dimensions_text(record.shape),
                               "shape " + dimensions_text(shape) + (resized ? ", to which it is resized" : "")),
                 !resized);
            agrees = resized;
        }
        if (!is_floating(record.dtype)) {
            problem(
                invalid_input(where, field, "dtype " + std::string(dtype_name(record.dtype)), "F64, F32, F16 or BF16"));
            agrees = false;
        }
        report_.found_tensors += agrees ? 1 : 0;
    }

    /// A tied model that stores its output matrix all the same: is it the embedding? As the engine's reader decides.
    Status settle_tie() {
        if (!report_.config || !report_.config->tie_word_embeddings || report_.parts.count(CheckpointPart::Head) == 0) {
            return {};
        }
        const Result<Checkpoint> checkpoint = Checkpoint::open(directory_);
        if (!checkpoint) {
            return {};  // what is wrong with its files has been told
        }
        const Result<std::optional<Error>> settled = settle_output_matrix(*report_.config, *checkpoint, directory_.string(), cancel_);
        if (!settled && settled.error().kind == ErrorKind::Cancelled) {
            return settled.error();
        }
        if (!settled) {
            problem(settled.error());
        } else if (*settled) {
            warning(**settled);
        }
        const std::int64_t numbers = report_.parts[CheckpointPart::Head].parameters;
        if (report_.config->tie_word_embeddings) {
            report_.stored_twice = settled.ok();
            report_.parameters -= numbers;
        } else {
            ++report_.expected_tensors;
            ++report_.found_tensors;
            add_up(report_.expected_parameters, numbers);
        }
        return {};
    }

    /// Tensors of a shard that cannot be read are not told one by one: the shard was.
    void look_for_missing() {
        static const std::map<std::string, std::string> none;
        const auto& listed = index_ ? index_->weight_map : none;
        for (const auto& [tensor, shard] : listed) {
            if (seen_in_index_.count(tensor) == 0 && unreadable_.count(shard) == 0) {
                problem(invalid_input(index_path_, "weight_map: " + quoted_name(tensor), "no such tensor in " + quoted_name(shard),
                                      "tensors that lie in their shard"));
            }
        }
        for (const std::string& tensor : order_) {
            const Expected& wanted = expected_.at(tensor);
            if (!wanted.seen && all_readable_ && listed.count(tensor) == 0 && tensor == output_name) {
                problem(missing_output_matrix(*report_.config, directory_.string()));
            } else if (!wanted.seen && all_readable_ && listed.count(tensor) == 0) {
                problem({ErrorKind::NotFound, directory_.string(), "tensor " + quoted_name(tensor), "no such tensor",
                         "shape " + dimensions_text(wanted.shape)});
            }
        }
    }

    void compare_totals() {
        const auto compare = [this](const std::string& where, const char* field, std::int64_t found,
                                    std::int64_t wanted, const char* source) {
            if (found != wanted) {
                warning(invalid_input(where, field, std::to_string(found), std::to_string(wanted) + source));
            }
        };
        if (index_ && index_->total_size && unreadable_.empty() && !std::in_range<std::int64_t>(*index_->total_size)) {
            warning(invalid_input(index_path_, "metadata: total_size", std::to_string(*index_->total_size),
                                  "the bytes of all tensors"));
        } else if (index_ && index_->total_size && unreadable_.empty()) {
            compare(index_path_, "bytes of all tensors", report_.bytes, static_cast<std::int64_t>(*index_->total_size),
                    ", as metadata.total_size says");
        }
        if (!report_.published_shape || !unreadable_.empty() || !all_readable_) {
            return;
        }
        compare(directory_.string(), "parameters", report_.parameters, moai_7b_parameters, ", as published");
        const bool two_bytes = std::all_of(report_.parts.begin(), report_.parts.end(), [](const auto& part) {
            return std::all_of(part.second.dtypes.begin(), part.second.dtypes.end(),
                               [](const auto& of) { return dtype_size(of.first) == 2; });
        });
        if (two_bytes) {
            compare(directory_.string(), "bytes", report_.bytes, moai_7b_bytes, ", as published");
        }
    }

    void look_at_tokenizer() {
        const std::string where = (directory_ / "tokenizer.model").string();
        const auto tokenizer = Tokenizer::open(where);
        if (!tokenizer.ok()) {
            return problem(tokenizer.error());
        }
        report_.pieces = tokenizer->piece_count();
        if (!report_.config) {
            return;
        }
        if (report_.pieces != report_.config->vocab_size) {
            problem(invalid_input(where, "pieces", std::to_string(report_.pieces),
                                  std::to_string(report_.config->vocab_size) + ", the model's vocab_size"));
        }
        AddedTokens added = read_added_tokens(directory_, *tokenizer, report_.config->vocab_size);
        for (Error& error : added.problems) {
            problem(std::move(error));
        }
        for (Error& remark : added.remarks) {
            warning(std::move(remark));
        }
        for (const char* marker : {"[UNUSED_TOKEN_145]", "[UNUSED_TOKEN_146]"}) {
            const bool asked_for = report_.config->prompt().find(marker) != std::string::npos;
            const std::size_t ids = tokenizer->encode(marker).size();
            if (asked_for && ids != 1) {
                warning(invalid_input(where, marker, std::to_string(ids) + " pieces",
                                      "one, because the prompt template has it"));
            }
        }
    }

    fs::path directory_;
    const CheckpointCheckOptions& options_;
    const ProgressCallback& progress_;
    const CancelToken& cancel_;
    CheckpointReport report_;
    std::vector<CheckpointProblem> fatal_, warnings_;
    std::vector<std::string> order_;  ///< of the table
    std::unordered_map<std::string, Expected> expected_;
    std::string index_path_;
    std::optional<safetensors::Index> index_;
    std::unordered_set<std::string> seen_in_index_, in_its_shard_;
    std::vector<std::pair<std::string, std::string>> misplaced_;  ///< tensor, the shard that holds it
    std::set<std::string> unreadable_;  ///< shards whose tensors cannot all be told
    bool all_readable_ = true;          ///< nothing hides tensors that the index does not name
    std::vector<ValueFile> scanned_;    ///< sound files, whose values can be read
};

}  // namespace

Result<CheckpointReport> check_checkpoint(const fs::path& directory, const CheckpointCheckOptions& options,
                                          const ProgressCallback& progress, const CancelToken& cancel) {
    return Checker(directory, options, progress, cancel).run();
}

}  // namespace r2t2
