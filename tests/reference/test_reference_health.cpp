#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/random.h"
#include "core/reference/health_report.h"
#include "core/reference/published_json.h"

using namespace r2t2;

namespace {

ReferenceRecord record(std::size_t image, std::size_t question, std::vector<double> weights) {
    static const std::vector<std::string> kinds = {"How many red things are there", "Is there a cube behind the sphere",
                                                   "What colour is the big cylinder",
                                                   "Are there more cubes than spheres"};
    ReferenceRecord out;
    out.id = std::to_string(image * 100 + question);
    out.id_is_number = true;
    out.question = kinds[question % kinds.size()] + " of kind " + std::to_string(question) + "?";
    out.image_path = "image_" + std::to_string(image) + ".png";
    out.model_answer = out.ground_truth = question % 2 == 0 ? "2" : "yes";
    out.is_correct = true;
    out.routing = RoutingMatrix(1, 6, std::move(weights));
    return out;
}

/// Every triple three uniform numbers on [1, 2.5], normalised: what the published sample looks like.
std::vector<ReferenceRecord> uniform_set(std::size_t images, std::size_t questions, std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<ReferenceRecord> records;
    for (std::size_t image = 0; image < images; ++image) {
        for (std::size_t question = 0; question < questions; ++question) {
            std::vector<double> weights(6);
            for (std::size_t group = 0; group < 6; group += 3) {
                double sum = 0.0;
                for (std::size_t e = 0; e < 3; ++e) {
                    sum += weights[group + e] = random.uniform(1.0, 2.5);
                }
                for (std::size_t e = 0; e < 3; ++e) {
                    weights[group + e] /= sum;
                }
            }
            records.push_back(record(image, question, weights));
        }
    }
    return records;
}

/// Image triple set by the image (a little noise), language triple by the kind of question.
std::vector<ReferenceRecord> real_set(std::size_t images, std::size_t questions, std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<ReferenceRecord> records;
    for (std::size_t image = 0; image < images; ++image) {
        const std::vector<double> own = {random.gamma(3), random.gamma(3), random.gamma(3)};
        for (std::size_t question = 0; question < questions; ++question) {
            std::vector<double> weights(6);
            double image_sum = 0.0;
            double language_sum = 0.0;
            for (std::size_t e = 0; e < 3; ++e) {
                image_sum += weights[e] = own[e] * random.uniform(0.8, 1.25);
                language_sum += weights[3 + e] = random.uniform(0.5, 1.0) + (question % 3 == e ? 1.0 : 0.0);
            }
            for (std::size_t e = 0; e < 3; ++e) {
                weights[e] /= image_sum;
                weights[3 + e] /= language_sum;
            }
            records.push_back(record(image, question, weights));
        }
    }
    return records;
}

ReferenceStore store_of(std::vector<ReferenceRecord> records) {
    auto store = ReferenceStore::create({"", "", RoutingSpace::moai(4), {}}, std::move(records));
    Q_ASSERT(store.ok());
    return *store;
}

}  // namespace

class TestReferenceHealth : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void correlation_by_hand();
    void kolmogorov_by_hand();
    void kolmogorov_is_calibrated();
    void permutation_finds_structure();
    void uniform_numbers_look_synthetic();
    void image_effect_is_plausible();
    void other_noise_has_no_signal();
    void stored_embedding_that_predicts();
    void few_records_say_nothing();
    void duplicates_conflicts_and_leaks();
    void pictures_are_the_same_by_content_or_by_path_data();
    void pictures_are_the_same_by_content_or_by_path();
    void records_contradict_themselves_data();
    void records_contradict_themselves();
    void records_contradict_each_other();
    void contradictions_of_a_set_are_told();
    void repeatable_and_cancellable();
    void published_sample();
};

// Shrout and Fleiss 1979, table 2: six targets, four ratings each; ICC(1,1) = .17.
void TestReferenceHealth::correlation_by_hand() {
    const std::vector<double> ratings = {9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};
    std::vector<std::size_t> targets;
    for (std::size_t i = 0; i < 24; ++i) {
        targets.push_back(i / 4);
    }
    const auto icc = intra_class_correlation(ratings, 1, targets);
    QVERIFY(std::abs(icc.value - 0.1657) < 5e-5);
    QCOMPARE(icc.classes, std::size_t{6});
    const std::vector<double> same = {1, 1, 4, 4, 2, 2};
    QCOMPARE(intra_class_correlation(same, 1, std::vector<std::size_t>{0, 0, 1, 1, 2, 2}).value, 1.0);
    QVERIFY(std::isnan(intra_class_correlation(same, 1, std::vector<std::size_t>{0, 1, 2, 3, 4, 5}).value));
}

