#include <QtTest>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/random.h"
#include "core/reference/contradictions.h"
#include "core/reference/published_json.h"
#include "core/reference/reference_search.h"
#include "core/reference/reference_store.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

const std::string kData = R2T2_TEST_DATA "/reference/";

std::vector<ReferenceRecord> good_records() {
    auto import = import_published_json(kData + "good.json", RoutingSpace::moai(2));
    Q_ASSERT(import.ok() && import->problems.empty());
    return import->records;
}

std::vector<RawEmbedding> raw_parts(std::size_t count, std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<RawEmbedding> raw;
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<float> question(7);
        std::vector<float> pixels(4);
        for (float& value : question) {
            value = static_cast<float>(random.normal());
        }
        for (std::size_t d = 0; d < 4; ++d) {
            pixels[d] = d == 3 ? 5.0F : static_cast<float>(random.normal() * std::pow(100.0, static_cast<double>(d)));
        }
        raw.push_back({{"question", question}, {"pixels", pixels}});
    }
    return raw;
}

const std::vector<EmbeddingPartSpec> kParts = {{"question", 1.0, false}, {"pixels", 0.5, true}};

ReferenceStore good_store() {
    auto records = good_records();
    records[0].set = "shapes";
    records[0].tags = {{"family", "count"}, {"domain", "2d"}};
    records[0].pixels_hash = "0123abcd";
    records[0].routing_per_mixer = RoutingMatrix(2, 6, 1.0 / 3.0);
    const auto raw = raw_parts(records.size(), 1);
    auto store = ReferenceStore::build({"cafe", "miniature", RoutingSpace::moai(2), {{"command", "build"}}},
                                       std::move(records), kParts, raw);
    Q_ASSERT(store.ok());
    return *store;
}

fs::path embeddings_file(const fs::path& directory) {
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (entry.path().extension() == ".safetensors") {
            return entry.path();
        }
    }
    return {};
}

}  // namespace

class TestReferenceStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void import_good();
    void import_names_every_bad_record();
    void import_takes_no_key_twice();
    void import_refuses_broken_files_data();
    void import_refuses_broken_files();
    void export_gives_equal_values();
    void options_are_exported_where_they_decide();
    void export_refuses_invalid_text();
    void published_sample_round_trip();
    void embedding_by_hand();
    void embedding_of_a_reference_is_its_row();
    void embeddings_of_every_length_have_their_direction();
    void embedding_errors();
    void store_round_trip();
    void store_without_embeddings();
    void save_replaces_and_cleans();
    void duplicate_ids();
    void model_mismatch();
    void same_samples();
    void trivially_different_questions();
    void every_truncation_is_an_error();
    void flipped_bits_are_errors();
    void damage_is_named();
    void identity_is_kept_beside_the_content();
    void refined_routings_are_kept();
    void a_damaged_refined_routing_is_named();
    void refined_routings_that_do_not_fit_are_refused();
    void hostile_containers_data();
    void hostile_containers();
    void exchanged_embeddings();
    void what_records_were_asked_with_is_kept();
    void a_save_that_fails_leaves_nothing();
    void broken_records_json();
};

namespace {

RefinedRouting some_refined(bool per_mixer) {
    RefinedRouting refined{RoutingMatrix(1, 6, {0.1, 0.2, 0.7, 0.25, 0.25, 0.5}), {}, 1.25, 0.0625, true};
    if (per_mixer) {
        refined.routing_per_mixer = RoutingMatrix(2, 6, 1.0 / 3.0);
    }
    return refined;
}

ReferenceStore refined_store() {
    const ReferenceStore good = good_store();
    std::vector<ReferenceRecord> records = good.records();
    records[0].refined = some_refined(true);
    records[1].refined = some_refined(false);
    records[1].is_correct = false;
    const auto raw = raw_parts(records.size(), 1);
    return *ReferenceStore::build(good.origin(), std::move(records), kParts, raw);
}

nlohmann::ordered_json document_of(const fs::path& directory) {
    std::ifstream file(directory / "records.json");
    return nlohmann::ordered_json::parse(file);
}

}  // namespace

/// As they are, in a version that former programs refuse instead of taking them for damage; a set without any stays in the former one.
void TestReferenceStore::refined_routings_are_kept() {
    const QTemporaryDir folder;
    const fs::path plain = folder.path().toStdString() + "/plain", refined = folder.path().toStdString() + "/refined";
    QVERIFY(good_store().save(plain.string()).ok());
    QVERIFY(refined_store().save(refined.string()).ok());
    QCOMPARE(document_of(plain)["version"].get<int>(), 1);
    QCOMPARE(document_of(refined)["version"].get<int>(), 2);
    const auto loaded = ReferenceStore::load(refined.string());
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message().c_str());
    QVERIFY(*loaded == refined_store());
    QVERIFY(loaded->is_refined() && !good_store().is_refined());
    QVERIFY(loaded->content_hash() != good_store().content_hash());
    // The extended file carries both routings, the published one the native one alone.
    for (const bool extended : {true, false}) {
        const std::string file = folder.path().toStdString() + "/reference.json";
        QVERIFY(export_published_json(file, loaded->records(), RoutingSpace::moai(2), {.extended = extended}).ok());
        const auto import = import_published_json(file, RoutingSpace::moai(2));
        QVERIFY(import.ok() && import->problems.empty());
        QCOMPARE(import->records[0].routing, loaded->records()[0].routing);
        QCOMPARE(import->records[0].refined.has_value(), extended);
        QVERIFY(!extended || import->records[0].refined == loaded->records()[0].refined);
        QVERIFY(!extended || import->records[1].refined == loaded->records()[1].refined);
    }
}

