#include "app/checkpoints/checkpoint_report.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/weight_memory.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

/// 8868637720 -> "8,868,637,720".
std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) {
        text.insert(static_cast<std::size_t>(at), ",");
    }
    return text;
}

std::string size_text(std::int64_t bytes) {
    char text[32];
    const bool large = bytes >= 1'000'000'000;
    std::snprintf(text, sizeof text, large ? "%.2f GB" : "%.1f MB", static_cast<double>(bytes) / (large ? 1e9 : 1e6));
    return text;
}

std::string dtypes_text(const PartTotals& part) {
    std::string text;
    for (const auto& [dtype, tensors] : part.dtypes) {
        text += (text.empty() ? "" : ", ") + std::string(dtype_name(dtype));
        text += part.dtypes.size() > 1 ? " in " + std::to_string(tensors) : "";
    }
    return text;
}

Json parts_json(const CheckpointReport& report) {
    Json parts = Json::array();
    for (const auto& [part, totals] : report.parts) {
        Json dtypes = Json::object();
        for (const auto& [dtype, tensors] : totals.dtypes) {
            dtypes[std::string(dtype_name(dtype))] = tensors;
        }
        parts.push_back({{"part", part_name(part)},
                         {"tensors", totals.tensors},
                         {"parameters", totals.parameters},
                         {"bytes", totals.bytes},
                         {"dtypes", dtypes}});
    }
    return parts;
}

std::string row(const std::string& name, const std::string& value) {
    std::string text = "  " + name;
    text.resize(std::max<std::size_t>(text.size() + 1, 18), ' ');
    return text + value + "\n";
}

std::string problem_text(const CheckpointProblem& problem) {
    return (problem.fatal ? "problem: " : "warning: ") + problem.error.message() + "\n";
}

std::string verdict(const CheckpointReport& report) {
    const std::string warnings = report.warnings == 0 ? "" : ", " + grouped(report.warnings) + " warnings";
    if (!report.usable()) {
        return "not usable: " + grouped(report.fatal_problems) + " problems" + warnings;
    }
    return "usable: " + grouped(report.found_tensors) + " of " + grouped(report.expected_tensors) + " tensors" +
           warnings + (report.values_scanned ? "; all values are finite" : "; values were not looked at (--weights)");
}

std::string numbers(const std::vector<int>& values) {
    std::string text;
    for (const int value : values) {
        text += (text.empty() ? "" : ", ") + std::to_string(value);
    }
    return text;
}

constexpr Precision kOnCpu[] = {Precision::Float32, Precision::BFloat16, Precision::Int8, Precision::Nf4};
constexpr Precision kOnCuda[] = {Precision::Float32, Precision::BFloat16, Precision::Float16, Precision::Int8, Precision::Nf4};

Json memory_json(const ModelConfig& config, std::span<const Precision> precisions, bool on_cpu) {
    Json out = Json::object();
    for (const Precision precision : precisions) {
        out[precision_name(precision)] = weight_memory(config, precision, on_cpu);
    }
    return out;
}

std::string memory_text(const ModelConfig& config, std::span<const Precision> precisions, bool on_cpu) {
    std::string text;
    for (const Precision precision : precisions) {
        text += (text.empty() ? "" : ", ") + std::string(precision_name(precision)) + " " + size_text(weight_memory(config, precision, on_cpu));
    }
    return text;
}

std::string output_matrix(const CheckpointReport& report) {
    return !report.config->tie_word_embeddings ? "its own"
           : report.stored_twice               ? "the word embedding (tied); stored a second time, counted once"
                                               : "the word embedding (tied)";
}

/// A prompt on one line.
std::string one_line(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == '\n' ? "\\n" : std::string(1, c);
    }
    return out;
}

}  // namespace

Json check_json(const CheckpointReport& report, std::size_t shown) {
    Json problems = Json::array();
    for (std::size_t i = 0; i < std::min(shown, report.problems.size()); ++i) {
        const CheckpointProblem& problem = report.problems[i];
        problems.push_back({{"fatal", problem.fatal},
                            {"where", problem.error.where},
                            {"field", problem.error.field},
                            {"found", problem.error.found},
                            {"allowed", problem.error.allowed}});
    }
    Json files = Json::array();
    for (const CheckpointFile& file : report.files) {
        files.push_back({{"name", file.name},
                         {"bytes", file.bytes},
                         {"header_bytes", file.header_bytes},
                         {"tensors", file.tensors},
                         {"parameters", file.parameters},
                         {"sound", file.sound}});
    }
    return {{"directory", report.directory.string()},
            {"usable", report.usable()},
            {"model", report.config ? Json(report.config->name) : Json()},
            {"tensors", {{"expected", report.expected_tensors}, {"found", report.found_tensors}}},
            {"parameters", report.parameters},
            {"bytes", report.bytes},
            {"tied", report.config ? Json(report.config->tie_word_embeddings) : Json()},
            {"published_shape", report.published_shape},
            {"tokenizer_pieces", report.pieces},
            {"values_scanned", report.values_scanned},
            {"files", files},
            {"parts", parts_json(report)},
            {"problem_count", report.fatal_problems},
            {"warning_count", report.warnings},
            {"problems", problems}};
}

