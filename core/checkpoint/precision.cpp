#include "core/checkpoint/precision.h"

#include <utility>

namespace r2t2 {

const char* precision_name(Precision precision) {
    switch (precision) {
        case Precision::Float64: return "fp64";
        case Precision::BFloat16: return "bf16";
        case Precision::Float16: return "fp16";
        case Precision::Int8: return "int8";
        case Precision::Nf4: return "nf4";
        case Precision::Float32: break;
    }
    return "fp32";
}

Result<Precision> parse_precision(const std::string& text) {
    const std::pair<const char*, Precision> known[] = {
        {"fp32", Precision::Float32},    {"bf16", Precision::BFloat16},     {"fp16", Precision::Float16},
        {"int8", Precision::Int8},       {"nf4", Precision::Nf4},           {"fp64", Precision::Float64},
        {"float32", Precision::Float32}, {"bfloat16", Precision::BFloat16}, {"float16", Precision::Float16},
        {"float64", Precision::Float64}};
    for (const auto& [name, precision] : known) {
        if (text == name) {
            return precision;
        }
    }
    return invalid_input("options", "--precision", "\"" + text + "\"", "fp32, fp64, bf16, fp16, int8, nf4");
}

}  // namespace r2t2
