#include "core/reference/health_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/base/random.h"
#include "core/reference/reference_search.h"

namespace r2t2 {

namespace {

constexpr std::size_t kEnoughRecords = 50;
constexpr std::size_t kEnoughImages = 20;
constexpr double kImageEffect = 0.1;  // a real image triple is far above, noise within 0.03 of zero
constexpr double kSignificance = 0.05;
constexpr double kRecipeMatch = 0.01;  // KS p below this: not the uniform recipe
constexpr double kRecipeRatio = 2.5 * (1.0 + 1e-6);

std::string number(double value, int digits = 3) {
    if (!std::isfinite(value)) {  // of too few records
        return "unknown";
    }
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, digits);
    return {text.data(), end.ptr};
}

/// One number an image, in order of first appearance.
std::vector<std::size_t> image_classes(const std::vector<ReferenceRecord>& records, std::size_t& images) {
    std::unordered_map<std::string, std::size_t> numbers;
    std::vector<std::size_t> classes;
    for (const ReferenceRecord& record : records) {
        classes.push_back(numbers.try_emplace(picture_key(identity_of(record)), numbers.size()).first->second);
    }
    images = numbers.size();
    return classes;
}

std::vector<DuplicateGroup> find_duplicates(const std::vector<ReferenceRecord>& records,
                                            const std::vector<std::size_t>& images) {
    std::map<std::pair<std::size_t, std::string>, std::vector<std::size_t>> same;
    for (std::size_t i = 0; i < records.size(); ++i) {
        same[{images[i], question_key(records[i].question)}].push_back(i);
    }
    std::vector<DuplicateGroup> groups;
    for (const auto& [key, members] : same) {
        if (members.size() < 2) {
            continue;
        }
        DuplicateGroup group;
        const ReferenceRecord& first = records[members.front()];
        for (const std::size_t i : members) {
            group.ids.push_back(records[i].id);
            group.conflicting = group.conflicting || records[i].ground_truth != first.ground_truth ||
                                records[i].model_answer != first.model_answer;
        }
        groups.push_back(std::move(group));
    }
    return groups;
}

std::vector<std::string> leaked_ids(const std::vector<ReferenceRecord>& records, const ReferenceOverlap& overlap) {
    std::set<std::size_t> found;
    for (const SharedSample& sample : overlap.shared) {
        for (const ReferenceStore::Same& same : sample.references) {
            found.insert(same.record);
        }
    }
    std::vector<std::string> ids;
    for (const std::size_t i : found) {
        ids.push_back(records[i].id);
    }
    return ids;
}

std::vector<SharedReference> shared_references(const std::vector<ReferenceRecord>& records, const ReferenceOverlap& overlap) {
    std::vector<SharedReference> out;
    for (const SharedSample& sample : overlap.shared) {
        for (const ReferenceStore::Same& same : sample.references) {
            out.push_back({sample.set, sample.id, records[same.record].id, same.by});
        }
    }
    return out;
}

std::vector<double> group_columns(const std::vector<ReferenceRecord>& records, std::size_t begin, std::size_t size) {
    std::vector<double> values;
    values.reserve(records.size() * size);
    for (const ReferenceRecord& record : records) {
        const auto row = record.routing.row(0).subspan(begin, size);
        values.insert(values.end(), row.begin(), row.end());
    }
    return values;
}

std::vector<double> ratios(const std::vector<double>& values, std::size_t size) {
    std::vector<double> result;
    for (std::size_t i = 0; i < values.size(); i += size) {
        result.push_back(max_min_ratio(std::span<const double>(values).subspan(i, size)));
    }
    return result;
}

std::vector<double> column(const std::vector<double>& values, std::size_t size, std::size_t which) {
    std::vector<double> result;
    for (std::size_t i = which; i < values.size(); i += size) {
        result.push_back(values[i]);
    }
    return result;
}

GroupHealth check_group(const ExpertGroup& group, const std::vector<double>& values,
                        const std::vector<std::size_t>& images, const HealthOptions& options) {
    const std::size_t size = group.experts.size();
    const double n = static_cast<double>(images.size());
    GroupHealth health;
    health.name = group.name;
    const std::vector<double> recipe = uniform_recipe(options.simulated, size, options.seed);
    for (std::size_t e = 0; e < size; ++e) {
        ExpertHealth expert;
        expert.name = group.experts[e];
        std::vector<double> own = column(values, size, e);
        expert.mean = std::accumulate(own.begin(), own.end(), 0.0) / n;
        for (const double value : own) {
            expert.deviation += (value - expert.mean) * (value - expert.mean);
        }
        expert.deviation = std::sqrt(expert.deviation / std::max(1.0, n - 1.0));
        std::vector<double> expected = column(recipe, size, e);
        expert.marginal = kolmogorov_smirnov(own, expected);
        health.experts.push_back(std::move(expert));
    }
    for (std::size_t i = 0; i < values.size(); i += size) {
        const auto row = values.begin() + static_cast<std::ptrdiff_t>(i);
        ++health.experts[static_cast<std::size_t>(std::max_element(row, row + static_cast<std::ptrdiff_t>(size)) - row)]
              .top;
    }
    std::vector<double> own = ratios(values, size);
    std::vector<double> expected = ratios(recipe, size);
    health.ratio = kolmogorov_smirnov(own, expected);
    health.largest_ratio = own.back();
    health.median_ratio = own[own.size() / 2];
    health.image = intra_class_correlation(values, size, images);
    return health;
}

/// Records of the permutation test: all, or a seeded draw in file order.
std::vector<std::size_t> drawn_records(std::size_t count, const HealthOptions& options) {
    std::vector<std::size_t> drawn(count);
    std::iota(drawn.begin(), drawn.end(), std::size_t{0});
    if (count > options.permuted_records) {
        auto random = RandomStream::fork(options.seed, "health records");
        random.shuffle(drawn);
        drawn.resize(options.permuted_records);
        std::sort(drawn.begin(), drawn.end());
    }
    return drawn;
}

Result<std::optional<PermutationTest>> check_prediction(const ReferenceStore& store,
                                                        const std::vector<std::size_t>& images,
                                                        const HealthOptions& options, const CancelToken& cancel) {
    const std::vector<std::size_t> drawn = drawn_records(store.size(), options);
    const std::size_t dimension = store.has_embeddings() ? store.dimension() : kHashedWords;
    std::vector<float> embeddings;
    std::vector<RoutingMatrix> routings;
    for (const std::size_t i : drawn) {
        const std::vector<float> words =
            store.has_embeddings() ? std::vector<float>() : hashed_words(store.records()[i].question);
        const std::span<const float> row = store.has_embeddings() ? store.embedding(i) : std::span<const float>(words);
        embeddings.insert(embeddings.end(), row.begin(), row.end());
        routings.push_back(store.records()[i].routing);
    }
    const std::size_t k = std::min(options.neighbours, drawn.size() / 2);
    const auto search = ReferenceSearch::create(embeddings, dimension);
    if (!search.ok()) {
        return search.error();
    }
    std::vector<std::string> questions;
    for (const std::size_t i : drawn) {
        questions.push_back(question_key(store.records()[i].question));
    }
    std::vector<std::size_t> neighbours;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        // Not the record itself nor a duplicate of it: those agree whatever the embedding is worth.
        const auto nearest = search->nearest(
            std::span<const float>(embeddings).subspan(i * dimension, dimension), k, [&](std::size_t other) {
                return images[drawn[other]] == images[drawn[i]] && questions[other] == questions[i];
            });
        if (!nearest.ok()) {
            return std::optional<PermutationTest>();  // nearly everything is a duplicate of this record
        }
        for (const Candidate& candidate : *nearest) {
            neighbours.push_back(candidate.index);
        }
    }
    auto test = permutation_test(routings, neighbours, k, options.permutations, options.seed, cancel);
    if (!test.ok()) {
        return test.error();
    }
    return std::optional(*test);
}