void TestReferenceStore::a_damaged_refined_routing_is_named() {
    const QTemporaryDir folder;
    const fs::path directory = folder.path().toStdString() + "/store";
    QVERIFY(refined_store().save(directory.string()).ok());
    const nlohmann::ordered_json sound = document_of(directory);
    const auto field_of = [&](auto&& change) {
        nlohmann::ordered_json changed = sound;
        change(changed["records"][0]["refined"]);
        std::ofstream(directory / "records.json") << changed.dump();
        const auto loaded = ReferenceStore::load(directory.string());
        return loaded.ok() ? std::string("loaded") : loaded.error().field;
    };
    QCOMPARE(field_of([](auto& r) { r["weights"]["img_aux"] = 0.2; r["weights"]["img_lang"] = 0.1; }), std::string("refined.weights"));
    QCOMPARE(field_of([](auto& r) { r["loss_before"] = 1.5; }), std::string("refined.loss"));
    QCOMPARE(field_of([](auto& r) { r["loss_after"] = 0.5; }), std::string("refined.loss"));
    QCOMPARE(field_of([](auto& r) { r["is_correct"] = false; }), std::string("refined.is_correct"));
    QVERIFY(field_of([](auto& r) { r["weights_per_mixer"].erase(0); }).find("refined.weights_per_mixer") != std::string::npos);
    QCOMPARE(field_of([](auto& r) { r.erase("loss_after"); }), std::string("loss_after"));
    QCOMPARE(field_of([](auto& r) { r["weights"]["img_aux"] = -0.1; }), std::string("refined.weights.img_aux"));
    QCOMPARE(field_of([](auto& r) { r = 3; }), std::string("refined"));
    QCOMPARE(field_of([](auto&) {}), std::string("loaded"));
}

void TestReferenceStore::refined_routings_that_do_not_fit_are_refused() {
    std::vector<ReferenceRecord> records = good_records();
    records[1].refined = some_refined(false);
    records[1].refined->routing = RoutingMatrix(1, 5, 0.2);
    QCOMPARE(ReferenceStore::create(good_store().origin(), records).error().field, std::string("refined.weights"));
    records[1].refined = some_refined(false);
    records[1].refined->routing_per_mixer = RoutingMatrix(3, 6, 1.0 / 3.0);
    QCOMPARE(ReferenceStore::create(good_store().origin(), records).error().field, std::string("refined.weights_per_mixer"));
}

void TestReferenceStore::import_good() {
    const auto import = import_published_json(kData + "good.json", RoutingSpace::moai(4));
    QVERIFY(import.ok());
    QCOMPARE(import->total, std::size_t{60});
    QCOMPARE(import->records.size(), std::size_t{60});
    QVERIFY(import->problems.empty());
    QVERIFY(import->records[0].id_is_number);
    QCOMPARE(import->records[59].id, std::string("scene-19-2"));
    QVERIFY(!import->records[59].id_is_number);
    QCOMPARE(import->records[7].question, std::string("Is there a caf\u00e9 sign \u2014 \"open\"\\closed?"));
    QCOMPARE(import->records[0].routing.rows(), std::size_t{1});
}

void TestReferenceStore::import_names_every_bad_record() {
    const auto import = import_published_json(kData + "bad_records.json", RoutingSpace::moai(4));
    QVERIFY(import.ok());
    QCOMPARE(import->total, std::size_t{16});
    QCOMPARE(import->records.size(), std::size_t{2});  // the first and the last
    const std::vector<std::pair<std::string, std::string>> expected = {{"question", "missing"},
                                                                       {"weights of group image", "sum 1.01"},
                                                                       {"weights.lang_img", "-0.2"},
                                                                       {"weights.lang_self", "null (or NaN)"},
                                                                       {"weights.img_self", "missing"},
                                                                       {"is_correct", "\"yes\""},
                                                                       {"id", "0 a second time"},
                                                                       {"question", "empty text"},
                                                                       {"", "\"a text\""},
                                                                       {"weights.router", "an expert"},
                                                                       {"id", "1.5"},
                                                                       {"weights", "\"0.3 0.3 0.4\""},
                                                                       {"weights.img_lang", "null (or NaN)"},
                                                                       {"ground_truth", "3"}};
    QCOMPARE(import->problems.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const RecordProblem& problem = import->problems[i];
        QVERIFY2(problem.where.find("bad_records.json: record " + std::to_string(i + 1)) != std::string::npos,
                 problem.message().c_str());
        QCOMPARE(problem.field, expected[i].first);
        QVERIFY2(problem.found.starts_with(expected[i].second), problem.message().c_str());
        QVERIFY(!problem.allowed.empty());
    }
}

