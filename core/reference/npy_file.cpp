#include "core/reference/npy_file.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/checked.h"

namespace r2t2 {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kHeaderLimit = kNpyBeginning - 12;

std::string_view trimmed_left(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// What stands behind 'key': in a flat dictionary, up to the end.
std::string_view after_key(std::string_view header, std::string_view key) {
    for (const char quote : {'\'', '"'}) {
        const std::string quoted = quote + std::string(key) + quote;
        if (const auto at = header.find(quoted); at != std::string_view::npos) {
            const std::string_view rest = trimmed_left(header.substr(at + quoted.size()));
            return rest.starts_with(':') ? trimmed_left(rest.substr(1)) : std::string_view();
        }
    }
    return {};
}

/// "(12, 384)" -> {12, 384}. Nothing for what is no tuple of sizes.
std::optional<std::vector<std::size_t>> tuple(std::string_view text) {
    if (!text.starts_with('(')) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    std::vector<std::size_t> sizes;
    for (;;) {
        text = trimmed_left(text);
        if (text.starts_with(')')) {
            return sizes;
        }
        std::size_t size = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
        if (code != std::errc() || sizes.size() == 8) {
            return std::nullopt;
        }
        sizes.push_back(size);
        text = trimmed_left(text.substr(static_cast<std::size_t>(end - text.data())));
        if (text.starts_with(',')) {
            text.remove_prefix(1);
        } else if (!text.starts_with(')')) {
            return std::nullopt;
        }
    }
}

std::optional<FloatKind> kind_of(std::string_view descr) {
    for (const auto& [name, kind] : {std::pair{"<f8", FloatKind::F64}, {"<f4", FloatKind::F32}, {"<f2", FloatKind::F16}}) {
        if (descr.size() > 4 && descr.substr(1, 3) == name && descr[0] == descr[4] && (descr[0] == '\'' || descr[0] == '"')) {
            return kind;
        }
    }
    return std::nullopt;
}

std::string shown(std::string_view text) {
    std::string out(text.substr(0, 24));
    for (char& c : out) {
        c = c >= 32 && c < 127 ? c : '?';
    }
    return out.empty() ? "nothing" : out;
}

Result<NpyHeader> parse_dictionary(std::string_view header, std::size_t data_at, std::size_t file_size, const std::string& where) {
    NpyHeader out;
    const std::string_view descr = after_key(header, "descr");
    const auto kind = kind_of(descr);
    if (!kind) {
        return invalid_input(where, "descr", shown(descr), "'<f2', '<f4' or '<f8'");
    }
    const std::string_view order = after_key(header, "fortran_order");
    if (!order.starts_with("False")) {
        return invalid_input(where, "fortran_order", shown(order), "False: numpy.ascontiguousarray before saving");
    }
    const std::string_view shape_text = after_key(header, "shape");
    const auto shape = tuple(shape_text);
    if (!shape || shape->size() != 2 || (*shape)[0] == 0 || (*shape)[1] == 0) {
        return invalid_input(where, "shape", shown(shape_text), "(rows, columns), both at least 1");
    }
    out.kind = *kind;
    out.rows = (*shape)[0];
    out.columns = (*shape)[1];
    out.data_at = data_at;
    const auto numbers = checked_multiply(out.rows, out.columns);
    const auto bytes = numbers ? checked_multiply(*numbers, float_size(out.kind)) : std::nullopt;
    if (!bytes || *bytes != file_size - data_at) {
        return invalid_input(where, "length", std::to_string(file_size - data_at) + " bytes of data",
                             bytes ? std::to_string(*bytes) + " bytes for this shape" : "a shape that fits in 64 bits");
    }
    return out;
}

float from_half(std::uint16_t half) {
    const int exponent = half >> 10 & 0x1F;
    const int fraction = half & 0x3FF;
    const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
    if (exponent == 0x1F) {
        return fraction == 0 ? sign * INFINITY : NAN;
    }
    return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                 : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25));
}

template <typename T>
T loaded(const std::byte* bytes) {
    static_assert(std::endian::native == std::endian::little, "the file formats are little-endian");
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

}  // namespace

std::size_t float_size(FloatKind kind) { return kind == FloatKind::F64 ? 8 : kind == FloatKind::F32 ? 4 : 2; }

float float_at(const std::byte* bytes, FloatKind kind) {
    switch (kind) {
        case FloatKind::F64: return static_cast<float>(loaded<double>(bytes));
        case FloatKind::F16: return from_half(loaded<std::uint16_t>(bytes));
        case FloatKind::BF16: return std::bit_cast<float>(std::uint32_t{loaded<std::uint16_t>(bytes)} << 16);
        case FloatKind::F32: break;
    }
    return loaded<float>(bytes);
}

Result<NpyHeader> read_npy_header(std::string_view bytes, const std::string& where) { return read_npy_header(bytes, bytes.size(), where); }

Result<NpyHeader> read_npy_header(std::string_view bytes, std::uint64_t file_bytes, const std::string& where) {
    if (bytes.size() < 10 || !bytes.starts_with(kMagic)) {
        return invalid_input(where, "beginning", shown(bytes), "a .npy file (\\x93NUMPY)");
    }
    const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(bytes[at])}; };
    const std::size_t version = byte(6);
    if (version < 1 || version > 3) {
        return invalid_input(where, "version", std::to_string(version), "1, 2 or 3");
    }
    const std::size_t begin = version == 1 ? 10 : 12;
    if (bytes.size() < begin) {
        return invalid_input(where, "length", std::to_string(bytes.size()) + " bytes", "at least 12");
    }
    std::size_t length = byte(8) | byte(9) << 8;
    if (version > 1) {
        length |= byte(10) << 16 | byte(11) << 24;
    }
    if (length > kHeaderLimit || length > bytes.size() - begin) {
        return invalid_input(where, "header length", std::to_string(length),
                             "at most " + std::to_string(std::min(kHeaderLimit, bytes.size() - begin)));
    }
    return parse_dictionary(bytes.substr(begin, length), begin + length, file_bytes, where);
}

}  // namespace r2t2
