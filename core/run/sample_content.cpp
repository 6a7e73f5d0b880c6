#include "core/run/sample_content.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <unordered_map>

#include "core/base/sha256.h"
#include "core/run/parallel.h"
#include "core/run/sample_set.h"
#include "core/scoring/stored_key.h"
#include "core/vision/facts_json.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;
using Digest = std::array<std::uint8_t, 32>;

constexpr std::size_t kWholePictures = 20'000;     // sets of more: by the ends of their files
constexpr std::uint64_t kEnds = 512u << 10, kFewEnds = 4u << 10;  // bytes at each end

/// Texts one after another, so that no two lists give the same bytes.
class ContentHash {
public:
    void add(std::string_view text) {
        const std::string size = std::to_string(text.size()) + ":";
        hash_.update(size);
        hash_.update(text);
    }
    void add(const Digest& digest) { hash_.update(digest.data(), digest.size()); }
    [[nodiscard]] std::string hex() { return hash_.hex(); }
    [[nodiscard]] Digest digest() { return hash_.digest(); }

private:
    Sha256 hash_;
};

/// Below the set's folder, or the name alone: the same on every machine that has the data.
std::string lasting_path(const fs::path& file, const fs::path& folder) {
    std::error_code code;
    const fs::path below = fs::absolute(file, code).lexically_normal().lexically_relative(fs::absolute(folder, code).lexically_normal());
    return below.empty() || *below.begin() == ".." ? file.filename().string() : below.string();
}

fs::path folder_of(const Dataset& dataset) {
    std::error_code code;
    const fs::path folder = fs::is_directory(dataset.path, code) ? dataset.path : dataset.path.parent_path();
    return folder.empty() ? fs::path(".") : folder;
}

/// `piece(from, bytes)`: of a file of `size` bytes.
template <typename Piece>
Digest content_digest(const std::string& name, std::uint64_t size, std::uint64_t ends, const Piece& piece) {
    ContentHash hash;
    hash.add(name);
    hash.add(std::to_string(size));
    if (size <= 2 * ends) {
        hash.add(piece(0, size));
    } else {
        hash.add(piece(0, ends));
        hash.add(piece(size - ends, ends));
    }
    return hash.digest();
}

Digest unreadable_digest(const std::string& name) {
    ContentHash hash;
    hash.add(name);
    hash.add("not readable");
    return hash.digest();
}

Digest file_digest(const fs::path& file, const fs::path& folder, std::uint64_t ends) {
    const std::string name = lasting_path(file, folder);
    std::error_code code;
    const std::uint64_t size = fs::is_regular_file(file, code) ? fs::file_size(file, code) : 0;
    std::ifstream in(file, std::ios::binary);
    if (code || !in) {
        return unreadable_digest(name);
    }
    return content_digest(name, size, ends, [&in](std::uint64_t from, std::uint64_t bytes) {
        std::string text(static_cast<std::size_t>(bytes), '\0');
        in.clear();
        in.seekg(static_cast<std::streamoff>(from));
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
        return text;
    });
}

/// What file_digest gives of a file with this content.
Digest bytes_digest(const std::string& name, std::string_view bytes, std::uint64_t ends) {
    return content_digest(name, bytes.size(), ends,
                          [bytes](std::uint64_t from, std::uint64_t count) { return bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(count)); });
}

std::size_t path_key(const fs::path& file) { return std::hash<std::string>()(file.string()); }

KnownFiles::Digest kept_of(const Digest& digest) {
    KnownFiles::Digest out;
    std::copy_n(digest.begin(), out.size(), out.begin());
    return out;
}

std::string hash_text(const KnownFiles::Digest& digest) {
    constexpr std::size_t kShown = 6;  // bytes
    constexpr const char* digits = "0123456789abcdef";
    std::string out = "hash ";
    for (std::size_t i = 0; i < kShown; ++i) {
        out += {digits[digest[i] >> 4], digits[digest[i] & 15]};
    }
    return out;
}

