#include "ui/models/reference_folder.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/session/session_reader.h"
#include "ui/models/counted.h"
#include "ui/models/error_words.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostHeader = 1 << 20;  // of embeddings: a few kilobytes in truth

QString said(const char* text) { return QCoreApplication::translate("ReferenceFolder", text); }

bool is_there(const fs::path& path) {
    std::error_code code;
    return fs::exists(fs::symlink_status(path, code));
}

/// The keys of records.json that stand before its records; then, if somebody wants to know, how many of those there are.
class RecordsHead final : public nlohmann::json_sax<nlohmann::json> {
public:
    std::string format, embeddings;
    bool refined = false;
    bool count_records = false;  ///< else reading ends where they begin
    qlonglong records = 0;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool string(string_t& text) override {
        if (depth_ == 1 && key_ == "format") {
            format = text;
        } else if (depth_ == 2 && top_ == "embedding" && key_ == "file") {
            embeddings = text;
        }
        return true;
    }
    bool key(string_t& text) override {
        key_ = text;
        if (depth_ == 1) {
            top_ = text;
        }
        refined = refined || (depth_ == 2 && top_ == "notes" && text == "refined_by");
        return !(depth_ == 1 && text == "records") || count_records;
    }
    bool start_object(std::size_t) override {
        records += depth_ == 2 && top_ == "records" ? 1 : 0;
        ++depth_;
        return true;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        ++depth_;
        return true;
    }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    int depth_ = 0;
    std::string top_, key_;
};

/// Rows of "embedding" in a safetensors file, by its header.
std::optional<qlonglong> rows_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    unsigned char bytes[8] = {};
    std::uint64_t length = 0;
    in.read(reinterpret_cast<char*>(bytes), sizeof bytes);
    for (int i = 7; i >= 0; --i) {
        length = (length << 8) | bytes[i];
    }
    if (!in || length > kMostHeader) {
        return std::nullopt;
    }
    std::string header(length, '\0');
    in.read(header.data(), static_cast<std::streamsize>(length));
    const nlohmann::json json = in ? nlohmann::json::parse(header, nullptr, false) : nlohmann::json();
    const bool known = json.is_object() && json.contains("embedding") && json["embedding"].is_object() && json["embedding"].contains("shape") &&
                       json["embedding"]["shape"].is_array() && !json["embedding"]["shape"].empty() && json["embedding"]["shape"][0].is_number_unsigned();
    return known ? std::optional(json["embedding"]["shape"][0].get<qlonglong>()) : std::nullopt;
}

/// The set that `folder` lies in; empty: none.
fs::path set_around(const fs::path& folder) {
    for (fs::path above = folder.parent_path(); above.has_relative_path(); above = above.parent_path()) {
        if (stored_set(above)) {
            return above;
        }
    }
    return {};
}

ReferencePlace refused(const QString& why) { return {ReferencePlace::Kind::Refused, why}; }

fs::path descents_beside(const fs::path& folder) { return folder.string() + ".descents.sqlite"; }

/// Of the run that has most; its errors count, they are not tried again.
Result<qlonglong> samples_of(const fs::path& session) {
    Result<SessionReader> reader = SessionReader::open(session.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    qlonglong most = 0;
    for (const StoredRun& run : *runs) {
        most = std::max(most, static_cast<qlonglong>(run.samples));
    }
    return most;
}

}  // namespace

std::optional<StoredSet> stored_set(const fs::path& folder) {
    std::error_code code;
    const fs::path file = folder / "records.json";
    if (!fs::is_regular_file(file, code)) {
        return std::nullopt;
    }
    RecordsHead head;
    std::ifstream in(file, std::ios::binary);
    nlohmann::json::sax_parse(in, &head);
    if (head.format != "r2t2-reference") {
        return std::nullopt;
    }
    StoredSet set{std::nullopt, head.refined};
    if (!head.embeddings.empty()) {
        set.count = rows_of(folder / fs::path(head.embeddings).filename());
        return set;
    }
    RecordsHead whole;
    whole.count_records = true;
    std::ifstream again(file, std::ios::binary);
    if (nlohmann::json::sax_parse(again, &whole)) {
        set.count = whole.records;
    }
    return set;
}

QString size_words(const StoredSet& set) {
    QStringList parts;
    if (set.count) {
        parts << counted(*set.count, said("1 reference"), said("%L1 references"));
    }
    if (set.refined) {
        parts << said("refined");
    }
    return parts.join(QStringLiteral(", "));
}

ReferencePlace reference_place(const fs::path& folder, bool refines) {
    using Kind = ReferencePlace::Kind;
    std::error_code code;
    const fs::path whole = fs::absolute(folder, code).lexically_normal();
    if (const fs::path around = set_around(whole); !around.empty()) {
        return refused(said("%1 is a reference set: there can be none inside of it").arg(shown_path(path_text(around.string()))));
    }
    for (fs::path above = whole.parent_path(); above.has_relative_path(); above = above.parent_path()) {
        if (is_there(above) && !fs::is_directory(above, code)) {
            return refused(said("%1 is a file, no folder").arg(shown_path(path_text(above.string()))));
        }
    }
    const std::optional<StoredSet> set = stored_set(whole);
    if (!set && is_there(whole) && !fs::is_directory(whole, code)) {
        return refused(said("a file: choose another name"));
    }
    if (!set && is_there(whole) && (!fs::is_empty(whole, code) || code)) {
        return refused(code ? said("a folder that cannot be read: choose another name") : said("other files: choose another name"));
    }
    const QString size = set ? size_words(*set) : QString();
    const QString replaced = !set ? QString() : size.isEmpty() ? said("a reference set: it will be replaced") : said("a reference set of %1: it will be replaced").arg(size);
    if (const fs::path descents = descents_beside(whole); refines && is_there(descents)) {
        const Result<qlonglong> samples = samples_of(descents);
        if (!samples) {
            return refused(said("unfinished descents that cannot be read: choose another name (%1)").arg(window_words(samples.error())));
        }
        const QString unfinished = counted(*samples, said("unfinished descents of 1 sample: goes on"), said("unfinished descents of %L1 samples: goes on"));
        return {set ? Kind::Set : Kind::Unfinished, set ? replaced + QStringLiteral("; ") + unfinished : unfinished};
    }
    return set ? ReferencePlace{Kind::Set, replaced} : ReferencePlace{Kind::New, said("new")};
}

QString free_name(const fs::path& place, const QString& name) {
    const auto taken = [&place](const QString& candidate) {
        const fs::path folder = place / file_path(candidate);
        std::error_code code;
        return (is_there(folder) && (!fs::is_directory(folder, code) || !fs::is_empty(folder, code))) || is_there(descents_beside(folder));
    };
    QString free = name;
    for (int i = 2; taken(free); ++i) {
        free = name + QStringLiteral("-%1").arg(i);
    }
    return free;
}

}  // namespace r2t2::ui
