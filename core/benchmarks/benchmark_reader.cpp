#include "core/benchmarks/benchmark_reader.h"

#include <algorithm>
#include <cstdio>

#include "core/benchmarks/picture_cache.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTicksBetweenReports = 1000;
constexpr std::size_t kFirstRoom = 1000;   ///< samples after which their number is guessed
constexpr std::size_t kShownEntries = 8;

/// What lies in a folder, for the layout error.
std::string entries_of(const fs::path& folder) {
    std::error_code code;
    if (!fs::is_directory(folder, code)) {
        return "no folder";
    }
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
        std::error_code ignored;
        names.push_back(entry.path().filename().string() + (entry.is_directory(ignored) ? "/" : ""));
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShownEntries); ++i) {
        text += (i > 0 ? ", " : "") + names[i];
    }
    return names.empty() ? "an empty folder" : text + (names.size() > kShownEntries ? ", ... (" + std::to_string(names.size()) + ")" : "");
}

bool has_parquet(const fs::path& folder) {
    std::error_code code;
    int looked_at = 0;
    for (auto entry = fs::recursive_directory_iterator(folder, code); !code && entry != fs::recursive_directory_iterator() && looked_at < 2000;
         entry.increment(code), ++looked_at) {
        if (entry.depth() > 2) {
            entry.pop();
            continue;
        }
        if (entry->path().extension() == ".parquet") {
            return true;
        }
    }
    return false;
}

}  // namespace

Reading::Reading(const BenchmarkInfo& info, fs::path directory, const BenchmarkOptions& options, std::string split,
                 const ProgressCallback& progress, const CancelToken& cancel)
    : info_(info), directory_(std::move(directory)), options_(options), split_(std::move(split)), progress_(progress), cancel_(cancel) {
    dataset_.name = info.name;
    dataset_.path = directory_;
}

fs::path Reading::cache(const char* set) const {
    const fs::path folder = options_.cache.empty() ? default_picture_cache() : options_.cache;
    return folder.empty() ? folder : folder / set;
}

bool Reading::withheld() const {
    return std::any_of(info_.splits.begin(), info_.splits.end(),
                       [this](const BenchmarkSplit& each) { return each.name == split_ && each.answers_withheld; });
}

std::optional<fs::path> Reading::find(const std::vector<std::string>& candidates) const {
    std::error_code code;
    for (const std::string& each : candidates) {
        if (fs::exists(directory_ / each, code)) {
            return directory_ / each;
        }
    }
    return std::nullopt;
}

fs::path Reading::file(const std::vector<std::string>& candidates) const {
    const std::optional<fs::path> found = find(candidates);
    if (!found) {
        fail_layout(candidates);
    }
    return *found;
}

void Reading::fail_layout(const std::vector<std::string>& candidates) const {
    std::string looked_for;
    for (const std::string& each : candidates) {
        looked_for += (looked_for.empty() ? "" : " or ") + each;
    }
    std::string found = entries_of(directory_);
    if (has_parquet(directory_)) {
        found += "; Parquet files, which are not read here";
        looked_for += info_.way_out.empty() ? "" : "; " + info_.way_out;
    }
    throw Error{ErrorKind::NotFound, directory_.string(), info_.name + " " + split_, found, looked_for};
}

Folder Reading::folder(const std::vector<std::string>& candidates) const {
    return std::make_shared<const fs::path>(find(candidates).value_or(directory_ / candidates.front()));
}

void Reading::tick(std::uint64_t position, std::uint64_t size) {
    if (dataset_.samples.size() >= kFirstRoom && dataset_.samples.size() == dataset_.samples.capacity()) {
        make_room(position, size);
    }
    if (ticks_++ % kTicksBetweenReports != 0) {
        return;
    }
    if (cancel_.cancelled()) {
        throw cancelled();
    }
    size_ = size;
    if (ticks_ > 1) {  // a small file is read as a whole before its first record is: "65/65, 0 samples"
        report(position);
    }
}

void Reading::report(std::uint64_t position) const {
    if (progress_) {
        progress_({"read " + info_.name, static_cast<std::int64_t>(position >> 10), static_cast<std::int64_t>(size_ >> 10),
                   std::to_string(dataset_.samples.size()) + " samples"});
    }
}

