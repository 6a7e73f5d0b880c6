// A stored sample run again gives the same answer: the whole prompt, the picture and the settings of its run are stored with it.
// Once the instruction in front of the question was missing when a sample came from a session: G-dim/102 was stored as "yes", wrong, and
// run again it was "no", right.
#include <QtTest>
#include <QProcess>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/inspect/opened_inspector.h"
#include "core/inspect/request_command.h"
#include "core/routing/method_params_json.h"
#include "core/run/places.h"
#include "core/session/row_checksum.h"
#include "core/session/session_reader.h"
#include "core/session/sqlite.h"
#include "tests/support/patience.h"
#include "tests/support/random_params.h"

using namespace r2t2;

namespace {

InspectorPtr inspector() {
    static const InspectorPtr opened = [] {
        qputenv("XDG_CACHE_HOME", QDir::tempPath().toUtf8() + "/r2t2-test-inspect");
        Result<InspectorPtr> made = OpenedInspector::open({}, {}, {});
        return made ? *made : nullptr;
    }();
    return opened;
}

InspectRequest stored_request(const SampleListPtr& list, std::size_t index) {
    InspectRequest request;
    request.list = list;
    request.index = index;
    return request;
}

/// As the workbench runs a stored sample again: every method with its run's own parameters.
InspectionPtr again(const SampleListPtr& list, std::size_t index) {
    InspectRequest request = stored_request(list, index);
    request.methods = list->run_params();
    const Result<InspectionPtr> done = inspector()->inspect(request, {}, {});
    if (!done) {
        qWarning("%s", done.error().message().c_str());
    }
    return done ? *done : nullptr;
}

QStringList remarks_of(const InspectionPtr& inspection) {
    QStringList out;
    for (const std::string& remark : inspection->remarks()) {
        out << QString::fromStdString(remark);
    }
    return out;
}

/// A row changed by a program that knows what it does: its checksum holds.
void rewrite(const std::string& path, const std::string& set) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
    const Status changed = database->execute("UPDATE samples SET " + set + "; UPDATE samples SET checksum = " + row_checksum::of_row("samples"));
    QVERIFY2(changed.ok(), changed ? "" : changed.error().message().c_str());
}

}  // namespace

class TestStoredAgain final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void the_prompt_is_stored();
    void every_sample_from_the_windows_objects();
    void every_sample_from_the_command_line();
    void the_same_groups_give_the_same_bits();
    void a_sample_that_was_answered_without_its_instruction();
    void an_old_row_says_that_the_prompt_is_unknown();
    void sweeps_are_run_again_each_with_its_own();
    void a_data_set_with_facts_and_suffixes();
    void a_picture_or_facts_that_changed_are_said();
    void problems_carry_no_folders();
    void commands_say_the_session();
    void commands_say_any_parameters();
    void what_the_run_stands_on_is_taken_from_it();

private:
    [[nodiscard]] std::string path(const char* name) const { return folder_.filePath(QLatin1String(name)).toStdString(); }
    static SampleListPtr list(const std::string& session) {
        const auto lists = inspector()->open_samples(session, 1);
        return lists ? lists->front() : nullptr;
    }
    void evaluate(BenchmarkRequest request, const std::string& session);
    void write_data_set(const QString& folder);
    static nlohmann::json command_line(const QStringList& arguments, int expected = 0);
    static constexpr std::size_t kEach = 2;  // samples of every set
    QTemporaryDir folder_;
    std::string all_;  ///< every held-out set, every method
    std::size_t count_ = 0;
};

void TestStoredAgain::evaluate(BenchmarkRequest request, const std::string& session) {
    request.params = inspector()->info().defaults;
    request.params.seed = 1;
    request.params.steps = 4;
    request.session = session;
    request.threads = 2;
    const Result<BenchmarkEnd> done = inspector()->benchmark(request, {});
    QVERIFY2(done.ok(), done ? "" : done.error().message().c_str());
    QVERIFY(!done->interrupted);
}

