#include "core/results/sample_clusters.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/scoring/stored_key.h"

namespace r2t2 {

namespace {

/// Sets that grow together (Galler and Fischer 1964).
class Forest {
public:
    explicit Forest(std::size_t size) : above_(size) { std::iota(above_.begin(), above_.end(), std::size_t{0}); }
    std::size_t root(std::size_t i) {
        while (above_[i] != i) {
            i = above_[i] = above_[above_[i]];
        }
        return i;
    }
    void join(std::size_t a, std::size_t b) { above_[root(b)] = root(a); }

private:
    std::vector<std::size_t> above_;
};

}  // namespace

ClusterKey cluster_key(const std::string& set, const std::string& group, const std::string& picture_hash, const std::string& image_path) {
    ClusterKey out;
    out.group = group.empty() ? std::string() : set + '\n' + group;
    out.picture = !picture_hash.empty() ? picture_hash : image_path.empty() ? std::string() : set + '\n' + image_path;
    return out;
}

ClusterKey cluster_key(const std::string& set, const SampleBelonging& sample) {
    const Result<StoredKey> stored = sample.scoring ? parse_stored_key(*sample.scoring, {}, KeyUse::Groups) : Result<StoredKey>(StoredKey{});
    ClusterKey out = cluster_key(set, stored ? stored->key.group : std::string(), sample.picture_hash.value_or(std::string()), sample.image_path);
    out.unread = !stored.ok();
    return out;
}

ClusterKey cluster_key(const SampleInfo& info) { return cluster_key(info.id.set, {info.image_path, info.scoring, info.picture_hash}); }

std::vector<std::size_t> cluster_numbers(const std::vector<ClusterKey>& keys) {
    Forest forest(keys.size());
    std::map<std::string, std::size_t> groups, pictures;  // the first of each
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!keys[i].group.empty()) {
            forest.join(groups.try_emplace(keys[i].group, i).first->second, i);
        }
        if (!keys[i].picture.empty()) {
            forest.join(pictures.try_emplace(keys[i].picture, i).first->second, i);
        }
    }
    std::map<std::size_t, std::size_t> numbers;
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        out.push_back(numbers.try_emplace(forest.root(i), numbers.size()).first->second);
    }
    return out;
}

std::string interval_note(std::int64_t clusters, std::int64_t samples) {
    if (clusters >= samples) {
        return "Wilson's 95 % interval";
    }
    return "95 % interval by " + std::to_string(clusters) + (clusters == 1 ? " cluster" : " clusters") +
           (clusters < kFewClusters ? " (fewer than " + std::to_string(kFewClusters) + " cover less than they say)" : std::string());
}

std::string unread_note(const std::vector<SampleKey>& samples) {
    constexpr std::size_t kNamed = 5;
    if (samples.empty()) {
        return {};
    }
    std::string names;
    for (std::size_t i = 0; i < std::min(kNamed, samples.size()); ++i) {
        names += (i == 0 ? "" : ", ") + samples[i].set + "/" + samples[i].key;
    }
    names += samples.size() > kNamed ? ", ..." : "";
    return samples.size() == 1 ? "How 1 sample is scored cannot be read (" + names + "): it stands in no group and alone in intervals and p."
                               : "How " + std::to_string(samples.size()) + " samples are scored cannot be read (" + names + "): they stand in no group and alone in intervals and p.";
}

std::string clusters_note(std::int64_t clusters, std::int64_t samples) {
    if (clusters >= samples) {
        return {};
    }
    std::string text = std::to_string(samples) + " samples in " + std::to_string(clusters) + (clusters == 1 ? " cluster" : " clusters") +
                       " (one picture, or one group of questions): intervals and p take clusters for the units";
    return clusters < kFewClusters ? text + "; fewer than " + std::to_string(kFewClusters) + " of them cover less than they say" : text;
}

}  // namespace r2t2
