// reference import and info, and evaluate beside them: records that contradict, samples that are references too.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <set>
#include <tuple>

#include "core/miniature/dataset_writer.h"
#include "core/reference/reference_store.h"
#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppReference : public QObject {
    Q_OBJECT

    CliRunner cli_;
    QJsonArray written_;  ///< of the bundled world, with pictures

    void write(const QString& name, const QJsonArray& records) const {
        QFile file(cli_.path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QJsonDocument(records).toJson());
    }
    /// As a published reference file has it. `picture`: which of the written ones.
    [[nodiscard]] QJsonObject record(int id, int picture, const QString& question, const QString& answer, const QString& truth, bool right) const {
        return {{"id", id}, {"question", question}, {"image_path", "world/" + written_[picture].toObject()["image_path"].toString()}, {"model_answer", answer},
                {"ground_truth", truth}, {"is_correct", right},
                {"weights", QJsonObject{{"img_aux", 0.3}, {"img_lang", 0.3}, {"img_self", 0.4}, {"lang_aux", 0.2}, {"lang_img", 0.5}, {"lang_self", 0.3}}}};
    }
    [[nodiscard]] QJsonArray good_records() const {
        QJsonArray records;
        for (int i = 0; i < 8; ++i) {
            records.append(record(i, i, "is there a circle", "yes", "yes", true));
        }
        return records;
    }
    void copy_picture(int picture, const QString& to) const {
        QFile::remove(cli_.path(to));
        QVERIFY(QFile::copy(cli_.path("world/" + written_[picture].toObject()["image_path"].toString()), cli_.path(to)));
    }
    [[nodiscard]] CliResult import(const QString& file, const QStringList& more = {}) const {
        return cli_.run(QStringList{"reference", "import", cli_.path(file), "-o", cli_.path("store"), "--force", "--model", cli_.model(), "--json"} + more);
    }
    [[nodiscard]] std::set<std::string> stored_ids() const {
        const auto store = ReferenceStore::load(cli_.path("store").toStdString());
        std::set<std::string> ids;
        for (const ReferenceRecord& each : store.ok() ? store->records() : std::vector<ReferenceRecord>()) {
            ids.insert(each.id);
        }
        return ids;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const auto list = write_dataset(cli_.path("world").toStdString(), default_world(), "reference", 12, 5);
        QVERIFY(list.ok());
        QFile file(QString::fromStdString(list->string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonDocument json = QJsonDocument::fromJson(file.readAll());
        written_ = json.isArray() ? json.array() : json.object()["samples"].toArray();
        QVERIFY(written_.size() == 12);
    }

    void aCleanFileIsTakenWhole() {
        write("clean.json", good_records());
        const CliResult imported = import("clean.json");
        QVERIFY2(imported.code == 0, imported.err.constData());
        QCOMPARE(stored_ids().size(), std::size_t(8));
        QVERIFY(QJsonDocument::fromJson(imported.out)["contradictory"].toObject().isEmpty());
        const auto store = ReferenceStore::load(cli_.path("store").toStdString());
        QVERIFY(store.ok() && store->origin().notes.count("contradictory_left_out") == 0);
    }

    void contradictoryRecordsAreLeftOutAndNamed() {
        QJsonArray records = good_records();
        records.append(record(10, 8, "is there a circle", "zebra", "no", true));
        records.append(record(11, 9, "is there a circle", "yes", "yes", false));
        records.append(record(12, 10, "is there a circle", "yes", "yes", true));
        copy_picture(10, "copy.png");
        QJsonObject twin = record(13, 10, "Is there a  circle?", "no", "no", true);
        twin["image_path"] = "copy.png";  // by its content
        records.append(twin);
        records.append(record(14, 11, "is there a circle", "zebra", "yes", false));  // honestly wrong
        QJsonObject silent = record(15, 11, "what is there", "zebra", "cat", true);
        silent.remove("is_correct");  // its answer decides
        records.append(silent);
        QJsonObject option = record(16, 11, "which", "B", "cat", true);
        option["options"] = QJsonArray{"dog", "cat"};
        records.append(option);
        write("doubtful.json", records);

        const CliResult imported = import("doubtful.json", {"--quiet"});
        QCOMPARE(imported.code, 3);
        const QJsonDocument said = QJsonDocument::fromJson(imported.out);
        const QJsonValue kinds = said["contradictory"];
        QCOMPARE(kinds["says-right"]["left_out"]["ids"].toArray(), (QJsonArray{"10"}));
        QCOMPARE(kinds["says-wrong"]["left_out"]["ids"].toArray(), (QJsonArray{"11"}));
        QCOMPARE(kinds["other-truth"]["left_out"]["ids"].toArray(), (QJsonArray{"12", "13"}));
        QCOMPARE(said["wrong"].toInt(), 2);
        QVERIFY2(imported.err.contains("1 record says that its answer is right, and its truth says it is not (id 10): left out"), imported.err.constData());
        QCOMPARE(stored_ids(), (std::set<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "16"}));

        // The set knows what its making left out, and nothing of it is in there.
        const CliResult info = cli_.run({"reference", "info", cli_.path("store")});
        QCOMPARE(info.code, 0);
        QVERIFY2(info.out.contains("contradictory: 2 records have the picture and the question of another record, and another truth (ids 12, 13): left out"), info.out.constData());
        // The file itself holds them.
        const CliResult file = cli_.run({"reference", "info", cli_.path("doubtful.json"), "--json"});
        QCOMPARE(file.code, 3);
        QCOMPARE(QJsonDocument::fromJson(file.out)["contradictory"]["says-right"]["in_the_set"]["ids"].toArray(), (QJsonArray{"10"}));

        const CliResult kept = import("doubtful.json", {"--keep-contradictory"});
        QCOMPARE(kept.code, 3);
        QVERIFY2(kept.err.contains("(ids 12, 13): in the set"), kept.err.constData());
        QVERIFY(stored_ids().count("10") == 1 && stored_ids().count("12") == 1 && stored_ids().count("11") == 0);
        const CliResult marked = cli_.run({"reference", "info", cli_.path("store"), "--json"});
        QCOMPARE(marked.code, 3);
        QCOMPARE(QJsonDocument::fromJson(marked.out)["contradictory"]["says-right"]["in_the_set"]["ids"].toArray(), (QJsonArray{"10"}));

        // An evaluation that is given the file says so too.
        write("one.json", {QJsonObject{{"id", "x"}, {"question", "what"}, {"image_path", "copy.png"}, {"ground_truth", "no"}}});
        const CliResult run = cli_.run({"evaluate", "--model", cli_.model(), "--eval", cli_.path("one.json"), "--reference", cli_.path("doubtful.json"), "--methods", "kernel-regression",
                                        "--num-neighbors", "3", "--no-controls", "--no-session"});
        QVERIFY2(run.code == 0 && run.err.contains("(id 10): left out"), run.err.constData());
    }

    /// By their letter: exported and imported again they were left out as contradictory.
    void recordsThatAreRightByTheirLetterComeBack() {
        QJsonArray records = good_records();
        for (const auto& [id, answer, truth] : {std::tuple(16, "B", "cat"), std::tuple(17, "(a) dog", "A"), std::tuple(18, "dog", "dog")}) {
            QJsonObject one = record(id, id - 8, "which", answer, truth, true);
            one["options"] = QJsonArray{"dog", "cat"};
            records.append(one);
        }
        write("letters.json", records);
        QCOMPARE(import("letters.json").code, 0);
        const std::set<std::string> ids = stored_ids();
        QCOMPARE(ids.size(), std::size_t{11});
        for (int round = 0; round < 2; ++round) {
            QCOMPARE(cli_.run({"reference", "export", cli_.path("store"), "-o", cli_.path("again.json"), "--extended"}).code, 0);
            QCOMPARE(cli_.run({"reference", "info", cli_.path("again.json")}).code, 0);
            const CliResult again = import("again.json");
            QVERIFY2(again.code == 0, (again.out + again.err).constData());
            QVERIFY(stored_ids() == ids);
        }
        QCOMPARE(cli_.run({"reference", "export", cli_.path("store"), "-o", cli_.path("again.json")}).code, 0);
        const CliResult published = import("again.json");  // the published keys have no options: said, not passed over
        QVERIFY2(published.code == 3 && published.err.contains("16"), published.err.constData());
    }

    void nothingButContradictionsIsAnError() {
        write("none.json", {record(1, 0, "is there a circle", "zebra", "no", true), record(2, 1, "is there a circle", "cow", "no", true)});
        const CliResult imported = import("none.json");
        QCOMPARE(imported.code, 2);
        QVERIFY2(imported.err.contains("2 contradictory ones"), imported.err.constData());
    }

    void samplesThatAreReferencesAreSaidEverywhere() {
        write("clean.json", good_records());
        QCOMPARE(import("clean.json").code, 0);
        copy_picture(0, "other name.png");
        const auto sample = [](const char* id, const QString& picture, const char* question) {
            return QJsonObject{{"id", id}, {"question", question}, {"image_path", picture}, {"ground_truth", "yes"}};
        };
        const auto picture = [this](int of) { return "world/" + written_[of].toObject()["image_path"].toString(); };
        write("eval.json", {sample("by-content", "other name.png", "Is there a circle?"), sample("by-name", picture(1), "is there  a circle"),
                            sample("other-question", picture(2), "is there a square"), sample("other-picture", picture(9), "is there a circle")});
        for (const QString& set : {cli_.path("store"), cli_.path("clean.json")}) {  // a file as an evaluation opens it
            const CliResult info = cli_.run({"reference", "info", set, "--eval", cli_.path("eval.json"), "--json"});
            QVERIFY2(info.code == 0, info.err.constData());
            const QJsonDocument json = QJsonDocument::fromJson(info.out);
            QCOMPARE(json["shared_samples"].toInt(), 2);
            QCOMPARE(json["leaked"].toArray(), (QJsonArray{"0", "1"}));
            QCOMPARE(json["shared"][0]["sample"].toString() + " " + json["shared"][0]["found_by"].toString(), QString("by-content picture content"));
        }
        const QString said = "2 of 4 samples are references too (eval: by-content, by-name); none is its own neighbour";
        const QStringList run{"evaluate", "--model", cli_.model(), "--eval", cli_.path("eval.json"), "--reference", cli_.path("store"), "--methods", "kernel-regression",
                              "--num-neighbors", "3", "--no-controls", "--session", cli_.path("s.sqlite")};
        const CliResult text = cli_.run(run);
        QVERIFY2(text.code == 0 && text.err.contains(said.toUtf8()) && text.out.contains(said.toUtf8()), text.err.constData());
        const CliResult json = cli_.run(run + QStringList{"--json"});
        QCOMPARE(QJsonDocument::fromJson(json.out)["provenance"]["reference_samples"]["count"].toInt(), 2);

        const CliResult exported = cli_.run({"export", cli_.path("s.sqlite"), "--out", cli_.path("out")});
        QVERIFY2(exported.code == 0 && exported.err.contains("2 are references too (by-content, by-name), none its own neighbour"), exported.err.constData());
        const auto whole = [this](const QString& name) {
            QFile file(cli_.path("out/" + name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QVERIFY(whole("accuracy.csv").contains("eval,0,4,"));
        QCOMPARE(whole("accuracy.csv").split('\n')[1].split(',').last(), QByteArray("2"));
        QCOMPARE(QJsonDocument::fromJson(whole("results.json"))["runs"][0]["sets"][0]["reference_samples"]["count"].toInt(), 2);
        QVERIFY(whole("table.tex").contains("2 are references too"));
        const CliResult figure = cli_.run({"figure", "accuracy-per-step", "--session", cli_.path("s.sqlite"), "--out", cli_.path("f.svg")});
        QVERIFY2(figure.code == 0 && figure.err.contains("2 are references too"), figure.err.constData());
    }

    void noneIsSaidAsNone() {
        const CliResult run = cli_.run({"evaluate", "--model", cli_.model(), "--eval", "G-dim", "--samples", "4", "--reference", cli_.path("store"), "--methods", "kernel-regression",
                                        "--num-neighbors", "3", "--no-controls", "--session", cli_.path("none.sqlite")});
        QVERIFY2(run.code == 0 && run.out.contains("none of 4 samples is a reference"), run.err.constData());
        const CliResult exported = cli_.run({"export", cli_.path("none.sqlite"), "--out", cli_.path("none")});
        QVERIFY2(exported.code == 0 && !exported.err.contains("references too"), exported.err.constData());
    }

    /// Made from the start, or of a set that is there; asked for where there is none; carried by the extended file, and back.
    void refinedSetsAreMadeNamedAndCarried() {
        const QStringList rate = {"--model", cli_.model(), "--initial-lr", "2"};
        const CliResult refined = cli_.run(QStringList{"reference", "refine", "bundled", "--samples", "80", "-o", cli_.path("refined"), "--json"} + rate);
        QVERIFY2(refined.code == 0, refined.err.constData());
        const QJsonDocument said = QJsonDocument::fromJson(refined.out);
        QVERIFY(said["refined"]["mended"].toInt() > 0 && said["refined"]["right_after"].toInt() > said["refined"]["right_before"].toInt());
        QVERIFY(QDir(cli_.path("")).entryList({"refined.descents*"}).isEmpty());
        QVERIFY(cli_.run({"reference", "build", "bundled", "--samples", "80", "-o", cli_.path("base"), "--model", cli_.model()}).code == 0);

        const auto run = [this](const char* set, const QStringList& more) {
            return cli_.run(QStringList{"evaluate", "--model", cli_.model(), "--eval", "G-dim", "--samples", "4", "--reference", cli_.path(set), "--no-controls", "--no-session", "--json"} + more);
        };
        QCOMPARE(run("refined", {"--methods", "kernel-regression", "--reference-routing", "refined", "--mixing", "none"}).code, 0);
        QCOMPARE(run("refined", {"--methods", "ngd", "--keep", "refined-right", "--num-steps", "2"}).code, 0);
        const CliResult none = run("base", {"--methods", "mode-finding", "--reference-routing", "refined"});
        QVERIFY2(none.code == 2 && none.err.contains("--reference-routing: found refined") && none.err.contains("reference refine"), none.err.constData());
        const CliResult keep = run("base", {"--methods", "ngd", "--keep", "refined-right"});
        QVERIFY2(keep.code == 2 && keep.err.contains("--keep: found refined-right"), keep.err.constData());
        const CliResult mixers = run("refined", {"--methods", "kernel-regression", "--reference-routing", "refined", "--granularity", "per-mixer"});
        QVERIFY2(mixers.code == 2 && mixers.err.contains("per-mixer"), mixers.err.constData());

        // A file in the extended form says the same of them: info of one is info of the other.
        QCOMPARE(cli_.run({"reference", "export", cli_.path("refined"), "-o", cli_.path("refined.json"), "--extended"}).code, 0);
        const CliResult store = cli_.run({"reference", "info", cli_.path("refined"), "--json"}), file = cli_.run({"reference", "info", cli_.path("refined.json"), "--json"});
        QVERIFY2(store.code == 0 && file.code == 0, (store.err + file.err).constData());
        QCOMPARE(QJsonDocument::fromJson(file.out)["refined"].toObject(), QJsonDocument::fromJson(store.out)["refined"].toObject());
        QCOMPARE(QJsonDocument::fromJson(store.out)["refined"]["right_after"].toInt(), said["refined"]["right_after"].toInt());
    }

    /// From a data set with pictures, into a file, and imported again: what was refined is.
    void refinedRoutingsAreImported() {
        QVERIFY(cli_.run({"reference", "build", cli_.path("world/" + QDir(cli_.path("world")).entryList({"*.json"}).value(0)), "--refine", "-o", cli_.path("own"), "--model", cli_.model()}).code == 0);
        QCOMPARE(cli_.run({"reference", "export", cli_.path("own"), "-o", cli_.path("world/own.json"), "--extended"}).code, 0);
        const CliResult imported = import("world/own.json");
        QVERIFY2(imported.code == 0, imported.err.constData());
        const auto a = ReferenceStore::load(cli_.path("own").toStdString()), b = ReferenceStore::load(cli_.path("store").toStdString());
        QVERIFY(a.ok() && b.ok() && a->is_refined());
        QCOMPARE(b->size(), a->size());
        for (std::size_t i = 0; i < a->size(); ++i) {
            QVERIFY(b->records()[i].refined == a->records()[i].refined);
            QCOMPARE(b->records()[i].is_correct, a->records()[i].is_correct);
        }
    }

    /// Killed while it descends: the same command goes on, to the same bytes.
    void aKilledRefinementGoesOn() {
        const auto refine = [this](const char* out) {
            return QStringList{"reference", "refine", "bundled", "--samples", "400", "-o", cli_.path(out), "--model", cli_.model(), "--initial-lr", "2", "--threads", "1", "--quiet"};
        };
        QProcess process;
        cli_.set_up(process);
        process.setArguments(refine("cut"));
        process.start();
        const QString log = cli_.path("cut.descents.sqlite-wal");
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(log).size() > 200'000 || process.state() == QProcess::NotRunning, kPatience);
        process.kill();
        QVERIFY(process.waitForFinished(kPatience));
        QVERIFY(!QFile::exists(cli_.path("cut/records.json")));
        QCOMPARE(cli_.run(refine("cut")).code, 0);
        QCOMPARE(cli_.run(refine("whole")).code, 0);
        const QStringList files = QDir(cli_.path("whole")).entryList(QDir::Files);
        QCOMPARE(files.size(), 2);
        for (const QString& name : files) {
            QFile one(cli_.path("whole/" + name)), other(cli_.path("cut/" + name));
            QVERIFY(one.open(QIODevice::ReadOnly) && other.open(QIODevice::ReadOnly));
            QVERIFY(one.readAll() == other.readAll());
        }
    }

    /// The data set is edited after the reference set was built of it: whatever a loss or an answer depends on is refused by name.
    void anEditedDataSetIsRefused() {
        QDir().mkpath(cli_.path("edited"));
        QJsonArray records;
        for (const auto& each : written_) {
            QJsonObject one = each.toObject();
            one["image_path"] = "../world/" + one["image_path"].toString();
            records.append(one);
        }
        write("edited/set.json", records);
        QCOMPARE(cli_.run({"reference", "build", cli_.path("edited/set.json"), "-o", cli_.path("edited/ref"), "--model", cli_.model()}).code, 0);
        const auto store = ReferenceStore::load(cli_.path("edited/ref").toStdString());
        QVERIFY(store.ok());
        QCOMPARE(store->with_asked(), store->size());
        const int of = QString::fromStdString(store->records().front().id).toInt();
        const QString all = QString::number(store->size());
        const auto run = [this, all] {
            return cli_.run({"evaluate", "--model", cli_.model(), "--eval", "G-dim", "--samples", "1", "--reference", cli_.path("edited/ref"), "--methods", "ngd", "--num-neighbors", all,
                             "--num-steps", "1", "--no-controls", "--no-session", "--max-errors", "0"});
        };
        QCOMPARE(run().code, 0);
        const auto edited = [&](const char* key, const QJsonValue& value) {
            QJsonArray changed = records;
            for (int i = 0; i < changed.size(); ++i) {
                QJsonObject one = changed[i].toObject();
                if (one["id"].toVariant().toInt() == of) {
                    one[key] = value;
                    changed[i] = one;
                }
            }
            write("edited/set.json", changed);
            const CliResult result = run();
            write("edited/set.json", records);
            return result;
        };
        const std::pair<const char*, QJsonValue> changes[] = {{"ground_truth", "zebra"}, {"question", "is there a zebra"}, {"instruction", "Answer with a number."},
                                                              {"options", QJsonArray{"a", "b"}}, {"facts", QJsonValue::Null}};
        const QByteArray named[] = {"ground truth", "question", "instruction", "options", "facts"};
        for (std::size_t i = 0; i < std::size(changes); ++i) {
            const CliResult result = edited(changes[i].first, changes[i].second);
            QVERIFY2(result.code != 0 && (result.err + result.out).contains(named[i] + ": found"), (named[i] + "\n" + result.out + result.err).constData());
            QVERIFY2((result.err + result.out).contains("the file was edited since"), result.err.constData());
        }
        QCOMPARE(run().code, 0);
        const CliResult info = cli_.run({"reference", "info", cli_.path("edited/ref")});
        QVERIFY2(info.out.contains("every record says which it was asked with"), info.out.constData());
    }

    /// Exported in the extended form and imported again: the same set, tags, routings per mixer, facts.
    void anExtendedFileIsImportedWhole() {
        QCOMPARE(cli_.run({"reference", "build", cli_.path("world/" + QDir(cli_.path("world")).entryList({"*.json"}).value(0)), "-o", cli_.path("whole set"), "--model", cli_.model()}).code, 0);
        QCOMPARE(cli_.run({"reference", "export", cli_.path("whole set"), "-o", cli_.path("world/whole.json"), "--extended"}).code, 0);
        const CliResult imported = import("world/whole.json");
        QVERIFY2(imported.code == 0, (imported.out + imported.err).constData());
        const auto a = ReferenceStore::load(cli_.path("whole set").toStdString()), b = ReferenceStore::load(cli_.path("store").toStdString());
        QVERIFY(a.ok() && b.ok());
        QCOMPARE(b->size(), a->size());
        QVERIFY(b->embeddings() == a->embeddings());
        for (std::size_t i = 0; i < a->size(); ++i) {
            const ReferenceRecord &one = a->records()[i], &other = b->records()[i];
            QVERIFY(one.set == other.set && one.tags == other.tags && one.routing_per_mixer == other.routing_per_mixer && one.pixels_hash == other.pixels_hash);
            QVERIFY(!one.tags.empty() && !one.routing_per_mixer.empty() && one.asked && other.asked);
            QVERIFY(one.asked->facts == other.asked->facts && one.asked->instruction == other.asked->instruction && !one.asked->facts.empty());
        }
        // Without its facts the records are named.
        QFile file(cli_.path("world/whole.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonArray records = QJsonDocument::fromJson(file.readAll()).array();
        QJsonObject first = records[0].toObject();
        first.remove("facts");
        records[0] = first;
        write("world/without.json", records);
        const CliResult without = import("world/without.json");
        QVERIFY2(without.code == 3 && without.err.contains("1 records have other facts"), without.err.constData());
    }

    /// A set that is there is not replaced unasked; a folder that another program fills is refused; parameters that nobody looks at too.
    void anotherSetIsNotReplacedUnasked() {
        const QStringList build = {"reference", "build", "bundled", "--samples", "12", "-o", cli_.path("mine"), "--model", cli_.model(), "--quiet"};
        QCOMPARE(cli_.run(build).code, 0);
        const CliResult again = cli_.run(build);
        QVERIFY2(again.code == 2 && again.err.contains("--out: found a reference set that is there already") && again.err.contains("--force"), again.err.constData());
        QCOMPARE(cli_.run(build + QStringList{"--force"}).code, 0);
        const CliResult refined = cli_.run({"reference", "refine", "bundled", "--samples", "12", "-o", cli_.path("mine"), "--model", cli_.model()});
        QVERIFY2(refined.code == 2 && refined.err.contains("--force"), refined.err.constData());
        const CliResult self = cli_.run({"reference", "refine", cli_.path("mine"), "-o", cli_.path("mine"), "--force", "--model", cli_.model()});
        QVERIFY2(self.code == 2 && self.err.contains("what the command reads"), self.err.constData());

        QVERIFY(QDir().mkpath(cli_.path("claimed")));
        {
            const auto claim = FolderClaim::take(cli_.path("claimed").toStdString());
            QVERIFY(claim.ok());
            const CliResult second = cli_.run({"reference", "build", "bundled", "--samples", "12", "-o", cli_.path("claimed"), "--model", cli_.model()});
            QVERIFY2(second.code == 1 && second.err.contains("another program is writing into this folder"), second.err.constData());
        }
        const CliResult failed = cli_.run({"reference", "build", cli_.path("no.json"), "-o", cli_.path("new/set"), "--model", cli_.model()});
        QVERIFY(failed.code != 0 && !QFile::exists(cli_.path("new")));

        const CliResult mixers = cli_.run({"reference", "refine", "bundled", "-o", cli_.path("r"), "--granularity", "per-mixer", "--model", cli_.model()});
        QVERIFY2(mixers.code == 2 && mixers.err.contains("--granularity") && mixers.err.contains("--per-mixer"), mixers.err.constData());
        for (const char* option : {"--samples", "--seed"}) {
            const CliResult unread = cli_.run({"reference", "refine", cli_.path("mine"), "-o", cli_.path("r"), option, "7", "--model", cli_.model()});
            QVERIFY2(unread.code == 2 && unread.err.contains(option), unread.err.constData());
        }
    }

    /// A folder and a file whose names are no UTF-8: built, opened again, evaluated, resumed.
    void namesThatAreNoUtf8() {
        const auto shell = [this](const QString& line) {
            QProcess process;
            cli_.set_up(process);
            QProcessEnvironment environment = process.processEnvironment();
            environment.insert("R2T2", CliRunner::program());
            process.setProcessEnvironment(environment);
            process.setProgram("/bin/bash");
            process.setArguments({"-c", line});
            process.start();
            CliResult result;
            result.code = process.waitForFinished(kPatience) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
            result.out = process.readAllStandardOutput();
            result.err = process.readAllStandardError();
            return result;
        };
        const QString list = QDir(cli_.path("world")).entryList({"*.json"}).value(0);
        QVERIFY(shell("mkdir latin && cp -r world latin/$'d\\351' && cp latin/$'d\\351'/" + list + " latin/$'d\\351'/$'s\\351t.json' && cp -r model latin/$'m\\351'").code == 0);
        const CliResult built = shell("$R2T2 reference build latin/$'d\\351'/$'s\\351t.json' -o latin/$'r\\351f' --model latin/$'m\\351'");
        QVERIFY2(built.code == 0, built.err.constData());
        const QString set = "latin/$'d\\351'/$'s\\351t.json'";
        const CliResult run = shell("$R2T2 evaluate --eval " + set + " --reference latin/$'r\\351f' --model latin/$'m\\351' --methods ngd --num-steps 1 --no-controls --session latin/s.sqlite");
        QVERIFY2(run.code == 0, run.err.constData());
        const CliResult resumed = shell("$R2T2 evaluate --resume --session latin/s.sqlite");
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QVERIFY2(shell("$R2T2 export latin/s.sqlite --out latin/x").code == 0, "export");
        const CliResult inside = shell("cd latin/$'d\\351' && $R2T2 evaluate --eval G-dim --samples 1 --methods base --no-controls --session s.sqlite --reference-samples 12 --model ../../model");
        QVERIFY2(inside.code == 0, inside.err.constData());
    }

    /// A key that nobody reads, and is close to one that is: said once a file.
    void aMisspeltKeyIsNamedOnce() {
        QJsonArray records;
        for (const auto& each : written_) {
            QJsonObject one = each.toObject();
            one["instructions"] = one.take("instruction");
            records.append(one);
        }
        write("world/misspelt.json", records);
        const CliResult run = cli_.run({"evaluate", "--model", cli_.model(), "--eval", cli_.path("world/misspelt.json"), "--methods", "base", "--no-controls", "--no-session", "--reference-samples", "12"});
        QVERIFY2(run.code == 0 && run.err.count("nobody reads \"instructions\" (in 12 records); is \"instruction\" meant?") == 1, run.err.constData());
    }

    /// A bundled set beside a bundled reference set of the same split and seed.
    void aBundledSetByName() {
        const CliResult info = cli_.run({"reference", "info", cli_.path("store"), "--eval", "G-dim", "--json"});
        QVERIFY2(info.code == 0, info.err.constData());
        QCOMPARE(QJsonDocument::fromJson(info.out)["evaluation_samples"].toInt(), 200);
        const CliResult unknown = cli_.run({"reference", "info", cli_.path("store"), "--eval", "G-dimm"});
        QVERIFY2(unknown.code == 2 && unknown.err.contains("the nearest is G-dim"), unknown.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestAppReference)
#include "test_app_reference.moc"
