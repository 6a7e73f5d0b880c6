// A folder that appears whole or not at all.
//
//   Result<AtomicDirectory> folder = AtomicDirectory::create("model");
//   ... write files into folder->temporary() ...
//   R2T2_TRY(folder->commit(AtomicDirectory::Existing::Refuse));
//
// Files go into a folder beside the target ("model.part.<random>"), which is renamed at the end. A destructor without
// commit removes it with everything in it. It is locked (flock) meanwhile: what a killed program left of the same target is nobody's, and
// the next one removes it and says so. Errors (Io, InvalidInput) name the target.
// Thread rule: one AtomicDirectory belongs to one thread; the files in it may be written by others.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace r2t2 {

class AtomicDirectory {
public:
    enum class Existing { Refuse, Replace };  ///< what happens to a target that is there and not empty

    /// The folder that will hold the target must exist.
    [[nodiscard]] static Result<AtomicDirectory> create(const std::filesystem::path& target);

    AtomicDirectory(AtomicDirectory&& other) noexcept;
    AtomicDirectory& operator=(AtomicDirectory&&) = delete;
    AtomicDirectory(const AtomicDirectory&) = delete;
    AtomicDirectory& operator=(const AtomicDirectory&) = delete;
    ~AtomicDirectory();

    [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }
    /// Once. With Replace the old folder and the new one change places in one step where the file system can do that,
    /// and the old one is removed afterwards.
    [[nodiscard]] Status commit(Existing existing);

private:
    AtomicDirectory(std::filesystem::path target, std::filesystem::path temporary, int lock)
        : target_(std::move(target)), temporary_(std::move(temporary)), lock_(lock) {}

    std::filesystem::path target_;
    std::filesystem::path temporary_;  ///< empty after commit
    int lock_ = -1;                    ///< a descriptor of it
};

}  // namespace r2t2