void judge(HealthReport& report) {
    if (report.records < kEnoughRecords) {
        report.verdict = HealthVerdict::TooFewRecords;
        report.verdict_text = std::to_string(report.records) + " records are too few to judge the weights (at least " +
                              std::to_string(kEnoughRecords) + ").";
        return;
    }
    bool recipe = true;
    std::optional<IntraClassCorrelation> image;
    std::string ratio_text;
    for (const GroupHealth& group : report.groups) {
        recipe = recipe && group.experts.size() > 1 && group.ratio.p_value > kRecipeMatch &&
                 group.largest_ratio <= kRecipeRatio;
        ratio_text += (ratio_text.empty() ? "" : "; ") + group.name + " max/min ratio never above " +
                      number(group.largest_ratio, 4) + ", KS p = " + number(group.ratio.p_value);
        if (group.name == "image" && group.image.classes >= kEnoughImages) {
            image = group.image;
        }
    }
    const bool image_effect = image && image->value >= kImageEffect;
    const bool predicted = report.prediction && report.prediction->p_value <= kSignificance;
    const std::string image_text = image ? "intra-image correlation of the image group " + number(image->value, 2) +
                                               " over " + std::to_string(image->classes) + " images with " +
                                               std::to_string(image->members) + " questions"
                                         : "too few images with several questions to measure an image effect";
    const std::string prediction_text =
        report.prediction
            ? report.embedding + (predicted ? " predict" : " do not predict") + " routing (neighbours at distance " +
                  number(report.prediction->observed, 4) + ", by chance " +
                  number(report.prediction->permuted_mean, 4) + ", p = " + number(report.prediction->p_value) + ", " +
                  std::to_string(report.prediction->permutations) + " permutations)"
            : "no permutation test";
    if (recipe && !image_effect && !predicted) {
        report.verdict = HealthVerdict::LooksSynthetic;
        report.verdict_text =
            "The weights look synthetic: they are indistinguishable from independent uniform numbers on [a, 2.5 a], "
            "normalised (" +
            ratio_text + "); " + image_text +
            ", although a real model's image tokens are the same for all questions about an image at the first "
            "mixer; " +
            prediction_text +
            ". Treat them as noise: regenerate them with the model before judging kernel regression or mode finding.";
    } else if (!image_effect && !predicted) {
        report.verdict = HealthVerdict::NoSignal;
        report.verdict_text = "The weights look like noise: " + image_text + "; " + prediction_text +
                              ". They are not the uniform recipe (" + ratio_text +
                              "). Methods that average neighbours' routings have nothing to work with.";
    } else {
        report.verdict = HealthVerdict::Plausible;
        report.verdict_text = "The weights can be a model's: " + image_text + "; " + prediction_text + ".";
    }
}