/// Of what is read; whatever stands twice and is not read is passed over.
void TestReferenceStore::import_takes_no_key_twice() {
    nlohmann::ordered_json good = nlohmann::ordered_json::parse(read_file(kData + "good.json"));
    good.erase(good.begin() + 2, good.end());
    const std::string text = good.dump();
    const QTemporaryDir directory;
    const fs::path file = fs::path(directory.path().toStdString()) / "twice.json";
    const std::pair<const char*, const char*> cases[] = {{"question", "question"}, {"ground_truth", "ground_truth"}, {"is_correct", "is_correct"}, {"model_answer", "model_answer"},
                                                         {"img_aux", "weights.img_aux"}, {"lang_self", "weights.lang_self"}, {"weights", "weights"}, {"id", "id"}};
    for (const auto& [key, field] : cases) {
        const std::string quoted = "\"" + std::string(key) + "\":";
        std::string twice = text;
        twice.replace(twice.find(quoted), quoted.size(), quoted + "0.5," + quoted);
        write_file(file, twice);
        const auto import = import_published_json(file.string(), RoutingSpace::moai(4));
        QVERIFY2(import.ok() && import->records.size() == 1 && import->problems.size() == 1, key);
        QCOMPARE(import->problems[0].field, std::string(field));
        QCOMPARE(import->problems[0].found, std::string("the field a second time"));
    }
    for (const char* key : {"tags", "options", "set"}) {
        write_file(file, "[{\"" + std::string(key) + "\": [], \"" + key + "\": []," + text.substr(2));
        const auto import = import_published_json(file.string(), RoutingSpace::moai(4));
        QVERIFY2(import.ok() && import->problems.size() == 1 && import->problems[0].field == key, key);
    }
    write_file(file, "[{\"nobody\": 1, \"nobody\": 2," + text.substr(2));
    QVERIFY(import_published_json(file.string(), RoutingSpace::moai(4))->problems.empty());
}

void TestReferenceStore::import_refuses_broken_files_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");
    QTest::newRow("truncated") << "truncated.json"
                               << "broken JSON at line 227";
    QTest::newRow("object") << "not_a_list.json"
                            << "a list of reference records";
    QTest::newRow("foreign") << "foreign.json"
                             << "none of 2 records is usable";
    QTest::newRow("numbers") << "numbers.json"
                             << "an object";
    QTest::newRow("empty") << "empty.json"
                           << "broken JSON";
    QTest::newRow("utf-8") << "invalid_utf8.json"
                           << "UTF-8";
    QTest::newRow("missing") << "no_such_file.json"
                             << "no such file";
    QTest::newRow("directory") << "."
                               << "not a regular file";
}

void TestReferenceStore::import_refuses_broken_files() {
    QFETCH(QString, file);
    QFETCH(QString, says);
    const auto import = import_published_json(kData + file.toStdString(), RoutingSpace::moai(4));
    QVERIFY(!import.ok());
    const std::string message = import.error().message();
    QVERIFY2(message.find(says.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("reference/" + file.toStdString()) != std::string::npos, message.c_str());
}

void TestReferenceStore::export_gives_equal_values() {
    QTemporaryDir directory;
    const std::string path = directory.filePath("out.json").toStdString();
    const auto records = good_records();
    QVERIFY(export_published_json(path, records, RoutingSpace::moai(4)).ok());
    QVERIFY(nlohmann::json::parse(read_file(path)) == nlohmann::json::parse(read_file(kData + "good.json")));
    const auto extended = good_store().records();
    QVERIFY(export_published_json(path, extended, RoutingSpace::moai(2), {.extended = true}).ok());
    const auto again = import_published_json(path, RoutingSpace::moai(2));
    QVERIFY(again.ok());
    QVERIFY(again->records == extended);
    QVERIFY(import_published_json(kData + "empty_list.json", RoutingSpace::moai(4))->records.empty());
}

/// A record that is right by its letter lost its options on the way: read again it contradicted itself.
void TestReferenceStore::options_are_exported_where_they_decide() {
    const QTemporaryDir folder;
    const std::string directory = folder.filePath("store").toStdString(), path = folder.filePath("out.json").toStdString();
    const ReferenceStore without = good_store();
    std::vector<ReferenceRecord> records = without.records();
    for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        records[i].model_answer = "B";
        records[i].ground_truth = "cat";
        records[i].is_correct = true;
        records[i].options = {"dog", "cat", "3"};
    }
    records[1].routing_per_mixer = RoutingMatrix(2, 6, 1.0 / 3.0);  // run here: nobody asks
    records[0].routing_per_mixer = {};  // imported: nothing was run here
    records[0].tags[kScoredByTag] = "options";
    std::vector<ReferenceRecord> plain = records;
    plain[0].options.clear();
    plain[1].options.clear();
    const auto raw = raw_parts(records.size(), 1);
    const auto store = ReferenceStore::build(without.origin(), records, kParts, raw), other = ReferenceStore::build(without.origin(), plain, kParts, raw);
    QVERIFY(store.ok() && other.ok());
    QCOMPARE(store->content_hash(), other->content_hash());  // runs of a set that kept none go on
    QVERIFY(store->save(directory).ok());
    QCOMPARE(document_of(directory)["version"].get<int>(), 3);  // former programs refuse it instead of taking it for damage
    const auto loaded = ReferenceStore::load(directory);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message().c_str());
    QVERIFY(loaded->records() == records);
    QVERIFY(export_published_json(path, loaded->records(), RoutingSpace::moai(2), {.extended = true}).ok());
    const auto again = import_published_json(path, RoutingSpace::moai(2));
    QVERIFY(again.ok() && again->problems.empty());
    QVERIFY(again->records == records);
    const auto ids = [](const std::vector<ReferenceRecord>& of) {
        const auto found = contradictions_of(*ReferenceStore::create(good_store().origin(), of));
        return found.empty() ? std::vector<std::string>() : found.front().ids;
    };
    QVERIFY(ids(again->records).empty());
    QVERIFY(export_published_json(path, loaded->records(), RoutingSpace::moai(2)).ok());  // the published keys say nothing of options
    QCOMPARE(ids(import_published_json(path, RoutingSpace::moai(2))->records).front(), records[0].id);
    // A flipped letter of an option is named.
    std::string text = read_file(directory + "/records.json");
    text.replace(text.find("\"dog\""), 5, "\"fog\"");
    write_file(directory + "/records.json", text);
    const auto damaged = ReferenceStore::load(directory);
    QVERIFY(!damaged.ok());
    QVERIFY2(damaged.error().message().find("options") != std::string::npos, damaged.error().message().c_str());
}

