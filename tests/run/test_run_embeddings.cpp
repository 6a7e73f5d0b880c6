// Question embeddings from elsewhere: files are checked whole, and a reference set and its queries agree on who embeds.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "core/base/log.h"
#include "core/checkpoint/safetensors.h"
#include "core/run/embedding_ids.h"
#include "core/run/embedding_table.h"
#include "core/run/evaluation_context.h"
#include "core/run/open_reference.h"
#include "core/run/reference_builder.h"
#include "tests/run/formula_model.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string npy(const std::string& dictionary, const std::string& data, char version = 1) {
    std::string header = dictionary + "\n";
    std::string out = "\x93NUMPY";
    out += version;
    out += '\0';
    out += static_cast<char>(header.size() & 0xFF);
    out += static_cast<char>(header.size() >> 8);
    if (version > 1) {
        out += std::string(2, '\0');
    }
    return out + header + data;
}

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

const std::string kDictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
const std::vector<float> kValues = {1, 2, 3, 4, 5, 6.5F};

/// Its summaries have the question.
class AskingSet final : public SampleSet {
public:
    AskingSet(std::string name, std::size_t size) : formula_(std::move(name), size) {}
    [[nodiscard]] const std::string& name() const override { return formula_.name(); }
    [[nodiscard]] std::size_t size() const override { return formula_.size(); }
    [[nodiscard]] std::string id(std::size_t index) const override { return formula_.id(index); }
    [[nodiscard]] const std::vector<Error>& problems() const override { return formula_.problems(); }
    [[nodiscard]] std::map<std::string, std::string> origin() const override { return formula_.origin(); }
    [[nodiscard]] Result<RunSample> get(std::size_t index, const ModelInfo& model) const override { return formula_.get(index, model); }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override {
        SampleSummary out = formula_.summary(index);
        out.question = "question " + std::to_string(index) + " of " + name();
        return out;
    }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override { return formula_.picture(index); }

private:
    FormulaSet formula_;
};

QString message(const Error& error) { return QString::fromStdString(error.message()); }

}  // namespace

class TestRunEmbeddings : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

    /// One row a sample of FormulaSet("references", n), and of "test".
    [[nodiscard]] fs::path table(const char* name, const std::string& model, std::size_t dimension, std::size_t rows = 40) const {
        nlohmann::json ids = {{"model", model}, {"ids", nlohmann::json::array()}};
        std::vector<float> values;
        for (const char* set : {"references", "test"}) {
            for (std::size_t i = 0; i < rows; ++i) {
                ids["ids"].push_back(std::string(set) + "/" + std::to_string(i));
                for (std::size_t d = 0; d < dimension; ++d) {
                    values.push_back(std::sin(static_cast<float>((i + 1) * (d + 3)) * 0.7F));
                }
            }
        }
        const fs::path file = path(name);
        write(file, npy("{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(2 * rows) + ", " +
                            std::to_string(dimension) + "), }",
                        bytes_of(values)));
        fs::path beside = file;
        write(beside.replace_extension(".ids.json"), ids.dump());
        return file;
    }

    /// Rows of the given ids, in six numbers; `shift` makes them another space's.
    [[nodiscard]] QuestionEmbedderPtr rows(const char* name, const std::vector<std::string>& ids, std::size_t shift = 0) const {
        std::vector<float> values;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            for (std::size_t d = 0; d < 6; ++d) {
                values.push_back(std::sin(static_cast<float>((i + 1 + shift) * (d + 3)) * 0.7F));
            }
        }
        const fs::path file = path(name);
        write(file, npy("{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(ids.size()) + ", 6), }", bytes_of(values)));
        fs::path beside = file;
        write(beside.replace_extension(".ids.json"), nlohmann::json(ids).dump());
        const auto embedder = open_question_embedder(file.string());
        return embedder.ok() ? *embedder : nullptr;
    }
    [[nodiscard]] static std::vector<std::string> ids_of(const std::string& set, std::size_t count) {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < count; ++i) {
            ids.push_back(set + "/" + std::to_string(i));
        }
        return ids;
    }