std::string check_text(const CheckpointReport& report, std::size_t shown) {
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, report.problems.size()); ++i) {
        text += problem_text(report.problems[i]);
    }
    const std::int64_t more =
        report.fatal_problems + report.warnings - static_cast<std::int64_t>(std::min(shown, report.problems.size()));
    if (more > 0) {
        text += "and " + grouped(more) + " more (--problems 0 prints all)\n";
    }
    text += report.directory.string() + ": " + verdict(report) + "\n";
    for (const CheckpointFile& file : report.files) {
        text += row(file.name, grouped(file.bytes) + " bytes, " + grouped(file.tensors) + " tensors" +
                                   (file.sound ? "" : ", broken"));
    }
    text += row("parameters", grouped(report.parameters) +
                                  (report.published_shape ? " (published: " + grouped(moai_7b_parameters) + ")" : ""));
    text += report.config && report.config->tie_word_embeddings ? row("output matrix", output_matrix(report)) : "";
    text += row("bytes",
                grouped(report.bytes) + (report.published_shape ? " (published: " + grouped(moai_7b_bytes) + ")" : ""));
    return text + row("tokenizer", report.pieces > 0 ? grouped(report.pieces) + " pieces" : "not usable");
}

Json info_json(const CheckpointReport& report) {
    const ModelConfig& c = *report.config;
    Json experts = Json::array();
    for (const char* name : expert_module_names) {
        experts.push_back(name);
    }
    return {
        {"directory", report.directory.string()},
        {"name", c.name},
        {"usable", report.usable()},
        {"layers", c.layers},
        {"hidden_size", c.hidden_size},
        {"heads", c.heads},
        {"kv_heads", c.kv_heads},
        {"intermediate_size", c.intermediate_size},
        {"plora_rank", c.plora_rank},
        {"mixer_layers", c.mixer_layers()},
        {"experts", experts},
        {"expert_heads", c.expert_heads},
        {"expert_rank", c.expert_rank},
        {"compressor",
         {{"depth", c.compressor.depth}, {"heads", c.compressor.heads}, {"latents", c.compressor.latents}}},
        {"vision",
         {{"layers", c.vision.layers},
          {"hidden_size", c.vision.hidden_size},
          {"heads", c.vision.heads},
          {"patch_size", c.vision.patch_size},
          {"image_size", c.vision.image_size},
          {"image_tokens", c.vision.patches()}}},
        {"vocab_size", c.vocab_size},
        {"tied", c.tie_word_embeddings},
        {"max_position_embeddings", c.max_position_embeddings},
        {"prompt_template", c.prompt()},
        {"parts", parts_json(report)},
        {"tensors", report.found_tensors},
        {"parameters", report.parameters},
        {"bytes", report.bytes},
        {"weight_memory", memory_json(c, kOnCpu, true)},
        {"weight_memory_cuda", memory_json(c, kOnCuda, false)}};
}

std::string info_text(const CheckpointReport& report) {
    const ModelConfig& c = *report.config;
    const auto n = [](int value) { return std::to_string(value); };
    std::string text = c.name + "\n";
    text += row("decoder", n(c.layers) + " layers, " + n(c.hidden_size) + " wide, " + n(c.heads) + " heads (" +
                               n(c.kv_heads) + " of keys), feed-forward " + n(c.intermediate_size) + ", PLoRA rank " +
                               n(c.plora_rank));
    text += row("mixers", "in layers " + numbers(c.mixer_layers()) + " (from 0); 6 experts each, " + n(c.expert_heads) +
                              " heads, rank " + n(c.expert_rank));
    text += row("compressor", n(c.compressor.depth) + " layers, " + n(c.compressor.latents) + " latents");
    text += row("vision", n(c.vision.layers) + " layers, " + n(c.vision.hidden_size) + " wide; pictures of " +
                              n(c.vision.image_size) + " pixels, " + n(c.vision.patches()) + " image tokens");
    text += row("vocabulary",
                grouped(c.vocab_size) + " words, and <image>; " + grouped(c.max_position_embeddings) + " positions");
    text += row("output matrix", output_matrix(report));
    text += row("prompt", one_line(c.prompt())) + "\n";
    char line[160];
    std::snprintf(line, sizeof line, "  %-16s %8s %16s %18s  %s\n", "part", "tensors", "parameters", "bytes",
                  "stored as");
    text += line;
    for (const auto& [part, totals] : report.parts) {
        std::snprintf(line, sizeof line, "  %-16s %8s %16s %18s  %s\n", part_name(part).c_str(),
                      grouped(totals.tensors).c_str(), grouped(totals.parameters).c_str(),
                      grouped(totals.bytes).c_str(), dtypes_text(totals).c_str());
        text += line;
    }
    std::snprintf(line, sizeof line, "  %-16s %8s %16s %18s\n\n", "all", "", grouped(report.parameters).c_str(),
                  grouped(report.bytes).c_str());
    text += line;
    text += "  weights in memory, without activations\n";
    text += row("on the CPU", memory_text(c, kOnCpu, true));
    text += row("on CUDA", memory_text(c, kOnCuda, false));
    return text + (report.usable() ? "" : "  not usable: r2t2 model check says why\n");
}

}  // namespace r2t2::cli