void TestStoredAgain::initTestCase() {
    QVERIFY(inspector());
    BenchmarkRequest request;
    request.sets = inspector()->set_names("test");
    QVERIFY(request.sets.size() >= 8);
    count_ = kEach * request.sets.size();
    request.samples = kEach;
    for (const Method method : all_methods()) {
        if (method != Method::Base) {
            request.methods.push_back(method);
        }
    }
    all_ = path("all.r2t2");
    evaluate(request, all_);
}

void TestStoredAgain::the_prompt_is_stored() {
    SessionReader reader = SessionReader::open(all_).value();
    const std::vector<SampleSetPtr> sets = open_sample_sets({{"all"}, "test", 1, kEach}).value();
    for (const StoredRun& run : reader.runs().value()) {
        const auto rows = reader.samples(run.id).value();
        QCOMPARE(rows.size(), count_);
        for (const SampleRow& row : rows) {
            const auto set = std::find_if(sets.begin(), sets.end(), [&](const SampleSetPtr& each) { return each->name() == row.info.id.set; });
            const SampleSummary own = (*set)->summary(std::stoul(row.info.id.key));
            QVERIFY(!own.instruction.empty());
            QCOMPARE(row.info.instruction, std::optional(own.instruction));
            QCOMPARE(row.info.suffix, std::optional(std::string()));
            QCOMPARE(row.info.asked(), own.question);
            QVERIFY(row.info.picture_hash && row.info.picture_hash->size() == 32);
        }
    }
}

void TestStoredAgain::every_sample_from_the_windows_objects() {
    const SampleListPtr stored = list(all_);
    QCOMPARE(stored->size(), count_);
    QCOMPARE(stored->run_params().size(), all_methods().size());
    double largest = 0.0, routing = 0.0;
    int ties = 0;
    for (std::size_t i = 0; i < stored->size(); ++i) {
        const InspectionPtr done = again(stored, i);
        QVERIFY(done);
        QVERIFY2(done->remarks().empty(), qPrintable(remarks_of(done).join(QLatin1Char('\n'))));
        QCOMPARE(done->again().size(), all_methods().size());
        const auto& live = dynamic_cast<const LiveInspection&>(*done);
        QCOMPARE(live.run_sample().input.instruction, stored->summary(i).instruction);
        QVERIFY(!live.run_sample().input.instruction.empty());
        QCOMPARE(live.run_sample().input.question, stored->summary(i).question);
        for (const AgainComparison& each : done->again()) {
            const std::string what = stored->summary(i).set + "/" + stored->summary(i).id + ", run " + std::to_string(each.run) + ": " + each.text;
            QVERIFY2(each.same(), what.c_str());
            largest = std::max(largest, each.difference);
            routing = std::max(routing, each.routing_difference);
            if (!each.ties.empty()) {
                ++ties;
                qInfo("tie: %s", what.c_str());
            }
        }
    }
    qInfo("%zu samples, %zu methods: largest difference %.2g, of r %.2g, %d with a tie", stored->size(), all_methods().size(), largest, routing, ties);
    QVERIFY(largest <= 1e-5);
    QVERIFY(routing <= 1e-5);
    QCOMPARE(largest, 0.0);  // the bundled model's matrices are small enough for rows that do not depend on their neighbours (kernels/row_product.h)
    QCOMPARE(routing, 0.0);
}

nlohmann::json TestStoredAgain::command_line(const QStringList& arguments, int expected) {
    QProcess process;
    process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), arguments);
    const bool ended = process.waitForFinished(kPatience);
    const QByteArray out = process.readAllStandardOutput();
    if (!ended || process.exitCode() != expected) {
        qWarning("%d: %s", process.exitCode(), process.readAllStandardError().constData());
        return {};
    }
    return arguments.contains(QStringLiteral("--json")) ? nlohmann::json::parse(out.toStdString(), nullptr, false) : nlohmann::json(out.toStdString());
}