void TestReferenceStore::export_refuses_invalid_text() {
    QTemporaryDir directory;
    const std::string path = directory.filePath("out.json").toStdString();
    auto records = good_records();
    records[3].question = "caf\xe9";
    const auto status = export_published_json(path, records, RoutingSpace::moai(4));
    QVERIFY(!status.ok());
    QVERIFY(!fs::exists(path));
}

void TestReferenceStore::published_sample_round_trip() {
    const std::string path = std::string(R2T2_SOURCE_DIR) + "/../shared/data/reference.json";
    if (!fs::exists(path)) {
        QSKIP("the published sample is not here");
    }
    const auto import = import_published_json(path, RoutingSpace::moai(4));
    QVERIFY(import.ok());
    QCOMPARE(import->records.size(), std::size_t{3887});
    QTemporaryDir directory;
    const std::string out = directory.filePath("out.json").toStdString();
    QVERIFY(export_published_json(out, import->records, RoutingSpace::moai(4)).ok());
    QVERIFY(nlohmann::ordered_json::parse(read_file(out)) == nlohmann::ordered_json::parse(read_file(path)));
}

// Two references, parts a (2 numbers) and b (1 number, standardised).
void TestReferenceStore::embedding_by_hand() {
    const std::vector<RawEmbedding> raw = {{{"a", {1, 2}}, {"b", {10}}}, {{"a", {3, 2}}, {"b", {30}}}};
    const auto space = EmbeddingSpace::fit({{"a", 1.0, false}, {"b", 2.0, true}}, raw);
    QVERIFY(space.ok());
    QCOMPARE(space->dimension(), std::size_t{3});
    QCOMPARE(space->parts()[0].mean, (std::vector<float>{2, 2}));
    QCOMPARE(space->parts()[1].deviation, (std::vector<float>{10}));
    // a - mean = (2, 2) -> (.7071, .7071); b: (25 - 20) / 10 = .5 -> 1 -> 2; whole length sqrt(5)
    const auto query = space->embed({{"a", {4, 4}}, {"b", {25}}, {"unused", {1, 2, 3}}});
    QVERIFY(query.ok());
    const double root = std::sqrt(5.0);
    QVERIFY(std::abs(static_cast<double>((*query)[0]) - std::sqrt(0.5) / root) < 1e-7);
    QVERIFY(std::abs(static_cast<double>((*query)[1]) - std::sqrt(0.5) / root) < 1e-7);
    QVERIFY(std::abs(static_cast<double>((*query)[2]) - 2.0 / root) < 1e-7);
    const auto centre = space->embed({{"a", {2, 2}}, {"b", {20}}});
    QCOMPARE(*centre, (std::vector<float>{0, 0, 0}));  // the mean itself has no direction
}

/// A power of two changes no digit: the same rows to the last bit, however short or long all vectors are; nothing stays nothing.
void TestReferenceStore::embeddings_of_every_length_have_their_direction() {
    const auto rows = [](int exponent, bool standardise) {
        std::vector<RawEmbedding> samples;
        for (const std::vector<float>& each : {std::vector<float>{0.25F, -1.25F, 2.5F}, {1.0F, 0.5F, -0.75F}, {-2.0F, 1.0F, 0.125F}, {0.75F, 0.0F, 1.0F}}) {
            std::vector<float> scaled;
            for (const float value : each) {
                scaled.push_back(std::ldexp(value, exponent));
            }
            samples.push_back({{"question", scaled}});
        }
        const auto space = EmbeddingSpace::fit({{"question", 1.0, standardise}}, samples);
        std::vector<std::vector<float>> out;
        for (const RawEmbedding& sample : samples) {
            out.push_back(*space->embed(sample, "sample"));
        }
        return out;
    };
    for (const bool standardise : {false, true}) {
        for (const int exponent : {-110, -100, -66, -43, -40, 43, 66, 124}) {
            QCOMPARE(rows(exponent, standardise), rows(0, standardise));
        }
    }
    const auto flat = EmbeddingSpace::fit({{"question", 1.0, false}}, std::vector<RawEmbedding>(2, {{"question", {1e-30F, 3.0F}}}));
    QCOMPARE(*flat->embed({{"question", {1e-30F, 3.0F}}}, "sample"), std::vector<float>(2, 0.0F));
}