nlohmann::ordered_json number_or_null(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

nlohmann::ordered_json json_of(const KolmogorovSmirnov& test) {
    return {{"distance", test.distance}, {"p", test.p_value}};
}

nlohmann::ordered_json json_of(const GroupHealth& group) {
    nlohmann::ordered_json experts = nlohmann::ordered_json::array();
    for (const ExpertHealth& expert : group.experts) {
        experts.push_back({{"name", expert.name},
                           {"mean", expert.mean},
                           {"deviation", expert.deviation},
                           {"top_1", expert.top},
                           {"uniform_recipe", json_of(expert.marginal)}});
    }
    return {{"name", group.name},
            {"experts", std::move(experts)},
            {"largest_ratio", number_or_null(group.largest_ratio)},
            {"median_ratio", number_or_null(group.median_ratio)},
            {"ratio_uniform_recipe", json_of(group.ratio)},
            {"intra_image_correlation",
             {{"value", number_or_null(group.image.value)},
              {"images", group.image.classes},
              {"records", group.image.members}}}};
}

}  // namespace

std::string_view verdict_code(HealthVerdict verdict) {
    switch (verdict) {
        case HealthVerdict::TooFewRecords:
            return "too-few-records";
        case HealthVerdict::LooksSynthetic:
            return "looks-synthetic";
        case HealthVerdict::NoSignal:
            return "no-signal";
        case HealthVerdict::Plausible:
            return "plausible";
    }
    return "";
}

std::size_t HealthReport::conflicts() const {
    return static_cast<std::size_t>(std::count_if(duplicates.begin(), duplicates.end(),
                                                  [](const DuplicateGroup& group) { return group.conflicting; }));
}

bool HealthReport::holds_contradictions() const {
    return std::any_of(contradictory.begin(), contradictory.end(), [](const ContradictoryRecords& each) { return each.fate == Fate::Kept; });
}