void TestStoredAgain::every_sample_from_the_command_line() {
    const SampleListPtr stored = list(all_);
    for (std::size_t i = 0; i < stored->size(); ++i) {
        const SampleSummary sample = stored->summary(i);
        const nlohmann::json out = command_line({"inspect", "--session", QString::fromStdString(all_), "--sample", QString::fromStdString(sample.set + "/" + sample.id), "--json"});
        QVERIFY2(out.is_object(), sample.id.c_str());
        QCOMPARE(out["instruction"].get<std::string>(), sample.instruction);
        QCOMPARE(out["question"].get<std::string>(), sample.question);
        QCOMPARE(out["stored"]["remarks"].size(), 0u);
        QCOMPARE(out["stored"]["runs"].size(), all_methods().size());
        for (const nlohmann::json& run : out["stored"]["runs"]) {
            QVERIFY2(run["same"].get<bool>() && run["difference"].get<double>() <= 1e-5, run.dump().c_str());
        }
    }
    const nlohmann::json text = command_line({"inspect", "--session", QString::fromStdString(all_), "--sample", "G-dim/1"});
    QVERIFY2(text.get<std::string>().find("again: as stored, to the last bit") != std::string::npos, text.get<std::string>().c_str());
    QVERIFY(command_line({"inspect", "--session", QString::fromStdString(all_), "--sample", "G-dim/77", "--json"}, 1).is_null() ||
            command_line({"inspect", "--session", QString::fromStdString(all_), "--sample", "G-dim/77", "--json"}, 2).is_null());
}

/// The same samples in the same groups: every stored number again, to the last bit, by whichever threads.
void TestStoredAgain::the_same_groups_give_the_same_bits() {
    BenchmarkRequest request;
    request.sets = inspector()->set_names("test");
    request.samples = kEach;
    for (const Method method : all_methods()) {
        if (method != Method::Base) {
            request.methods.push_back(method);
        }
    }
    const std::string second = path("second.r2t2");
    evaluate(request, second);
    SessionReader a = SessionReader::open(all_).value(), b = SessionReader::open(second).value();
    int compared = 0;
    for (const StoredRun& run : a.runs().value()) {
        for (const SampleRow& row : a.samples(run.id).value()) {
            const StoredSample before = a.sample(run.id, row.info.id).value(), after = b.sample(run.id, row.info.id).value();
            QVERIFY(before.row.info == after.row.info);
            const AgainComparison same = compare_again(run.id, before.trajectory, after.trajectory);
            QVERIFY2(same.same_bits, (row.info.id.set + "/" + row.info.id.key + ": " + same.text).c_str());
            ++compared;
        }
    }
    QCOMPARE(compared, static_cast<int>(count_ * all_methods().size()));
}

/// G-dim/102, where the missing instruction turned the answer round.
void TestStoredAgain::a_sample_that_was_answered_without_its_instruction() {
    BenchmarkRequest request;
    request.sets = {"G-dim"};
    request.samples = 104;
    request.methods = {Method::KernelRegression};
    const std::string session = path("dim.r2t2");
    evaluate(request, session);
    const SampleListPtr stored = list(session);
    const std::size_t at = dynamic_cast<const SessionList&>(*stored).index_of({"G-dim", "102"});
    QVERIFY(at < stored->size());
    const InspectionPtr before = inspector()->inspect(stored_request(stored, at), {}, {}).value();
    const InspectionPtr after = again(stored, at);
    QVERIFY(after);
    QCOMPARE(after->trajectories()[0].base().answer->text, before->trajectories()[0].base().answer->text);
    QVERIFY(std::abs(after->trajectories()[0].base().answer->confidence - before->trajectories()[0].base().answer->confidence) < 1e-5);
    // Without the instruction it is another question.
    InspectRequest bare = stored_request(stored, at);
    bare.methods = stored->run_params();
    AgainSample sample = dynamic_cast<const SessionList&>(*stored).again(at, dynamic_cast<const OpenedInspector&>(*inspector()).model()->info()).value();
    QVERIFY(!sample.sample.input.instruction.empty());
    sample.sample.input.instruction.clear();
    EvaluationContext context = dynamic_cast<const SessionList&>(*stored).context().value();
    context.model = dynamic_cast<const OpenedInspector&>(*inspector()).model();
    context.reference = dynamic_cast<const OpenedInspector&>(*inspector()).reference();
    const SampleRun without = run_sample(context, std::move(sample.sample), "G-dim", 102, {}).value();
    QVERIFY(std::abs(without.trajectories[0].base().answer->confidence - before->trajectories()[0].base().answer->confidence) > 1e-3);
}

