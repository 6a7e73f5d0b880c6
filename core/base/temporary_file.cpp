#include "core/base/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/base/log.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartEnding = ".part";
constexpr std::size_t kRandomLetters = 6;
static_assert(kTemporaryNameRoom == 1 + kRandomLetters + kPartEnding.size());

constexpr std::size_t kMostNotes = 256;
using Notes = std::array<std::atomic<char*>, kMostNotes>;  // who takes a name out of its place owns it
static_assert(std::atomic<char*>::is_always_lock_free);

Notes& notes() {
    static Notes all{};
    return all;
}

/// -1: as many as there may be are noted.
int note_temporary(const std::string& path) {
    char* const name = ::strdup(path.c_str());
    for (std::size_t i = 0; name != nullptr && i < kMostNotes; ++i) {
        char* free_place = nullptr;
        if (notes()[i].compare_exchange_strong(free_place, name)) {
            return static_cast<int>(i);
        }
    }
    std::free(name);
    return -1;
}

/// The target's name in "<target>.<six letters>.part"; empty: another name.
std::string_view target_of(std::string_view name) {
    if (name.size() <= kTemporaryNameRoom || !name.ends_with(kPartEnding)) {
        return {};
    }
    const std::string_view random = name.substr(name.size() - kPartEnding.size() - kRandomLetters, kRandomLetters);
    const bool letters = std::all_of(random.begin(), random.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
    const std::size_t end = name.size() - kTemporaryNameRoom;
    return letters && name[end] == '.' ? name.substr(0, end) : std::string_view();
}

/// Temporary files of a folder, by their targets' names. A folder of very many names is looked through once: whoever writes as many
/// files into it would read all names for each.
class FolderNames {
public:
    std::vector<std::string> take(const fs::path& folder, const std::string& target) {
        const std::lock_guard lock(mutex_);
        const auto at = folders_.find(folder.string());
        Folder& names = at == folders_.end() || !at->second.many ? list(folder) : at->second;
        std::vector<std::string> out;
        for (auto [each, end] = names.parts.equal_range(target); each != end; ++each) {
            out.push_back(each->second);
        }
        names.parts.erase(target);
        return out;
    }

private:
    struct Folder {
        std::multimap<std::string, std::string> parts;
        bool many = false;
    };
    static constexpr std::size_t kMany = 1000;

    Folder& list(const fs::path& folder) {
        Folder& names = folders_[folder.string()];
        names = {};
        std::size_t count = 0;
        std::error_code code;
        for (fs::directory_iterator each(folder, code), end; !code && each != end; each.increment(code), ++count) {
            const std::string name = each->path().filename().string();
            if (const std::string_view target = target_of(name); !target.empty()) {
                names.parts.emplace(target, name);
            }
        }
        names.many = count > kMany;
        return names;
    }

    std::mutex mutex_;
    std::map<std::string, Folder> folders_;
};

bool is_named(int descriptor, const fs::path& path) {
    struct stat open {}, named {};
    return ::fstat(descriptor, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

std::string random_letters() {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::random_device random;
    std::string out;
    while (out.size() < kRandomLetters) {
        out += kLetters[random() % kLetters.size()];
    }
    return out;
}

void remove_file_leftovers(const fs::path& target) {
    static auto* names = new FolderNames;  // never destroyed: threads may write while the program ends
    const fs::path folder = target.parent_path().empty() ? fs::path(".") : target.parent_path();
    for (const std::string& name : names->take(folder, target.filename().string())) {
        const fs::path path = target.parent_path() / name;
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat info {};
        const bool ours = descriptor >= 0 && ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
        if (ours && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_named(descriptor, path)) {
            const bool gone = ::unlink(path.c_str()) == 0;
            log_warning("", path.string() + (gone ? std::string(": left by a program that was killed, removed")
                                                  : ": left by a program that was killed, and cannot be removed: " + std::generic_category().message(errno)));
        }
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
}

/// No other program takes the new file for a leftover. One that looked at it before it was locked has its lock until it has removed it, or
/// has removed it already. Where a file system knows no locks nobody removes leftovers.
bool kept_from_others(const TemporaryFile& file) {
    const bool locked = ::flock(file.descriptor, LOCK_EX | LOCK_NB) == 0;
    return locked ? is_named(file.descriptor, file.path) : errno != EWOULDBLOCK;
}

}  // namespace

Result<TemporaryFile> create_temporary(const fs::path& target) {
    remove_file_leftovers(target);
    for (;;) {
        const std::string name = target.string() + "." + random_letters() + std::string(kPartEnding);
        TemporaryFile file;
        file.note = note_temporary(name);  // first: a signal may come as soon as the file is there
        file.descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file.descriptor < 0) {
            const int number = errno;
            forget_temporary(file.note);
            if (number == EEXIST) {
                continue;
            }
            Error error = io_error(target.string(), "cannot create: " + std::generic_category().message(number));
            if (number == ENAMETOOLONG) {
                error.allowed = "a name of at most " + std::to_string(NAME_MAX - kTemporaryNameRoom) + " bytes: the temporary file beside it has a longer one";
            }
            return error;
        }
        file.path = name;
        if (!kept_from_others(file)) {
            if (is_named(file.descriptor, file.path)) {
                ::unlink(name.c_str());
            }
            ::close(file.descriptor);
            forget_temporary(file.note);
            continue;
        }
        return file;
    }
}

void forget_temporary(int note) {
    if (note >= 0) {
        std::free(notes()[static_cast<std::size_t>(note)].exchange(nullptr));
    }
}

void remove_temporary_files() {
    for (std::atomic<char*>& note : notes()) {
        if (char* const name = note.exchange(nullptr); name != nullptr) {
            ::unlink(name);
        }
    }
}

}  // namespace r2t2