void TestReferenceStore::embedding_of_a_reference_is_its_row() {
    const auto store = good_store();
    const auto raw = raw_parts(store.size(), 1);
    const auto search = ReferenceSearch::create(store);
    QVERIFY(search.ok());
    for (std::size_t i = 0; i < store.size(); ++i) {
        const auto query = store.embed_query(raw[i]);
        QVERIFY(query.ok());
        QVERIFY(std::equal(query->begin(), query->end(), store.embedding(i).begin()));
        QCOMPARE(search->nearest(*query, 1)->front().index, i);
        double squares = 0.0;
        for (const float value : *query) {
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        QVERIFY(std::abs(squares - 1.0) < 1e-6);
    }
}

void TestReferenceStore::embedding_errors() {
    const auto store = good_store();
    auto raw = raw_parts(1, 2)[0];
    raw.erase("pixels");
    QCOMPARE(store.embed_query(raw, "set: sample 3").error().field, std::string("embedding part pixels"));
    QCOMPARE(store.embed_query(raw, "set: sample 3").error().where, std::string("set: sample 3"));
    raw["pixels"] = {1, 2, 3};
    QCOMPARE(store.embed_query(raw).error().found, std::string("3 numbers"));
    raw["pixels"] = {1, 2, 3, std::nanf("")};
    QVERIFY(!store.embed_query(raw).ok());
    QVERIFY(!EmbeddingSpace::fit(kParts, {}).ok());
    QVERIFY(!EmbeddingSpace::fit({}, raw_parts(3, 1)).ok());
    QVERIFY(!EmbeddingSpace::fit({{"question", -1.0}}, raw_parts(3, 1)).ok());
    QVERIFY(!EmbeddingSpace::fit({{"question", 0.0}}, raw_parts(3, 1)).ok());
    QVERIFY(!EmbeddingSpace::fit({{"question"}, {"question"}}, raw_parts(3, 1)).ok());
    QVERIFY(!EmbeddingSpace::fit({{"audio"}}, raw_parts(3, 1)).ok());
    auto uneven = raw_parts(3, 1);
    uneven[2]["question"].pop_back();
    QVERIFY(EmbeddingSpace::fit(kParts, uneven).error().where.find("sample 2") != std::string::npos);
}

void TestReferenceStore::store_round_trip() {
    QTemporaryDir directory;
    const std::string path = directory.filePath("store").toStdString();
    const auto store = good_store();
    QVERIFY(store.save(path).ok());
    const auto loaded = ReferenceStore::load(path);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message().c_str());
    QVERIFY(*loaded == store);
    QCOMPARE(loaded->content_hash(), store.content_hash());
    QCOMPARE(loaded->origin().notes.at("command"), std::string("build"));
    QCOMPARE(loaded->records()[0].tags.at("family"), std::string("count"));
    QVERIFY(loaded->embed_query(raw_parts(1, 9)[0]).value() == store.embed_query(raw_parts(1, 9)[0]).value());
}

void TestReferenceStore::store_without_embeddings() {
    QTemporaryDir directory;
    const std::string path = directory.filePath("store").toStdString();
    const auto store = ReferenceStore::create({"", "", RoutingSpace::moai(4), {}}, good_records());
    QVERIFY(store.ok());
    QVERIFY(store->save(path).ok());
    QVERIFY(embeddings_file(path).empty());
    const auto loaded = ReferenceStore::load(path);
    QVERIFY(loaded.ok());
    QVERIFY(!loaded->has_embeddings());
    QVERIFY(!loaded->embed_query({}).ok());
    QVERIFY(!ReferenceSearch::create(*loaded).ok());
}

void TestReferenceStore::save_replaces_and_cleans() {
    QTemporaryDir directory;
    const std::string path = directory.path().toStdString();
    QVERIFY(good_store().save(path).ok());
    const fs::path first = embeddings_file(path);
    auto records = good_records();
    const auto raw = raw_parts(records.size(), 77);
    const auto other = ReferenceStore::build({"cafe", "", RoutingSpace::moai(2), {}}, std::move(records), kParts, raw);
    QVERIFY(other->save(path).ok());
    QVERIFY(!fs::exists(first));
    QVERIFY(*ReferenceStore::load(path) == *other);
    QVERIFY(other->content_hash() != good_store().content_hash());
    QVERIFY(!good_store().save("/proc/no-such-place/store").ok());
}

void TestReferenceStore::duplicate_ids() {
    auto records = good_records();
    records[5].id = records[2].id;
    const auto store = ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, records);
    QVERIFY(!store.ok());
    QVERIFY(store.error().message().find("record 5") != std::string::npos);
    records[5].set = "another";  // ids repeat between sets
    QVERIFY(ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, records).ok());
    records[6].routing(0, 0) = std::nan("");
    QVERIFY(!ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, records).ok());
    records[6].routing = RoutingMatrix(1, 7, 0.1);
    QVERIFY(!ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, records).ok());
}

void TestReferenceStore::model_mismatch() {
    const auto store = good_store();
    QVERIFY(store.check_model("cafe", RoutingSpace::moai(2)).ok());
    const auto hash = store.check_model("beef", RoutingSpace::moai(2));
    QVERIFY(!hash.ok());
    QCOMPARE(hash.error().found, std::string("cafe"));
    const auto mixers = store.check_model("cafe", RoutingSpace::moai(4));
    QVERIFY(!mixers.ok());
    QCOMPARE(mixers.error().field, std::string("routing space"));
    const auto imported = ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, good_records());
    QVERIFY(imported->check_model("anything", RoutingSpace::moai(2)).ok());
}

void TestReferenceStore::same_samples() {
    auto records = good_records();
    records[10].question = records[4].question;
    records[10].image_path = "copy.png";
    records[4].pixels_hash = records[10].pixels_hash = "ff";
    const auto store = ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, records);
    QCOMPARE(store->same_samples({"", "elsewhere.png", "ff", records[4].question + "\n"}),
             (std::vector<std::size_t>{4, 10}));
    QCOMPARE(store->same_samples({"", records[6].image_path, "", records[6].question}), (std::vector<std::size_t>{6}));
    QVERIFY(store->same_samples({"", records[6].image_path, "", "another question"}).empty());
    const auto hidden = ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, good_records());
    QCOMPARE(hidden->without_picture_hash(), static_cast<std::size_t>(std::ranges::count(good_records(), std::string(), &ReferenceRecord::pixels_hash)));
    QVERIFY(store->same_samples({"", "elsewhere.png", "", records[4].question}).empty());
}