/// The content of a set, sample by sample: what is added counts for the whole and for the sample's print.
class SetHash {
public:
    /// Of every sample, but once in the whole.
    explicit SetHash(std::string common = {}) : common_(std::move(common)) {}
    void begin(const std::string& id) {
        end();
        prints_ += sha256_hex(id).substr(0, kPrintDigits / 2);
        sample_.emplace();
        sample_->add(common_);
        add(id);
    }
    template <typename Part>
    void add(const Part& part) {
        whole_.add(part);
        if (sample_) {
            sample_->add(part);
        }
    }
    [[nodiscard]] SetContent content() {
        end();
        return {whole_.hex(), std::move(prints_)};
    }

private:
    void end() {
        if (sample_) {
            prints_ += sample_->hex().substr(0, kPrintDigits / 2);
            sample_.reset();
        }
    }
    ContentHash whole_;
    std::optional<ContentHash> sample_;
    std::string common_, prints_;
};

template <typename Hash>
void add_options(const std::vector<std::string>& options, Hash& hash) {
    hash.add(std::to_string(options.size()));
    for (const std::string& option : options) {
        hash.add(option);
    }
}

std::string key_text(const std::string& benchmark, const std::optional<AnswerKey>& key) { return key ? stored_key_json({benchmark, *key}) : std::string(); }

/// Every picture once: with the facts that lie beside it.
class PictureDigests {
public:
    explicit PictureDigests(const Dataset& dataset) {
        const fs::path folder = folder_of(dataset);
        std::vector<std::size_t> first;  // sample that has it
        for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
            const auto [place, added] = places_.try_emplace(std::hash<std::string>()(dataset.samples[i].image_path.string()), first.size());
            if (added) {
                first.push_back(i);
            }
        }
        digests_.resize(first.size());
        std::vector<Digest> pictures(first.size());
        std::vector<std::optional<Digest>> beside(first.size());
        ends_ = first.size() > kWholePictures ? kFewEnds : kEnds;
        parallel_for(first.size(), 0, {}, [&](std::size_t i) {
            const fs::path file = dataset.samples[first[i]].image_path.path(), facts = facts_file_beside(file);
            ContentHash both;
            pictures[i] = file_digest(file, folder, ends_);
            both.add(pictures[i]);
            std::error_code code;
            if (fs::exists(facts, code)) {
                beside[i] = file_digest(facts, folder, kEnds);
                both.add(*beside[i]);
            }
            digests_[i] = both.digest();
            return true;
        });
        for (std::size_t i = 0; i < first.size(); ++i) {
            const fs::path file = dataset.samples[first[i]].image_path.path();
            files_.emplace_back(path_key(file), kept_of(pictures[i]));
            if (beside[i]) {
                files_.emplace_back(path_key(facts_file_beside(file)), kept_of(*beside[i]));
            }
        }
    }
    [[nodiscard]] const Digest& of(const Sample& sample) const { return digests_[places_.at(std::hash<std::string>()(sample.image_path.string()))]; }
    [[nodiscard]] std::vector<KnownFiles::Entry> files() && { return std::move(files_); }  ///< pictures and the facts beside them
    [[nodiscard]] std::uint64_t ends() const { return ends_; }

private:
    std::unordered_map<std::size_t, std::size_t> places_;  ///< by the path's hash: a million paths are not kept
    std::vector<Digest> digests_;
    std::vector<KnownFiles::Entry> files_;
    std::uint64_t ends_ = 0;
};

}  // namespace

KnownFiles::KnownFiles(fs::path folder, std::uint64_t picture_ends, std::vector<Entry> files)
    : folder_(std::move(folder)), picture_ends_(picture_ends), files_(std::move(files)) {
    std::sort(files_.begin(), files_.end());
}

