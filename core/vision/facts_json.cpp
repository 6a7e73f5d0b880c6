#include "core/vision/facts_json.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/json/parse_json.h"
#include "core/vision/verbalise.h"

namespace r2t2 {

namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;
constexpr double kBeyond = 0.5;     ///< how far a box may leave the picture, in sides
constexpr double kRounding = 1e-3;  ///< of files that print three digits

/// Throws Error inside this file only; `facts_from_json` catches it.
class FactsReader {
public:
    FactsReader(std::string where, const FactsReadOptions& options) : where_(std::move(where)), options_(options) {}

    AuxiliaryFacts read(const Json& json) const {
        check_keys(json, "", {"segments", "seg_map", "detections", "relations", "sgg", "ocr"});
        if (present(json, "relations") && present(json, "sgg")) {
            fail("sgg", "both \"relations\" and \"sgg\"", "one of them");
        }
        AuxiliaryFacts facts;
        if (present(json, "seg_map")) {
            facts.map = read_map(json["seg_map"]);
        }
        for_each(json, "segments", [&](const Json& item, const std::string& at) {
            facts.segments.push_back(read_segment(item, at, facts.map));
        });
        for_each(json, "detections", [&](const Json& item, const std::string& at) {
            check_keys(item, at, {"label", "score", "box", "box_xyxy_490"});
            const auto box = read_box(item, at);
            if (!box) {
                fail(at, "no box", "\"box\" or \"box_xyxy_490\"");
            }
            facts.detections.push_back({string(item, at, "label"), score(item, at, "score"), *box});
        });
        for_each(json, "relations", [&](const Json& item, const std::string& at) {
            check_keys(item, at, {"subject", "predicate", "object", "score"});
            facts.relations.push_back({string(item, at, "subject"), string(item, at, "predicate"),
                                       string(item, at, "object"), score(item, at, "score")});
        });
        if (present(json, "sgg")) {
            facts.relations = read_scene_graph(json["sgg"]);
        }
        if (present(json, "_source")) {
            facts.source = string(json["_source"], "_source");
        }
        for_each(json, "ocr", [&](const Json& item, const std::string& at) {
            check_keys(item, at, {"text", "conf"});
            facts.texts.push_back({string(item, at, "text"), score(item, at, "conf")});
        });
        return facts;
    }

private:
    [[noreturn]] void fail(const std::string& field, std::string found, std::string allowed) const {
        throw invalid_input(where_, field, std::move(found), std::move(allowed));
    }

    static bool present(const Json& json, const char* key) { return json.contains(key) && !json[key].is_null(); }

    void check_keys(const Json& json, const std::string& at, std::initializer_list<std::string_view> allowed) const {
        std::string list;
        for (const auto key : allowed) {
            list += (list.empty() ? "" : ", ") + std::string(key);
        }
        if (!json.is_object()) {
            fail(at, brief_json(json), "an object with " + list);
        }
        for (const auto& [key, value] : json.items()) {
            if (!key.starts_with('_') && std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
                fail(at.empty() ? key : at + "." + key, "unknown key", list);
            }
        }
    }

    template <typename Use>
    void for_each(const Json& json, const char* key, const Use& use) const {
        if (!present(json, key)) {
            return;
        }
        const Json& list = json[key];
        if (!list.is_array()) {
            fail(key, brief_json(list), "a list");
        }
        for (std::size_t i = 0; i < list.size(); ++i) {
            use(list[i], std::string(key) + "[" + std::to_string(i) + "]");
        }
    }

    std::string string(const Json& json, const std::string& at, const char* key) const {
        if (!json.contains(key)) {
            fail(at + "." + key, "missing", "a string");
        }
        return string(json[key], at + "." + key);
    }
    std::string string(const Json& value, const std::string& at) const {
        if (!value.is_string()) {
            fail(at, brief_json(value), "a string");
        }
        return value.get<std::string>();
    }

    double number(const Json& value, const std::string& at) const {
        if (!value.is_number() || !std::isfinite(value.get<double>())) {
            fail(at, brief_json(value), "a number");
        }
        return value.get<double>();
    }