/// A test sample whose text differs trivially from its own record's is still the same sample.
void TestReferenceStore::trivially_different_questions() {
    auto records = good_records();
    records[4].question = "How many cats are there, on the sofa?";
    records[4].pixels_hash = "ff";
    const auto store = ReferenceStore::create({"", "", RoutingSpace::moai(2), {}}, records);
    const auto found = [&](const std::string& question, const std::string& hash = "ff") {
        return store->same_samples({"another set", "elsewhere.png", hash, question}) == std::vector<std::size_t>{4};
    };
    for (const char* same : {"How many cats are there, on the sofa?", "how many cats are there, on the sofa?", "How many cats are there, on the sofa ?",
                             "HOW MANY CATS ARE THERE, ON THE SOFA", "How  many\tcats are there , on the sofa?\n", "How many cats are there, on the sofa?!",
                             "How many cats are there, on the sofa\uFF1F", "\uFF28\uFF4F\uFF57 many cats are there, on the sofa?",
                             "How\u00A0many cats are there, on the sofa."}) {
        QVERIFY2(found(same), same);
    }
    QVERIFY(found("how many cats are there, on the so\u200Bfa"));
    QVERIFY(!found("How many cats are there, on the sofa?", "ee"));
    QVERIFY(!found("How many cats are there on the sofa?"));
    QVERIFY(!found("How many dogs are there, on the sofa?"));
    QVERIFY(question_key("Caf\u00E9?") == question_key("cafe\u0301 ?"));
    QVERIFY(question_key("\u4ED6\u662F\u8C01\uFF1F") == question_key("\u4ED6\u662F\u8C01?"));
    QVERIFY(question_key("?") != question_key("!"));
    QVERIFY(question_key("1 + 1 = ?") != question_key("1 + 2 = ?"));
    QCOMPARE(question_key(" \n"), std::string());
}

void TestReferenceStore::every_truncation_is_an_error() {
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    QVERIFY(good_store().save(path.string()).ok());
    for (const fs::path& file : {path / "records.json", embeddings_file(path)}) {
        const std::string whole = read_file(file);
        for (std::size_t i = 0; i < 64; ++i) {
            write_file(file, whole.substr(0, (whole.size() - 2) * i / 64));
            const auto loaded = ReferenceStore::load(path.string());
            QVERIFY(!loaded.ok());
            QVERIFY(loaded.error().message().find(file.filename().string()) != std::string::npos);
        }
        write_file(file, whole);
        QVERIFY(ReferenceStore::load(path.string()).ok());
        fs::rename(file, file.string() + ".away");
        QVERIFY(ReferenceStore::load(path.string()).error().kind == ErrorKind::NotFound);
        fs::rename(file.string() + ".away", file);
    }
    QVERIFY(ReferenceStore::load("/no/such/store").error().kind == ErrorKind::NotFound);
    QVERIFY(!ReferenceStore::load(kData + "good.json").ok());
}

void TestReferenceStore::flipped_bits_are_errors() {
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    QVERIFY(good_store().save(path.string()).ok());
    const fs::path file = embeddings_file(path);
    const std::string whole = read_file(file);
    RandomStream random(12);
    for (int i = 0; i < 300; ++i) {
        std::string broken = whole;
        const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(whole.size())));
        broken[at] = static_cast<char>(broken[at] ^ (1 << random.below(8)));
        write_file(file, broken);
        QVERIFY(!ReferenceStore::load(path.string()).ok());
    }
    write_file(file, whole);
    const fs::path json = path / "records.json";
    const std::string text = read_file(json);
    const ReferenceStore store = good_store();
    for (int i = 0; i < 1000; ++i) {
        std::string broken = text;
        const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(text.size())));
        broken[at] = static_cast<char>(broken[at] ^ (1 << random.below(8)));
        write_file(json, broken);
        const auto loaded = ReferenceStore::load(path.string());  // the last digit of a number may stand for the same number
        QVERIFY2(!loaded.ok() || *loaded == store, broken.substr(at > 40 ? at - 40 : 0, 80).c_str());
        QVERIFY(loaded.ok() || loaded.error().message().find("records.json") != std::string::npos);
    }
}

/// What differs is named: file, record, field. (Neighbours of case fault-neighbours-one-bit.)
void TestReferenceStore::damage_is_named() {
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    QVERIFY(good_store().save(path.string()).ok());
    const auto good = nlohmann::ordered_json::parse(read_file(path / "records.json"));
    const auto error_of = [&](auto change) {
        auto json = good;
        change(json);
        write_file(path / "records.json", json.dump());
        const auto loaded = ReferenceStore::load(path.string());
        return loaded.ok() ? Error{} : loaded.error();
    };
    const auto names = [](const Error& error, const std::string& where, const std::string& field) {
        return error.where.ends_with(where) && error.field == field;
    };
    const std::string fourth = "records.json: record 4 (id " + good_store().records()[4].id + ")";
    QVERIFY(names(error_of([](auto& j) { j["records"][4]["question"] = "another?"; }), fourth, "question"));
    QVERIFY(names(error_of([](auto& j) { j["records"][4]["is_correct"] = false; }), fourth, "is_correct"));
    QVERIFY(names(error_of([](auto& j) { j["records"][4]["tags"] = {{"family", "x"}}; }), fourth, "tags"));
    QVERIFY(names(error_of([](auto& j) { std::swap(j["records"][4]["weights"]["img_aux"], j["records"][4]["weights"]["img_lang"]); }), fourth, "weights"));
    QVERIFY(names(error_of([](auto& j) { j["records"][4].erase("checksum"); }), fourth, "checksum"));
    QVERIFY(names(error_of([](auto& j) { j["records"].erase(59); }), "records.json", "records"));
    QVERIFY(names(error_of([](auto& j) { j["notes"]["command"] = "other"; }), "records.json", "notes"));
    QVERIFY(names(error_of([](auto& j) { j["model"]["name"] = "other"; }), "records.json", "model"));
    QVERIFY(names(error_of([](auto& j) { j["embedding"]["parts"][1]["weight"] = 0.25; }), "records.json", "embedding"));
    QVERIFY(names(error_of([](auto& j) { j.erase("checksums"); }), "records.json", "checksums"));
    QCOMPARE(error_of([](auto& j) {  // from before checksums were kept
                 j.erase("checksums");
                 for (auto& record : j["records"]) {
                     record.erase("checksum");
                 }
             }).message(), Error{}.message());

    write_file(path / "records.json", good.dump());
    const fs::path file = embeddings_file(path);
    std::string bytes = read_file(file);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    const auto header = nlohmann::json::parse(bytes.substr(8, length));
    const std::size_t rows = 8 + length + header["embedding"]["data_offsets"][0].get<std::size_t>();
    bytes[rows + 4 * 11 * 4] ^= 1;  // the last bit of a number of the fifth row
    write_file(file, bytes);
    const auto damaged = ReferenceStore::load(path.string());
    QVERIFY(!damaged.ok());
    QVERIFY2(damaged.error().where.ends_with(file.filename().string() + ": record 4 (id " + good_store().records()[4].id + ")"), damaged.error().message().c_str());
    QCOMPARE(damaged.error().field, std::string("embedding"));
}

