// Sizes of a MoAI model, read from a checkpoint directory's config.json. Nothing assumes the 7B's or the miniature's.
//
// The published config.json has the language model's sizes; what upstream hard-codes (mixers, experts, PLoRA,
// compressor, vision tower) stands in an optional "moai" object whose defaults are MoAI-7B's.
// Source: MoAI (arXiv 2403.07508) and its published checkpoint. Thread rule: value type.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

struct VisionConfig {
    int hidden_size = 1024;
    int layers = 24;
    int heads = 16;
    int intermediate_size = 4096;
    int patch_size = 14;
    int image_size = 490;  ///< pixels a side; must be a multiple of the patch size
    double layer_norm_eps = 1e-5;

    [[nodiscard]] int grid() const { return image_size / patch_size; }
    [[nodiscard]] int patches() const { return grid() * grid(); }
};

struct CompressorConfig {
    int depth = 4;
    int heads = 4;
    int head_dim = 64;
    int latents = 64;
    int feed_forward_mult = 1;

    [[nodiscard]] int inner() const { return heads * head_dim; }
};

struct ModelConfig {
    // Language model (InternLM2)
    int hidden_size = 4096;
    int layers = 32;
    int heads = 32;
    int kv_heads = 8;
    int intermediate_size = 14336;
    int vocab_size = 92544;  ///< rows of the output head; the input embedding has one more, `<image>`
    bool bias = false;       ///< of wqkv and wo
    double rms_norm_eps = 1e-5;
    double rope_theta = 1e6;
    double rope_dynamic_factor = 0.0;  ///< 0 = plain rotary; else dynamic NTK with this factor
    int max_position_embeddings = 32768;
    int bos_id = 1;
    int eos_id = 2;  ///< the one that is the piece </s>: the first that config.json names
    std::vector<int> more_eos_ids;        ///< the others that config.json names
    std::vector<int> generation_eos_ids;  ///< those that generation_config.json names
    int pad_id = 2;
    /// The word embedding is the output matrix too. Of read(): as stated; settle_output_matrix (output_matrix.h) asks the weights.
    bool tie_word_embeddings = false;
    bool states_tie = false;  ///< of read(): config.json says one or the other; where it does not, false, as the published model has it

    // MoAI
    int mixer_interval = 8;  ///< mixers in layers interval-1, 2*interval-1, ... (counted from 0)
    int expert_heads = 4;
    int expert_rank = 64;
    int plora_rank = 256;
    double plora_alpha = 256;
    CompressorConfig compressor;
    VisionConfig vision;
    std::string prompt_template;  ///< with {image} and {question}; empty = MoAI's evaluation prompt

    /// Departure of the bundled miniature: text tokens do not see image tokens in the backbone's attention, so that
    /// modalities meet only in the mixers. MoAI: false.
    bool hide_image_from_text = false;
    /// Upstream computed the pixel statistics while float16 was the default type. Off: the exact ones.
    bool norm_fp16_compat = false;
    /// Upstream normalises the segment map's colours, which are in 0..1, with the statistics of 0..255, and the published
    /// weights were trained so. On: colours are scaled to 0..255 first.
    bool segment_map_full_scale = false;
    bool miniature = false;  ///< the bundled model: everything measured on it says so
    std::string name = "MoAI";

    /// Of read(): fields that nobody reads and somebody may have meant: those of "moai", which is ours, and such as differ by a slip from one
    /// that is read. File, field, and the nearest name. Keys that begin with "_" are remarks of the file's own.
    std::vector<Error> remarks{};

    [[nodiscard]] int head_dim() const { return hidden_size / heads; }
    [[nodiscard]] int qkv_rows() const { return (heads + 2 * kv_heads) * head_dim(); }
    [[nodiscard]] int image_token() const { return vocab_size; }
    [[nodiscard]] bool is_mixer(int layer) const { return (layer + 1) % mixer_interval == 0; }
    [[nodiscard]] std::vector<int> mixer_layers() const;
    [[nodiscard]] RoutingSpace routing_space() const { return RoutingSpace::moai(mixer_layers().size()); }
    [[nodiscard]] const std::string& prompt() const;
    [[nodiscard]] std::vector<int> eos_ids() const;  ///< config.json's, eos_id first
    [[nodiscard]] std::vector<int> ends() const;     ///< every id that ends an answer: those of both files, each once

    /// Sizes are positive, divisible where they must be, and there is at least one mixer. `where` names the file.
    [[nodiscard]] Status check(const std::string& where) const;

    /// config.json, and the ends of answers that a generation_config.json beside it names.
    [[nodiscard]] static Result<ModelConfig> read(const std::filesystem::path& config_json);
    [[nodiscard]] Status write(const std::filesystem::path& config_json) const;
};

/// Name and shape of one stored tensor, as in the published checkpoint.
struct ParameterShape {
    std::string name;
    std::vector<std::int64_t> shape;
};

/// All tensors a checkpoint of this configuration holds, in a fixed order (seeded initialisation depends on it). Without output.weight where
/// the embedding is the output matrix.
[[nodiscard]] std::vector<ParameterShape> parameter_table(const ModelConfig& config);

/// MoAI's six experts by their names in the checkpoint, in routing column order.
inline constexpr const char* expert_module_names[6] = {"moai_CA_img_aux",  "moai_CA_img_lang", "moai_SA_img",
                                                       "moai_CA_lang_aux", "moai_CA_lang_img", "moai_SA_lang"};

}  // namespace r2t2
