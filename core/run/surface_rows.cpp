#include "core/run/surface_rows.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include "core/base/sha256.h"

namespace r2t2 {

namespace {

constexpr std::size_t kCheckBytes = 8;

std::string encode(std::size_t row, std::span<const float> numbers) {
    const std::uint64_t number = row;
    std::string bytes(sizeof number + numbers.size_bytes(), '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    std::memcpy(bytes.data() + sizeof number, numbers.data(), numbers.size_bytes());
    return bytes + sha256_hex(bytes).substr(0, kCheckBytes);
}

Error rows_error(const std::filesystem::path& file, const char* what) {
    return Error{ErrorKind::Io, file.string(), what, std::strerror(errno), "a folder with room that may be written into"};
}

/// The rows that hold, and how far the file is good.
std::map<std::size_t, std::vector<float>> read_rows(const std::string& bytes, std::size_t begin, std::size_t numbers, std::size_t& good) {
    const std::size_t size = sizeof(std::uint64_t) + numbers * sizeof(float) + kCheckBytes;
    std::map<std::size_t, std::vector<float>> out;
    good = begin;
    for (; good + size <= bytes.size(); good += size) {
        const std::string_view row(bytes.data() + good, size);
        if (sha256_hex(row.substr(0, size - kCheckBytes)).substr(0, kCheckBytes) != row.substr(size - kCheckBytes)) {
            break;
        }
        std::uint64_t number = 0;
        std::memcpy(&number, row.data(), sizeof number);
        std::vector<float> values(numbers);
        std::memcpy(values.data(), row.data() + sizeof number, numbers * sizeof(float));
        out[static_cast<std::size_t>(number)] = std::move(values);
    }
    return out;
}

}  // namespace

Result<std::unique_ptr<SurfaceRows>> SurfaceRows::open(const std::filesystem::path& file, const std::string& what, std::size_t numbers) {
    const std::string head = "r2t2 surface rows 1 " + what + "\n";
    std::string bytes;
    std::error_code code;
    if (std::filesystem::exists(file, code)) {
        std::ifstream in(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    std::map<std::size_t, std::vector<float>> found;
    std::size_t good = 0;
    if (bytes.starts_with(head)) {
        found = read_rows(bytes, head.size(), numbers, good);
    }
    std::unique_ptr<SurfaceRows> rows(new SurfaceRows(file, std::move(found)));
    errno = 0;
    if (good > 0) {
        std::filesystem::resize_file(file, good, code);
    }
    rows->out_.open(file, std::ios::binary | (good > 0 ? std::ios::app : std::ios::trunc));
    if (good == 0) {
        rows->out_ << head << std::flush;
    }
    return rows->out_.good() && !code ? Result<std::unique_ptr<SurfaceRows>>(std::move(rows)) : rows_error(file, "opening");
}

Status SurfaceRows::add(std::size_t row, std::span<const float> numbers) {
    const std::lock_guard lock(mutex_);
    errno = 0;
    out_ << encode(row, numbers) << std::flush;
    return out_.good() ? Status() : Status(rows_error(file_, "writing"));
}

}  // namespace r2t2
