// Which option an answer names, case by case. tests/scoring/check_option_choice.py holds the rule against a second implementation.
#include <QtTest>

#include "core/scoring/option_choice.h"

using namespace r2t2;

namespace {

using Options = std::vector<std::string>;

const Options kPlain = {"car", "red bus", "bicycle", "train"};
const Options kArticles = {"A car", "A red bus", "A bicycle", "A train"};
const Options kChinese = {"汽车", "公共汽车", "自行车", "火车"};
const Options kNumbers = {"10", "1", "0", "3"};
const Options kSigns = {"-3", "> 3", "3"};
const Options kLetters = {"C", "A", "B", "D"};
const Options kGenotypes = {"Ff", "ff", "FF"};
const Options kTags = {"<s>", "</s>", "<b>"};
const Options kPowers = {"102", "10^2", "23", "10", "11/2", "10-2"};
const Options kTen = {"blue", "green", "grey", "pink", "teal", "cyan", "gold", "lime", "rose", "jade"};

struct Expected {
    const char* answer;
    const Options* options;
    int option;
    ChoiceRule rule;
};

using enum ChoiceRule;

// Folder names of the cases that were reported stand behind their first row.
const Expected kCases[] = {
    // 1. a letter alone
    {"B", &kPlain, 1, Letter},
    {"\"B\"", &kPlain, 1, Letter},  // quoted-letter
    {"`B`", &kPlain, 1, Letter},
    {"(b)", &kPlain, 1, Letter},
    {"b.", &kPlain, 1, Letter},
    {"<answer>B</answer>", &kPlain, 1, Letter},
    {"$B$", &kPlain, 1, Letter},
    {"**(B).**", &kPlain, 1, Letter},
    {"\\boxed{b}", &kPlain, 1, Letter},
    {"$\\text{B}$", &kPlain, 1, Letter},
    {"“B”", &kPlain, 1, Letter},
    {"「B」", &kPlain, 1, Letter},
    {"B:", &kPlain, 1, Letter},
    {"Ｂ）", &kPlain, 1, Letter},
    {"\u200B b\u00A0", &kPlain, 1, Letter},
    {"C。", &kChinese, 2, Letter},  // chinese-letter
    {"B", &kLetters, 1, Letter},    // before text: AI2D has options whose texts are letters
    {"E", &kPlain, -1, None},
    {"\"B\" or \"C\"", &kPlain, -1, None},
    // 2. an option's text
    {"A red bus", &kArticles, 1, Text},  // article-a
    {"a Red Bus.", &kArticles, 1, Text},
    {"10", &kNumbers, 0, Text},  // number-option
    {"10.", &kNumbers, 0, Text},
    {"10.0", &kNumbers, 0, Text},
    {"+3", &kNumbers, 3, Text},
    {"１０", &kNumbers, 0, Text},
    {"公共汽车", &kChinese, 1, Text},
    {"FF", &kGenotypes, 2, Text},
    {"ff", &kGenotypes, 1, Text},
    // 3. declared
    {"The correct answer is B. Here is why: the bus is red, while option A is a car.", &kPlain, 1, Declared},  // declared-answer
    {"Answer: C. The picture shows two wheels and a saddle, so it is not A.", &kPlain, 2, Declared},
    {"The answer is D because of the rails that can be seen below it", &kPlain, 3, Declared},
    {"Answer: a red bus", &kPlain, 1, Declared},
    {"Answer: a red bus. It is not a car.", &kArticles, 1, Declared},
    {"**Answer:** B", &kPlain, 1, Declared},
    {"Answer: b", &kPlain, 1, Declared},
    {"Answer: a", &kPlain, -1, None},  // the article of an answer that was cut
    {"Answer: (a)", &kPlain, 0, Declared},
    {"The answer is A. The answer is B.", &kPlain, 1, Declared},
    {"The answer is not A. So B", &kPlain, 1, Closing},
    {"The answer is A red bus", &kPlain, 1, Declared},
    {"The answer is A car", &kPlain, 0, Declared},
    {"I reason. <answer> b </answer> So not C.", &kPlain, 1, Declared},
    {"{\"answer\": \"C\"}", &kPlain, 2, Declared},
    {"Final answer:\nB", &kPlain, 1, Declared},
    // Markdown's marks at the beginning of a line stand for nothing.
    {"A car can be excluded. Answer:\n> **B**", &kPlain, 1, Declared},
    {"Answer:\n> B", &kPlain, 1, Declared},
    {"Answer:\n\n- **B**", &kPlain, 1, Declared},
    {"Answer:\n* b", &kPlain, 1, Declared},
    {"## Answer\n### B. red bus", &kPlain, 1, Declared},
    {"Answer:\n> > \"B\"", &kPlain, 1, Declared},
    {"Answer:\n| **B** |", &kPlain, 1, Declared},
    {"Answer:\n• B) red bus", &kPlain, 1, Declared},
    {"> red bus", &kPlain, 1, Text},
    {"> (B)", &kPlain, 1, Letter},
    {"- A\n- B", &kPlain, -1, None},  // a copied list
    {"> 10", &kNumbers, -1, None},  // before a digit they may mean something, and more than 10 is not 10
    {"- B", &kSigns, 1, Standalone},    // and where an option's text begins so
    {"The answer is option B, not option C", &kPlain, 1, Declared},
    {"option A is right and option B is wrong", &kPlain, 0, Declared},
    {"option A is right and option B is right", &kPlain, -1, None},
    {"All of option A here", &kPlain, 0, Declared},
    {"I would take option B here", &kPlain, 1, Declared},
    {"not option A but option B", &kPlain, 1, Declared},
    {"答案是C", &kChinese, 2, Declared},
    {"答案：C。", &kChinese, 2, Declared},
    {"选C", &kChinese, 2, Declared},
    {"我选择A，因为有车", &kChinese, 0, Declared},
    {"正確答案為(d)", &kChinese, 3, Declared},
    {"答案不是A，是C", &kChinese, 2, Standalone},
    {"不选C", &kChinese, -1, None},
    {"选项B", &kChinese, 1, Declared},
    // 4. leading
    {"B. red bus", &kPlain, 1, Leading},  // score-letter-and-text
    {"(B) red bus", &kPlain, 1, Leading},
    {"B) red bus", &kPlain, 1, Leading},
    {"**B** red bus", &kPlain, 1, Leading},
    {"b: red bus", &kPlain, 1, Leading},
    {"B、公共汽车", &kChinese, 1, Leading},
    {"B red bus", &kPlain, 1, Leading},
    {"A. car B. red bus C. bicycle D. train", &kPlain, -1, None},
    {"A. car\nB. red b", &kPlain, -1, None},
    {"B\n\nExplanation: a car would be smaller.", &kPlain, 1, Leading},
    {"A\nB", &kPlain, -1, None},
    {"D.C. is the capital", &kPlain, -1, None},
    // 5. contained
    {"A red bus is on the street.", &kArticles, 1, Contained},
    {"A train on the tracks.", &kPlain, 3, Contained},
    {"there are 10 of them", &kNumbers, 0, Contained},
    {"there are 10.5 of them", &kNumbers, -1, None},
    {"there are 100", &kNumbers, -1, None},
    {"it is a car or a train", &kPlain, -1, None},
    {"not a car but a train", &kPlain, 3, Contained},
    {"a train rather than the red bus", &kPlain, 3, Contained},
    {"it isn’t a car", &kPlain, -1, None},
    {"a cargo train", &kPlain, 3, Contained},
    {"图中是公共汽车。", &kChinese, 1, Contained},
    {"不是火车而是自行车", &kChinese, 2, Contained},
    {"The genotype is ff.", &kGenotypes, 1, Contained},
    // 6. standalone
    {"I choose B because of the many good reasons that I could give for it here", &kPlain, 1, Standalone},
    {"A man with a dog", &kPlain, -1, None},
    {"It must be A", &kPlain, 0, Standalone},
    {"I think so", &kTen, -1, None},
    {"It is I", &kTen, 8, Standalone},
    {"I'm sure", &kTen, -1, None},
    {"either B or C", &kPlain, -1, None},
    {"a B-52 bomber", &kPlain, -1, None},
    {"我认为是B。", &kChinese, 1, Standalone},
    {"not B", &kPlain, -1, None},
    {"C rather than B", &kPlain, 2, Standalone},
    // lists of letters name none of them
    {"The answer is A or B.", &kPlain, -1, None},
    {"The answer is either A or B.", &kPlain, -1, None},
    {"The answer is A and B", &kPlain, -1, None},
    {"The answer is A/B", &kPlain, -1, None},
    {"Answer: A, C", &kPlain, -1, None},
    {"Answer: A & C", &kPlain, -1, None},
    {"Answer: A+C", &kPlain, -1, None},
    {"Answer: A C", &kPlain, -1, None},
    {"Answer: (A) and (C)", &kPlain, -1, None},
    {"Answer: (a), (c)", &kPlain, -1, None},
    {"Answer: **A or C**", &kPlain, -1, None},
    {"Answer: A. car and C. bicycle", &kPlain, -1, None},
    {"Answer: A (car) or C", &kPlain, -1, None},
    {"The answers are A and C", &kPlain, -1, None},
    {"The answer: C or D", &kPlain, -1, None},
    {"I would rule out A. The answer: C or maybe D", &kPlain, -1, None},
    {"<answer>A, C</answer> I think.", &kPlain, -1, None},
    {"Option A or C", &kPlain, -1, None},
    {"Both A and B", &kPlain, -1, None},
    {"A and B", &kPlain, -1, None},
    {"A or B", &kPlain, -1, None},
    {"A or B is right", &kPlain, -1, None},
    {"A, B, C and D", &kPlain, -1, None},
    {"A、C", &kPlain, -1, None},
    {"答案：A和B", &kChinese, -1, None},
    {"答案是A或者B", &kChinese, -1, None},
    {"选A、C", &kChinese, -1, None},
    {"not A or B", &kPlain, -1, None},
    {"A (car) or B", &kPlain, -1, None},
    {"The answer is A or B", &kLetters, -1, None},
    {"A or B", &kLetters, -1, None},
    {"Answer: A or B. Final answer: B", &kPlain, 1, Declared},
    {"Answer: A, because B is wrong", &kPlain, 0, Declared},
    {"Answer: A, B is wrong", &kPlain, 0, Declared},
    {"A. car, not B", &kPlain, 0, Leading},
    {"ANSWER: A ... actually, ANSWER: B", &kPlain, 1, Declared},
    {"A and B are wrong, so C", &kPlain, 2, Standalone},
    {"unlike A and B, C fits", &kPlain, 2, Standalone},
    {"Answer: A, C because I see both", &kPlain, -1, None},
    {"Answer: A, C etc.", &kPlain, -1, None},
    {"Of A, B and C, only C fits", &kPlain, -1, None},
    {"B and I think so", &kTen, 1, Standalone},
    // negations before and behind
    {"The answer cannot be B", &kPlain, -1, None},
    {"The answer can't be B, it must be C", &kPlain, 2, Standalone},
    {"The answer cannot be B, so C", &kPlain, 2, Standalone},
    {"It is not likely to be B", &kPlain, -1, None},
    {"(A) is incorrect; (B) is correct.", &kPlain, 1, Declared},
    {"(B) is correct; (A) is incorrect.", &kPlain, 1, Declared},
    {"Option A is incorrect, option B is correct.", &kPlain, 1, Declared},
    {"B is not the answer", &kPlain, -1, None},
    {"B isn't right", &kPlain, -1, None},
    {"answer B is wrong", &kPlain, -1, None},
    {"A不对，B对", &kChinese, 1, Declared},
    {"the car is wrong, the train is right", &kPlain, 3, Contained},
    {"B is not moving", &kPlain, 1, Standalone},
    {"I would choose (b).", &kPlain, 1, Standalone},
    {"f(b) grows", &kPlain, -1, None},
    // a refusal does not take back what is named behind it
    {"I can't answer that. B", &kPlain, 1, Closing},
    // reasoning and special tokens
    {"<think>The answer is A? No wait.</think>\n\nB", &kPlain, 1, Letter},
    {"<think>It may be A or C. Let me see, answer: A? no.</think>\nB", &kPlain, 1, Letter},
    {"<thinking>answer: A</thinking> red bus", &kPlain, 1, Text},
    {"<REASONING>A</REASONING><answer>B</answer>", &kPlain, 1, Letter},
    {"Okay, the answer is A at first sight.\n</think>\n(B)", &kPlain, 1, Letter},
    {"<think>The answer is A", &kPlain, -1, None},
    {"<think>The answer is A</think>", &kPlain, -1, None},
    {"<|begin_of_thought|>answer: A<|end_of_thought|> B", &kPlain, 1, Letter},
    {"[THINK]The answer is A.[/THINK]B", &kPlain, 1, Letter},
    {"[THINK]The answer is A", &kPlain, -1, None},
    {"<seed:think>A</seed:think>B", &kPlain, 1, Letter},
    {"<|channel|>analysis<|message|>It could be A.<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>", &kPlain, 1, Letter},
    {"<|channel|>analysis<|message|>It could be A.<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>B<|return|>", &kPlain, 1, Letter},
    {"<|channel|>final<|constrain|> json <|message|>B", &kPlain, 1, Letter},
    {"<|channel|>analysis<|message|>A<|channel|>final <|message|>B", &kPlain, 1, Letter},
    {"<|channel|>final <|constrain|>json<|message|>A<|channel|>final<|message|>B", &kPlain, 1, Letter},
    {"<|channel|>analysis<|message|>A<|channel|>final A <|constrain|>json<|message|>B", &kPlain, -1, None},
    {"<|channel|>commentary to=functions.look <|constrain|>json<|message|>A", &kPlain, -1, None},
    {"analysisIt could be A.assistantfinalB", &kPlain, 1, Letter},
    {"<|channel|>analysis<|message|>The answer is A", &kPlain, -1, None},
    {"B</s>", &kPlain, 1, Letter},
    {"B<|im_end|>\n<|endoftext|>", &kPlain, 1, Letter},
    {"<|im_start|>assistant\nB<|im_end|>\n<|im_start|>user\nC", &kPlain, 1, Letter},
    {"<|start_header_id|>assistant<|end_header_id|>\n\nB<|eot_id|>", &kPlain, 1, Letter},
    {"<start_of_turn>model\nB<end_of_turn>", &kPlain, 1, Letter},
    {"B<｜end▁of▁sentence｜>", &kPlain, 1, Letter},
    {"</s>", &kTags, 1, Text},
    // raised digits and fractions stay apart from the digits before them
    {"10²", &kPowers, 1, Text},
    {"2³", &kPowers, -1, None},
    {"10⁻²", &kPowers, -1, None},
    {"about 10² of them", &kPowers, 1, Contained},
    {"1½", &kPowers, -1, None},
    // 7. nothing
    {"", &kPlain, -1, None},
    {" \n", &kPlain, -1, None},
    {"Z", &kPlain, -1, None},
    {"\xFF\xFE", &kPlain, -1, None},
};

}  // namespace

