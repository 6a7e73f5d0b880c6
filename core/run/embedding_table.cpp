#include "core/run/embedding_table.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "core/base/sha256.h"
#include "core/base/utf8_text.h"
#include "core/checkpoint/safetensors.h"
#include "core/json/parse_json.h"
#include "core/reference/npy_file.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kIdsLimit = 1ull << 30;

/// The numbers of a file, still as they lie there.
struct RawMatrix {
    FileReader file;
    std::uint64_t begin = 0;
    FloatKind kind = FloatKind::F32;
    std::size_t rows = 0, columns = 0;
};

Result<RawMatrix> npy_matrix(const FileReader& file, const std::string& where) {
    const auto bytes = file.read(0, static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kNpyBeginning)));
    if (!bytes) {
        return bytes.error();
    }
    const Result<NpyHeader> header = read_npy_header({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, file.size(), where);
    if (!header) {
        return header.error();
    }
    return RawMatrix{file, header->data_at, header->kind, header->rows, header->columns};
}

Result<RawMatrix> safetensors_matrix(const SafetensorsFile& file, const std::string& where) {
    const StoredTensor* tensor = file.tensors().size() == 1 ? &file.tensors().begin()->second : nullptr;
    for (const char* name : {"embedding", "embeddings"}) {
        tensor = file.find(name) != nullptr ? file.find(name) : tensor;
    }
    if (tensor == nullptr) {
        return invalid_input(where, "tensor", std::to_string(file.tensors().size()) + " of other names", "\"embedding\" [rows, D]");
    }
    const auto kind = tensor->dtype == TensorDtype::F64    ? std::optional(FloatKind::F64)
                      : tensor->dtype == TensorDtype::F32  ? std::optional(FloatKind::F32)
                      : tensor->dtype == TensorDtype::F16  ? std::optional(FloatKind::F16)
                      : tensor->dtype == TensorDtype::BF16 ? std::optional(FloatKind::BF16)
                                                           : std::nullopt;
    if (!kind) {
        return invalid_input(where, "dtype", std::string(dtype_name(tensor->dtype)), "F64, F32, F16 or BF16");
    }
    if (tensor->shape.size() != 2 || tensor->shape[0] < 1 || tensor->shape[1] < 1) {
        return invalid_input(where, "shape", std::to_string(tensor->shape.size()) + " axes, or an empty one", "[rows, D]");
    }
    return RawMatrix{tensor->file, tensor->begin, *kind, static_cast<std::size_t>(tensor->shape[0]), static_cast<std::size_t>(tensor->shape[1])};
}

/// Row by row: finite, and not all zero. The file did not change meanwhile.
Result<std::vector<float>> checked_values(const RawMatrix& raw, const std::vector<std::string>& ids, const std::string& where) {
    std::vector<float> values;
    values.reserve(raw.rows * raw.columns);
    std::vector<std::byte> bytes(raw.columns * float_size(raw.kind));
    for (std::size_t row = 0; row < raw.rows; ++row) {
        R2T2_TRY(raw.file.read(raw.begin + row * bytes.size(), bytes));
        const std::byte* at = bytes.data();
        const auto named = [&] { return "row " + std::to_string(row) + " (id \"" + ids[row] + "\")"; };
        bool zero = true;
        for (std::size_t column = 0; column < raw.columns; ++column, at += float_size(raw.kind)) {
            const float value = float_at(at, raw.kind);
            if (!std::isfinite(value)) {
                return invalid_input(where, named() + " column " + std::to_string(column), std::isnan(value) ? "NaN" : "infinity",
                                     "finite numbers");
            }
            zero = zero && value == 0.0F;
            values.push_back(value);
        }
        if (zero) {
            return invalid_input(where, named(), "nothing but zeros", "an embedding");
        }
    }
    R2T2_TRY(raw.file.check_unchanged());
    return values;
}

Result<EmbeddingIds> ids_beside(const fs::path& file) {
    std::error_code code;
    for (const char* ending : {".ids.json", ".ids.txt"}) {
        fs::path path = file;
        path.replace_extension(ending);
        if (fs::exists(path, code)) {
            const Result<std::string> text = read_limited_file(path, kIdsLimit);
            return text ? parse_embedding_ids(*text, path.extension() == ".json", path.string()) : Result<EmbeddingIds>(text.error());
        }
    }
    return Error{ErrorKind::NotFound, file.string(), "ids", "no file of ids beside it",
                 file.stem().string() + ".ids.json or " + file.stem().string() + ".ids.txt"};
}

