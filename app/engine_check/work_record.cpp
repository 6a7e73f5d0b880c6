#include "app/engine_check/work_record.h"

#include <fstream>

#include "core/routing/method_table.h"

namespace r2t2 {

namespace {

using nlohmann::json;

std::string hexadecimal(const std::vector<std::uint8_t>& bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<json> described(const Model& model, const ModelInput& input) {
    const Result<TokenSample> tokens = model.token_sample(input);
    R2T2_TRY(tokens);
    const Result<std::vector<std::int32_t>> facts = model.tokenize(input.facts_text);
    R2T2_TRY(facts);
    return json{{"prompt", tokens->prompt}, {"answer", tokens->answer}, {"facts", *facts}, {"pixels", hexadecimal(input.rgb)}};
}

}  // namespace

WorkRecord::WorkRecord(const MethodParams& params)
    : line_search_(method_row(params.method).steps == StepKind::Probes),
      record_{{"k", params.k}, {"steps", params.steps}, {"initial_lr", params.initial_lr}, {"final_lr", params.final_lr},
              {"mode", to_string(params.mode)}, {"samples", json::array()}} {}

Status WorkRecord::add(const Model& model, const ModelInput& sample, const std::vector<ModelInput>& neighbours, const RerouteInput& input,
                       const Trajectory& trajectory) {
    const Result<json> itself = described(model, sample);
    R2T2_TRY(itself);
    json entry = {{"sample", *itself}, {"neighbours", json::array()}};
    for (std::size_t n = 0; n < neighbours.size(); ++n) {
        const Result<json> neighbour = described(model, neighbours[n]);
        R2T2_TRY(neighbour);
        entry["neighbours"].push_back(*neighbour);
        entry["weights"].push_back(input.neighbourhood.neighbours[n].weight);
    }
    for (const TrajectoryStep& step : trajectory.steps) {
        entry["r"].push_back(step.weights.values());
        if (line_search_) {
            entry["alphas"].push_back(*step.alpha);
            entry["tokens"].push_back(step.answer->tokens);
            entry["confidences"].push_back(step.answer->confidence);
        }
    }
    record_["samples"].push_back(std::move(entry));
    return {};
}

Status WorkRecord::write(const std::filesystem::path& folder, double prepare_seconds, double descent_seconds, double peak_megabytes) {
    record_["prepare_seconds"] = prepare_seconds;
    record_["descent_seconds"] = descent_seconds;
    record_["peak_megabytes"] = peak_megabytes;
    std::ofstream file(folder / "samples.json");
    file << record_ << '\n';
    file.close();
    return file ? Status{} : Status(Error{ErrorKind::Io, (folder / "samples.json").string(), {}, "it could not be written", {}});
}

}  // namespace r2t2