void Reading::finished() const { report(size_); }

/// For as many samples as the rest of the file may hold: growing by doubling would need one and a half times the memory.
void Reading::make_room(std::uint64_t position, std::uint64_t size) {
    const double whole = position > 0 ? static_cast<double>(size) / static_cast<double>(position) : 2.0;
    const double guess = static_cast<double>(dataset_.samples.size()) * std::clamp(whole, 1.0, 10'000.0) * 1.03;
    dataset_.samples.reserve(std::max(static_cast<std::size_t>(guess), dataset_.samples.size() + dataset_.samples.size() / 16));
}

void Reading::attempt(std::int64_t record, const std::function<void()>& work) {
    record_ = record;
    counted_with_.reset();
    try {
        work();
    } catch (const Error& error) {
        if (error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::Io) {
            throw;
        }
        problem(error);
    }
}

void Reading::records(const fs::path& path, const std::string& member, const std::function<void(const Record&)>& each) {
    std::error_code code;
    const std::uint64_t size = fs::file_size(path, code);
    const std::string where = path.string();
    std::optional<Error> stop;
    const Result<JsonStreamResult> read = stream_json(path, member, [&](JsonRecord& record) -> Status {
        try {
            tick(record.position, code ? 0 : size);
            attempt(record.number, [&] {
                each(Record(record.json, where + ": record " + (record.key.empty() ? std::to_string(record.number) : record.key), record.key));
            });
            return {};
        } catch (const Error& error) {
            return error;
        }
    });
    if (!read) {
        throw read.error();
    }
    if (!read->found) {
        throw invalid_input(where, member, "missing", member.empty() ? "a list or an object of records" : "a list of records under this key");
    }
}

void Reading::lines(const fs::path& path, const std::function<void(const Record&)>& each) {
    const auto guarded = [this](std::int64_t number, const std::function<void()>& work) -> Status {
        try {
            tick(0, 0);
            attempt(number, work);
            return {};
        } catch (const Error& error) {
            return error;
        }
    };
    const Result<JsonStreamResult> read = stream_json_lines(
        path, [&](JsonRecord& record) { return guarded(record.number, [&] { each(Record(record.json, path.string() + ": record " + std::to_string(record.number))); }); },
        [&](std::int64_t line, const Error& error) { return guarded(line, [&] { throw error; }); });
    if (!read) {
        throw read.error();
    }
}

SharedPath Reading::picture(const Record& record, const Folder& folder, const std::string& name) const {
    const fs::path path = fs::path(name).lexically_normal();
    if (name.empty() || path.is_absolute() || *path.begin() == ".." || name.find('\0') != std::string::npos) {
        record.fail("image", "\"" + name.substr(0, 60) + "\"", "a path inside " + folder->string());
    }
    return SharedPath(folder, name);
}

void Reading::add(Sample sample, SampleLabels labels, const std::string& where) {
    if (const Status status = check_question(sample.question, where); !status.ok()) {
        throw status.error();
    }
    if (options_.images_must_exist) {
        std::error_code code;
        if (const fs::path path = sample.image_path.path(); !fs::is_regular_file(path, code)) {
            throw invalid_input(where, "image", "no file " + path.string(), "the picture of this record");
        }
    }
    if (!ids_.insert(sample.id)) {
        throw invalid_input(where, "id", "\"" + sample.id + "\" a second time", "ids that differ");
    }
    for (const std::string_view suffix : {kShortSuffix, kLetterSuffix}) {
        if (sample.question.ends_with(suffix)) {
            labels.suffix = suffix;
            sample.question.resize(sample.question.size() - suffix.size());
            sample.question.shrink_to_fit();
        }
    }
    if (counted_with_) {
        RecordGroup& group = groups_[group_places_.at(counted_with_->group)];
        const int size = sample.extras().group_size;
        group.key.group_size = group.samples++ == 0 ? size : std::max(group.key.group_size, size);
    }
    labels.set_name = info_.name;
    sample.record = static_cast<std::int32_t>(record_);
    sample.shared_labels = labels_.share(std::move(labels));
    dataset_.samples.push_back(std::move(sample));
}

bool SeenIds::put(std::uint64_t hash) {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != hash) {
        at = (at + 1) & (slots_.size() - 1);
    }
    const bool added = slots_[at] == 0;
    slots_[at] = hash;
    used_ += added ? 1 : 0;
    return added;
}