/// The hash of a run stays what it was before stores said whose they are, so that old runs can be resumed.
void TestReferenceStore::identity_is_kept_beside_the_content() {
    QTemporaryDir directory;
    const auto records = good_records();
    const auto raw = raw_parts(records.size(), 1);
    const ReferenceOrigin plain{"cafe", "miniature", RoutingSpace::moai(2), {}};
    ReferenceOrigin known = plain;
    known.model_identity = "beef";
    known.model_parts = {{"config.json: eos_token_id", "2"}};
    const auto a = ReferenceStore::build(plain, records, kParts, raw);
    const auto b = ReferenceStore::build(known, records, kParts, raw);
    QCOMPARE(a->content_hash(), b->content_hash());
    QVERIFY(b->save(directory.path().toStdString()).ok());
    const auto loaded = ReferenceStore::load(directory.path().toStdString());
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message().c_str());
    QVERIFY(loaded->origin() == known && *loaded == *b);
}

void TestReferenceStore::hostile_containers_data() {
    QTest::addColumn<QString>("header");
    QTest::addColumn<int>("data");
    QTest::addColumn<QString>("says");
    QTest::newRow("oversized product")
        << R"({"embedding":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})" << 0 << "64 bits";
    QTest::newRow("wrong dtype") << R"({"embedding":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})" << 8 << "F32";
    QTest::newRow("overlap")
        << R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})"
        << 12 << "begin 8";
    QTest::newRow("gap")
        << R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})"
        << 12 << "begin 4";
    QTest::newRow("beyond") << R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})" << 8 << "end within 8";
    QTest::newRow("tail") << R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})" << 8 << "length";
    QTest::newRow("shape lies") << R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}})" << 4 << "12 bytes";
    QTest::newRow("negative") << R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})" << 4 << "shape";
    QTest::newRow("backwards") << R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})" << 4 << "data_offsets";
    QTest::newRow("a list") << R"([1,2])" << 0 << "JSON object";
    QTest::newRow("not JSON") << R"({"a)" << 0 << "JSON object";
    QTest::newRow("metadata") << R"({"__metadata__":{"a":3}})" << 0 << "__metadata__";
}

void TestReferenceStore::hostile_containers() {
    QFETCH(QString, header);
    QFETCH(int, data);
    QFETCH(QString, says);
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    QVERIFY(good_store().save(path.string()).ok());
    const std::string text = header.toStdString();
    std::uint64_t length = text.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    write_file(embeddings_file(path), bytes + text + std::string(static_cast<std::size_t>(data), '\0'));
    const auto loaded = ReferenceStore::load(path.string());
    QVERIFY(!loaded.ok());
    QVERIFY2(loaded.error().message().find(says.toStdString()) != std::string::npos, loaded.error().message().c_str());
    length = std::uint64_t{1} << 60;
    std::memcpy(bytes.data(), &length, 8);
    write_file(embeddings_file(path), bytes + text);
    QCOMPARE(ReferenceStore::load(path.string()).error().field, std::string("header length"));
}

// Embeddings of the same shape that belong to other records: caught by the hash of the records.
void TestReferenceStore::exchanged_embeddings() {
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    QVERIFY(good_store().save(path.string()).ok());
    auto json = nlohmann::ordered_json::parse(read_file(path / "records.json"));
    std::swap(json["records"][1], json["records"][2]);
    write_file(path / "records.json", json.dump());
    QCOMPARE(ReferenceStore::load(path.string()).error().field, std::string("records"));  // in another order
    json.erase("checksums");
    for (auto& record : json["records"]) {
        record.erase("checksum");
    }
    write_file(path / "records.json", json.dump());
    QCOMPARE(ReferenceStore::load(path.string()).error().field, std::string("records_hash"));
    json["records"].erase(59);
    write_file(path / "records.json", json.dump());
    QVERIFY(!ReferenceStore::load(path.string()).ok());
}

