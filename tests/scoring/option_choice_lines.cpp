// Reads JSON lines {"answer", "options"} and prints the option and the rule of each, as tests/scoring/check_option_choice.py reads them:
// "1 contained", "- none".
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/scoring/option_choice.h"

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const nlohmann::json json = nlohmann::json::parse(line);
        const bool texts_only = json.value("texts_only", false);
        const r2t2::OptionChoice choice = r2t2::find_option(json.at("answer").get<std::string>(), json.at("options").get<std::vector<std::string>>(),
                                                            texts_only ? r2t2::OptionNames::TextsOnly : r2t2::OptionNames::LettersAndTexts);
        std::cout << (choice.option ? std::to_string(*choice.option) : "-") << " " << r2t2::code(choice.rule) << "\n";
    }
    return std::cout.flush() ? 0 : 1;
}
