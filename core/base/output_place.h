// Can something be written there? Asked before hours of work, not after.
//
// The answer is found by trying: a temporary file is made there and taken away. What is no regular file (a FIFO, /dev/stdout) is not
// opened. Errors: InvalidInput (a file where a folder is needed, or the other way round, a name that is too long), Io (the system's reason).
// Thread rule: callable from any thread.
#pragma once

#include <filesystem>
#include <span>

#include "core/base/result.h"

namespace r2t2 {

/// A file that AtomicFile will write; its folder is to be there.
[[nodiscard]] Status check_output_file(const std::filesystem::path& file);

enum class OutputKind {
    Json,
    Parameters,  ///< JSON that is a checkpoint's own as its rerouting.json
    Tuning,      ///< JSON that may stand beside it, as NAME.tuning.json
    Drawing      ///< a figure (svg, pdf, png) or its numbers (csv, tsv), by the ending
};
/// What is there under the name of a file that is to be written may be replaced: nothing, an empty file, one of the kind that is written. JSON is, but for
/// a reference set's records, facts of a picture, and what belongs to a checkpoint; of drawings those that this program made, told by how they begin
/// (title and provenance; numbers in .csv by their line ends, in .tsv what has no column "question", as benchmarks' tables have one).
[[nodiscard]] Status check_replaceable(const std::filesystem::path& file, OutputKind kind);

/// The output is none of the files and folders that the same command reads, by whatever names and links: it would destroy what it is made of.
/// `inputs` that are empty or not there are none.
[[nodiscard]] Status check_no_input(const std::filesystem::path& output, std::span<const std::filesystem::path> inputs);

/// Likewise of a file in a folder that is read as a whole (a benchmark's). One that is not there yet may be made in it.
[[nodiscard]] Status check_not_inside(const std::filesystem::path& output, const std::filesystem::path& folder);

/// What a command writes under one of its options.
struct NamedOutput {
    const char* option;
    std::filesystem::path file;  ///< empty: not asked for
};
/// No two of them are one file, by whatever names and links and whether it is there yet; none stands where SQLite writes beside `session` (-wal, -shm,
/// -journal, -run1.lock; empty: there is none). Errors name the option.
[[nodiscard]] Status check_apart(std::span<const NamedOutput> outputs, const std::filesystem::path& session);

/// A folder that is to hold a reference set: not there, empty, or one that holds a set (or what a program that was killed left of one). A checkpoint's,
/// or a folder with a user's files, is none. InvalidInput names a file that is in it.
[[nodiscard]] Status check_reference_folder(const std::filesystem::path& folder);

/// A folder that files are to be written into: it, or what is there of its path, which it can be made in. Makes nothing.
[[nodiscard]] Status check_output_folder(const std::filesystem::path& folder);

/// A folder that is to appear as a whole (AtomicDirectory): what holds it is to be there.
[[nodiscard]] Status check_new_folder(const std::filesystem::path& folder);

/// A name that is free. InvalidInput names what stands there: a file, a folder, a FIFO, a device, a link that leads to nothing or to itself.
[[nodiscard]] Status check_free_name(const std::filesystem::path& file);

/// A file that SQLite will write, with others beside it.
[[nodiscard]] Status check_database_place(const std::filesystem::path& file);

/// Its name leaves room for "-journal", "-wal" and "-run<N>.lock" behind it. InvalidInput names the limit.
[[nodiscard]] Status check_database_name(const std::filesystem::path& file);

}  // namespace r2t2