void TestReferenceHealth::kolmogorov_by_hand() {
    std::vector<double> a = {1, 2, 3, 4};
    std::vector<double> b = {3, 4, 5, 6};
    QCOMPARE(kolmogorov_smirnov(a, b).distance, 0.5);
    std::vector<double> c = {1, 2, 2, 3};
    std::vector<double> d = {2, 2, 1, 3};
    QCOMPARE(kolmogorov_smirnov(c, d).distance, 0.0);
    QCOMPARE(kolmogorov_smirnov(c, d).p_value, 1.0);
    // lambda = 1.358 is the 5 % point of Kolmogorov's distribution
    std::vector<double> grid;
    std::vector<double> shifted;
    for (int i = 0; i < 20000; ++i) {
        grid.push_back(i);
        shifted.push_back(i + 0.5 + 20000 * 0.01358);
    }
    QVERIFY(std::abs(kolmogorov_smirnov(grid, shifted).p_value - 0.05) < 0.003);
}

// Under the null, p below 0.1 in about a tenth of all repetitions.
void TestReferenceHealth::kolmogorov_is_calibrated() {
    RandomStream random(3);
    int low = 0;
    for (int repetition = 0; repetition < 500; ++repetition) {
        std::vector<double> a;
        std::vector<double> b;
        for (int i = 0; i < 200; ++i) {
            a.push_back(random.uniform());
            b.push_back(random.uniform());
            b.push_back(random.uniform());
        }
        low += kolmogorov_smirnov(a, b).p_value < 0.1 ? 1 : 0;
    }
    QVERIFY2(low > 25 && low < 75, qPrintable(QString::number(low)));
}

void TestReferenceHealth::permutation_finds_structure() {
    std::vector<RoutingMatrix> routings;
    std::vector<std::size_t> neighbours;
    for (std::size_t i = 0; i < 60; ++i) {  // pairs share their routing
        const double first = 0.2 + 0.01 * static_cast<double>(i / 2);
        routings.push_back(RoutingMatrix(1, 2, {first, 1.0 - first}));
        neighbours.push_back(i ^ 1U);
    }
    const auto test = permutation_test(routings, neighbours, 1, 199, 1);
    QVERIFY(test.ok());
    QCOMPARE(test->observed, 0.0);
    QCOMPARE(test->p_value, 1.0 / 200.0);
    QVERIFY(test->permuted_mean > 0.1);
}

void TestReferenceHealth::uniform_numbers_look_synthetic() {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto report = check_health(store_of(uniform_set(150, 6, seed)), {.permutations = 199});
        QVERIFY(report.ok());
        QVERIFY2(report->verdict == HealthVerdict::LooksSynthetic, report->verdict_text.c_str());
        QVERIFY(report->verdict_text.find("look synthetic") != std::string::npos);
        QVERIFY(report->verdict_text.find("KS p = ") != std::string::npos);
        QVERIFY(report->groups[0].largest_ratio <= 2.5);
        QVERIFY(std::abs(report->groups[0].image.value) < 0.06);
        QVERIFY(std::abs(report->groups[0].experts[0].mean - 1.0 / 3.0) < 0.01);
        QVERIFY(std::abs(report->groups[0].experts[0].deviation - 0.069) < 0.005);
        QVERIFY(report->prediction->p_value > 0.05);
    }
}

void TestReferenceHealth::image_effect_is_plausible() {
    const auto report = check_health(store_of(real_set(150, 6, 1)), {.permutations = 199});
    QVERIFY(report.ok());
    QVERIFY2(report->verdict == HealthVerdict::Plausible, report->verdict_text.c_str());
    QVERIFY(report->groups[0].image.value > 0.7);
    QVERIFY(report->groups[1].image.value < 0.1);  // the language triple follows the question
    QVERIFY(report->prediction->p_value <= 0.05);  // and the question's words find it
    QCOMPARE(report->embedding, std::string("hashed question words"));
    QVERIFY(report->groups[0].ratio.p_value < 1e-6);
}