Result<EmbeddingIds> json_ids(const std::string& text, const std::string& where) {
    JsonLimits limits;
    limits.depth = 9;
    const Result<nlohmann::json> parsed = parse_json(text, where, limits);
    if (!parsed) {
        Error error = parsed.error();
        error.field = error.field.empty() ? "ids" : error.field;
        return error;
    }
    const nlohmann::json& json = *parsed;
    const bool object = json.is_object() && json.contains("ids");
    const nlohmann::json& list = object ? json["ids"] : json;
    if (!list.is_array()) {
        return invalid_input(where, "ids", brief_json(json), "a list of ids, or an object with \"ids\"");
    }
    EmbeddingIds out;
    if (object && json.contains("model")) {
        if (!json["model"].is_string()) {
            return invalid_input(where, "model", brief_json(json["model"]), "a string");
        }
        out.model = json["model"].get<std::string>();
    }
    if (object && json.contains("set")) {
        const nlohmann::json names = json["set"].is_array() ? json["set"] : nlohmann::json::array({json["set"]});
        for (const nlohmann::json& name : names) {
            if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
                return invalid_input(where, "set", brief_json(json["set"]), "a set's name, or a list of names");
            }
            out.sets.push_back(name.get<std::string>());
        }
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!list[i].is_string() && !is_whole_number(list[i])) {
            return invalid_input(where, "ids[" + std::to_string(i) + "]", brief_json(list[i]), "a string or an integer");
        }
        out.ids.push_back(list[i].is_string() ? list[i].get<std::string>() : whole_number_text(list[i]));
    }
    return out;
}

EmbeddingIds text_ids(const std::string& text) {
    EmbeddingIds out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string id = text.substr(at, end - at);
        if (id.ends_with('\r')) {
            id.pop_back();
        }
        out.ids.push_back(std::move(id));
        at = end + 1;
    }
    return out;
}

}  // namespace

Result<EmbeddingIds> parse_embedding_ids(const std::string& text, bool is_json, const std::string& where) {
    const Result<std::string> lines = is_json ? Result<std::string>(std::string()) : utf8_text(text, where);
    if (!lines) {
        return lines.error();
    }
    Result<EmbeddingIds> ids = is_json ? json_ids(text, where) : Result<EmbeddingIds>(text_ids(*lines));
    if (!ids) {
        return ids;
    }
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < ids->ids.size(); ++i) {
        const std::string& id = ids->ids[i];
        if (id.empty() || !seen.insert(id).second) {
            return invalid_input(where, "id of row " + std::to_string(i), id.empty() ? "nothing" : "\"" + id + "\" a second time",
                                 "ids that differ and are not empty");
        }
    }
    return ids;
}

Result<EmbeddingTable> EmbeddingTable::open(const fs::path& path) {
    const std::string where = path.string();
    Result<EmbeddingIds> ids = ids_beside(path);
    if (!ids) {
        return ids.error();
    }
    const bool npy = path.extension() == ".npy";
    const Result<FileReader> plain = npy ? FileReader::open(path) : Result<FileReader>(FileReader());
    const Result<SafetensorsFile> tensors = npy ? Result<SafetensorsFile>(SafetensorsFile()) : SafetensorsFile::open(path);
    if (!plain || !tensors) {
        return plain ? tensors.error() : plain.error();
    }
    const Result<RawMatrix> raw = npy ? npy_matrix(*plain, where) : safetensors_matrix(*tensors, where);
    if (!raw) {
        return raw.error();
    }
    if (raw->rows != ids->ids.size()) {
        return invalid_input(where, "ids", std::to_string(ids->ids.size()) + " ids", std::to_string(raw->rows) + ", one a row");
    }
    if (raw->columns > max_values / raw->rows) {
        return invalid_input(where, "shape", std::to_string(raw->rows) + " x " + std::to_string(raw->columns),
                             "at most " + std::to_string(max_values) + " numbers");
    }
    Result<std::vector<float>> values = checked_values(*raw, ids->ids, where);
    if (!values) {
        return values.error();
    }
    EmbeddingTable table;
    table.values_ = std::move(*values);
    table.dimension_ = raw->columns;
    table.model_ = std::move(ids->model);
    table.sets_ = std::move(ids->sets);
    Sha256 hash;
    for (const std::string& id : ids->ids) {
        hash.update(std::to_string(id.size()) + ":" + id);
    }
    hash.update(table.values_.data(), table.values_.size() * sizeof(float));
    table.content_hash_ = hash.hex();
    for (std::size_t row = 0; row < ids->ids.size(); ++row) {
        table.row_of_.emplace(std::move(ids->ids[row]), row);
    }
    return table;
}

std::span<const float> EmbeddingTable::find(const std::string& id) const {
    const auto found = row_of_.find(id);
    return found == row_of_.end() ? std::span<const float>() : std::span(values_).subspan(found->second * dimension_, dimension_);
}

}  // namespace r2t2