    double score(const Json& json, const std::string& at, const char* key) const {
        if (!json.contains(key)) {
            return 1.0;  // stated by hand; what a detector could not say (null, NaN) is not as good as that
        }
        const double value = number(json[key], at + "." + key);
        if (value < 0 || value > 1) {
            fail(at + "." + key, brief_json(json[key]), "0 .. 1");
        }
        return value;
    }

    int integer(const Json& value, const std::string& at, int low, int high) const {
        if (!is_whole_number(value) || value.get<double>() < low || value.get<double>() > high) {
            fail(at, brief_json(value), std::to_string(low) + " .. " + std::to_string(high));
        }
        return value.get<int>();
    }

    std::optional<Box> read_box(const Json& json, const std::string& at) const {
        for (const auto& [key, side] : {std::pair{"box", 1.0}, {"box_xyxy_490", 490.0}}) {
            if (!present(json, key)) {
                continue;
            }
            const std::string field = at + "." + key;
            const Json& value = json[key];
            if (!value.is_array() || value.size() != 4) {
                fail(field, brief_json(value), "[x1, y1, x2, y2]");
            }
            const Box box{number(value[0], field) / side, number(value[1], field) / side, number(value[2], field) / side,
                          number(value[3], field) / side};
            if (!(box.x1 <= box.x2 && box.y1 <= box.y2)) {
                fail(field, brief_json(value), "[x1, y1, x2, y2] with x1 <= x2 and y1 <= y2");
            }
            const double low = std::min(box.x1, box.y1), high = std::max(box.x2, box.y2);
            if (!(low >= -kBeyond - kRounding && high <= 1.0 + kBeyond + kRounding)) {
                fail(field, brief_json(value), side == 1.0 ? "-0.5 .. 1.5, fractions of the side (\"box_xyxy_490\" is in pixels)" : "-245 .. 735, pixels of 490");
            }
            return box;
        }
        return std::nullopt;
    }

    SegmentFact read_segment(const Json& item, const std::string& at, const SegmentMap& map) const {
        check_keys(item, at, {"id", "label", "label_id", "score", "box", "box_xyxy_490"});
        SegmentFact segment;
        if (!item.contains("id")) {
            fail(at + ".id", "missing", "1 .. " + std::to_string(kMaxSegmentId));
        }
        segment.id = integer(item["id"], at + ".id", 1, kMaxSegmentId);
        if (present(item, "label_id") && !present(item, "label")) {
            const auto& classes = coco_panoptic_classes();
            const int id = integer(item["label_id"], at + ".label_id", 0, static_cast<int>(classes.size()) - 1);
            segment.label = classes[static_cast<std::size_t>(id)];
        } else {
            segment.label = string(item, at, "label");
        }
        if (const auto box = read_box(item, at)) {
            segment.box = *box;
        } else if (map.ids.empty()) {
            fail(at + ".box", "missing", "a box, or a \"seg_map\" to take it from");
        } else {
            (void)tight_box(map, segment.id, segment.box);  // an id without pixels keeps the empty box
        }
        return segment;
    }

    SegmentMap read_map(const Json& json) const {
        check_keys(json, "seg_map", {"width", "height", "runs", "png_base64", "path"});
        SegmentMap map = json.contains("runs")         ? read_runs(json)
                         : json.contains("png_base64") ? read_base64(string(json, "seg_map", "png_base64"))
                                                       : read_path(json);
        for (std::uint8_t& id : map.ids) {
            id = id > kMaxSegmentId ? 0 : id;
        }
        return map;
    }

