// r2t2 facts
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/atomic_file.h"
#include "core/facts/built_in_facts.h"
#include "core/vision/facts_json.h"
#include "core/vision/load_image.h"
#include "core/vision/verbalise.h"

namespace r2t2::cli {

namespace {

namespace fs = std::filesystem;

/// What became of one picture.
struct PictureFacts {
    AuxiliaryFacts facts;
    fs::path file;     ///< empty: not written
    fs::path overlay;  ///< empty: not drawn
};

/// Facts by real models are worth more than ours.
Status check_replaceable(const fs::path& file, bool force) {
    std::error_code code;
    if (force || !fs::exists(file, code)) {
        return {};
    }
    const Result<AuxiliaryFacts> there = read_facts(file);
    if (there.ok() && there->source.starts_with("built-in")) {
        return {};
    }
    return invalid_input(file.string(), "facts file", there.ok() ? "facts of another source (" + there->source + ")" : "another file",
                         "built-in facts, or --force to replace it");
}

fs::path beside_or_in(const fs::path& image, const std::string& folder) {
    const fs::path beside = facts_file_beside(image);
    return folder.empty() ? beside : fs::path(folder) / beside.filename();
}

Result<PictureFacts> facts_of(const std::string& image_path, const FactsOptions& options) {
    PictureFacts out;
    if (!options.show) {
        out.file = beside_or_in(image_path, options.output);
        R2T2_TRY(check_replaceable(out.file, options.force));
    }
    const Result<Image> image = load_image(image_path);
    if (!image) {
        return image.error();
    }
    BuiltInFactsOptions how;
    how.read_text = !options.no_text;
    Result<AuxiliaryFacts> facts = built_in_facts(*image, how);
    if (!facts) {
        return facts.error().inside(image_path);
    }
    out.facts = std::move(*facts);
    if (!out.file.empty()) {
        R2T2_TRY(write_file_atomically(out.file, facts_to_json(out.facts) + "\n", Durability::Buffered));
    }
    if (!options.overlays.empty()) {
        out.overlay = beside_or_in(image_path, options.overlays).replace_extension(".png");
        const Result<Image> drawn = draw_facts(*image, out.facts);
        if (!drawn) {
            return drawn.error().inside(image_path);
        }
        R2T2_TRY(save_png(out.overlay, *drawn));
    }
    return out;
}

nlohmann::ordered_json as_json(const std::string& image, const PictureFacts& found) {
    return {{"image", image},
            {"source", found.facts.source},
            {"segments", found.facts.segments.size()},
            {"detections", found.facts.detections.size()},
            {"relations", found.facts.relations.size()},
            {"texts", found.facts.texts.size()},
            {"told", verbalise(found.facts)},
            {"file", found.file.string()},
            {"overlay", found.overlay.string()}};
}

std::string as_text(const std::string& image, const PictureFacts& found) {
    std::string text = image + "\n  source   " + found.facts.source + "\n";
    for (const auto& [name, part] : {std::pair{"segments", verbalise_segments(found.facts)},
                                     {"objects ", verbalise_detections(found.facts)},
                                     {"places  ", verbalise_relations(found.facts)},
                                     {"text    ", verbalise_texts(found.facts)}}) {
        text += std::string("  ") + name + " " + (part.empty() ? "-" : part) + "\n";
    }
    for (const auto& [name, path] : {std::pair{"written ", found.file}, {"drawn   ", found.overlay}}) {
        text += path.empty() ? "" : std::string("  ") + name + " " + path.string() + "\n";
    }
    return text;
}

}  // namespace

int run_facts(const FactsOptions& options, Console& console) {
    for (const std::string& folder : {options.output, options.overlays}) {
        std::error_code code;
        if (!folder.empty() && !fs::create_directories(folder, code) && !fs::is_directory(folder)) {
            return console.fail(io_error(folder, code ? code.message() : "not a folder"));
        }
    }
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    int worst = kExitOk;
    for (const std::string& image : options.images) {
        if (interrupt_token().cancelled()) {
            return console.fail(cancelled());
        }
        const Result<PictureFacts> found = facts_of(image, options);
        if (!found) {
            worst = console.fail(found.error());  // the others are looked at all the same
        } else if (console.options().json) {
            all.push_back(as_json(image, *found));
        } else {
            console.data(as_text(image, *found));
        }
    }
    if (console.options().json) {
        console.data(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
    return worst;
}

}  // namespace r2t2::cli