std::string HealthReport::text() const {
    std::string out = "records " + std::to_string(records) + ", images " + std::to_string(images) +
                      ", answered wrongly " + std::to_string(incorrect) + "\n";
    if (refined.refined > 0) {
        char line[256];
        std::snprintf(line, sizeof line,
                      "refined %zu: right before %zu, right after %zu (%zu mended, %zu harmed); mean loss %.3f before, %.3f after; r moved by %.3f on average\n",
                      refined.refined, refined.right_before, refined.right_after, refined.mended, refined.harmed, refined.loss_before, refined.loss_after,
                      refined.moved);
        out += line;
    }
    out += "duplicates (same image and question): " + std::to_string(duplicates.size()) + " groups, " +
           std::to_string(conflicts()) + " with conflicting answers\n";
    for (std::size_t i = 0; i < std::min<std::size_t>(duplicates.size(), 5); ++i) {
        out += "  ids";
        for (const std::string& id : duplicates[i].ids) {
            out += " " + id;
        }
        out += duplicates[i].conflicting ? "  conflicting\n" : "\n";
    }
    for (const ContradictoryRecords& each : contradictory) {
        out += "contradictory: " + each.text() + "\n";
    }
    if (stored && with_asked < records) {
        out += "instruction, options, scoring key and facts: " + std::to_string(records - with_asked) + " of " + std::to_string(records) +
               " records do not say which they were asked with; whether the samples have others today is not known\n";
    } else if (stored) {
        out += "instruction, options, scoring key and facts: every record says which it was asked with (hash " + asked_hash + ")\n";
    }
    if (overlap) {
        out += "leakage: " + std::to_string(leaked.size()) + (leaked.size() == 1 ? " reference is among the " : " references are among the ") +
               std::to_string(overlap->samples) + " evaluation samples; " + overlap->text() + "\n";
        for (std::size_t i = 0; i < std::min<std::size_t>(shared.size(), 5); ++i) {
            out += "  sample " + shared[i].sample + " is reference " + shared[i].reference + " (found by " + std::string(to_string(shared[i].by)) + ")\n";
        }
        out += shared.size() > 5 ? "  and " + std::to_string(shared.size() - 5) + " more (--json names all)\n" : "";
    }
    for (const GroupHealth& group : groups) {
        out += group.name + " group:\n";
        for (const ExpertHealth& expert : group.experts) {
            out += "  " + expert.name + ": mean " + number(expert.mean, 4) + " +- " + number(expert.deviation, 3) +
                   ", top-1 of " + std::to_string(expert.top) + " (" +
                   number(100.0 * static_cast<double>(expert.top) / static_cast<double>(records)) +
                   " %), against the uniform recipe KS p = " + number(expert.marginal.p_value) + "\n";
        }
        out += "  max/min ratio: median " + number(group.median_ratio, 4) + ", largest " +
               number(group.largest_ratio, 4) + ", against the uniform recipe KS p = " + number(group.ratio.p_value) +
               "\n";
        out += group.image.classes < 2 ? "  no intra-image correlation: it needs two pictures with several questions each, there " +
                                             std::string(group.image.classes == 1 ? "is one\n" : "are none\n")
                                       : "  intra-image correlation " + number(group.image.value, 2) + " (" + std::to_string(group.image.classes) +
                                             " images, " + std::to_string(group.image.members) + " records)\n";
    }
    if (prediction) {
        out += "does the embedding (" + embedding + ") predict routing? distance of neighbours " +
               number(prediction->observed, 4) + ", by chance " + number(prediction->permuted_mean, 4) +
               ", p = " + number(prediction->p_value) + " (" + std::to_string(prediction->permutations) +
               " permutations, seed " + std::to_string(seed) + ")\n";
    }
    return out + "verdict: " + verdict_text + "\n";
}