    SegmentMap read_runs(const Json& json) const {
        const int side = options_.map_limits.max_side;
        SegmentMap map;
        for (const auto& [key, extent] : {std::pair{"width", &map.width}, {"height", &map.height}}) {
            if (!json.contains(key)) {
                fail(std::string("seg_map.") + key, "missing", "1 .. " + std::to_string(side));
            }
            *extent = integer(json[key], std::string("seg_map.") + key, 1, side);
        }
        const std::uint64_t pixels = static_cast<std::uint64_t>(map.width) * static_cast<std::uint64_t>(map.height);
        if (pixels > options_.map_limits.max_pixels) {
            fail("seg_map", std::to_string(pixels) + " pixels",
                 "at most " + std::to_string(options_.map_limits.max_pixels));
        }
        const Json& runs = json["runs"];
        if (!runs.is_array() || runs.size() % 2 != 0) {
            fail("seg_map.runs", brief_json(runs), "a list of pairs: id, length");
        }
        map.ids.reserve(pixels);
        for (std::size_t i = 0; i < runs.size(); i += 2) {
            const std::string at = "seg_map.runs[" + std::to_string(i) + "]";
            const int id = integer(runs[i], at, 0, 255);
            const int length = integer(runs[i + 1], at, 0,
                                       static_cast<int>(std::min<std::uint64_t>(pixels - map.ids.size(), 1u << 30)));
            map.ids.insert(map.ids.end(), static_cast<std::size_t>(length), static_cast<std::uint8_t>(id));
        }
        if (map.ids.size() != pixels) {
            fail("seg_map.runs", std::to_string(map.ids.size()) + " pixels", std::to_string(pixels) + " pixels");
        }
        return map;
    }

    SegmentMap read_base64(const std::string& text) const {
        std::string bytes;
        std::uint32_t bits = 0;
        int held = 0;
        bool padded = false;
        for (const char c : text) {
            if (c == '\n' || c == '\r') {
                continue;
            }
            if (c == '=') {
                padded = true;
                continue;
            }
            static constexpr std::string_view kAlphabet =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            const auto value = kAlphabet.find(c);
            if (value == std::string_view::npos || padded) {
                fail("seg_map.png_base64", "a character that is not base64", "base64 of an 8-bit grey PNG");
            }
            bits = bits << 6 | static_cast<std::uint32_t>(value);
            held += 6;
            if (held >= 8) {
                held -= 8;
                bytes += static_cast<char>(bits >> held & 0xFF);
            }
        }
        return taken(decode_segment_map({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                                        where_ + ": seg_map.png_base64", options_.map_limits));
    }

    SegmentMap read_path(const Json& json) const {
        if (!json.contains("path")) {
            fail("seg_map", brief_json(json), "\"runs\", \"png_base64\" or \"path\"");
        }
        return taken(load_segment_map(options_.directory / string(json, "seg_map", "path"), options_.map_limits));
    }

    static SegmentMap taken(Result<SegmentMap> map) {
        if (!map.ok()) {
            throw map.error();
        }
        return std::move(map).value();
    }

    std::vector<RelationFact> read_scene_graph(const Json& json) const {
        check_keys(json, "sgg", {"labels", "pairs", "rel_scores"});
        const auto list = [&](const char* key) -> const Json& {
            if (!json.contains(key) || !json[key].is_array()) {
                fail(std::string("sgg.") + key, json.contains(key) ? brief_json(json[key]) : "missing", "a list");
            }
            return json[key];
        };
        SceneGraph graph;
        for (const Json& label : list("labels")) {
            graph.labels.push_back(string(label, "sgg.labels"));
        }
        const int last = static_cast<int>(graph.labels.size()) - 1;
        for (const Json& pair : list("pairs")) {
            if (!pair.is_array() || pair.size() != 2) {
                fail("sgg.pairs", brief_json(pair), "pairs of object indices");
            }
            graph.pairs.emplace_back(integer(pair[0], "sgg.pairs", 0, last), integer(pair[1], "sgg.pairs", 0, last));
        }
        const std::size_t columns = scene_graph_predicates().size() + 1;
        for (const Json& row : list("rel_scores")) {
            if (!row.is_array() || row.size() != columns) {
                fail("sgg.rel_scores", row.is_array() ? std::to_string(row.size()) + " columns" : brief_json(row),
                     std::to_string(columns) + " columns");
            }
            auto& scores = graph.rel_scores.emplace_back();
            for (const Json& value : row) {
                const double score = number(value, "sgg.rel_scores");
                if (score < 0 || score > 1) {  // written again as a relation's score, it could not be read
                    fail("sgg.rel_scores", brief_json(value), "0 .. 1");
                }
                scores.push_back(score);
            }
        }
        if (graph.rel_scores.size() != graph.pairs.size()) {
            fail("sgg.rel_scores", std::to_string(graph.rel_scores.size()) + " rows",
                 std::to_string(graph.pairs.size()) + " rows, one a pair");
        }
        return select_relations(graph, options_.upstream_drops_short_relation_lists);
    }

    std::string where_;
    const FactsReadOptions& options_;
};

nlohmann::ordered_json box_json(const Box& box) {
    return nlohmann::ordered_json::array({box.x1, box.y1, box.x2, box.y2});
}

}  // namespace

Result<AuxiliaryFacts> facts_from_json(const std::string& text, const std::string& where,
                                       const FactsReadOptions& options) {
    JsonLimits limits;
    limits.depth = kMaxDepth;
    limits.bytes = std::max<std::uint64_t>(options.max_file_bytes, text.size());
    Result<Json> json = parse_json(text, where, limits);
    if (!json) {
        Error error = json.error();
        error.field = error.field.empty() ? "facts" : error.field;
        return error;
    }
    return facts_of_json(*json, where, options);
}

Result<AuxiliaryFacts> facts_of_json(const Json& json, const std::string& where, const FactsReadOptions& options) {
    try {
        return FactsReader(where, options).read(json);
    } catch (const Error& error) {
        return error;
    } catch (const Json::exception& error) {
        return invalid_input(where, "facts", std::string("broken JSON: ") + error.what(), "an object of facts");
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, where, "facts", "not enough memory", {}};
    }
}