void TestStoredAgain::an_old_row_says_that_the_prompt_is_unknown() {
    const std::string old = path("old.r2t2");
    std::filesystem::copy_file(all_, old);
    rewrite(old, "instruction = NULL, suffix = NULL, picture_hash = NULL, neighbour_count = NULL, scoring_version = NULL");
    const SampleListPtr stored = list(old);
    QVERIFY(!stored->summary(0).prompt_known);
    const auto looked = inspector()->inspect(stored_request(stored, 0), {}, {});
    QVERIFY2(looked.ok(), looked.ok() ? "" : looked.error().message().c_str());
    const InspectionPtr& shown = *looked;
    QVERIFY2(remarks_of(shown).join(QLatin1Char(' ')).contains(QStringLiteral("prompt is not known")), qPrintable(remarks_of(shown).join(QLatin1Char(' '))));
    const InspectionPtr done = again(stored, 0);
    QVERIFY2(remarks_of(done).join(QLatin1Char(' ')).contains(QStringLiteral("prompt is not known")), qPrintable(remarks_of(done).join(QLatin1Char(' '))));
    const std::string name = stored->summary(0).set + "/" + stored->summary(0).id;
    const nlohmann::json text = command_line({"inspect", "--session", QString::fromStdString(old), "--sample", QString::fromStdString(name), "--methods", "base"});
    QVERIFY2(text.get<std::string>().find("prompt is not known") != std::string::npos, text.get<std::string>().c_str());
}

void TestStoredAgain::sweeps_are_run_again_each_with_its_own() {
    BenchmarkRequest request;
    request.sets = {"K-noise"};
    request.samples = 2;
    request.methods = {Method::Ngd};
    request.sweep = {{"num-neighbors", {"2", "5"}}, {"initial-lr", {"0.5", "2"}}};
    const std::string session = path("sweep.r2t2");
    evaluate(request, session);
    const SampleListPtr stored = list(session);
    QCOMPARE(stored->runs().size(), 5u);
    const InspectionPtr shown = inspector()->inspect(stored_request(stored, 1), {}, {}).value();
    QVERIFY(shown->params_known());
    const InspectionPtr done = again(stored, 1);
    QCOMPARE(done->again().size(), 5u);
    for (std::size_t m = 0; m < 5; ++m) {
        QVERIFY2(done->again()[m].same(), done->again()[m].text.c_str());
        QCOMPARE(shown->methods()[m].k, stored->run_params()[m].k);
        QCOMPARE(shown->methods()[m].initial_lr, stored->run_params()[m].initial_lr);
        QCOMPARE(shown->runs()[m], stored->runs()[m].first);
    }
    QVERIFY(shown->methods()[1].initial_lr != shown->methods()[2].initial_lr || shown->methods()[1].k != shown->methods()[2].k);
    // One run of the sweep from the command line, and the same with another rate, which is nobody's.
    const QString file = QString::fromStdString(session);
    const nlohmann::json one = command_line({"inspect", "--session", file, "--sample", "K-noise/1", "--run", "3", "--json"});
    QCOMPARE(one["methods"].size(), 2u);
    QCOMPARE(one["methods"][1]["parameters"]["initial_lr"].get<double>(), stored->run_params()[2].initial_lr);
    QVERIFY(one["stored"]["runs"][1]["same"].get<bool>());
    const nlohmann::json other = command_line({"inspect", "--session", file, "--sample", "K-noise/1", "--run", "3", "--initial-lr", "0.25", "--json"});
    QCOMPARE(other["methods"][1]["parameters"]["initial_lr"].get<double>(), 0.25);
    QCOMPARE(other["methods"][1]["parameters"]["num_neighbors"].get<std::size_t>(), stored->run_params()[2].k);
    for (const nlohmann::json& run : other["stored"]["runs"]) {
        QVERIFY(run["run"].get<int>() != 3);
    }
}