private Q_SLOTS:
    // Two tables of an unnamed model and one size are not one space: told by the references' own rows.
    void anotherTableOfTheSameShape() {
        const auto model = std::make_shared<FormulaModel>();
        const auto samples = std::make_shared<FormulaSet>("references", 40);
        const std::vector<std::string> own = ids_of("references", 40);
        ReferenceBuildOptions options;
        options.embedder = rows("own.npy", own);
        QVERIFY(options.embedder != nullptr);
        const auto built = build_reference(*model, *samples, options);
        QVERIFY2(built.ok(), built.ok() ? "" : built.error().message().c_str());
        QVERIFY(built->store.size() > 3);
        QVERIFY(built->store.save(path("kept").string()).ok());
        const auto kept = ReferenceStore::load(path("kept").string());
        QVERIFY(kept.ok());
        std::vector<std::string> log;
        set_log_sink([&log](const LogLine& line) { log.push_back(line.text); }, false);
        const auto opened = [&](const QuestionEmbedderPtr& embedder) {
            log.clear();
            const auto set = embedder ? ReferenceSet::create(model, *kept, samples, 0, embedder) : Result<ReferenceSetPtr>(io_error("table", "not opened"));
            return set.ok() ? QString() : message(set.error());
        };
        const std::string first = built->store.records().front().id, last = built->store.records().back().id;
        const auto names = [](const QString& text, const std::string& id) { return text.contains(QString::fromStdString("row of reference " + id + " of set references: found another embedding")); };

        QCOMPARE(opened(rows("same.npy", own)), QString());
        QVERIFY(log.empty());
        std::vector<std::string> more = own;  // extended by an evaluation's questions
        for (const std::string& id : ids_of("test", 25)) {
            more.push_back(id);
        }
        QCOMPARE(opened(rows("more.npy", more)), QString());
        QVERIFY(log.empty());

        QVERIFY2(names(opened(rows("other.npy", own, 3)), first), qPrintable(opened(rows("other.npy", own, 3))));
        std::vector<std::string> rotated = own;
        std::rotate(rotated.begin(), rotated.begin() + 1, rotated.end());
        QVERIFY2(names(opened(rows("rotated.npy", rotated)), first), qPrintable(opened(rows("rotated.npy", rotated))));
        std::vector<std::string> one = own;  // the last record's row is a new one at the end
        one[std::stoul(last)] = "test/7";
        one.push_back("references/" + last);
        QVERIFY2(names(opened(rows("one.npy", one)), last), qPrintable(opened(rows("one.npy", one))));

        std::vector<std::string> without = own;
        without[std::stoul(first)] = "test/7";
        QCOMPARE(opened(rows("without.npy", without)), QString());
        QCOMPARE(log.size(), std::size_t{1});
        QVERIFY2(log.front().find("has no row for 1 of ") != std::string::npos, log.front().c_str());
        QCOMPARE(opened(rows("none.npy", ids_of("test", 40))), QString());
        QCOMPARE(log.size(), std::size_t{1});
        QVERIFY2(log.front().find("is not known") != std::string::npos, log.front().c_str());
        set_log_sink({});
    }

    void formatsAgree() {
        const auto check = [](const fs::path& file) {
            const auto table = EmbeddingTable::open(file);
            QVERIFY2(table.ok(), table.ok() ? "" : table.error().message().c_str());
            QCOMPARE(table->size(), std::size_t(3));
            QCOMPARE(table->dimension(), std::size_t(2));
            QVERIFY(table->find("nobody").empty());
            const auto row = table->find("c");
            QCOMPARE(std::vector<float>(row.begin(), row.end()), (std::vector<float>{5, 6.5F}));
        };
        write(path("a.ids.txt"), "a\nb\r\nc\n");
        write(path("a.npy"), npy(kDictionary, bytes_of(kValues)));
        check(path("a.npy"));
        write(path("a.npy"), npy(kDictionary, bytes_of(kValues), 2));
        check(path("a.npy"));
        write(path("a.npy"), npy("{\"shape\":(3,2),\"fortran_order\":False,\"descr\":\"<f8\"}",
                                 bytes_of(std::vector<double>(kValues.begin(), kValues.end()))));
        check(path("a.npy"));
        const std::vector<std::uint16_t> halves = {0x3C00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4680};
        write(path("a.npy"), npy("{'descr': '<f2', 'fortran_order': False, 'shape': (3, 2)}", bytes_of(halves)));
        check(path("a.npy"));
        for (const TensorDtype dtype : {TensorDtype::F32, TensorDtype::F16}) {
            SafetensorsWriter writer;
            const std::string data = dtype == TensorDtype::F32 ? bytes_of(kValues) : bytes_of(halves);
            QVERIFY(writer.add("embeddings", dtype, {3, 2}, std::as_bytes(std::span(data))).ok());
            QVERIFY(writer.write(path("a.safetensors")).ok());
            check(path("a.safetensors"));
        }
        write(path("b.ids.json"), R"({"model": "NV-Embed-v2", "ids": ["a", 7, "c"]})");
        write(path("b.npy"), npy(kDictionary, bytes_of(kValues)));
        check(path("b.npy"));
        QCOMPARE(EmbeddingTable::open(path("b.npy"))->model(), std::string("NV-Embed-v2"));
        QVERIFY(!EmbeddingTable::open(path("b.npy"))->find("7").empty());
    }

    void brokenTables_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("ids");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& file, const char* ids, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(ids) << says;
        };
        const char* good = R"(["a", "b", "c"])";
        const std::string whole = npy(kDictionary, bytes_of(kValues));
        row("too few ids", whole, R"(["a", "b"])", "found 2 ids; allowed: 3, one a row");
        row("an id twice", whole, R"(["a", "b", "a"])", "id of row 2: found \"a\" a second time");
        row("an empty id", whole, R"(["a", "", "c"])", "id of row 1: found nothing");
        row("an id that is none", whole, R"(["a", null, "c"])", "ids[1]: found null");
        row("ids broken", whole, "[", "broken JSON");
        row("ids of another form", whole, "{}", "a list of ids");
        row("ids nested", whole, QByteArray(100000, '[').constData(), "nested");
        row("empty file", "", good, "beginning");
        row("no numpy file", "PK\x03\x04 something else", good, "beginning");
        row("cut", whole.substr(0, whole.size() - 1), good, "length");
        row("too long", whole + "x", good, "length");
        row("newer version", npy(kDictionary, bytes_of(kValues), 4), good, "version");
        row("integers", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3, 2), }", bytes_of(kValues)), good, "descr");
        row("big-endian", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }", bytes_of(kValues)), good, "descr");
        row("columns first", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }", bytes_of(kValues)), good, "fortran_order");
        row("a vector", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", bytes_of(kValues)), good, "shape");
        row("no rows", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", ""), good, "shape");
        row("negative", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2), }", bytes_of(kValues)), good, "shape");
        row("overflow", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", bytes_of(kValues)), good, "64 bits");
        row("NaN", npy(kDictionary, bytes_of(std::vector<float>{1, 2, 3, std::nanf(""), 5, 6})), good, "row 1 (id \"b\") column 1: found NaN");
        row("infinity", npy(kDictionary, bytes_of(std::vector<float>{1, 2, 3, 4, -INFINITY, 6})), good, "row 2 (id \"c\") column 0: found infinity");
        row("zeros", npy(kDictionary, bytes_of(std::vector<float>{1, 2, 0, 0, 5, 6})), good, "row 1 (id \"b\"): found nothing but zeros");
    }
    void brokenTables() {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, ids);
        QFETCH(QString, says);
        write(path("broken.npy"), file.toStdString());
        write(path("broken.ids.json"), ids.toStdString());
        const auto table = EmbeddingTable::open(path("broken.npy"));
        QVERIFY(!table.ok());
        QVERIFY2(message(table.error()).contains(says) && message(table.error()).contains("broken."), qPrintable(message(table.error())));
    }

    void noIdsBesideIt() {
        write(path("alone.npy"), npy(kDictionary, bytes_of(kValues)));
        const auto table = EmbeddingTable::open(path("alone.npy"));
        QVERIFY(!table.ok());
        QCOMPARE(table.error().kind, ErrorKind::NotFound);
        QVERIFY(message(table.error()).contains("alone.ids.json"));
    }

    void choices() {
        QVERIFY(*open_question_embedder("") == nullptr);
        QVERIFY(*open_question_embedder("model") == nullptr);
        const auto missing = open_question_embedder("/nowhere/at/all.npy");
        QVERIFY(!missing.ok());
        QCOMPARE(missing.error().field, std::string("--embedding"));
        const auto stored = open_question_embedder(table("choice.npy", "NV-Embed-v2", 5).string());
        QVERIFY(stored.ok());
        QCOMPARE((*stored)->identity(), std::string("computed by NV-Embed-v2, 5 numbers"));
        QVERIFY((*stored)->embed("references", "3", "?").ok());
        const auto unknown = (*stored)->embed("references", "999", "?");
        QVERIFY(!unknown.ok());
        QVERIFY(message(unknown.error()).contains("id \"999\" of set references"));
        const auto encoder = open_question_embedder(R2T2_TEST_DATA "/bert/tiny");
        QVERIFY2(encoder.ok(), encoder.ok() ? "" : encoder.error().message().c_str());
        QVERIFY((*encoder)->identity().ends_with(", 12 numbers"));
        QCOMPARE((*encoder)->embed("any", "id", "what is the ball?")->size(), std::size_t(12));
    }

    // Neighbours are those of the foreign embeddings; another embedder's queries are refused before anything is searched.
    void storesAndQueriesAgree() {
        const auto model = std::make_shared<FormulaModel>();
        const auto samples = std::make_shared<FormulaSet>("references", 40);
        ReferenceBuildOptions options;
        options.embedder = *open_question_embedder(table("nv.npy", "NV-Embed-v2", 6).string());
        const auto built = build_reference(*model, *samples, options);
        QVERIFY2(built.ok(), built.ok() ? "" : built.error().message().c_str());
        QCOMPARE(built->store.origin().notes.at(kEmbeddingNote), std::string("computed by NV-Embed-v2, 6 numbers"));
        QCOMPARE(built->store.embedding_space().parts()[0].mean.size(), std::size_t(6));

        const auto good = ReferenceSet::create(model, built->store, samples, 0, options.embedder);
        QVERIFY2(good.ok(), good.ok() ? "" : good.error().message().c_str());
        const RunSample own = samples->get(std::stoul(built->store.records()[2].id), model->info()).value();
        const auto query = (*good)->embed(own, "references");
        QVERIFY(query.ok());
        const auto row = built->store.embedding(2);
        QCOMPARE(*query, std::vector<float>(row.begin(), row.end()));

        const auto refuse = [&](const QuestionEmbedderPtr& embedder) {
            const auto set = ReferenceSet::create(model, built->store, samples, 0, embedder);
            return set.ok() ? QString("accepted") : message(set.error());
        };
        QVERIFY2(refuse(nullptr).contains("NV-Embed-v2, 6 numbers; allowed: the model's own"), qPrintable(refuse(nullptr)));
        QVERIFY(refuse(*open_question_embedder(table("other.npy", "other", 6).string())).contains("computed by other"));
        QVERIFY(refuse(*open_question_embedder(table("wider.npy", "NV-Embed-v2", 7).string())).contains("7 numbers"));
        const auto plain = build_reference(*model, *samples, {});
        QVERIFY(plain.ok());
        QVERIFY(!ReferenceSet::create(model, plain->store, samples, 0, options.embedder).ok());
        QVERIFY(ReferenceSet::create(model, plain->store, samples).ok());
        QVERIFY(built->store.content_hash() != plain->store.content_hash());
    }

    // The same ids in another data set are other questions.
    void idsWithoutASet() {
        const auto bare_table = [this](const char* name, const nlohmann::json& set) {
            nlohmann::json ids = {{"model", "m"}, {"ids", nlohmann::json::array()}};
            if (!set.is_null()) {
                ids["set"] = set;
            }
            std::vector<float> values;
            for (std::size_t i = 0; i < 60; ++i) {
                ids["ids"].push_back(std::to_string(i));
                values.insert(values.end(), {1.0F, static_cast<float>(i + 1)});
            }
            const fs::path file = path(name);
            write(file, npy("{'descr': '<f4', 'fortran_order': False, 'shape': (60, 2), }", bytes_of(values)));
            fs::path beside = file;
            write(beside.replace_extension(".ids.json"), ids.dump());
            return *open_question_embedder(file.string());
        };
        const QuestionEmbedderPtr bare = bare_table("bare.npy", nullptr);
        const std::vector<ReferenceRecord> references = [] {
            std::vector<ReferenceRecord> records(2);
            records[0].id = "3";
            records[1].id = "50";
            for (ReferenceRecord& record : records) {
                record.set = "references";
                record.question = "question " + record.id + " of references";
            }
            return records;
        }();
        const auto check = [&](const QuestionEmbedderPtr& embedder, const SampleSetPtr& set) { return check_embedding_ids(embedder.get(), references, {set}); };
        const auto own = check(bare, std::make_shared<FormulaSet>("references", 40));
        QVERIFY(own.ok() && own->empty());
        const auto other = check(bare, std::make_shared<AskingSet>("test", 40));  // id 3 is another question here
        QVERIFY(!other.ok());
        QVERIFY2(message(other.error()).contains("id \"3\"") && message(other.error()).contains("\"test/3\""), qPrintable(message(other.error())));
        const auto few = check(bare, std::make_shared<AskingSet>("test", 3));  // nothing in common that is known: said with the numbers
        QVERIFY(few.ok());
        QCOMPARE(few->size(), std::size_t{1});
        QVERIFY2(few->front().find("test: 3 of 3 samples") == 0, few->front().c_str());
        QVERIFY(!check_embedding_ids(bare.get(), {}, {std::make_shared<AskingSet>("a", 2), std::make_shared<AskingSet>("b", 2)}).ok());
        QVERIFY(check_embedding_ids(nullptr, references, {std::make_shared<AskingSet>("test", 40)})->empty());
        for (const nlohmann::json& set : {nlohmann::json("references"), nlohmann::json({"references", "more"})}) {
            const QuestionEmbedderPtr named = bare_table("named.npy", set);
            QVERIFY(named->embed("references", "3", "?").ok());
            const auto foreign = named->embed("test", "3", "?");
            QVERIFY(!foreign.ok());
            QVERIFY2(message(foreign.error()).contains("a row of another set's") && message(foreign.error()).contains("\"test/3\""), qPrintable(message(foreign.error())));
        }
        QVERIFY(*open_question_embedder(table("by-set.npy", "m", 4).string()) != nullptr);
        const QuestionEmbedderPtr by_set = *open_question_embedder(table("by-set.npy", "m", 4).string());
        const auto whole = check(by_set, std::make_shared<AskingSet>("test", 40));
        QVERIFY(whole.ok() && whole->empty());
    }

    // A sample without a row is a problem of its own; the others are kept.
    void samplesWithoutARow() {
        const FormulaModel model;
        ReferenceBuildOptions options;
        options.embedder = *open_question_embedder(table("short.npy", "m", 4, 30).string());
        const auto built = build_reference(model, FormulaSet("references", 40), options);
        QVERIFY(built.ok());
        QVERIFY(!built->problems.empty());
        for (const Error& problem : built->problems) {
            QVERIFY2(message(problem).contains("no such row"), qPrintable(message(problem)));
        }
    }
};

QTEST_APPLESS_MAIN(TestRunEmbeddings)
#include "test_run_embeddings.moc"