void TestReferenceHealth::other_noise_has_no_signal() {
    RandomStream random(8);
    auto records = uniform_set(100, 6, 8);
    for (ReferenceRecord& one : records) {
        for (const std::size_t group : {0U, 3U}) {
            const std::vector<double> g = {random.gamma(2), random.gamma(2), random.gamma(2)};
            for (std::size_t e = 0; e < 3; ++e) {
                one.routing(0, group + e) = g[e] / (g[0] + g[1] + g[2]);
            }
        }
    }
    const auto report = check_health(store_of(std::move(records)), {.permutations = 199});
    QVERIFY(report.ok());
    QVERIFY2(report->verdict == HealthVerdict::NoSignal, report->verdict_text.c_str());
    QVERIFY(report->verdict_text.find("look like noise") != std::string::npos);
}

// One image a question, so no image effect can be seen; the stored embedding is the routing itself plus noise.
void TestReferenceHealth::stored_embedding_that_predicts() {
    RandomStream random(5);
    auto records = real_set(200, 1, 5);
    std::vector<RawEmbedding> raw;
    for (const ReferenceRecord& one : records) {
        std::vector<float> vector;
        for (const double weight : one.routing.values()) {
            vector.push_back(static_cast<float>(weight + 0.02 * random.normal()));
        }
        raw.push_back({{"question", vector}});
    }
    const auto store =
        ReferenceStore::build({"", "", RoutingSpace::moai(4), {}}, std::move(records), {{"question"}}, raw);
    QVERIFY(store.ok());
    const auto report = check_health(*store, {.permutations = 199});
    QVERIFY(report.ok());
    QVERIFY(report->verdict == HealthVerdict::Plausible);
    QCOMPARE(report->embedding, std::string("stored embeddings"));
    QVERIFY(report->prediction->observed < 0.7 * report->prediction->permuted_mean);
    QVERIFY(std::isnan(report->groups[0].image.value));
    QVERIFY(nlohmann::json::parse(report->json())["groups"][0]["intra_image_correlation"]["value"].is_null());
}

void TestReferenceHealth::few_records_say_nothing() {
    const auto report = check_health(store_of(uniform_set(5, 2, 1)));
    QVERIFY(report.ok());
    QVERIFY(report->verdict == HealthVerdict::TooFewRecords);
    QVERIFY(!report->prediction);
    QVERIFY(!check_health(store_of({})).ok());
}

void TestReferenceHealth::duplicates_conflicts_and_leaks() {
    auto records = uniform_set(12, 5, 1);
    records[2].question = "  " + records[0].question;  // white space is no difference
    records[11].question = records[10].question;
    records[11].ground_truth = "other";
    records[20].pixels_hash = records[32].pixels_hash = "aa";  // one picture under two names
    records[32].question = records[20].question;
    records[40].is_correct = false;
    const std::vector<EvaluationSample> evaluation = {{"e1", {"test", records[3].image_path, "", records[3].question}},
                                                      {"e2", {"test", "elsewhere.png", "aa", records[20].question}},
                                                      {"e3", {"test", "elsewhere.png", "", records[5].question}}};
    const ReferenceStore store = store_of(std::move(records));
    const auto report = check_health(store, {.permutations = 9, .overlap = reference_overlap(store, evaluation)});
    QVERIFY(report.ok());
    QCOMPARE(report->duplicates.size(), std::size_t{3});
    QCOMPARE(report->conflicts(), std::size_t{1});
    QCOMPARE(report->incorrect, std::size_t{1});
    QCOMPARE(report->leaked.size(), std::size_t{3});
    QCOMPARE(report->leaked[0], std::string("3"));
    QVERIFY(report->text().find("leakage: 3 references") != std::string::npos);
    const auto json = nlohmann::json::parse(report->json());
    QCOMPARE(json["duplicates"].size(), std::size_t{3});
    QCOMPARE(json["leaked"].size(), std::size_t{3});
    QCOMPARE(json["shared_samples"].get<int>(), 2);
    QCOMPARE(json["shared"][0]["sample"].get<std::string>() + " " + json["shared"][0]["found_by"].get<std::string>(), std::string("e1 path"));
    QCOMPARE(json["shared"][1]["sample"].get<std::string>() + " " + json["shared"][1]["found_by"].get<std::string>(), std::string("e2 picture content"));
    QVERIFY(report->text().find("2 of 3 samples are references too (test: e1, e2)") != std::string::npos);
    std::int64_t top = 0;
    for (const auto& expert : json["groups"][1]["experts"]) {
        top += expert["top_1"].get<std::int64_t>();
    }
    QCOMPARE(top, std::int64_t{60});
}

