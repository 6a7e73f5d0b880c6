#include "app/commands/self_check.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
#include "core/run/sample_set.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kSeed = 20250101;
constexpr double kTolerance = 1e-3;

struct Measured {
    std::string question;
    std::string answer;
    double loss = 0.0;
};

/// One bundled sample, "G-dim/0", under the native gates.
Result<Measured> measure(const Model& model, const std::string& name) {
    const auto slash = name.find('/');
    const std::size_t index = slash == std::string::npos ? 0 : static_cast<std::size_t>(std::atoi(name.c_str() + slash + 1));
    const Result<SampleSetPtr> set = world_set(default_world(), "test", name.substr(0, slash), kSeed, index + 1);
    if (!set) {
        return set.error();
    }
    const Result<RunSample> sample = (*set)->get(index, model.info());
    if (!sample) {
        return sample.error();
    }
    const Result<PreparedSamplePtr> prepared = model.prepare(sample->input);
    if (!prepared) {
        return prepared.error();
    }
    const RoutedQuery query{prepared->get(), RoutingAction::native_gates()};
    const Result<std::vector<Answer>> answers = model.answer({&query, 1});
    if (!answers) {
        return answers.error();
    }
    const Result<std::vector<LossGradient>> losses = model.loss_and_gradient({&query, 1}, false);
    if (!losses) {
        return losses.error();
    }
    return Measured{sample->question, answers->front().text, losses->front().loss};
}

}  // namespace

Result<std::string> record_self_check(const Model& model) {
    Json samples = Json::array();
    for (const char* set : {"G-clean", "G-dim", "K-clutter", "O-small", "O-noise"}) {
        for (const char* number : {"/0", "/1"}) {
            const Result<Measured> measured = measure(model, std::string(set) + number);
            if (!measured) {
                return measured.error();
            }
            samples.push_back({{"sample", std::string(set) + number},
                               {"question", measured->question},
                               {"answer", measured->answer},
                               {"loss", measured->loss}});
        }
    }
    return Json{{"model_hash", model.info().weights_hash}, {"tolerance", kTolerance}, {"samples", std::move(samples)}}.dump(2) +
           "\n";
}

Result<SelfCheck> run_self_check(const Model& model, const std::filesystem::path& file) {
    SelfCheck check;
    const Result<nlohmann::json> read = read_json_file(file);
    if (!read && read.error().kind == ErrorKind::NotFound) {
        check.remark = "no recorded values at " + file.string();
        return check;
    }
    R2T2_TRY(read);
    const nlohmann::json& json = *read;
    if (!json.is_object() || !json.contains("samples") || !json["samples"].is_array()) {
        return invalid_input(file.string(), "samples", "no list", "values recorded by r2t2 doctor --write-golden");
    }
    if (json.value("model_hash", "") != model.info().weights_hash) {
        check.remark = "the values were recorded for another model (" + json.value("model_hash", std::string("?")).substr(0, 12) + ")";
        return check;
    }
    if (const std::string& precision = model.info().precision; precision != "fp32" && precision != "fp64") {
        check.remark = "the values were recorded in fp32, which " + precision + " is not held to";
        return check;
    }
    check.possible = true;
    check.tolerance = json.value("tolerance", kTolerance);
    for (const nlohmann::json& each : json["samples"]) {
        const std::string name = each.value("sample", "");
        const Result<Measured> measured = measure(model, name);
        if (!measured) {
            return measured.error();
        }
        const double expected = each.value("loss", 0.0);
        const double deviation = std::abs(measured->loss - expected) / std::max(1.0, std::abs(expected));
        const bool good = deviation <= check.tolerance && measured->answer == each.value("answer", "") &&
                          measured->question == each.value("question", "");
        ++check.samples;
        check.worst = std::max(check.worst, deviation);
        if (!good) {
            ++check.failures;
            check.remark = name + ": answer \"" + measured->answer + "\", loss " + std::to_string(measured->loss) +
                           "; recorded \"" + each.value("answer", "") + "\", " + std::to_string(expected);
        }
    }
    return check;
}

}  // namespace r2t2::cli