std::string HealthReport::json() const {
    nlohmann::ordered_json out = {{"records", records}, {"images", images}, {"incorrect", incorrect}};
    if (refined.refined > 0) {
        out["refined"] = {{"records", refined.refined}, {"right_before", refined.right_before}, {"right_after", refined.right_after},
                          {"mended", refined.mended}, {"harmed", refined.harmed}, {"mean_loss_before", refined.loss_before},
                          {"mean_loss_after", refined.loss_after}, {"mean_distance", refined.moved}};
    }
    nlohmann::ordered_json groups_json = nlohmann::ordered_json::array();
    nlohmann::ordered_json duplicates_json = nlohmann::ordered_json::array();
    for (const DuplicateGroup& group : duplicates) {
        duplicates_json.push_back({{"ids", group.ids}, {"conflicting", group.conflicting}});
    }
    for (const GroupHealth& group : groups) {
        groups_json.push_back(json_of(group));
    }
    out["duplicates"] = std::move(duplicates_json);
    nlohmann::ordered_json contradictory_json = nlohmann::ordered_json::object();
    for (const ContradictoryRecords& each : contradictory) {
        nlohmann::ordered_json& of = contradictory_json[std::string(code(each.kind))];
        of[each.fate == Fate::Kept ? "in_the_set" : "left_out"] = {{"count", each.count}, {"ids", each.ids}};
    }
    out["contradictory"] = std::move(contradictory_json);
    out["records_that_say_what_they_were_asked_with"] = with_asked;
    out["asked_hash"] = asked_hash;
    out["evaluation_samples"] = overlap ? overlap->samples : 0;
    out["leaked"] = leaked;
    nlohmann::ordered_json shared_json = nlohmann::ordered_json::array();
    for (const SharedReference& each : shared) {
        shared_json.push_back({{"sample_set", each.sample_set}, {"sample", each.sample}, {"reference", each.reference}, {"found_by", to_string(each.by)}});
    }
    out["shared"] = std::move(shared_json);
    if (overlap) {
        out["shared_samples"] = overlap->shared.size();
        out["evaluation_pictures_not_opened"] = overlap->unread;
        out["references_without_picture_hash"] = overlap->without_hash;
    }
    out["groups"] = std::move(groups_json);
    if (prediction) {
        out["prediction"] = {{"embedding", embedding},
                             {"observed", prediction->observed},
                             {"permuted_mean", prediction->permuted_mean},
                             {"p", prediction->p_value},
                             {"permutations", prediction->permutations},
                             {"records", prediction->records},
                             {"neighbours", prediction->neighbours}};
    }
    out["seed"] = seed;
    out["verdict"] = verdict_code(verdict);
    out["verdict_text"] = verdict_text;
    return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<HealthReport> check_health(const ReferenceStore& store, const HealthOptions& options,
                                  const CancelToken& cancel) {
    if (store.size() == 0) {
        return invalid_input("reference set", "records", "none", "at least one");
    }
    HealthReport report;
    report.seed = options.seed;
    report.records = store.size();
    const std::vector<ReferenceRecord>& records = store.records();
    const std::vector<std::size_t> images = image_classes(records, report.images);
    report.incorrect = static_cast<std::size_t>(std::count_if(
        records.begin(), records.end(), [](const ReferenceRecord& record) { return !record.is_correct; }));
    report.refined = refined_counts(records);
    report.duplicates = find_duplicates(records, images);
    report.contradictory = contradictions_of(store);
    report.with_asked = store.with_asked();
    report.asked_hash = store.asked_hash();
    const auto source = store.origin().notes.find("source");
    report.stored = store.has_embeddings() && source != store.origin().notes.end() && (source->second == "dataset" || source->second == "benchmark");
    report.overlap = options.overlap;
    if (options.overlap) {
        report.leaked = leaked_ids(records, *options.overlap);
        report.shared = shared_references(records, *options.overlap);
    }
    const RoutingSpace& space = store.origin().space;
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        const auto values = group_columns(records, space.group_begin(g), space.groups[g].experts.size());
        report.groups.push_back(check_group(space.groups[g], values, images, options));
    }
    report.embedding = store.has_embeddings() ? "stored embeddings" : "hashed question words";
    if (store.size() >= kEnoughRecords) {
        auto prediction = check_prediction(store, images, options, cancel);
        if (!prediction.ok()) {
            return prediction.error();
        }
        report.prediction = *prediction;
    }
    judge(report);
    return report;
}

}  // namespace r2t2