// Beside the content: its hash is what it was; damage to it is named.
void TestReferenceStore::what_records_were_asked_with_is_kept() {
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    const ReferenceStore good = good_store();
    std::vector<ReferenceRecord> records = good.records();
    records[0].asked = AskedHashes{"0123456789ab", "", "", "ba9876543210"};
    const ReferenceStore asked = *ReferenceStore::build(good.origin(), records, kParts, raw_parts(records.size(), 1));
    QCOMPARE(asked.content_hash(), ReferenceStore::build(good.origin(), good.records(), kParts, raw_parts(records.size(), 1))->content_hash());
    QVERIFY(good.asked_hash().empty() && good.with_asked() == 0);
    QVERIFY(asked.asked_hash().size() == 16 && asked.with_asked() == 1);
    records[0].asked->facts = "ba9876543211";
    QVERIFY(ReferenceStore::create(good.origin(), records)->asked_hash() != asked.asked_hash());

    QVERIFY(asked.save(path.string()).ok());
    QCOMPARE(document_of(path)["version"].get<int>(), 4);
    const auto loaded = ReferenceStore::load(path.string());
    QVERIFY(loaded.ok());
    QVERIFY(*loaded == asked);
    auto json = document_of(path);
    json["records"][0]["asked"]["facts"] = "ba9876543211";
    write_file(path / "records.json", json.dump());
    QCOMPARE(ReferenceStore::load(path.string()).error().field, std::string("asked.facts"));
    json["records"][0]["asked"] = 3;
    write_file(path / "records.json", json.dump());
    QCOMPARE(ReferenceStore::load(path.string()).error().field, std::string("asked"));
}

// Its records cannot be written: the embeddings that were go again, and so does a folder that was made.
void TestReferenceStore::a_save_that_fails_leaves_nothing() {
    QTemporaryDir directory;
    const fs::path path = fs::path(directory.path().toStdString()) / "store";
    fs::create_directories(path / "records.json" / "in the way");
    QVERIFY(!good_store().save(path.string()).ok());
    QVERIFY(embeddings_file(path).empty());
    const fs::path nested = fs::path(directory.path().toStdString()) / "a" / "b";
    {
        const auto claim = FolderClaim::make(nested);
        QVERIFY(claim.ok() && fs::is_directory(nested));
        QVERIFY(!FolderClaim::make(nested).ok());  // another one writes there
        QVERIFY(!good_store().save(nested.string()).ok());
        QVERIFY(good_store().save((nested.parent_path() / "c").string()).ok());
    }
    QVERIFY(!fs::exists(nested) && fs::exists(nested.parent_path() / "c" / "records.json"));
}

void TestReferenceStore::broken_records_json() {
    QTemporaryDir directory;
    const fs::path path = directory.path().toStdString();
    QVERIFY(good_store().save(path.string()).ok());
    auto good = nlohmann::ordered_json::parse(read_file(path / "records.json"));
    good.erase("checksums");  // as before they were kept: what is wrong is found without them
    for (auto& record : good["records"]) {
        record.erase("checksum");
    }
    const auto field_of = [&](auto change) {
        auto json = good;
        change(json);
        write_file(path / "records.json", json.dump());
        const auto loaded = ReferenceStore::load(path.string());
        return loaded.ok() ? std::string("loaded") : loaded.error().field;
    };
    QCOMPARE(field_of([](auto&) {}), std::string("loaded"));
    QCOMPARE(field_of([](auto& j) { j["format"] = "other"; }), std::string("format"));
    QCOMPARE(field_of([](auto& j) { j = nlohmann::ordered_json::array(); }), std::string("format"));
    QCOMPARE(field_of([](auto& j) { j["version"] = 5; }), std::string("version"));
    for (const char* key : {"format", "version", "records", "model", "space"}) {  // a key that is not there is no null
        const auto found_of = [&](auto change) {
            auto json = good;
            change(json);
            write_file(path / "records.json", json.dump());
            const auto loaded = ReferenceStore::load(path.string());
            return loaded.ok() || loaded.error().field != key ? std::string("not refused") : loaded.error().found;
        };
        const std::string missing = found_of([&](auto& j) { j.erase(key); }), null = found_of([&](auto& j) { j[key] = nullptr; });
        QVERIFY2(missing.starts_with("missing"), (std::string(key) + ": " + missing).c_str());
        QVERIFY2(null == "null (or NaN)" || null == "another type", (std::string(key) + ": " + null).c_str());
    }
    QCOMPARE(field_of([](auto& j) { j.erase("model"); }), std::string("model"));
    QCOMPARE(field_of([](auto& j) { j["space"]["mixers"] = "two"; }), std::string("space"));
    QCOMPARE(field_of([](auto& j) { j["notes"]["command"] = 4; }), std::string("notes"));
    QCOMPARE(field_of([](auto& j) { j["records"] = 3; }), std::string("records"));
    QCOMPARE(field_of([](auto& j) { j["records"][4].erase("weights"); }), std::string("weights"));
    QCOMPARE(field_of([](auto& j) { j["records"][0]["weights_per_mixer"].erase(1); }),
             std::string("weights_per_mixer"));
    QCOMPARE(field_of([](auto& j) { j["embedding"]["file"] = "../embeddings.safetensors"; }),
             std::string("embedding.file"));
    QCOMPARE(field_of([](auto& j) { j["embedding"]["parts"][0]["dimension"] = 8; }), std::string("question.mean"));
    QCOMPARE(field_of([](auto& j) { j["embedding"]["parts"][0]["weight"] = -1; }),
             std::string("weight of part question"));
    QCOMPARE(field_of([](auto& j) { j["embedding"]["parts"].erase(1); }), std::string("embedding"));
}

QTEST_APPLESS_MAIN(TestReferenceStore)
#include "test_reference_store.moc"
