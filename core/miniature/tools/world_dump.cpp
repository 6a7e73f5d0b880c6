// Developer tool: writes samples of the bundled world for scripts.
//
//   world_dump --split experts --count 1000 --seed 7 --out DIR [--config world.json] [--start 0]
//
// DIR/images.u8     raw bytes [count, 64, 64, 3], R G B
// DIR/segments.u8   raw bytes [count, 64, 64], segment ids
// DIR/samples.jsonl one line a sample: question, answer, family, domain, tools, template, facts text, objects
// DIR/world.json    the configuration;  DIR/vocabulary.tsv   id, type, score, piece
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/miniature/sample.h"
#include "core/miniature/vocabulary.h"

namespace {

using r2t2::MiniatureSample;

nlohmann::ordered_json objects_json(const r2t2::Scene& scene) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& object : scene.objects) {
        nlohmann::ordered_json item = {{"shape", object.shape}, {"colour", object.colour}, {"word", object.word},
                                       {"cell", object.cell},   {"x", object.x},           {"y", object.y},
                                       {"size", object.size}};
        list.push_back(std::move(item));
    }
    return list;
}

nlohmann::ordered_json sample_json(const MiniatureSample& sample) {
    return {{"id", sample.id},
            {"question", sample.question},
            {"answer", sample.answer},
            {"family", r2t2::name(sample.family)},
            {"domain", r2t2::name(sample.domain)},
            {"tools", r2t2::name(sample.tools)},
            {"template", sample.template_name},
            {"facts_text", r2t2::facts_text(sample)},
            {"objects", objects_json(sample.scene)},
            {"perceived", objects_json(sample.perceived)}};
}

int fail(const std::string& message) {
    std::cerr << "world_dump: " << message << "\n";
    return 1;
}

std::optional<r2t2::WorldConfig> load_config(const std::string& path) {
    if (path.empty()) {
        return r2t2::default_world();
    }
    std::ifstream file(path);
    if (!file) {
        fail(path + ": cannot be opened");
        return std::nullopt;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto config = r2t2::world_from_json(text, path);
    if (!config.ok()) {
        fail(config.error().message());
        return std::nullopt;
    }
    return config.value();
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> options = {{"--split", "experts"}, {"--count", "1000"}, {"--seed", "1"},
                                                  {"--start", "0"},       {"--out", ""},       {"--config", ""}};
    for (int i = 1; i < argc; i += 2) {
        if (options.count(argv[i]) == 0 || i + 1 >= argc) {
            return fail("usage: --split NAME --count N --seed S --out DIR [--start I] [--config FILE]");
        }
        options[argv[i]] = argv[i + 1];
    }
    const auto config = load_config(options["--config"]);
    if (!config) {
        return 1;
    }
    const std::filesystem::path out = options["--out"];
    std::error_code error;
    std::filesystem::create_directories(out, error);
    std::ofstream images(out / "images.u8", std::ios::binary);
    std::ofstream segments(out / "segments.u8", std::ios::binary);
    std::ofstream lines(out / "samples.jsonl");
    if (out.empty() || !images || !segments || !lines) {
        return fail("--out: cannot write there");
    }
    const auto seed = std::strtoull(options["--seed"].c_str(), nullptr, 10);
    const auto start = std::atoll(options["--start"].c_str());
    const auto count = std::atoll(options["--count"].c_str());
    for (long long i = start; i < start + count; ++i) {
        const auto sample = r2t2::make_sample(*config, options["--split"], seed, i);
        if (!sample.ok()) {
            return fail(sample.error().message());
        }
        images.write(reinterpret_cast<const char*>(sample->image.rgb.data()),
                     static_cast<std::streamsize>(sample->image.rgb.size()));
        segments.write(reinterpret_cast<const char*>(sample->facts.map.ids.data()),
                       static_cast<std::streamsize>(sample->facts.map.ids.size()));
        lines << sample_json(sample.value()).dump() << "\n";
    }
    std::ofstream(out / "world.json") << r2t2::world_to_json(*config);
    std::ofstream vocabulary(out / "vocabulary.tsv");
    int id = 0;
    for (const auto& piece : r2t2::world_vocabulary()) {
        vocabulary << id++ << "\t" << static_cast<int>(piece.type) << "\t" << piece.score << "\t" << piece.text << "\n";
    }
    return images && segments && lines && vocabulary ? 0 : fail("writing failed (disk full?)");
}