Status KnownFiles::check(SampleFile which, const fs::path& file, const std::string* bytes) const {
    const std::size_t key = path_key(file);
    const auto at = std::lower_bound(files_.begin(), files_.end(), key, [](const Entry& entry, std::size_t wanted) { return entry.first < wanted; });
    const std::string name = lasting_path(file, folder_);
    std::optional<Digest> then, now;
    if (at != files_.end() && at->first == key) {
        then = at->second;
    }
    if (bytes != nullptr) {
        now = kept_of(bytes_digest(name, *bytes, which == SampleFile::Picture ? picture_ends_ : kEnds));
    }
    if (then == now) {
        return {};
    }
    const bool unreadable = then && *then == kept_of(unreadable_digest(name));
    const std::string what = which == SampleFile::Picture ? "picture" : "facts";
    const std::string found = !now ? std::string("no file") : (!then ? "a file (" : unreadable ? "a file that can be read (" : "another content (") + hash_text(*now) + ")";
    const std::string stated = !then ? std::string("no file") : unreadable ? std::string("one that cannot be read") : hash_text(*then);
    return invalid_input(file.string(), what, found + ": the " + what + (which == SampleFile::Picture ? " was" : " were") + " changed since the run was begun",
                         stated + ", as then");
}

DatasetContent dataset_content(const Dataset& dataset) {
    PictureDigests pictures(dataset);
    std::vector<KnownFiles::Entry> stated;
    const fs::path folder = folder_of(dataset);
    const auto named = dataset.origin.find("benchmark");
    const std::string benchmark = named == dataset.origin.end() ? std::string() : named->second;
    SetHash hash(benchmark);
    hash.add(benchmark);
    for (const Sample& sample : dataset.samples) {
        const SampleLabels& labels = sample.labels();
        hash.begin(sample.id);
        for (const std::string& text : {sample.question, labels.suffix, labels.instruction, sample.ground_truth}) {
            hash.add(text);
        }
        add_options(sample.options, hash);
        hash.add(key_text(benchmark, answer_key(sample)));
        const SampleExtras& extras = sample.extras();
        hash.add(extras.facts ? facts_to_json(*extras.facts) : std::string());
        if (!extras.facts && !extras.facts_path.empty()) {
            const Digest digest = file_digest(extras.facts_path, folder, kEnds);
            hash.add(digest);
            stated.emplace_back(path_key(extras.facts_path), kept_of(digest));
        }
        hash.add(pictures.of(sample));
    }
    const std::uint64_t ends = pictures.ends();
    std::vector<KnownFiles::Entry> files = std::move(pictures).files();
    files.insert(files.end(), stated.begin(), stated.end());
    return {hash.content(), KnownFiles(folder, ends, std::move(files))};
}

SetContent summary_content(const SampleSet& set) {
    SetHash hash;
    for (const auto& [key, value] : set.origin()) {
        hash.add(key);
        hash.add(value);
    }
    for (std::size_t i = 0; i < set.size(); ++i) {
        const SampleSummary summary = set.summary(i);
        hash.begin(set.id(i));
        for (const std::string& text : {summary.question, summary.instruction, summary.truth}) {
            hash.add(text);
        }
        add_options(summary.options, hash);
        hash.add(key_text({}, set.key(i)));
    }
    return hash.content();
}

AskedHashes asked_hashes(const RunSample& sample) {
    constexpr std::size_t kDigits = 12;
    const auto of_text = [](const std::string& text) { return text.empty() ? std::string() : sha256_hex(text).substr(0, kDigits); };
    AskedHashes out;
    out.instruction = of_text(sample.input.instruction);
    out.key = of_text(key_text(sample.benchmark, sample.key));
    if (!sample.options.empty()) {
        ContentHash hash;
        add_options(sample.options, hash);
        out.options = hash.hex().substr(0, kDigits);
    }
    if (const ModelInput& input = sample.input; !input.facts_text.empty() || !input.segment_ids.empty()) {
        ContentHash hash;
        hash.add(input.facts_text);
        hash.add(std::string_view(reinterpret_cast<const char*>(input.segment_ids.data()), input.segment_ids.size()));
        out.facts = hash.hex().substr(0, kDigits);
    }
    return out;
}

}  // namespace r2t2
