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
#include <functional>
#include <string>

#include "core/base/result.h"

namespace r2t2 {

class AtomicDirectory {
public:
    enum class Existing { Refuse, Replace };  ///< what happens to a target that is there and not empty

    /// What a folder of some kind may hold: only such a one is replaced, somebody's other files are not thrown away.
    struct Kind {
        std::string name;      ///< "a checkpoint"
        std::string contents;  ///< ".json, .safetensors, .model"
        std::function<bool(const std::filesystem::directory_entry&)> holds;
    };
    /// To be asked before the work: a target that is there has to be a folder, and empty, or of that kind where it is replaced. commit()
    /// has the last word about emptiness: two programs may have begun meanwhile. Errors (InvalidInput) name the target, and `option` as the
    /// way to replace it.
    [[nodiscard]] static Status check_target(const std::filesystem::path& target, Existing existing, const Kind& kind, const std::string& option = "--force");

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