bool SeenIds::insert(const std::string& id) {
    if (4 * used_ >= 3 * slots_.size()) {
        std::vector<std::uint64_t> before(std::max<std::size_t>(1024, 2 * slots_.size()));
        before.swap(slots_);
        used_ = 0;
        for (const std::uint64_t each : before) {
            if (each != 0) {
                static_cast<void>(put(each));
            }
        }
    }
    const std::uint64_t hash = std::hash<std::string>()(id);
    return put(hash == 0 ? 1 : hash);
}

void Reading::problem(Error error, bool skipped) {
    if (dataset_.problems.size() < kMostProblems) {
        dataset_.problems.push_back({record_, std::move(error), skipped, skipped ? counted_with_ : std::nullopt});
    } else {
        ++dataset_.more_problems;
    }
}

void Reading::counted_with(AnswerKey key, const std::string& where) {
    const auto [place, added] = group_places_.try_emplace(key.group, groups_.size());
    if (added) {
        groups_.push_back({key, record_, where, 0});
    }
    if (RecordGroup& group = groups_[place->second]; group.samples == 0) {
        group.key.group_size = std::max(group.key.group_size, key.group_size);
    }
    counted_with_ = std::move(key);
}

void Reading::settle_groups() {
    for (const RecordGroup& each : groups_) {
        if (each.samples < each.key.group_size) {
            dataset_.short_groups.push_back({each.key.group, each.samples, each.key.group_size, each.record, each.where});
        }
    }
    for (Problem& problem : dataset_.problems) {
        if (problem.lost && groups_[group_places_.at(problem.lost->group)].samples > 0) {
            problem.lost.reset();
        }
    }
}

std::string option_lines(const std::vector<std::string>& options) {
    std::string text;
    for (std::size_t i = 0; i < options.size(); ++i) {
        text += (i > 0 ? "\n" : "") + option_name(i) + ". " + options[i];
    }
    return text;
}

std::optional<std::size_t> lettered_option(std::string_view answer) {
    std::string letter = lower_case(strip(answer));
    if (letter.size() == 3 && letter.front() == '(' && letter.back() == ')') {
        letter = letter.substr(1, 1);
    }
    const bool one = letter.size() == 1 && letter[0] >= 'a' && letter[0] <= 'z';
    return one ? std::optional(static_cast<std::size_t>(letter[0] - 'a')) : std::nullopt;
}

void set_options(Sample& sample, std::vector<std::string> options, int right, AnswerRule rule) {
    sample.options = std::move(options);
    sample.right_option = static_cast<std::int16_t>(right);
    sample.rule = rule;
    sample.ground_truth = right >= 0 ? option_name(static_cast<std::size_t>(right)) : "";
}

void set_answers(Sample& sample, const std::vector<std::string>& answers, const Record& record, const char* field) {
    const auto said = std::find_if(answers.begin(), answers.end(), [](const std::string& each) { return !each.empty(); });
    if (said == answers.end()) {
        record.fail(field, answers.empty() ? "none" : "only empty texts", "at least one answer that says something");
    }
    sample.ground_truth = *said;
    sample.answers = PackedTexts(answers);
}

void note_annotators(Reading& reading, const Record& record, const char* field, std::size_t answers) {
    constexpr std::size_t kAnnotators = 10;
    if (answers != kAnnotators) {
        reading.problem(invalid_input(record.where(), field, std::to_string(answers) + (answers == 1 ? " answer" : " answers"), "10, one an annotator; the record is kept"), false);
    }
}

std::string coco_name(const std::string& prefix, std::int64_t image) {
    char text[64];
    std::snprintf(text, sizeof text, "%012lld.jpg", static_cast<long long>(image));
    return prefix + text;
}

}  // namespace r2t2
