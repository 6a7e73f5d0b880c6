#include "core/results/sample_clusters.h"

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

std::string group_of(const SampleInfo& info) {
    if (!info.scoring) {
        return {};
    }
    const Result<StoredKey> stored = parse_stored_key(*info.scoring, {});
    return stored && !stored->key.group.empty() ? info.id.set + '\n' + stored->key.group : std::string();
}

std::string picture_of(const SampleInfo& info) {
    if (info.picture_hash && !info.picture_hash->empty()) {
        return *info.picture_hash;
    }
    return info.image_path.empty() ? std::string() : info.id.set + '\n' + info.image_path;
}

}  // namespace

std::vector<std::size_t> sample_clusters(const std::vector<const SampleRow*>& rows) {
    Forest forest(rows.size());
    std::map<std::string, std::size_t> groups, pictures;  // the first row of each
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (const std::string group = group_of(rows[i]->info); !group.empty()) {
            forest.join(groups.try_emplace(group, i).first->second, i);
        }
        if (const std::string picture = picture_of(rows[i]->info); !picture.empty()) {
            forest.join(pictures.try_emplace(picture, i).first->second, i);
        }
    }
    std::map<std::size_t, std::size_t> numbers;
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out.push_back(numbers.try_emplace(forest.root(i), numbers.size()).first->second);
    }
    return out;
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
