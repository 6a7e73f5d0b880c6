// Reads JSON lines {"answer", "scoring"}, the latter as stored_key.h has it, and prints what each answer is worth, as tests/scoring/vqa_eval.py reads it.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/scoring/stored_key.h"

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const nlohmann::json json = nlohmann::json::parse(line);
        const r2t2::Result<r2t2::StoredKey> stored = r2t2::parse_stored_key(json.at("scoring").dump(), "line");
        if (!stored) {
            std::fprintf(stderr, "%s\n", stored.error().message().c_str());
            return 1;
        }
        std::printf("%.12f\n", r2t2::score(json.at("answer").get<std::string>(), stored->key).value);
    }
    return 0;
}