class TestOptionChoice : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_option_and_the_rule_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(kCases)); ++i) {
            QTest::addRow("%d %s", i, kCases[i].answer) << i;
        }
    }
    void the_option_and_the_rule() {
        QFETCH(int, index);
        const Expected& expected = kCases[index];
        const OptionChoice found = find_option(expected.answer, *expected.options);
        QCOMPARE(QString::fromUtf8(code(found.rule).data()), QString::fromUtf8(code(expected.rule).data()));
        QCOMPARE(found.option ? static_cast<int>(*found.option) : -1, expected.option);
    }

    /// What ends an answer that speaks of other options before: reports of declarations in markup, with other verbs, and their neighbours.
    void declared_behind_other_options_data() {
        QTest::addColumn<QString>("end");
        QTest::addColumn<int>("option");
        const auto row = [](const char* end, int option) { QTest::newRow(end) << QString::fromUtf8(end) << option; };
        for (const char* end : {
                 // markup that closes behind the option's text
                 "The answer is **B. green car**", "Final answer: **B) green car**", "Therefore, the correct answer is:\n\n**B. green car**", "The answer is \"B. green car\"",
                 "<answer>B. green car</answer>", "\\boxed{B}", "**B. green car**", "\n\n**B. green car**", "*B. green car*", "**(B) green car**", "Answer: **B. green car**", "The answer is **B**",
                 "The answer is B. green car", "**Answer: B. green car**",
                 "The answer is <b>B</b>", "Final answer: **Option B) green car**", "\\boxed{\\text{B. green car}}", "$\\boxed{\\textbf{(B)}}$", "\\boxed{green car}", "The answer is **the green car**.",
                 "<answer>Option B</answer>", "<answer> **B**. green car </answer>", "Answer: `B) green car`", "So, **B. green car**", "The answer is [**B** - green car]",
                 "The answer is 'B: green car', as said.", "\n\nB", "\n\ngreen car", "\n\n**Option B: green car**", "B.", "\u7B54\u6848\u662F**B. green car**",
                 // words between the declaration and its letter
                 "The answer must be B.", "The answer would be B.", "The answer is clearly B.", "The answer is most likely B.", "The correct answer to the question is B.", "Therefore B is correct.",
                 "So the correct choice is B.",
                 "The answer, based on the colours, is B.", "The right option here is B.", "The answer has to be B", "The answer should most likely be option B", "Answer: most likely B",
                 "So B is the best answer.", "(B) green car is right.", "Hence, option B is correct.", "\u6B63\u786E\u9009\u9879\u5E94\u8BE5\u662FB", "\u7B54\u6848\u663E\u7136\u662FB",
                 "\u6240\u4EE5B\u662F\u6B63\u786E\u7684\u3002", "The answer which fits best is therefore (b).", "My choice would be B.", "The answer's B.", "The answer must be the green car.",
                 "The one correct answer turns out to be B"}) {
            row(end, 1);
        }
        for (const char* end : {"The answer is clearly not B", "The answer cannot be B", "The answer must not be B", "The answer is unlikely to be B", "The answer is hardly B", "I don't think the answer is B.",
                                "I doubt that the answer is B", "B is clearly not correct.", "The best choice is not B.", "The answer is B or D.", "The correct choice is either B or D",
                                "Therefore B or D is correct.", "A is right of the bus", "Is B correct?", "If B is correct, the car is green", "Therefore B is correct. Therefore D is correct.",
                                "A. red bus. B. green car. C. blue van. D. grey tram.", "Options:\nA. red bus\nB. green car\nC. blue van\nD. grey tram"}) {
            row(end, -1);
        }
    }
    void declared_behind_other_options() {
        QFETCH(QString, end);
        QFETCH(int, option);
        const Options options = {"red bus", "green car", "blue van", "grey tram"};
        const auto read = [&](const char* begin) {
            const OptionChoice found = find_option(begin + end.toStdString(), options);
            return found.option ? static_cast<int>(*found.option) : -1;
        };
        QCOMPARE(read("Option A is too large. Option C is too small. "), option);
        const char* one = "Option C shows a blue van, which is larger than the vehicle that is visible on the road in this photograph. ";
        const char* first = "I first considered option C, because it is large and blue, but that is not what can be seen on the road in this photograph. ";
        QVERIFY(read(one) != 1 || option == 1);  // where nothing is declared, the only option that is spoken of may count
        QVERIFY(read(first) != 1 || option == 1);
        if (option == 1) {
            QCOMPARE(read(one), 1);
            QCOMPARE(read(first), 1);
        }
    }
    void alone_a_negated_letter_is_none() {
        const Options options = {"red bus", "green car", "blue van", "grey tram"};
        for (const char* answer : {"The answer cannot be \\boxed{B}", "\\boxed{B} is not the answer", "It is \\boxed{A} or \\boxed{B}", "A. red bus B. C", "The answer is clearly not B", "It cannot be B.", "It must not be B", "The answer is unlikely to be B.", "It is not obviously B", "It can't possibly be B"}) {
            QVERIFY2(!find_option(answer, options).option, answer);
        }
    }

    /// Case of long answers to questions of yes and no; MME reads their beginning.
    void yes_and_no_begin_an_answer() {
        const Options options = {"yes", "no"};
        constexpr int kNone = -1;
        for (const auto& [answer, option] : {std::pair<const char*, int>{"Yes, the image is a photo of Friedhof Wilmersdorf. The photograph depicts a gravestone adorned with a death notice and an emblem.", 0},
                                             {"No, there is only one person in this picture, who is standing beside a long red wooden bench.", 1}, {"Yes. There is no doubt.", 0},
                                             {"**Yes**, there are two of them, and no third one can be seen anywhere in this large picture.", 0}, {"\"No\" is what I would say, though yes is not impossible in such a picture as this.", 1},
                                             {"no.", 1}, {"NO!", 1}, {"No one is there", 1}, {"Yes, no doubt", 0}, {"No, yes", 1}, {"No. The answer is yes.", 1},
                                             {"The answer is yes, because no other person can be seen in any part of this picture.", 0}, {"Let me look at all of the picture first, at its corners too.\n\nNo, there is no dog.", 1},
                                             {"<answer>Yes, there is</answer> since no part of it hides the dog that the question is about.", 0},
                                             {"Not yes", kNone}, {"No doubt, yes", kNone}, {"Yes and no", kNone}, {"Yes/no?", kNone}, {"\"yes\" or \"no\"", kNone}, {"Nothing", kNone}, {"Yesterday it was so", kNone},
                                             {"not sure", kNone}, {"\u662F", kNone}, {"\u5426", kNone},
                                             {"The large picture shows a brown dog on a green meadow beside a house. No other animals are visible.", kNone}}) {
            const OptionChoice found = find_option(answer, options, OptionNames::TextsOnly);
            QVERIFY2((found.option ? static_cast<int>(*found.option) : kNone) == option, answer);
            const OptionChoice turned = find_option(answer, {"No", "Yes"});
            QVERIFY2((turned.option ? 1 - static_cast<int>(*turned.option) : kNone) == option, answer);
        }
        QCOMPARE(find_option("Yes, it is", options), (OptionChoice{0, Opening}));
        QCOMPARE(find_option("Yes, it may be, but who would be so sure of that in such a dark picture?", {"yes", "no", "maybe"}).rule, None);  // three options
    }

    /// Reports of refused options that got credit, and of those left over that were lost; their neighbours.
    void what_is_refused_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<int>("option");
        const auto row = [](const char* answer, int option) { QTest::newRow(answer) << QString::fromUtf8(answer) << option; };
        for (const char* none : {
                 // reported
                 "I don't believe the correct answer is A.", "I wouldn't say the answer is A.", "It is not true that the answer is A.", "It is false that the answer is B.", "We can rule out B.", "B is ruled out.",
                 "B is false.", "B does not fit.", "B can be excluded.", "I would not choose B.", "Do not select (B).", "I do not see a blue car.", "I cannot see any blue car", "The blue car is absent.",
                 // clauses
                 "It's not the case that the answer is B.", "I can't say the answer is A.", "I wouldn't go with B", "Nobody would pick B", "It would be wrong to choose B", "It is impossible that the answer is B",
                 "I don't think the answer to the question is B.", "I doubt it is B", "I never said B", "We dont think it is option B", "\u6211\u4E0D\u8BA4\u4E3A\u7B54\u6848\u662FB",
                 // exclusions
                 "I eliminate B.", "Ruling out B", "B has been eliminated", "B cannot be excluded", "Discarding option B", "\u53EF\u4EE5\u6392\u9664B", "B\u53EF\u4EE5\u6392\u9664",
                 // what turns out wrong behind
                 "B isn't it.", "B seems wrong.", "B appears to be incorrect", "B makes no sense.", "B doesn't match", "B is unlikely.", "B is clearly inaccurate",
                 // texts
                 "The blue car is not in the picture.", "There isn't a blue car.", "The picture does not show a blue car", "There does not seem to be a blue car", "I do not see a red bus or a blue car.", "No red bus, and no blue car",
                 "There is a lack of the blue car", "It lacks a blue car"}) {
            row(none, -1);
        }
        row("No one would say the answer is A; it is D.", 3);
        row("Answer: rules out C, leaving D", 3);
        row("Neither A nor B; C.", 2);
        row("Neither A nor B, C.", 2);
        row("Not A or B; C", 2);
        row("Neither A, B nor C; D", 3);
        row("Don't pick A. Pick C.", 2);
        row("Eliminate A, B and C. D remains.", 3);
        row("I don't think the answer to this is A but B", 1);
        row("I do not see a red bus but a blue car", 1);
        // no refusals
        row("No doubt the answer is B.", 1);
        row("I do not doubt that the answer is B.", 1);
        row("Without a doubt the answer is B", 1);
        row("No it is B", 1);
        row("I am not sure, but the answer is B", 1);
        row("I can't see the image. Please provide one. A", 0);
        row("B is not moving", 1);
        row("B is unlikely to be wrong", 1);
        row("Not a red bus, it is a blue car", 1);
    }
    void what_is_refused() {
        QFETCH(QString, answer);
        QFETCH(int, option);
        const OptionChoice found = find_option(answer.toStdString(), {"red bus", "blue car", "green tree", "yellow sign"});
        QCOMPARE(found.option ? static_cast<int>(*found.option) : -1, option);
    }

    void numbers_are_not_cut_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("option");
        const auto row = [](const char* answer, QStringList options, int option) { QTest::addRow("%s of %s", answer, qPrintable(options.join('|'))) << QString::fromUtf8(answer) << options << option; };
        const QStringList signs = {"-1", "0", "1"}, halves = {"1/2", "2/1", "1", "2"}, threes = {"3", "-3"}, compared = {"<5", ">=5", "5"};
        row("\u20131", signs, 0);
        row("\u20121", signs, 0);
        row("It is \u20131.", signs, 0);
        row("0\u20131", signs, -1);
        row("- 3", threes, 1);
        row("It is - 3", threes, 1);
        row("negative 3", threes, 1);
        row("It is minus 3 here", threes, 1);
        row("x minus 3", threes, -1);
        row("B - 3", {"2", "3"}, 1);
        row("1 / 2", halves, 0);
        row("\\frac{1}{2}", halves, 0);
        row("$\\dfrac{1}{2}$", halves, 0);
        row("It is 2/1 of it", halves, 1);
        row("1 1/2", halves, -1);
        row("-1/2", {"1/2", "0.5", "50%", "2"}, -1);
        row("1/2", {"\\frac{1}{2}", "\\frac{1}{3}", "1", "2"}, 0);
        row("<5", compared, 0);
        row("It is >= 5", compared, 1);
        row("It is \u22655", compared, 1);
        row("5", compared, 2);
        row("> 5", {"\u2265 5", "> 5", "\u2264 5", "< 5", "5"}, 1);
        row(">=3", {"3", "4"}, -1);
        row("it is \u2264 3", {"3", "4"}, -1);
        row("-> 3", {"3", "4"}, 0);
        row("<b>3</b> of them", {"3", "4"}, 0);
        row("\u00B15", {"+5", "-5", "\u00B15", "5"}, 2);
        row("It is \u221A2", {"2", "3"}, -1);
        row("3 million", {"3", "4"}, -1);
        row("3 million", {"3", "3 million"}, 1);
        row("3 000", {"3", "4"}, -1);
        row("There are 3 000 of them", {"3", "3000"}, 1);
        row("12 345.5", {"12", "12,345.5"}, 1);
        row("2-3", {"2", "4"}, -1);
        row("at 3:30 p.m.", {"3:00", "3:30", "3", "30"}, 1);
        row("3/4/2020", {"3", "4"}, -1);
    }
    void numbers_are_not_cut() {
        QFETCH(QString, answer);
        QFETCH(QStringList, options);
        QFETCH(int, option);
        Options texts;
        for (const QString& each : options) {
            texts.push_back(each.toStdString());
        }
        const OptionChoice found = find_option(answer.toStdString(), texts);
        QCOMPARE(found.option ? static_cast<int>(*found.option) : -1, option);
    }

    /// An option copied as it is written is that option, and so is a truth.
    void copies_of_options() {
        for (const Options& options : {Options{"[1, 2]", "(1, 2)", "[1, 2)", "(1, 2]"}, Options{"\"Stop\"", "Stop", "'Go'", "Go"}, Options{"{1}", "(1)", "[1]", "1"}, Options{"<b>", "b", "<i>", "i"}, Options{"a.", "a", "b.", "b"},
                                       Options{"$5$", "5", "$5", "5$"}, Options{"\u00BD", "1/2", "0.5", "50%"}, Options{"**kwargs", "*args", "kwargs", "args"}, Options{"+5", "-5", "\u00B15", "5"}, Options{"|x|", "x", "-x", "x!"}}) {
            for (std::size_t i = 0; i < options.size(); ++i) {
                QVERIFY2(find_option(options[i], options) == (OptionChoice{i, Text}), options[i].c_str());
                QCOMPARE(named_option(options[i], options), std::optional(i));
                QVERIFY2(find_option(std::string(1, static_cast<char>('A' + i)), options).option == i, options[i].c_str());
            }
        }
        const Options intervals = {"[1, 2]", "(1, 2)", "[1, 2)", "(1, 2]"};
        for (const auto& [answer, option] : {std::pair{"**[1, 2]**", 0}, {"The answer is [1, 2).", 2}, {"Answer: (1, 2)", 1}, {"I think that (1, 2] fits", 3}, {"\\boxed{(1, 2)}", 1}}) {
            const auto found = find_option(answer, intervals).option;
            QVERIFY2(found && static_cast<int>(*found) == option, answer);
        }
        QVERIFY(!find_option("1, 2", intervals).option);
    }
    void options_that_begin_with_their_letters() {
        for (const Options& options : {Options{"A. cat", "B. dog"}, Options{"(A) cat", "(B) dog"}, Options{"a) cat", "b) dog"}, Options{"A: cat", "B: dog"}}) {
            for (const char* answer : {"dog", "B", "B. dog", "(B) dog", "It is a dog", "**dog**"}) {
                QVERIFY2(find_option(answer, options).option == std::size_t{1}, answer);
            }
            QCOMPARE(named_option("dog", options), std::optional<std::size_t>(1));
        }
        QVERIFY(!find_option("dog", {"A. cat", "A. dog"}).option);
        QCOMPARE(find_option("B. cat", {"B. cat", "A. dog"}).rule, Text);  // letters of something else
    }

    void what_comes_last_or_first_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<int>("option");
        const auto row = [](const char* answer, int option) { QTest::newRow(answer) << QString::fromUtf8(answer) << option; };
        const char* list = "A. red bus\nB. blue car\nC. green tree\nD. yellow sign";
        for (const char* last : {"\n\nC", "\n\n**C**", "\n\nC. green tree", "\nC", "\n\n(C)", "\n\nC.", "\n\ngreen tree"}) {
            row((std::string(list) + last).c_str(), 2);
        }
        row("(A) red bus\n(B) blue car\n(C) green tree\n(D) yellow sign\n\n(C)", 2);
        row("Options:\nA) red bus\nB) blue car\nC) green tree\nD) yellow sign\n\nC", 2);
        row(list, -1);
        row("A. red bus\nB. blue car\n\nC", -1);  // the list may be cut
        row("B. blue car\nA. red bus\nC. green tree\nD. yellow sign\nC", -1);
        row("A\nB\nC\nD\nC", -1);
        row("A. Actually, B.", 1);
        row("A... no wait, B", 1);
        row("Answer: A\n\nEdit: B", 1);
        row("The answer is A. Correction: B.", 1);
        row("The answer is A. Wait, no, B.", 1);
        row("The answer is A. Sorry, it is B. blue car", 1);
        row("Answer: A\n**Update:** B, because of its colour", 1);
        row("The answer is A. Actually, B is wrong.", 0);
        row("The answer is A. Correction: not B.", 0);
        row("The answer is A. Actually, B could be seen too.", 0);
        row("B\n\nQuestion: What is next?\nA. x\nB. y\nAnswer: C", 1);
        row("blue car\nQuestion: another?\nAnswer: red bus", 1);
        row("B\nUSER: thanks\nASSISTANT: The answer is C.", 1);
        row("The answer is B.\n\n### Question 2:\nAnswer: C", 1);
        row("B\n\nQ: next?\nA: C", 1);
        row("Question: which?\nAnswer: C", 2);
        row("Let me think.\nQuestion: which?\nAnswer: C", 2);
    }
    void what_comes_last_or_first() {
        QFETCH(QString, answer);
        QFETCH(int, option);
        const OptionChoice found = find_option(answer.toStdString(), {"red bus", "blue car", "green tree", "yellow sign"});
        QCOMPARE(found.option ? static_cast<int>(*found.option) : -1, option);
    }

    /// What follows an A or an I may show it to be a letter: then it counts as a B in its place does.
    void no_letter_is_lost_by_its_place_data() {
        QTest::addColumn<QString>("frame");
        for (const char* frame : {"The correct answer is %1 because it matches", "The correct answer is %1 because it matches the picture.", "The answer is %1 since it has wheels", "The answer is %1 as it fits", "The answer is %1 due to its colour",
                                  "The answer is %1 and it can be seen", "The answer is %1 based on the picture", "The answer is %1 for this reason", "The answer is %1 given the rails", "The answer is %1 in this picture",
                                  "The answer is %1 so it is", "The answer is %1 but not surely", "The answer is %1 with some doubt", "The answer is %1 according to the map", "The answer is %1 from the sign",
                                  "The answer is %1 without doubt", "The answer is %1 here", "The answer is %1 which fits", "The answer is %1 of all these", "The answer is %1 if I see it", "The answer is %1 or maybe none", "The answer is %1 rather than another",
                                  "ANSWER: %1 because", "ANSWER: %1 BECAUSE IT MATCHES", "I would choose %1 because it has wheels", "%1 because it matches.", "So %1 since it fits", "%1 is the one", "%1 isn't so clear, yet", "%1 seems it",
                                  "Answer: **%1 because it fits**", "The answer must be %1, I think, because", "\u7B54\u6848\u662F%1 because it fits", "Option %1 because it fits", "Of all these %1 has the most wheels", "%1 is correct due to the wheels"}) {
            QTest::newRow(frame) << frame;
        }
    }
    void no_letter_is_lost_by_its_place() {
        QFETCH(QString, frame);
        for (const std::size_t option : {0U, 1U, 2U, 8U}) {
            const QString answer = frame.arg(QChar(static_cast<char16_t>(u'A' + option)));
            const auto found = find_option(answer.toStdString(), kTen).option;
            QVERIFY2(found == option, qPrintable(answer));
        }
    }
    void articles_and_pronouns_stay_words_data() {
        QTest::addColumn<QString>("answer");
        for (const char* answer : {"a in a hat", "The answer is a in", "The answer is A shiny bus", "The answer is A so-called bus", "A given number of buses is here", "The answer is A due date", "A based thing", "A rather large bus", "A can of beans stands there",
                                   "I and my brother", "I in my room", "I as a model cannot see it", "I think so", "I am sure", "I would say so", "I could not see", "I was there", "I have no idea", "The answer is I think red", "The answer is I would say red", "The option I because",
                                   "I for one cannot tell", "I so want to know", "I with my eyes see nothing"}) {
            QTest::newRow(answer) << answer;
        }
    }
    void articles_and_pronouns_stay_words() {
        QFETCH(QString, answer);
        const auto found = find_option(answer.toStdString(), kTen).option;
        QCOMPARE(found ? static_cast<int>(*found) : -1, answer == QStringLiteral("The option I because") ? 8 : -1);
    }
    /// AI2D's options whose texts are letters; lists of letters.
    void words_behind_letters_elsewhere() {
        QCOMPARE(find_option("It shows A because of the arrow", kLetters), (OptionChoice{1, Contained}));
        QCOMPARE(find_option("The answer is A red bus", kPlain), (OptionChoice{1, Declared}));
        QCOMPARE(find_option("A as in apple", kPlain), (OptionChoice{0, Standalone}));
        QCOMPARE(find_option("A is on the left, B is on the right", kPlain), OptionChoice{});
        QCOMPARE(find_option("The answer is B or A in this picture", kPlain), OptionChoice{});
        QCOMPARE(find_option("The answer is B and I can see it", kTen).option, std::optional<std::size_t>(1));
        QCOMPARE(find_option("The answer is B and I because both fit", kTen), OptionChoice{});
        QCOMPARE(find_option("A is wrong because it is red. B", kPlain), (OptionChoice{1, Closing}));
        QCOMPARE(find_option("It is not A because it is red", kPlain), OptionChoice{});
    }

    /// Marks of reasoning, each closed, never closed, with the opening one missing, and in other case.
    void reasoning_of_every_family() {
        const std::pair<const char*, const char*> tags[] = {
            {"<think>", "</think>"}, {"<thinking>", "</thinking>"}, {"<reasoning>", "</reasoning>"}, {"[THINK]", "[/THINK]"}, {"<seed:think>", "</seed:think>"},
            {"\u25C1think\u25B7", "\u25C1/think\u25B7"}, {"<mm:think>", "</mm:think>"}, {"<longcat_think>", "</longcat_think>"}, {"<|begin_of_thought|>", "<|end_of_thought|>"},
            {"<|START_THINKING|>", "<|END_THINKING|>"}, {"<|inner_prefix|>", "<|inner_suffix|>"}, {"<|channel>thought\n", "<channel|>"}, {"[unused16]", "[unused17]"}};
        for (const auto& [open, close] : tags) {
            const std::string begin = open, end = close;
            const std::string closed = begin + "The answer is A or B? Probably A. Answer: A" + end;
            QVERIFY2(find_option(closed + "C", kPlain) == (OptionChoice{2, Letter}), open);
            QVERIFY2(find_option(closed + "\n\nC. bicycle<|im_end|>", kPlain).option == 2U, open);
            QVERIFY2(find_option("Probably A. Answer: A" + end + "\nC", kPlain) == (OptionChoice{2, Letter}), open);
            QVERIFY2(find_option(begin + "First, A shows a red bus. So the answer is A.", kPlain) == OptionChoice{}, open);
            QVERIFY2(find_option("C" + begin + "The answer is A", kPlain) == (OptionChoice{2, Letter}), open);
            QVERIFY2(find_option(closed + "C" + begin + "Answer: A", kPlain) == (OptionChoice{2, Letter}), open);
        }
        QCOMPARE(find_option("<|START_THINKING|>A?<|END_THINKING|><|START_RESPONSE|>C<|END_RESPONSE|><|END_OF_TURN_TOKEN|>", kPlain), (OptionChoice{2, Letter}));
        QCOMPARE(find_option("\u25C1 C", kPlain).option, std::optional<std::size_t>(2));  // a triangle is no mark
    }

    void without_letters_only_texts_count() {
        const Options options = {"yes", "no"};
        QCOMPARE(find_option("A", options, OptionNames::TextsOnly), OptionChoice{});
        QCOMPARE(find_option("Answer: B", options, OptionNames::TextsOnly), OptionChoice{});
        QCOMPARE(find_option("A. no", options, OptionNames::TextsOnly), (OptionChoice{1, Closing}));
        QCOMPARE(find_option("Yes.", options, OptionNames::TextsOnly), (OptionChoice{0, Text}));
    }

    void a_ground_truth_is_a_letter_or_a_text() {
        QCOMPARE(named_option("(b)", kPlain), std::optional<std::size_t>(1));
        QCOMPARE(named_option("Train", kPlain), std::optional<std::size_t>(3));
        QVERIFY(!named_option("the train", kPlain));
        QVERIFY(!named_option("", kPlain));
    }

    /// An answer without end is read in a time that grows with its length, not with its square: counted in what is found, not in seconds.
    void long_and_deep_answers() {
        std::string nested(20000, '(');
        nested += "B" + std::string(20000, ')');
        QCOMPARE(find_option(nested, kPlain), (OptionChoice{1, Standalone}));  // no more than sixteen layers come off
        std::string words, answers, stars;
        for (int i = 0; i < 20000; ++i) {
            words += "car ";
            answers += "answer ";
            stars += "answer **********";
        }
        QCOMPARE(find_option(stars, kPlain), OptionChoice{});
        QCOMPARE(find_option(words, kPlain), OptionChoice{});
        QCOMPARE(find_option(answers + "is B", kPlain), (OptionChoice{1, Declared}));
    }

    void more_options_than_letters() {
        Options many;
        for (int i = 0; i < 40; ++i) {
            many.push_back("thing " + std::to_string(i));
        }
        QCOMPARE(find_option("thing 39", many), (OptionChoice{39, Text}));
        QCOMPARE(find_option("Z", many), (OptionChoice{25, Letter}));
        QCOMPARE(find_option("B", {}), OptionChoice{});
    }
};

QTEST_GUILESS_MAIN(TestOptionChoice)
#include "test_option_choice.moc"
