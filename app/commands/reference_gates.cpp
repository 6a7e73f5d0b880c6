// r2t2 reference gates: the model's gates trained on a reference set, as a file that the method tuned-gates runs with.
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "core/base/number_text.h"
#include "core/base/path_text.h"
#include "core/base/quoted_name.h"
#include "core/run/open_reference.h"

namespace r2t2::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Result<GateTrainingOptions> training_options(const ReferenceOptions& options) {
    R2T2_TRY(check_range("--epochs", options.epochs, 1, 1000));
    R2T2_TRY(check_range("--batch", options.batch, 1, 4096));
    R2T2_TRY(check_range("--seed", options.draw, 0, std::numeric_limits<std::int64_t>::max()));
    if (!(options.rate > 0.0) || !std::isfinite(options.rate)) {
        return invalid_input("options", "--rate", number_text(options.rate), "a number above 0");
    }
    if (!(options.held_out > 0.0 && options.held_out < 1.0)) {
        return invalid_input("options", "--held-out", number_text(options.held_out), "a share between 0 and 1, both left out");
    }
    GateTrainingOptions out;
    out.epochs = static_cast<int>(options.epochs);
    out.batch = static_cast<std::size_t>(options.batch);
    out.rate = options.rate;
    out.held_out = options.held_out;
    out.seed = static_cast<std::uint64_t>(options.draw);
    return out;
}

/// Nothing is there, or with --force gates that were trained before: weights of a checkpoint are none.
Status check_place(const ReferenceOptions& options) {
    std::error_code code;
    if (!fs::exists(fs::symlink_status(options.output, code))) {
        return {};
    }
    const Result<SafetensorsFile> there = SafetensorsFile::open(options.output);
    const bool gates = there && there->metadata().contains("held_out_loss");
    if (!gates) {
        return invalid_input("options", "--out", options.output + ", which is there and is no file of trained gates", "a new name");
    }
    return options.force ? Status() : Status(invalid_input("options", "--out", options.output + ", trained gates that are there", "a new name, or --force to replace them"));
}

Json json_of(const GateTraining& training, const std::string& file) {
    return {{"file", path_text(file)}, {"samples", training.trained}, {"held_out", training.held_out}, {"loss", training.loss}, {"held_out_loss", training.held_out_loss},
            {"kept_epoch", training.kept_epoch}};
}

std::string text_of(const GateTraining& training, const std::string& file) {
    std::string text = "epoch    loss  held-out loss\n";
    for (std::size_t e = 0; e < training.held_out_loss.size(); ++e) {
        char line[96];
        std::snprintf(line, sizeof line, "%5zu %7s %14.4f%s\n", e, e == 0 ? "" : fixed_text(training.loss[e - 1], 4).c_str(), training.held_out_loss[e],
                      static_cast<int>(e) == training.kept_epoch ? "  kept" : "");
        text += line;
    }
    text += printable(file) + ": gates trained on " + std::to_string(training.trained) + " references, the epoch chosen on " + std::to_string(training.held_out) + " others";
    return text + (training.kept_epoch == 0 ? "; none was better than the model's own, which it holds\n" : "\n");
}

}  // namespace

int make_gates(const ReferenceOptions& options, Console& console) {
    Result<GateTrainingOptions> wanted = training_options(options);
    if (!wanted) {
        return console.fail(wanted.error());
    }
    if (const Status place = check_place(options); !place) {
        return console.fail(place.error());
    }
    const Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return console.fail(model.error());
    }
    ReferenceSource source;
    source.path = options.input == "bundled" ? std::string() : options.input;
    const Result<OpenedReference> opened = open_reference(source, *model, console.progress(), interrupt_token());
    if (!opened) {
        return console.fail(opened.error());
    }
    const ReferenceSet& set = *opened->set;
    const LabelledInputs inputs{set.size(), [&set](std::size_t i) -> Result<ModelInput> {
                                    Result<RunSample> sample = set.sample(i);
                                    return sample ? Result<ModelInput>(std::move(sample->input)) : Result<ModelInput>(sample.error());
                                }};
    wanted->trained_on = "reference set " + set.store().content_hash();
    const Result<GateTraining> training = (*model)->train_gates(inputs, *wanted, options.output, console.progress(), interrupt_token());
    console.end_progress();
    if (!training) {
        return console.fail(training.error());
    }
    console.data(console.options().json ? json_of(*training, options.output).dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : text_of(*training, options.output));
    return kExitOk;
}

}  // namespace r2t2::cli