/// Pictures of the bundled world as files, one with facts in the data set, one with facts beside it; an instruction each.
void TestStoredAgain::write_data_set(const QString& folder) {
    QVERIFY(QDir().mkpath(folder));
    nlohmann::json records = nlohmann::json::array();
    for (int i = 0; i < 5; ++i) {
        QImage picture(64, 64, QImage::Format_RGB32);
        picture.fill(QColor(40 * i, 200 - 30 * i, 90));
        QVERIFY(picture.save(folder + QStringLiteral("/p%1.png").arg(i)));
        nlohmann::json record = {{"id", "s" + std::to_string(9 - i)}, {"image_path", "p" + std::to_string(i) + ".png"}, {"question", "what colour is the circle?"},
                                 {"ground_truth", i % 2 == 0 ? "red" : "blue"}, {"instruction", "answer with one word."}};
        if (i == 4) {
            record["facts"] = nlohmann::json::parse(R"({"ocr": [{"text": "inside", "conf": 0.8}]})");
        }
        records.push_back(record);
    }
    records.push_back({{"id", "bad"}, {"image_path", "p0.png"}, {"question", "a <image> inside"}, {"ground_truth", "x"}});
    records.push_back({{"id", "gone"}, {"image_path", "nowhere.png"}, {"question", "what colour is it?"}, {"ground_truth", "x"}});
    std::ofstream(folder.toStdString() + "/own.json") << records.dump();
    std::ofstream(folder.toStdString() + "/p1.png.facts.json") << R"({"ocr": [{"text": "red", "conf": 0.9}]})";
}

void TestStoredAgain::a_data_set_with_facts_and_suffixes() {
    write_data_set(folder_.filePath("set a"));
    BenchmarkRequest request;
    request.sets = {folder_.filePath("set a/own.json").toStdString()};
    request.methods = {Method::Ngd, Method::RandomNeighbours};
    const std::string session = path("own.r2t2");
    evaluate(request, session);
    const SampleListPtr stored = list(session);
    int done_here = 0;
    for (std::size_t i = 0; i < stored->size(); ++i) {
        if (!stored->summary(i).error.empty()) {
            continue;
        }
        QCOMPARE(stored->summary(i).instruction, std::string("answer with one word."));
        const InspectionPtr done = again(stored, i);  // rows are in the order of their ends, random neighbours in that of the set
        QVERIFY(done);
        QVERIFY2(done->remarks().empty(), qPrintable(remarks_of(done).join(QLatin1Char('\n'))));
        for (const AgainComparison& each : done->again()) {
            QVERIFY2(each.same(), each.text.c_str());
        }
        ++done_here;
    }
    QCOMPARE(done_here, 5);
}

void TestStoredAgain::a_picture_or_facts_that_changed_are_said() {
    const std::string session = path("own.r2t2");
    const QString folder = folder_.filePath("set a");
    const SampleListPtr before = list(session);
    const auto index = [&](const char* key) { return dynamic_cast<const SessionList&>(*before).index_of({"own", key}); };
    std::ofstream((folder + "/p1.png.facts.json").toStdString()) << R"({"ocr": [{"text": "blue", "conf": 0.9}]})";
    QImage other(64, 64, QImage::Format_RGB32);
    other.fill(Qt::yellow);
    QVERIFY(other.save(folder + "/p2.png"));
    std::ofstream((folder + "/p3.png.facts.json").toStdString()) << R"({"ocr": [{"text": "new", "conf": 0.9}]})";
    for (const auto& [key, changed] : {std::pair{"s9", false}, {"s8", true}, {"s7", true}, {"s6", true}, {"s5", false}}) {
        const std::size_t at = index(key);
        QVERIFY2(at < before->size(), key);
        const QString shown = remarks_of(inspector()->inspect(stored_request(before, at), {}, {}).value()).join(QLatin1Char(' '));
        QCOMPARE(shown.contains(QStringLiteral("have changed since")), changed);
        QCOMPARE(remarks_of(again(before, at)).join(QLatin1Char(' ')).contains(QStringLiteral("have changed since")), changed);
    }
    const nlohmann::json text = command_line({"inspect", "--session", QString::fromStdString(session), "--sample", "own/s7", "--methods", "base"});
    QVERIFY2(text.get<std::string>().find("have changed since") != std::string::npos, text.get<std::string>().c_str());
    // The data set is gone, its pictures are not: that is said, and the prompt is the stored one.
    QVERIFY(QFile::remove(folder + "/own.json"));
    const SampleListPtr after = list(session);
    const InspectionPtr done = again(after, index("s9"));
    QVERIFY(done);
    QVERIFY2(remarks_of(done).join(QLatin1Char(' ')).contains(QStringLiteral("could not be opened again")), qPrintable(remarks_of(done).join(QLatin1Char(' '))));
    QCOMPARE(dynamic_cast<const LiveInspection&>(*done).run_sample().input.instruction, std::string("answer with one word."));
    QVERIFY(done->again().front().same());
    QVERIFY(QFile::remove(folder + "/p0.png"));
    InspectRequest request = stored_request(after, index("s9"));
    request.methods = after->run_params();
    const Result<InspectionPtr> gone = inspector()->inspect(request, {}, {});
    QVERIFY(!gone && gone.error().message().find("p0.png") != std::string::npos);
}