/// A whole path is one file, whatever the set that names it is called; a relative one is not.
void TestReferenceHealth::pictures_are_the_same_by_content_or_by_path_data() {
    QTest::addColumn<QStringList>("a");  // set, path, hash
    QTest::addColumn<QStringList>("b");
    QTest::addColumn<int>("by");
    const auto row = [](const char* name, const QStringList& a, const QStringList& b, SamePicture by) { QTest::newRow(name) << a << b << static_cast<int>(by); };
    row("content under another name", {"train", "/x/a.png", "ff"}, {"test", "/y/b.png", "ff"}, SamePicture::ByContent);
    row("another content under the same name", {"train", "/x/a.png", "ff"}, {"test", "/x/a.png", "ee"}, SamePicture::No);
    row("a whole path in sets of two names", {"train", "/x/a.png", ""}, {"test", "/x/a.png", "ee"}, SamePicture::ByPath);
    row("the bundled world's name in two sets", {"train", "world:test/G-dim/1/3", ""}, {"test", "world:test/G-dim/1/3", "ee"}, SamePicture::ByPath);
    row("a relative path in sets of two names", {"train", "a.png", ""}, {"test", "a.png", ""}, SamePicture::No);
    row("a relative path in one set", {"train", "a.png", ""}, {"train", "a.png", ""}, SamePicture::ByPath);
    row("nothing alike", {"", "/x/a.png", ""}, {"", "/x/b.png", "ff"}, SamePicture::No);
}

void TestReferenceHealth::pictures_are_the_same_by_content_or_by_path() {
    QFETCH(QStringList, a);
    QFETCH(QStringList, b);
    QFETCH(int, by);
    const auto identity = [](const QStringList& of) { return SampleIdentity{of[0].toStdString(), of[1].toStdString(), of[2].toStdString(), "What?"}; };
    QCOMPARE(static_cast<int>(same_picture(identity(a), identity(b))), by);
    QCOMPARE(static_cast<int>(same_picture(identity(b), identity(a))), by);
    QCOMPARE(same_image(identity(a), identity(b)), by != 0);
    if (a[2].isEmpty() == b[2].isEmpty()) {  // a key knows what both know
        QCOMPARE(picture_key(identity(a)) == picture_key(identity(b)), by != 0);
    }
}

void TestReferenceHealth::records_contradict_themselves_data() {
    QTest::addColumn<QString>("answer");
    QTest::addColumn<QString>("truth");
    QTest::addColumn<bool>("says_right");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* name, const char* answer, const char* truth, bool right, const QStringList& options, const char* kind) {
        QTest::newRow(name) << answer << truth << right << options << kind;
    };
    row("zebra is not no", "zebra", "no", true, {}, "says-right");
    row("nothing is not no", "", "no", true, {}, "says-right");
    row("the other option", "A", "dog", true, {"cat", "dog"}, "says-right");
    row("right and called wrong", "Yes.", "yes", false, {}, "says-wrong");
    row("its option and called wrong", "B", "dog", false, {"cat", "dog"}, "says-wrong");
    row("a number and called wrong", "3.0", "3", false, {}, "says-wrong");
    row("right", "yes", "yes", true, {}, "");
    row("right by the published script", "no, there is none", "no", true, {}, "");
    row("wrong, although it begins so", "no idea", "no", false, {}, "");
    row("right by its option", "B", "dog", true, {"cat", "dog"}, "");
    row("wrong", "zebra", "no", false, {}, "");
    row("without a truth", "zebra", " ", true, {}, "");
}

void TestReferenceHealth::records_contradict_themselves() {
    QFETCH(QString, answer);
    QFETCH(QString, truth);
    QFETCH(bool, says_right);
    QFETCH(QStringList, options);
    QFETCH(QString, kind);
    std::vector<std::string> texts;
    for (const QString& option : options) {
        texts.push_back(option.toStdString());
    }
    const std::string said = answer.toStdString(), stated = truth.toStdString();
    const auto found = self_contradiction({said, stated, says_right, texts});
    QCOMPARE(found ? QString::fromStdString(std::string(code(*found))) : QString(), kind);
}

