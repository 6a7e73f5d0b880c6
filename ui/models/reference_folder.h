// What lies where a reference set is to be written, and what a set on the disk is, without reading all of it. Nothing is changed.
//
// Cost: the beginning of records.json, the header of its embeddings, the rows of the runs of unfinished descents; of a set without embeddings all of
// records.json. Thread rule: pure functions; they read the disk.
#pragma once

#include <QString>
#include <filesystem>
#include <optional>

namespace r2t2::ui {

/// Of a reference set on the disk.
struct StoredSet {
    std::optional<qlonglong> count;  ///< references; none: it could not be told
    bool refined = false;
};
/// None: the folder holds none, or its records.json is not one's.
[[nodiscard]] std::optional<StoredSet> stored_set(const std::filesystem::path& folder);
/// "1 reference", "21 references, refined"; "refined" alone, or nothing, where the count could not be told.
[[nodiscard]] QString size_words(const StoredSet& set);

struct ReferencePlace {
    enum class Kind {
        New,         ///< nothing is there, or an empty folder
        Set,         ///< a reference set: it would be replaced
        Unfinished,  ///< descents that were stopped: they would be gone on with
        Refused      ///< `words` say why
    };
    Kind kind = Kind::New;
    QString words;  ///< "new", "a reference set of 21 references: it will be replaced", "unfinished descents of 7 samples: goes on", ...
};

/// `refines`: descents kept beside the folder are gone on with; what is only built does not look at them.
[[nodiscard]] ReferencePlace reference_place(const std::filesystem::path& folder, bool refines);
/// `name`, or "name-2", "name-3", ... : the first of which there is nothing below `place`, descents beside it included.
[[nodiscard]] QString free_name(const std::filesystem::path& place, const QString& name);

}  // namespace r2t2::ui