/// The same data in two folders: what is stored of skipped records and of failed samples is the same.
void TestStoredAgain::problems_carry_no_folders() {
    std::vector<std::vector<std::pair<std::string, std::string>>> stored;
    for (const char* name : {"here/sets", "there of another/data"}) {
        const QString folder = folder_.filePath(QLatin1String(name));
        write_data_set(folder);
        BenchmarkRequest request;
        request.sets = {(folder + "/own.json").toStdString()};
        request.methods = {};
        const std::string session = path(name[0] == 'h' ? "here.r2t2" : "there.r2t2");
        evaluate(request, session);
        evaluate(request, session);  // a second evaluation beside it
        request.resume = true;
        evaluate(request, session);
        SessionReader reader = SessionReader::open(session).value();
        stored.emplace_back();
        for (const SampleRow& row : reader.samples(reader.runs().value().back().id).value()) {
            if (!row.error.empty()) {
                stored.back().emplace_back(row.info.id.key, row.error);
                QVERIFY2(row.info.id.key.find(folder_.path().toStdString()) == std::string::npos, row.info.id.key.c_str());
                QVERIFY2(row.error.find(folder_.path().toStdString()) == std::string::npos, row.error.c_str());
            }
        }
        std::sort(stored.back().begin(), stored.back().end());
    }
    QVERIFY(stored[0].size() >= 2);
    QByteArray lines[2];
    for (int i = 0; i < 2; ++i) {
        const QString out = folder_.filePath(QStringLiteral("export %1").arg(i));
        QVERIFY(!command_line({"export", folder_.filePath(i == 0 ? "here.r2t2" : "there.r2t2"), "--out", out, "--run", "1"}).is_null());
        QFile file(out + QStringLiteral("/samples_1_base.jsonl"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        lines[i] = file.readAll();
        QVERIFY(lines[i].contains("\"image\":\"p1.png\""));
    }
    QCOMPARE(lines[0], lines[1]);
    QVERIFY(stored[0] == stored[1]);
    QVERIFY2(stored[0].front().first.starts_with("own.json: record"), stored[0].front().first.c_str());
}

/// "Copy as command line", through a shell's words and the program's parser: what the request has, beside the bundled model's own values.
void TestStoredAgain::commands_say_any_parameters() {
    RandomStream stream(41);
    for (int i = 0; i < 40; ++i) {
        MethodParams params = random_params(stream);
        params.seed = 1;
        InspectRequest request;
        request.image = "/a picture.png";
        request.methods = {params};
        BenchmarkRequest benchmark;
        benchmark.sets = {"G-dim"};
        benchmark.methods = {params.method};
        benchmark.params = params;
        for (const std::string& command : {request_command({}, request), benchmark_command({}, benchmark)}) {
            const QStringList words = QProcess::splitCommand(QString::fromStdString(command).replace(QLatin1Char('\''), QLatin1Char('"')));
            const nlohmann::json out = command_line(QStringList{"methods", "--json", "--model", QString::fromStdString(bundled_model_directory().string())} +
                                                    words.mid(words.indexOf("--methods") + 2));
            nlohmann::json fields = {{"method", to_string(params.method)}, {"seed", 1}};
            for (const auto& row : out["parameters"]) {
                fields[row["field"].get<std::string>()] = row["value"];
            }
            auto there = parse_method_params(fields.dump(), "methods");
            if (there.ok() && params.epsilon) {  // k is not looked at, and so not said
                there->k = params.k;
            }
            QVERIFY2(there.ok() && *there == params, command.c_str());
        }
    }
}

void TestStoredAgain::commands_say_the_session() {
    const SampleListPtr stored = list(all_);
    InspectRequest request = stored_request(stored, 0);
    request.methods = {stored->run_params()[3]};
    const std::string name = stored->summary(0).set + "/" + stored->summary(0).id;
    const std::string run = std::to_string(stored->runs()[3].first);
    QCOMPARE(request_command({}, request), "r2t2 inspect --session " + all_ + " --sample " + name + " --methods " + to_string(stored->run_params()[3].method) + " --run " + run);
    request.methods.front().initial_lr = 0.125;
    QVERIFY(request_command({}, request).ends_with(" --run " + run + " --initial-lr 0.125"));
    request.question = "is it red?";
    QVERIFY(request_command({}, request).find("--question 'is it red?'") != std::string::npos);
    // What is copied runs: the question of the user's own on a bundled sample did not.
    InspectRequest bundled;
    bundled.list = inspector()->open_samples("G-dim", 2).value().front();
    bundled.index = 1;
    bundled.question = "is there a circle?";
    bundled.methods = {inspector()->info().defaults};
    bundled.methods.front().method = Method::KernelRegression;
    const QString command = QString::fromStdString(request_command({}, bundled));
    const nlohmann::json out = command_line(QProcess::splitCommand(QString(command).replace(QLatin1Char('\''), QLatin1Char('"'))).mid(1) + QStringList{"--json"});
    QCOMPARE(out["question"].get<std::string>(), std::string("is there a circle?"));
    QCOMPARE(out["instruction"].get<std::string>(), bundled.list->summary(1).instruction);
}

/// Precision and beams of the run, unless others are stated; those are said.
void TestStoredAgain::what_the_run_stands_on_is_taken_from_it() {
    const QString session = folder_.filePath("int8.r2t2");
    QVERIFY(!command_line({"evaluate", "--eval", "G-noise", "--samples", "2", "--methods", "base,kr", "--no-controls", "--precision", "int8", "--beams", "2", "--quiet", "--session", session}).is_null());
    const QStringList inspect = {"inspect", "--session", session, "--sample", "G-noise/1", "--json"};
    const nlohmann::json same = command_line(inspect);
    QCOMPARE(same["model"]["precision"].get<std::string>(), std::string("int8"));
    QCOMPARE(same["stored"]["remarks"].size(), 0u);
    for (const nlohmann::json& run : same["stored"]["runs"]) {
        QVERIFY2(run["same"].get<bool>(), run.dump().c_str());
    }
    const nlohmann::json other = command_line(inspect + QStringList{"--precision", "fp32", "--beams", "1"});
    QCOMPARE(other["model"]["precision"].get<std::string>(), std::string("fp32"));
    const std::string said = other["stored"]["remarks"].dump();
    QVERIFY2(said.find("precision") != std::string::npos && said.find("2 beams") != std::string::npos, said.c_str());
    // The window's model is another one than the run's: said too.
    const InspectionPtr done = again(list(session.toStdString()), 1);
    QVERIFY2(remarks_of(done).join(QLatin1Char(' ')).contains(QStringLiteral("int8")), qPrintable(remarks_of(done).join(QLatin1Char(' '))));
}

QTEST_GUILESS_MAIN(TestStoredAgain)
#include "test_stored_again.moc"