void TestReferenceHealth::records_contradict_each_other() {
    const std::vector<SampleIdentity> samples = {{"a", "/p.png", "ff", "Red?"}, {"b", "/q.png", "ff", " red ?"}, {"a", "/p.png", "ff", "Blue?"}, {"a", "/r.png", "", "Red?"},
                                                 {"b", "/r.png", "", "Red?"},   {"a", "/s.png", "", "N?"},       {"a", "/s.png", "", "N?"},      {"a", "/s.png", "", "N?"}};
    const std::vector<std::string> truths = {"yes", "no", "no", "yes", "Yes.", "3", "3.0", ""};
    QVERIFY(with_other_truths(samples, truths) == (std::vector<bool>{true, true, false, false, false, false, false, false}));
    const std::vector<std::string> three = {"yes", "no", "no", "yes", "no", "3", "3.0", "4"};
    QVERIFY(with_other_truths(samples, three) == (std::vector<bool>{true, true, false, true, true, true, true, true}));
}

void TestReferenceHealth::contradictions_of_a_set_are_told() {
    auto records = uniform_set(12, 5, 1);
    records[1].model_answer = "zebra";
    records[2].is_correct = false;
    records[3].model_answer = "zebra";  // scored here by what the record does not show
    records[3].routing_per_mixer = RoutingMatrix(4, 6, std::vector<double>(24, 1.0 / 3.0));
    records[4].model_answer = "B";
    records[4].tags[kScoredByTag] = "options";
    records[7].question = records[6].question;
    records[7].ground_truth = records[7].model_answer = "other";
    ReferenceOrigin origin{"", "", RoutingSpace::moai(4), {}};
    origin.notes[kContradictionNote] = contradiction_note({{Contradiction::SaysRight, Fate::LeftOut, 7, {"a", "b", "c", "d", "e", "f", "g"}}});
    const auto store = ReferenceStore::create(origin, records);
    QVERIFY(store.ok());
    const auto report = check_health(*store, {.permutations = 9});
    QVERIFY(report.ok() && report->holds_contradictions());
    const auto json = nlohmann::json::parse(report->json())["contradictory"];
    QCOMPARE(json["says-right"]["in_the_set"]["ids"].dump(), std::string("[\"1\"]"));
    QCOMPARE(json["says-wrong"]["in_the_set"]["ids"].dump(), std::string("[\"2\"]"));
    QCOMPARE(json["other-truth"]["in_the_set"]["ids"].dump(), std::string("[\"101\",\"102\"]"));
    QCOMPARE(json["says-right"]["left_out"]["count"].get<int>(), 7);
    QVERIFY2(report->text().find("7 records say that their answer is right, and their truth says it is not (ids a, b, c, d, e and 2 more): left out\n") != std::string::npos,
             report->text().c_str());
    for (const char* broken : {"", "{", "[]", "{\"says-right\": 3}", "{\"says-right\": {\"count\": -1, \"ids\": 5}}"}) {  // another program's note says nothing
        origin.notes[kContradictionNote] = broken;
        const auto other = check_health(*ReferenceStore::create(origin, uniform_set(12, 5, 1)), {.permutations = 9});
        QVERIFY(other.ok() && other->contradictory.empty());
    }
}

void TestReferenceHealth::repeatable_and_cancellable() {
    const ReferenceStore store = store_of(uniform_set(40, 3, 2));
    const HealthOptions options{.seed = 5, .permutations = 50, .permuted_records = 80};
    const auto first = check_health(store, options);
    QCOMPARE(first->json(), check_health(store, options)->json());
    QCOMPARE(first->prediction->records, std::size_t{80});
    const auto token = CancelToken::create();
    token.cancel();
    const auto stopped = check_health(store, options, token);
    QVERIFY(!stopped.ok());
    QVERIFY(stopped.error().kind == ErrorKind::Cancelled);
}

// The published sample is not part of the repository; where it lies beside the checkout it is judged.
void TestReferenceHealth::published_sample() {
    const std::string path = std::string(R2T2_SOURCE_DIR) + "/../shared/data/reference.json";
    if (!QFile::exists(QString::fromStdString(path))) {
        QSKIP("the published sample is not here");
    }
    auto import = import_published_json(path, RoutingSpace::moai(4));
    QVERIFY(import.ok());
    const auto report = check_health(store_of(std::move(import->records)));
    QVERIFY(report.ok());
    qInfo("%s", report->text().c_str());
    QVERIFY(report->verdict == HealthVerdict::LooksSynthetic);
    QVERIFY(std::abs(report->groups[0].largest_ratio - 2.489) < 0.02);
    QVERIFY(report->groups[0].image.value > -0.03 && report->groups[0].image.value < 0.01);
    QCOMPARE(report->images, std::size_t{500});
}

QTEST_APPLESS_MAIN(TestReferenceHealth)
#include "test_reference_health.moc"
