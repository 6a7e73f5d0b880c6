// Reads the golden vectors of tests/data/golden: small safetensors files, into plain numbers. Tests only, no torch.
//
//   const auto golden = r2t2::golden::File::load("algo/kernels");
//   const r2t2::golden::Tensor& q = golden["Q"];      // q.shape = {5, 8}
//   const std::vector<double> values = q.doubles();   // row major
//
// Format: 8 bytes little-endian header length, JSON header {name: {dtype, shape, data_offsets}}, raw data.
// A broken or missing file throws std::runtime_error, which fails the test: golden files are ours.
// Thread rule: immutable after `load`.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace r2t2::golden {

static_assert(std::endian::native == std::endian::little, "the file format is little-endian");

/// IEEE half precision bits to double.
[[nodiscard]] inline double half_to_double(std::uint16_t bits) {
    const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
    const int exponent = (bits >> 10) & 0x1f;
    const int mantissa = bits & 0x3ff;
    if (exponent == 31) {
        return mantissa != 0 ? std::nan("") : sign * HUGE_VAL;
    }
    return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

struct Tensor {
    std::string name;
    std::string dtype;                ///< "F32", "F64", "F16", "I64", "I32", "U8", "BOOL"
    std::vector<std::int64_t> shape;  ///< empty = a scalar
    std::vector<std::uint8_t> bytes;  ///< raw, row major; BOOL and U8 are one byte an element

    [[nodiscard]] std::size_t size() const {
        return static_cast<std::size_t>(
            std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
    }
    /// Any dtype, widened: every golden float is exactly representable as a double.
    [[nodiscard]] std::vector<double> doubles() const { return convert<double>(); }
    /// F32 without a detour; other types rounded to float.
    [[nodiscard]] std::vector<float> floats() const { return convert<float>(); }
    /// Integer types and BOOL; a float tensor throws.
    [[nodiscard]] std::vector<std::int64_t> integers() const {
        if (dtype[0] == 'F') {
            throw std::runtime_error(name + ": " + dtype + " read as integers");
        }
        return convert<std::int64_t>();
    }
    /// F16 as it lies in the file.
    [[nodiscard]] std::vector<std::uint16_t> halves() const {
        if (dtype != "F16") {
            throw std::runtime_error(name + ": " + dtype + " read as F16");
        }
        return raw<std::uint16_t>();
    }
    /// Row `i` of the first dimension, widened.
    [[nodiscard]] std::vector<double> row(std::size_t i) const {
        const std::vector<double> all = doubles();
        const std::size_t width = all.size() / static_cast<std::size_t>(shape.at(0));
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * width);
        return {begin, begin + static_cast<std::ptrdiff_t>(width)};
    }

private:
    template <typename T>
    [[nodiscard]] std::vector<T> raw() const {
        std::vector<T> out(bytes.size() / sizeof(T));
        if (!out.empty()) {
            std::memcpy(out.data(), bytes.data(), out.size() * sizeof(T));
        }
        return out;
    }
    template <typename To, typename From>
    [[nodiscard]] std::vector<To> widen() const {
        const std::vector<From> in = raw<From>();
        std::vector<To> out;
        out.reserve(in.size());
        for (const From value : in) {
            out.push_back(static_cast<To>(value));
        }
        return out;
    }
    template <typename To>
    [[nodiscard]] std::vector<To> convert() const {
        if (dtype == "F32")
            return widen<To, float>();
        if (dtype == "F64")
            return widen<To, double>();
        if (dtype == "I64")
            return widen<To, std::int64_t>();
        if (dtype == "I32")
            return widen<To, std::int32_t>();
        if (dtype == "U8" || dtype == "BOOL")
            return widen<To, std::uint8_t>();
        if (dtype == "F16") {
            std::vector<To> out;
            for (const std::uint16_t bits : raw<std::uint16_t>()) {
                out.push_back(static_cast<To>(half_to_double(bits)));
            }
            return out;
        }
        throw std::runtime_error(name + ": dtype " + dtype + " is not read here");
    }
};

class File {
public:
    /// `name` relative to tests/data/golden and without suffix ("A/case7_ngd"), or a path that ends in .safetensors.
    [[nodiscard]] static File load(const std::string& name) {
        File file;
        file.path_ =
            name.ends_with(".safetensors") ? name : std::string(R2T2_TEST_DATA "/golden/") + name + ".safetensors";
        std::ifstream in(file.path_, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        std::uint64_t header = 0;
        if (bytes.size() >= 8) {
            std::memcpy(&header, bytes.data(), 8);
        }
        if (bytes.size() < 8 || header > bytes.size() - 8) {
            throw std::runtime_error(file.path_ + ": missing or truncated");
        }
        const char* data = bytes.data() + 8 + header;
        const std::size_t data_size = bytes.size() - 8 - header;
        const nlohmann::json entries = nlohmann::json::parse(bytes.data() + 8, data);
        for (const auto& [key, entry] : entries.items()) {
            if (key == "__metadata__") {
                continue;
            }
            const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
            const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
            if (begin > end || end > data_size) {
                throw std::runtime_error(file.path_ + ": " + key + ": data outside the file");
            }
            file.tensors_[key] = {key, entry.at("dtype"), entry.at("shape"), {data + begin, data + end}};
        }
        return file;
    }

    [[nodiscard]] const Tensor& operator[](const std::string& name) const {
        const auto found = tensors_.find(name);
        if (found == tensors_.end()) {
            throw std::runtime_error(path_ + ": no tensor " + name);
        }
        return found->second;
    }
    [[nodiscard]] bool has(const std::string& name) const { return tensors_.contains(name); }
    [[nodiscard]] const std::map<std::string, Tensor>& tensors() const { return tensors_; }

private:
    std::string path_;
    std::map<std::string, Tensor> tensors_;
};

}  // namespace r2t2::golden