Result<AuxiliaryFacts> read_facts(const std::filesystem::path& path, FactsReadOptions options) {
    const auto text = read_limited_file(path, options.max_file_bytes);
    return text.ok() ? facts_of_file(text.value(), path, std::move(options)) : Result<AuxiliaryFacts>(text.error());
}

Result<AuxiliaryFacts> facts_of_file(const std::string& text, const std::filesystem::path& path, FactsReadOptions options) {
    if (options.directory.empty()) {
        options.directory = path.parent_path();
    }
    auto facts = facts_from_json(text, path.string(), options);
    if (facts.ok() && facts->source.empty()) {
        facts->source = "file " + path.filename().string();
    }
    return facts;
}

std::filesystem::path facts_file_beside(const std::filesystem::path& picture) {
    std::filesystem::path path = picture;
    path += ".facts.json";
    return path;
}

std::string facts_to_json(const AuxiliaryFacts& facts) {
    using Ordered = nlohmann::ordered_json;
    Ordered json = Ordered::object();
    if (!facts.source.empty()) {
        json["_source"] = facts.source;
    }
    for (const SegmentFact& item : facts.segments) {
        json["segments"].push_back({{"id", item.id}, {"label", item.label}, {"box", box_json(item.box)}});
    }
    if (!facts.map.ids.empty()) {
        Ordered runs = Ordered::array();
        for (std::size_t i = 0; i < facts.map.ids.size();) {
            std::size_t end = i;
            while (end < facts.map.ids.size() && facts.map.ids[end] == facts.map.ids[i]) {
                ++end;
            }
            runs.push_back(facts.map.ids[i]);
            runs.push_back(end - i);
            i = end;
        }
        json["seg_map"] = {{"width", facts.map.width}, {"height", facts.map.height}, {"runs", runs}};
    }
    for (const DetectionFact& item : facts.detections) {
        json["detections"].push_back({{"label", item.label}, {"score", item.score}, {"box", box_json(item.box)}});
    }
    for (const RelationFact& item : facts.relations) {
        json["relations"].push_back(
            {{"subject", item.subject}, {"predicate", item.predicate}, {"object", item.object}, {"score", item.score}});
    }
    for (const TextFact& item : facts.texts) {
        json["ocr"].push_back({{"text", item.text}, {"conf", item.confidence}});
    }
    return json.dump(-1, ' ', false, Ordered::error_handler_t::replace);
}

}  // namespace r2t2
