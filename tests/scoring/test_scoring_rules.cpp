// The rules of the benchmarks on their worked values, character for character.
#include <QtTest>

#include <cmath>

#include "core/scoring/anls.h"
#include "core/scoring/answer_key.h"
#include "core/scoring/answer_processor.h"
#include "core/scoring/official_patterns.h"
#include "core/scoring/official_score.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/soft_accuracy.h"
#include "core/scoring/text.h"

using namespace r2t2;

namespace {

const std::vector<std::string> kAnimals = {"a cat", "a dog", "a horse", "a mouse"};

AnswerKey letter_key(AnswerRule rule, int right, std::vector<std::string> options = kAnimals) {
    AnswerKey key;
    key.rule = rule;
    key.options = std::move(options);
    key.right_option = right;
    return key;
}

AnswerKey text_key(AnswerRule rule, std::vector<std::string> answers) {
    AnswerKey key;
    key.rule = rule;
    key.answers = std::move(answers);
    return key;
}

AnswerKey mathvista_key(const char* type, int precision, const char* answer, std::vector<std::string> options = {}) {
    AnswerKey key = text_key(AnswerRule::MathVista, {answer});
    key.answer_type = type;
    key.precision = precision;
    key.options = std::move(options);
    return key;
}

std::vector<std::string> repeated(std::initializer_list<std::pair<int, const char*>> list) {
    std::vector<std::string> out;
    for (const auto& [times, text] : list) {
        out.insert(out.end(), static_cast<std::size_t>(times), text);
    }
    return out;
}

}  // namespace

class TestScoringRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void relaxed_accuracy_data() {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("truth");
        QTest::addColumn<bool>("right");
        const std::tuple<const char*, const char*, bool> cases[] = {
            {"102", "100", true},   {"105", "100", true},    {"105.1", "100", false}, {"95", "100", true},    {"94.9", "100", false}, {"3.1", "3.0", true},
            {"2%", "0.02", true},   {"2%", "2", false},      {"2%", "2%", true},      {"2.09 %", "2%", true}, {"-98", "-100", true},  {"98", "-100", false},
            {"0", "0", true},       {"0.0", "0", false},     {"0.001", "0", false},   {"Yes", "yes", true},   {" no ", "No", true},   {"no.", "No", false},
            {"1,020", "1020", false}, {"1e2", "100", true},  {"Blue", "Red", false},  {"", "0", false},       {"inf", "inf", true},   {"\u0661\u0660\u0660", "100", true}};
        for (const auto& [given, truth, right] : cases) {
            QTest::addRow("%s of %s", given, truth) << QString::fromUtf8(given) << QString::fromUtf8(truth) << right;
        }
    }
    void relaxed_accuracy() {
        QFETCH(QString, given);
        QFETCH(QString, truth);
        QFETCH(bool, right);
        QCOMPARE(score(given.toStdString(), text_key(AnswerRule::Relaxed, {"no such answer", truth.toStdString()})).correct, right);
    }

    void the_answer_processor_data() {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("processed");
        const std::pair<const char*, const char*> cases[] = {
            {"The Coca-Cola.", "coca cola"}, {"3,000", "3000"},       {"1.5 oz.", "1.5 oz"}, {"men's", "men 's"},
            {"St. John's", "st john 's"},    {"yes/no", "yes no"},    {"what?!", "what"},    {"U.S.A.", "usa"},
            {"$5.00", "$5.00"},              {"a - b", "b"},          {"x-y", "x y"},        {"none", "0"},
            {"(a)", ""},                     {"a dont", "don't"},     {"isnt", "isn't"},     {"theyre", "they're"},
            {"somebody'd", "somebodyd"},     {"'ow'sat", "'ow 'sat"}, {"Ten", "10"},         {"", ""},
            {" \t\n", ""},                   {"Im", "im"},            {"two\nthree", "2 3"}, {"\xC3\x89T\xC3\x89", "\xC3\xA9t\xC3\xA9"},
            {"a\xC2\xA0" "b", "b"},          {"b) x-y", "b x y"}};
        for (const auto& [given, processed] : cases) {
            QTest::newRow(given) << QString::fromUtf8(given) << QString::fromUtf8(processed);
        }
    }
    void the_answer_processor() {
        QFETCH(QString, given);
        QFETCH(QString, processed);
        QCOMPARE(QString::fromStdString(process_answer(given.toStdString())), processed);
    }

    void contractions() {
        for (const auto& [word, expected] : {std::pair<const char*, const char*>{"'ow'sat", "'ow's'at"}, {"somebody'd", "somebodyd"},
                                             {"she's", "she's"}, {"Id've", "I'd've"}, {"youve", "you've"}, {"aint", "ain't"},
                                             {"y'all'dve", "y'all'd've"}, {"cat", "cat"}, {"", ""}}) {
            QCOMPARE(contraction_of(word), std::string_view(expected));
        }
    }

    void at_most_32_full_stops_go() {
        QCOMPARE(process_punctuation(std::string(40, '.')), std::string(8, '.'));
        QCOMPARE(process_punctuation("v1.5."), std::string("v1.5"));
        QCOMPARE(process_punctuation("1,000-2"), std::string("10002"));  // digit, comma, digit: every mark is deleted
    }

    void soft_accuracy_by_number_of_annotators() {
        const double expected[] = {0.0, 0.3, 0.6, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
        for (int m = 0; m <= 10; ++m) {
            const auto annotators = repeated({{m, "red"}, {10 - m, "blue"}});
            QVERIFY(std::abs(soft_accuracy_m4c("Red.", annotators) - expected[m]) < 1e-12);
            if (m < 10) {  // else the annotators agree and the full stop counts
                QVERIFY(std::abs(soft_accuracy_vqa("Red.", annotators) - expected[m]) < 1e-12);
            }
        }
        QCOMPARE(soft_accuracy_m4c("x", {}), 0.0);
    }

    void soft_accuracy_of_textvqa() {
        const auto annotators = repeated({{5, "nokia"}, {2, "nokia phone"}, {1, "Nokia."}, {2, "samsung"}});
        QVERIFY(std::abs(soft_accuracy_m4c("nokia", annotators) - 1.0) < 1e-12);
        QVERIFY(std::abs(soft_accuracy_m4c("samsung", annotators) - 0.6) < 1e-12);
        QVERIFY(std::abs(soft_accuracy_m4c("nokia phone", annotators) - 0.6) < 1e-12);
    }

    void vqa_levels_only_where_annotators_differ() {
        QCOMPARE(soft_accuracy_vqa("The dog", repeated({{10, "dog"}})), 0.0);
        QCOMPARE(soft_accuracy_vqa("DOG\n", repeated({{10, "dog"}})), 1.0);
        QVERIFY(std::abs(soft_accuracy_vqa("The dog", repeated({{9, "dog"}, {1, "cat"}})) - 1.0) < 1e-12);
        QVERIFY(std::abs(soft_accuracy_vqa("two", repeated({{9, "2"}, {1, "3"}})) - 1.0) < 1e-12);
        QCOMPARE(soft_accuracy_vqa("men's", repeated({{9, "men 's"}, {1, "x"}})), 0.0);  // step 1 of M4C is not VQA's
        QVERIFY(soft_accuracy_m4c("men's", repeated({{9, "men 's"}, {1, "x"}})) > 0.99);
    }

    /// tests/scoring/vqa_eval.py has the official script's measure on many more.
    void vqa_levels_both_sides_alike() {
        const auto five = [](const char* text) { return std::vector<std::string>{text, text, text, text, text, "a", "b", "c", "d", "e"}; };
        QCOMPARE(soft_accuracy_vqa("square", five("the square")), 1.0);
        QCOMPARE(soft_accuracy_vqa("the square", five("square")), 1.0);
        QCOMPARE(soft_accuracy_vqa("square", repeated({{10, "the square"}})), 0.0);
        QCOMPARE(soft_accuracy_vqa("two", five("2")), 1.0);
        QCOMPARE(soft_accuracy_vqa("Yes", repeated({{10, "yes"}})), 1.0);  // the decided deviation: the script says 0
    }

    void direct_answers() {
        const auto annotators = repeated({{1, "a"}, {2, "b"}, {7, "c"}});
        QVERIFY(std::abs(direct_answer_accuracy("a", annotators) - 1.0 / 3.0) < 1e-12);
        QVERIFY(std::abs(direct_answer_accuracy("b", annotators) - 2.0 / 3.0) < 1e-12);
        QCOMPARE(direct_answer_accuracy("c", annotators), 1.0);
        QCOMPARE(direct_answer_accuracy("C", annotators), 0.0);
    }

    void anls_takes_all_white_space_for_one_blank() {
        QCOMPARE(anls("New \n  York", "new york"), 1.0);
        QCOMPARE(anls("a\u3000b", "A\tB"), 1.0);
        QCOMPARE(anls("ab", "a b"), 1.0 - 1.0 / 3);
        QCOMPARE(anls("\u0130", "i\u0307"), 1.0);  // Python's lower()
        QCOMPARE(anls("\u0391\u03A3", "\u03B1\u03C2"), 1.0);
    }

    void anls_counts_code_points() {
        QCOMPARE(anls("Nokia ", "nokia"), 1.0);
        QVERIFY(std::abs(anls("noka", "nokia") - 0.8) < 1e-12);
        QCOMPARE(anls("ab", "cb"), 0.5);
        QCOMPARE(anls("abc", "xyc"), 0.0);  // a third
        QCOMPARE(anls("", ""), 1.0);
        QCOMPARE(anls("", "a"), 0.0);
        QCOMPARE(anls("caf\xC3\xA9", "cafe"), 0.75);
        QCOMPARE(anls("\xC3\x89", "\xC3\xA9"), 1.0);
        QCOMPARE(anls("\xE6\x9D\xB1\xE4\xBA\xAC", "\xE6\x9D\xB1"), 0.5);
        QVERIFY(std::abs(anls("noka", std::vector<std::string>{"x", "nokia", "nok"}) - 0.8) < 1e-12);
        QCOMPARE(anls("a", std::vector<std::string>{}), 0.0);
        QCOMPARE(levenshtein(U"kitten", U"sitting"), std::size_t{3});
    }

    void official_patterns() {
        QVERIFY(!score("The answer is B", letter_key(AnswerRule::FirstCapital, 1)).correct);  // reads T
        QVERIFY(score("The answer is B", letter_key(AnswerRule::Letter, 1)).correct);
        QVERIFY(score("is it B?", letter_key(AnswerRule::FirstCapital, 1)).correct);
        QVERIFY(!score("no capital", letter_key(AnswerRule::FirstCapital, 1)).correct);

        QCOMPARE(find_scienceqa_letter(" B ", 4), (OptionChoice{1, ChoiceRule::Letter}));
        QCOMPARE(find_scienceqa_letter("B. a dog", 4), (OptionChoice{1, ChoiceRule::Leading}));
        QCOMPARE(find_scienceqa_letter("So. The answer is C.", 4), (OptionChoice{2, ChoiceRule::AnswerIs}));
        QCOMPARE(find_scienceqa_letter("The answer is B, because", 4), (OptionChoice{1, ChoiceRule::AnswerIs}));  // its full stop is any character
        QCOMPARE(find_scienceqa_letter("The answer is B", 4), OptionChoice{});
        QCOMPARE(find_scienceqa_letter("The answer is B\n", 4), OptionChoice{});
        QCOMPARE(find_scienceqa_letter("The answer is C. The answer is B.", 4), OptionChoice{});
        QCOMPARE(find_scienceqa_letter("F. The answer is B.", 4), (OptionChoice{1, ChoiceRule::AnswerIs}));
        QCOMPARE(find_scienceqa_letter("D", 3), OptionChoice{});
        QCOMPARE(find_scienceqa_letter("b", 3), OptionChoice{});
        QCOMPARE(find_scienceqa_letter("F", 8), OptionChoice{});
    }

    void official_numbers_stand_beside_ours_data() {
        QTest::addColumn<QString>("benchmark");
        QTest::addColumn<int>("rule");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<bool>("ours");
        QTest::addColumn<bool>("official");
        const auto row = [](const char* benchmark, AnswerRule rule, const char* answer, bool ours, bool official) {
            QTest::newRow((std::string(benchmark) + " " + answer).c_str()) << benchmark << static_cast<int>(rule) << answer << ours << official;
        };
        row("ScienceQA", AnswerRule::ScienceQa, "(B)", true, false);
        row("ScienceQA", AnswerRule::ScienceQa, "a dog", true, false);
        row("ScienceQA", AnswerRule::ScienceQa, "The answer is Bold.", false, true);
        row("PhysBench", AnswerRule::LetterPrefix, "B. a dog", true, true);
        row("PhysBench", AnswerRule::LetterPrefix, "But A", false, true);
        row("PhysBench", AnswerRule::LetterPrefix, "(B)", true, false);
        row("AI2D", AnswerRule::Letter, "The answer is B", true, false);
        row("AI2D", AnswerRule::Letter, "b", true, false);
        row("AI2D", AnswerRule::Letter, "B", true, true);
    }
    void official_numbers_stand_beside_ours() {
        QFETCH(QString, benchmark);
        QFETCH(int, rule);
        QFETCH(QString, answer);
        QFETCH(bool, ours);
        QFETCH(bool, official);
        const AnswerKey key = letter_key(static_cast<AnswerRule>(rule), 1);
        QCOMPARE(score(answer.toStdString(), key).correct, ours);
        const auto value = official_score(answer.toStdString(), benchmark.toStdString(), key);
        QVERIFY(value);
        QCOMPARE(value->correct, official);
        QVERIFY(!official_pattern(benchmark.toStdString(), key).empty());
        QVERIFY(!official_score("B", "MMBench", letter_key(AnswerRule::Letter, 1)));  // has none
    }

    void options_of_the_same_words() {
        const AnswerKey key = letter_key(AnswerRule::OptionText, 0, {"Red", "green", "red", "blue"});
        QVERIFY(score("A", key).correct);
        QVERIFY(score("C", key).correct);
        QVERIFY(!score("B", key).correct);
        QVERIFY(score("red", key).correct);
        QVERIFY(score("It is red.", key).correct);
        QVERIFY(!score("green", key).correct);
        QVERIFY(!score("C", letter_key(AnswerRule::Letter, 0, key.options)).correct);
    }

    void yes_and_no() {
        for (const auto& [answer, read] : {std::pair<const char*, const char*>{"Yes", "yes"}, {"yes, it is", "yes"}, {"No.", "no"},
                                           {"not sure", "no"}, {"know", "no"}, {"y", "other"}, {"", "other"}, {"oh yes", "other"},
                                           {"I do not", "other"}, {" yes", "yes"}}) {
            QCOMPARE(yes_or_no(answer), std::string_view(read));
        }
        const AnswerKey yes = text_key(AnswerRule::YesNo, {"Yes"}), no = text_key(AnswerRule::YesNo, {"No"});
        // Ours first, the script's second.
        for (const auto& [answer, key, ours, official] :
             {std::tuple<const char*, const AnswerKey*, bool, bool>{"Yes!", &yes, true, true}, {"Answer: yes", &yes, true, false}, {"not sure", &no, false, true},
              {"know", &no, false, true}, {"No, there is no dog.", &no, true, true}, {"maybe", &no, false, false}, {"B", &no, false, false},
              {"There is, yes.", &yes, true, false},
              {"Yes, the image is a photo of Friedhof Wilmersdorf. The photograph depicts a gravestone adorned with a death notice and an emblem.", &yes, true, true},
              {"No, there is only one person in this picture, who is standing beside a long red wooden bench.", &no, true, true}, {"Yes. There is no doubt.", &yes, true, true},
              {"Nothing", &no, false, true}, {"yes and no", &yes, false, true}}) {
            QVERIFY2(score(answer, *key).correct == ours, answer);
            QVERIFY2(official_score(answer, "MME-P", *key)->correct == official, answer);
        }
    }

    void mathvista_without_a_language_model() {
        const std::vector<std::string> choices = {"3", "three cats", "13"};
        QCOMPARE(mathvista_answer("B", mathvista_key("text", 0, "", choices)).text, std::string("three cats"));
        QCOMPARE(mathvista_answer("the answer is (b) three", mathvista_key("text", 0, "", choices)).text, std::string("three cats"));
        QCOMPARE(mathvista_answer("13", mathvista_key("text", 0, "", choices)).text, std::string("13"));
        QCOMPARE(mathvista_answer("13.0", mathvista_key("text", 0, "", choices)).text, std::string("13"));
        QCOMPARE(mathvista_answer("**C**", mathvista_key("text", 0, "", choices)).text, std::string("13"));
        QCOMPARE(mathvista_answer("Answer: A. There is 13 of nothing", mathvista_key("text", 0, "", choices)).text, std::string("3"));
        QCOMPARE(mathvista_answer("three cat", mathvista_key("text", 0, "", choices)).text, std::string("three cats"));
        QCOMPARE(mathvista_answer("", mathvista_key("text", 0, "", choices)).text, std::string());
        QCOMPARE(mathvista_answer("12", mathvista_key("integer", 0, "")).text, std::string("12"));
        QCOMPARE(mathvista_answer("12.9", mathvista_key("integer", 0, "")).text, std::string("12"));
        QCOMPARE(mathvista_answer("The answer is \"7\".", mathvista_key("integer", 0, "")).text, std::string("7"));
        QCOMPARE(mathvista_answer("seven", mathvista_key("integer", 0, "")).text, std::string());
        QCOMPARE(mathvista_answer("-0.4", mathvista_key("integer", 0, "")).text, std::string("0"));
        QCOMPARE(mathvista_answer("1.25", mathvista_key("float", 1, "")).text, std::string("1.2"));   // halves to even, exactly
        QCOMPARE(mathvista_answer("1.45", mathvista_key("float", 2, "")).text, std::string("1.45"));
        QCOMPARE(mathvista_answer("3", mathvista_key("float", 2, "")).text, std::string("3.0"));
        QCOMPARE(mathvista_answer("0.00001", mathvista_key("float", 6, "")).text, std::string("1e-05"));
        QCOMPARE(mathvista_answer("[1, 2]", mathvista_key("list", 0, "")).text, std::string("[1, 2]"));
        for (const auto& [answer, read] : {std::pair<const char*, const char*>{"\u0662", "2"}, {"\uFF11\uFF12", "12"}, {"1_000", "1000"}, {"1e3", "1000"}, {" 7 ", "7"},
                                           {"_1", ""}, {"1__0", ""}, {"1_", ""}, {"1,000", ""}, {"10\u00B2", ""}, {"nan", ""}, {"inf", ""}}) {
            QCOMPARE(mathvista_answer(answer, mathvista_key("integer", 0, "")).text, std::string(read));
        }
        const AnswerValue near = score("three cat", mathvista_key("text", 0, "three cats", choices)), named = score("B</s>", mathvista_key("text", 0, "three cats", choices));
        QVERIFY(near.correct && near.reason.starts_with("nearest option by edit distance") && near.choice == ChoiceRule::None);
        QVERIFY(named.correct && named.choice == ChoiceRule::Letter);
        QCOMPARE(named.reason, std::string("read as \"three cats\", special tokens cut off"));
        QVERIFY(score("1.249", mathvista_key("float", 1, "1.2")).correct);
        QVERIFY(!score("nothing", mathvista_key("float", 1, "1.2")).correct);
    }

    /// Tokens alone say nothing: no option is the nearest to them, unless one is such a token.
    void mathvistas_empty_answers() {
        const std::vector<std::string> choices = {"send", "seven", "e"};
        for (const char* nothing : {"</s>", "<|im_end|>", "<eos>", "<eos></s>", " </s>\n", "<|endoftext|>", "", "  ", "<think>abc", "\u25C1think\u25B7abc", "<think>abc</think></s>"}) {
            for (const std::string& truth : choices) {
                const AnswerValue read = score(nothing, mathvista_key("text", 0, truth.c_str(), choices));
                QVERIFY2(!read.correct && read.unread && read.reason.starts_with("no answer of type text"), nothing);
            }
            QVERIFY2(score(nothing, mathvista_key("text", 0, "x")).unread && score(nothing, mathvista_key("list", 0, "[1]")).unread, nothing);
        }
        QVERIFY(score("</s>", mathvista_key("text", 0, "</s>", {"<s>", "</s>"})).correct);
        const AnswerValue sorry = score("Sorry, I cannot help.", mathvista_key("text", 0, "13", {"3", "13"})), named = score("B", mathvista_key("text", 0, "13", {"3", "13"}));
        QVERIFY(sorry.unread && sorry.reason.starts_with("nearest option") && !named.unread && named.correct);
        QVERIFY(score("three", mathvista_key("integer", 0, "3")).unread && !score("4", mathvista_key("integer", 0, "3")).unread);
        QVERIFY(score("about 1.2", mathvista_key("float", 1, "1.2")).unread && !score("1.2", mathvista_key("float", 1, "1.2")).unread);
    }
    /// Its script rounds by None, fails, and compares nothing.
    void a_float_without_precision_is_never_right() {
        for (const char* answer : {"1.2", "1", "1.0", "None", ""}) {
            QVERIFY2(!score(answer, mathvista_key("float", kNoPrecision, answer[0] == 'N' ? "None" : "1.2")).correct, answer);
        }
        const AnswerValue number = score("1.2", mathvista_key("float", kNoPrecision, "1.2"));
        QVERIFY(!number.unread && number.reason == "no precision to round to");
        QVERIFY(score("seven", mathvista_key("float", kNoPrecision, "1.2")).unread);
        QVERIFY(score("3.4", mathvista_key("float", 0, "3.0")).correct);  // none at all, and none stated, are two things
    }

    void texts() {
        QVERIFY(score("Yes ", text_key(AnswerRule::LowerCase, {"yes"})).correct);
        QVERIFY(!score("yes.", text_key(AnswerRule::LowerCase, {"yes"})).correct);
        QVERIFY(score("Left.", text_key(AnswerRule::Gqa, {"left"})).correct);
        QVERIFY(!score("left!", text_key(AnswerRule::Gqa, {"left"})).correct);
        QVERIFY(score("Two", text_key(AnswerRule::Processed, {"2"})).correct);
        QVERIFY(score("Yes.", text_key(AnswerRule::Exact, {"no", "yes"})).correct);
        QVERIFY(score("yes it is", text_key(AnswerRule::StartsWith, {"yes"})).correct);
        const AnswerValue half = score("ab", text_key(AnswerRule::Anls, {"cb"}));
        QCOMPARE(half.value, 0.5);
        QVERIFY(half.correct);
        QVERIFY(!score("x", text_key(AnswerRule::SoftVqa, repeated({{1, "x"}, {9, "y"}}))).correct);  // 0.3
        QVERIFY(score("x", text_key(AnswerRule::SoftVqa, repeated({{2, "x"}, {8, "y"}}))).correct);   // 0.6
    }

    /// Special tokens and reasoning, in every rule.
    void only_the_answer_is_scored() {
        std::vector<AnswerKey> keys = {text_key(AnswerRule::Exact, {"yes"}), text_key(AnswerRule::StartsWith, {"yes"}), text_key(AnswerRule::LowerCase, {"yes"}),
                                       text_key(AnswerRule::Gqa, {"yes"}), text_key(AnswerRule::Processed, {"yes"}), text_key(AnswerRule::SoftVqa, repeated({{10, "yes"}})),
                                       text_key(AnswerRule::SoftM4c, repeated({{10, "yes"}})), text_key(AnswerRule::DirectAnswer, repeated({{10, "yes"}})),
                                       text_key(AnswerRule::Anls, {"yes"}), text_key(AnswerRule::YesNo, {"Yes"}), mathvista_key("text", 0, "yes"),
                                       letter_key(AnswerRule::Letter, 1, {"no", "yes"}), letter_key(AnswerRule::OptionText, 1, {"no", "yes"})};
        for (const AnswerKey& key : keys) {
            const AnswerValue plain = score("yes", key), tokens = score("yes<|im_end|><|endoftext|>", key), thought = score("<think>no?</think>yes", key);
            const std::string rule(name(key.rule));
            QVERIFY2(plain.correct && tokens.value == plain.value && thought.value == plain.value, rule.c_str());
            QCOMPARE(tokens.reason, plain.reason + ", special tokens cut off");
            QCOMPARE(thought.reason, plain.reason + ", without its reasoning");
            QVERIFY2(!score("<think>yes", key).correct, rule.c_str());
        }
    }

    /// An annotator that said nothing is one of the ten.
    void an_empty_answer_of_an_annotator_counts() {
        const std::vector<std::string> ten = {"", "", "red", "red", "red", "red", "red", "red", "red", "red"};
        QVERIFY(text_key(AnswerRule::SoftM4c, ten).known());
        QCOMPARE(soft_accuracy_m4c("red", ten), 1.0);
        QCOMPARE(soft_accuracy_vqa("red", ten), 1.0);
        QVERIFY(std::abs(soft_accuracy_vqa("", ten) - 0.6) < 1e-12);
    }

    void utf8() {
        QVERIFY(is_utf8("\xE6\x9D\xB1 a"));
        for (const char* bad : {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80"}) {
            QVERIFY(!is_utf8(bad));
        }
        QCOMPARE(code_points("a\xFF"), std::u32string(U"a\uFFFD"));
        QCOMPARE(strip("\xE3\x80\x80 a b\x1C"), std::string("a b"));
    }
};

QTEST_GUILESS_MAIN(TestScoringRules)
#include "test_scoring_rules.moc"
