#include "core/inspect/sample_lists.h"

#include <algorithm>
#include <fstream>

#include "core/run/model_input.h"
#include "core/run/picture_facts.h"
#include "core/session/database_file.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

constexpr const char* kPictureEndings[] = {".png", ".jpg", ".jpeg", ".bmp", ".webp"};

bool is_picture_name(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::find(std::begin(kPictureEndings), std::end(kPictureEndings), ending) != std::end(kPictureEndings);
}

/// One that is named as a session and is none is to be told so, and not that it is broken JSON.
bool is_session_name(const std::filesystem::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".r2t2" || ending == ".sqlite" || ending == ".sqlite3";
}

/// A text of another kind is not "broken JSON": nobody said that it is any.
bool could_be_json(const std::filesystem::path& path) {
    if (path.extension() == ".json") {
        return true;
    }
    std::ifstream file(path);
    char first = 0;
    file >> first;  // blanks are skipped
    return first == '{' || first == '[' || static_cast<unsigned char>(first) == 0xEF;  // or a byte order mark
}

/// Pictures by path, without questions.
class PictureSet final : public SampleSet {
public:
    PictureSet(std::string name, std::vector<std::filesystem::path> files) : name_(std::move(name)), files_(std::move(files)) {}
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::size_t size() const override { return files_.size(); }
    [[nodiscard]] std::string id(std::size_t index) const override { return files_[index].filename().string(); }
    [[nodiscard]] const std::vector<Error>& problems() const override { return problems_; }
    [[nodiscard]] std::map<std::string, std::string> origin() const override {
        return {{"source", "pictures"}, {"path", files_.front().parent_path().string()}};
    }
    [[nodiscard]] Result<RunSample> get(std::size_t index, const ModelInfo& model) const override {
        Result<SamplePicture> loaded = picture(index);
        if (!loaded) {
            return loaded.error();
        }
        PictureInput input = make_picture_input(loaded->image, loaded->facts ? &*loaded->facts : nullptr, {}, {}, model);
        RunSample sample;
        sample.id = id(index);
        sample.image_path = files_[index].string();
        sample.pixels_hash = std::move(input.pixels_hash);
        sample.input = std::move(input.input);
        return sample;
    }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override {
        SampleSummary out;
        out.set = name_;
        out.id = id(index);
        out.image = files_[index].string();
        return out;
    }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override {
        Result<Image> image = load_image(files_[index]);
        if (!image) {
            return image.error();
        }
        Result<std::optional<AuxiliaryFacts>> facts = facts_beside(files_[index]);
        if (!facts) {
            return facts.error();
        }
        return SamplePicture{std::move(*image), std::move(*facts)};
    }

private:
    std::string name_;
    std::vector<std::filesystem::path> files_;
    std::vector<Error> problems_;
};

/// Data sets that lie in the folder are named: their pictures are below it, and they are opened by their file.
Error no_pictures(const std::filesystem::path& folder) {
    std::error_code code;
    std::vector<std::string> sets;
    for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
        if (entry.is_regular_file(code) && entry.path().extension() == ".json") {
            sets.push_back(entry.path().filename().string());
        }
    }
    std::sort(sets.begin(), sets.end());
    if (sets.empty()) {
        return Error{ErrorKind::NotFound, folder.string(), "pictures", "none", "PNG, JPEG, BMP or WebP files"};
    }
    const std::string more = sets.size() > 1 ? " and " + std::to_string(sets.size() - 1) + " more" : "";
    return Error{ErrorKind::NotFound, folder.string(), "pictures", "none, but JSON that may be a data set: " + sets.front() + more,
                 "PNG, JPEG, BMP or WebP files; a data set is opened by its file: " + (folder / sets.front()).string()};
}

}  // namespace

Result<SampleListPtr> open_picture_list(const std::filesystem::path& path) {
    std::error_code code;
    const std::filesystem::path full = std::filesystem::absolute(path, code).lexically_normal();
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(full, code)) {
        for (const auto& entry : std::filesystem::directory_iterator(full, code)) {
            if (entry.is_regular_file(code) && is_picture_name(entry.path())) {
                files.push_back(entry.path());
            }
        }
        if (code) {
            return io_error(full.string(), code.message());
        }
        if (files.empty()) {
            return no_pictures(full);
        }
        std::sort(files.begin(), files.end());
        return SampleListPtr(std::make_shared<SetList>(std::make_shared<PictureSet>(full.filename().string(), std::move(files))));
    }
    const Result<Image> image = load_image(full);  // a broken picture is told now, not later
    if (!image) {
        return image.error();
    }
    return SampleListPtr(std::make_shared<SetList>(
        std::make_shared<PictureSet>(full.filename().string(), std::vector<std::filesystem::path>{full})));
}

Status check_place(const SampleList& list, std::size_t index) {
    if (index >= list.size()) {
        return invalid_input(list.name(), "sample", std::to_string(index), list.size() == 0 ? std::string("none: the list is empty") : "0 to " + std::to_string(list.size() - 1));
    }
    return {};
}

Result<SamplePicture> SetList::picture(std::size_t index) const {
    R2T2_TRY(check_place(*this, index));
    return set_->picture(index);
}

Result<std::vector<SampleListPtr>> open_lists(const std::string& what, std::size_t count_per_set) {
    std::error_code code;
    const std::filesystem::path path(what);
    if (std::filesystem::is_directory(path, code) ||
        (std::filesystem::is_regular_file(path, code) && is_picture_name(path))) {
        Result<SampleListPtr> pictures = open_picture_list(path);
        if (!pictures) {
            return pictures.error();
        }
        return std::vector<SampleListPtr>{std::move(*pictures)};
    }
    if (std::filesystem::is_regular_file(path, code) && (is_database_file(path) || is_session_name(path))) {
        return open_session_lists(what);
    }
    if (std::filesystem::is_regular_file(path, code) && std::filesystem::is_empty(path, code) && !code) {
        return invalid_input(what, "samples", "an empty file", "a picture, a folder, a data set (JSON) or a session");
    }
    if (std::filesystem::is_regular_file(path, code) && !could_be_json(path)) {
        return invalid_input(what, "samples", "a file of another kind", "a picture (PNG, JPEG, BMP or WebP), a folder, a data set (JSON) or a session");
    }
    if (!std::filesystem::exists(path, code) && (is_picture_name(path) || path.extension() == ".json" || path.has_parent_path())) {
        return Error{ErrorKind::NotFound, what, "samples", "no such file", "a picture, a folder, a data set (JSON) or a session"};
    }
    Result<std::vector<SampleSetPtr>> sets = open_sample_sets({{what}, "test", 1, count_per_set});
    if (!sets) {
        return sets.error();
    }
    std::vector<SampleListPtr> lists;
    for (SampleSetPtr& set : *sets) {
        lists.push_back(std::make_shared<SetList>(std::move(set)));
    }
    return lists;
}

}  // namespace r2t2
