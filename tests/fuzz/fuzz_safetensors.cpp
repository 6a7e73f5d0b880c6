// Any bytes as a checkpoint: one file, or an index and one shard. What the reader accepts has no problem and can be read to
// its last byte and written again; what it refuses has one, with a message.
//
// First byte even: the rest is model.safetensors. Odd: two bytes of length, an index of that length, a.safetensors.
#include <cstdlib>

#include "core/checkpoint/checkpoint_check.h"
#include "core/checkpoint/safetensors_examine.h"
#include "tests/fuzz/fuzz_file.h"

namespace {

using namespace r2t2;
namespace fs = std::filesystem;

void require(bool good) {
    if (!good) {
        std::abort();
    }
}

void read_and_write_again(const SafetensorsFile& file, const fs::path& again) {
    SafetensorsWriter writer;
    std::vector<std::vector<std::byte>> data;  // lives until the file is written
    for (const auto& [name, tensor] : file.tensors()) {
        data.push_back(tensor.read().value());
        (void)find_non_finite({tensor.dtype, tensor.shape, data.back()});
        require(writer.add(name, tensor.dtype, tensor.shape, data.back()).ok());
    }
    require(writer.write(again).ok());
    const auto reread = SafetensorsFile::open(again);
    require(reread.ok() && reread->tensors().size() == file.tensors().size());
}

/// Both readers of one file agree.
void look_at(const fs::path& path, const fs::path& again) {
    const auto file = SafetensorsFile::open(path);
    const safetensors::Examination found = safetensors::examine(path);
    require(file.ok() == found.problems.empty());
    for (const Error& problem : found.problems) {
        require(!problem.message().empty() && !problem.allowed.empty());
    }
    if (file.ok()) {
        require(found.tensors.size() == file->tensors().size());
        read_and_write_again(*file, again);
    } else {
        require(!file.error().message().empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const FuzzFolder folder;
    if (size < 3) {
        return 0;
    }
    const fs::path directory = folder.path("checkpoint");
    fs::remove_all(directory);
    fs::create_directories(directory);
    const bool has_index = data[0] % 2 == 1;
    if (has_index) {
        const std::size_t length = std::min<std::size_t>(data[1] + 256u * data[2], size - 3);
        folder.write("checkpoint/model.safetensors.index.json", data + 3, length);
        folder.write("checkpoint/a.safetensors", data + 3 + length, size - 3 - length);
        look_at(directory / "a.safetensors", folder.path("again"));
    } else {
        folder.write("checkpoint/model.safetensors", data + 1, size - 1);
        look_at(directory / "model.safetensors", folder.path("again"));
    }
    const auto report = check_checkpoint(directory, {.scan_values = true});
    constexpr std::int64_t missing = 2;  // config.json and tokenizer.model
    require(report.ok() && report->fatal_problems >= missing);
    const auto checkpoint = Checkpoint::open(directory);
    const auto finite = checkpoint.ok() ? scan_non_finite(*checkpoint) : Status();
    require((checkpoint.ok() && finite.ok()) == (report->fatal_problems == missing));
    return 0;
}
