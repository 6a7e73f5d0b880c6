// Bad input at the command line: exit code 2 and a message that names file, field, found and allowed.
#include <QFile>

#include "core/miniature/sample.h"
#include "core/vision/load_image.h"
#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppErrors : public QObject {
    Q_OBJECT

private:
    CliRunner cli_;

    [[nodiscard]] bool write(const QString& name, const QByteArray& content) const {
        QFile file(cli_.path(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    }
    /// A checkpoint directory with the bundled model's files, one of them changed.
    [[nodiscard]] QString broken_model(const QString& name, const QString& file, const QByteArray& content) const {
        QDir().mkpath(cli_.path(name));
        for (const char* each : {"config.json", "model.safetensors", "tokenizer.model"}) {
            QFile::copy(cli_.model() + "/" + each, cli_.path(name) + "/" + each);
        }
        QFile::remove(cli_.path(name) + "/" + file);
        QFile out(cli_.path(name) + "/" + file);
        return out.open(QIODevice::WriteOnly) && out.write(content) == content.size() ? cli_.path(name) : QString();
    }
    void expect(const QStringList& call, const QStringList& words, int code = 2) const {
        const CliResult result = cli_.run(call);
        QVERIFY2(result.code == code, qPrintable(QString("%1: %2").arg(result.code).arg(QString(result.err))));
        for (const QString& word : words) {
            QVERIFY2(result.err.contains(word.toUtf8()), qPrintable(word + " is not in: " + QString(result.err)));
        }
        if (code == 2) {
            QVERIFY2(result.out.isEmpty(), result.out.constData());
        }
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const auto sample = make_sample(default_world(), "test", 1, 0);
        QVERIFY(sample.ok());
        QVERIFY(save_png(cli_.path("good.png").toStdString(), sample->image).ok());
    }

    void usage() {
        expect({"juggle"}, {});
        expect({}, {});
        expect({"evaluate"}, {"--eval"});
        expect({"evaluate", "--eval", "G-dim", "--no-such-option"}, {"--no-such-option"});
    }

    void options_out_of_range_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QStringList>("words");
        const auto row = [](const char* name, QStringList options, QStringList words) {
            QTest::newRow(name) << options << words;
        };
        row("zero steps", {"--num-steps", "0"}, {"--num-steps", "found 0", "allowed"});
        row("negative rate", {"--initial-lr", "-0.5"}, {"lr", "-0.5", "allowed"});
        row("negative k", {"--num-neighbors", "-3"}, {"--num-neighbors", "-3", "allowed"});
        row("k too large", {"-k", "100000"}, {"--num-neighbors", "100000", "size of the reference set"});
        row("mode", {"--mode", "sideways"}, {"--mode", "sideways", "offset"});
        row("kernel", {"--kernel", "round"}, {"--kernel", "round", "gaussian"});
        row("method", {"--methods", "magic"}, {"--methods", "magic", "ngd"});
        row("threads", {"--threads", "-1"}, {"--threads", "-1"});
        for (const char* option : {"--shard", "--device", "--reference", "--report", "--session", "--split", "-k", "--precision", "--embedding", "--methods", "--sweep"}) {
            row(option, {option, ""}, {option == QByteArray("-k") ? "--num-neighbors" : option, "found \"\""});
        }
        row("k beyond 64 bits", {"-k", "99999999999999999999"}, {"--num-neighbors", "99999999999999999999"});
        row("seed beyond 64 bits", {"--seed", "18446744073709551616"}, {"--seed", "18446744073709551616"});
        row("samples beyond 64 bits", {"--threads", "-9223372036854775809"}, {"--threads", "-9223372036854775809"});
        row("rate beyond a double", {"--initial-lr", "1e999"}, {"--initial-lr", "1e999"});
        row("a ball and a number", {"-k", "3", "--epsilon", "0.5"}, {"--epsilon", "together with --num-neighbors"});
        row("a ball and numbers", {"--sweep", "k=3,5", "--epsilon", "0.5"}, {"--epsilon", "together with --sweep"});
        row("limit without a benchmark", {"--limit", "5"}, {"--limit", "without --data"});
        row("direct answers without a benchmark", {"--direct-answers"}, {"--direct-answers", "without --data"});
        row("parity without a benchmark", {"--moai-parity"}, {"--moai-parity", "without --data"});
        row("resume", {"--resume"}, {"--resume", "--session"});
        row("a number with a letter", {"--num-steps", "3x"}, {"--num-steps: found 3x", "allowed: a whole number"});
        row("a word for a number", {"--threads", "two"}, {"--threads: found two", "allowed: a whole number"});
        row("half a number", {"-k", "2.5"}, {"--num-neighbors: found 2.5", "allowed: a whole number"});
        row("hexadecimal", {"--num-steps", "0x10"}, {"--num-steps: found 0x10", "decimal"});
        row("octal", {"-k", "010"}, {"--num-neighbors: found 010", "decimal"});
        row("hexadecimal rate", {"--initial-lr", "0x1p-3"}, {"--initial-lr: found 0x1p-3", "decimal"});
        row("a rate with a comma", {"--initial-lr", "0,01"}, {"--initial-lr: found 0,01", "allowed: a number"});
        row("a precision", {"--precision", "fp63"}, {"--precision", "fp63", "fp64"});
    }
    void options_out_of_range() {
        QFETCH(QStringList, options);
        QFETCH(QStringList, words);
        expect(cli_.evaluate({"--eval", "G-dim", "--samples", "3"}) + options, words);
    }

    /// Options of bundled sets and of benchmarks say that they do nothing for a file.
    void optionsThatAFileDoesNotKnow() {
        QVERIFY(write("one.json", R"([{"image_path": "good.png", "question": "what is it?", "ground_truth": "x"}])"));
        const QStringList file = cli_.evaluate({"--eval", cli_.path("one.json"), "--methods", "base", "--no-controls", "--no-session"});
        expect(file + QStringList{"--split", "test"}, {"--split", "data set files only"});
        expect(file + QStringList{"--samples", "3"}, {"--samples", "data set files only"});
        expect(file + QStringList{"--limit", "3"}, {"--limit", "without --data"});
        expect({"reference", "build", cli_.path("one.json"), "-o", cli_.path("store"), "--limit", "3"}, {"--limit", "without --from"});
        expect({"reference", "build", "bundled", "-o", cli_.path("store"), "--split", "train"}, {"--split", "without --from"});
    }

    /// A slip in a set's name is no misuse of --samples: what is there, and what is nearest.
    void setsThatAreNone() {
        expect({"evaluate", "--eval", "g-noise", "--samples", "5"}, {"--eval: found \"g-noise\", neither a file nor a bundled set", "G-dim", "the nearest is G-noise"});
        expect({"evaluate", "--eval", "G-nois", "--samples", "5"}, {"neither a file nor a bundled set", "the nearest is G-noise"});
        expect({"evaluate", "--eval", "G-dim,nothere.json", "--samples", "5"}, {"\"nothere.json\", neither a file nor a bundled set", "G-noise"});
        expect({"evaluate", "--eval", "G-noise", "--split", "validation", "--eval", "zzz"}, {"\"zzz\"", "split validation"});
        for (const char* folder : {"/", ".", "model"}) {
            expect({"evaluate", "--eval", folder, "--samples", "5"}, {QString("found \"%1\", a folder").arg(folder), "--data FOLDER"});
        }
        expect({"miniature", "report", "--eval", "k-noise", cli_.model()}, {"neither a file nor a bundled set", "K-noise"});
    }

    /// What contradicts itself, or is not looked at, is not taken without a word.
    void figuresThatContradictThemselves() {
        const QString session = cli_.path("f.r2t2");
        QCOMPARE(cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "2", "--methods", "base,ngd", "--no-controls", "--session", session})).code, 0);
        expect({"figure", "weight-change", "--session", session, "--out", "f.svg", "--format", "pdf"}, {"--format: found pdf", "ends in .svg"});
        expect({"figure", "published-transitions", "--session", "nothere.db", "--out", "p.svg"}, {"--session", "figures that need no session only"});
        expect({"figure", "published-transitions", "--run", "3", "--out", "p.svg"}, {"--run", "figures that need no session only"});
        expect({"figure", "published-ablations", "--axes", "k", "--out", "p.svg"}, {"--axes", "figures that need no session only"});
        expect({"figure", "radar", "weight-change", "--session", session, "--out", "f.svg"}, {"--out: found f.svg", "a folder, or one figure"});
        expect({"figure", "--all", "--session", session, "--out", "f.pdf"}, {"--out: found f.pdf"});
        QVERIFY(!QFile::exists(cli_.path("f.svg")) && !QFile::exists(cli_.path("f.pdf")) && !QFile::exists(cli_.path("p.svg")));
        const CliResult twice = cli_.run({"figure", "published-transitions", "published-transitions", "--out", "twice.svg"});
        QVERIFY2(twice.code == 0 && twice.err.contains("named twice") && QFileInfo(cli_.path("twice.svg")).isFile(), twice.err.constData());
        (void)cli_.run({"figure", "radar", "radar", "--session", session, "--out", "radar.svg"});  // one set has none
        QVERIFY(!QFileInfo(cli_.path("radar.svg")).isDir());
        (void)cli_.run({"figure", "nofigure", "radarr", "--session", session, "--out", "nofolder"});
        QVERIFY(!QFile::exists(cli_.path("nofolder")));
        const CliResult font = cli_.run({"figure", "published-transitions", "--out", "font.svg", "--font", "no such font", "--quiet"});
        QVERIFY2(font.code == 0 && font.err.contains("no family \"no such font\"") && font.err.contains("letters are of "), font.err.constData());
        // Boxes: of a font as Wingdings is, whose symbols stand in the place of letters. Letters of another family, unsaid: of a font of icons.
        QVERIFY(QDir().mkpath(cli_.path("data/fonts")));
        for (const auto& [file, family] : {std::pair{"symbols.ttf", "R2T2 Symbols"}, std::pair{"pictures.ttf", "R2T2 Pictures"}}) {
            QVERIFY(QFile::copy(QStringLiteral(R2T2_SOURCE_DIR "/tests/data/fonts/") + file, cli_.path("data/fonts/") + file));
            for (const char* suffix : {"svg", "pdf", "png"}) {
                const CliResult symbols = cli_.run({"figure", "published-transitions", "--out", QStringLiteral("symbols.") + suffix, "--font", family});
                QVERIFY2(symbols.code == 2 && symbols.err.contains("--font") && symbols.err.contains(family) && symbols.err.contains("without Latin letters"), symbols.err.constData());
                QVERIFY(!QFile::exists(cli_.path(QStringLiteral("symbols.") + suffix)));
                const QByteArray named = symbols.err.mid(symbols.err.indexOf("digits: ") + 8).split(',').value(0);  // what is named works
                const CliResult other = cli_.run({"figure", "published-transitions", "--out", QStringLiteral("other.") + suffix, "--font", QString::fromUtf8(named), "--quiet"});
                QVERIFY2(other.code == 0 && other.err.isEmpty(), (named + other.err).constData());
            }
            QCOMPARE(cli_.run({"figure", "published-transitions", "--out", "numbers.csv", "--font", family}).code, 0);  // no letters are drawn
        }
    }
    void sweptAndTyped() {
        const CliResult swept = cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "2", "--no-controls", "--no-session", "--methods", "ngd", "--num-steps", "1", "--sweep", "k=3,5", "-k", "7"}));
        QVERIFY2(swept.code == 0 && swept.err.contains("--num-neighbors is not looked at: --sweep"), swept.err.constData());
        const CliResult rate = cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "2", "--no-controls", "--no-session", "--methods", "ngd", "--num-steps", "1", "--sweep", "lr=0.1,0.2", "--initial-lr", "0.3"}));
        QVERIFY2(rate.code == 0 && rate.err.contains("--initial-lr is not looked at"), rate.err.constData());
        QVERIFY(cli_.run({"evaluate", "--help"}).out.contains("fp64"));
    }
    void textsThatAreNone() {
        for (const char* option : {"--question", "--answer", "--instruction"}) {
            QProcess process;
            cli_.set_up(process);
            process.setProgram("/bin/bash");
            process.setArguments({"-c", QString("%1 inspect good.png --question what %2 $'\\xff\\xfe what'").arg(CliRunner::program(), option)});
            process.start();
            QVERIFY(process.waitForFinished(kPatience));
            const QByteArray err = process.readAllStandardError();
            QVERIFY2(process.exitCode() == 2 && err.contains(QByteArray(option) + ": found bytes that are no UTF-8"), err.constData());
        }
    }
    /// Links that lead in a circle are there, and are nothing that can be opened.
    void linksInACircle() {
        QVERIFY(QFile::link("loop.png", cli_.path("loop.png")) && QFile::link("gone.png", cli_.path("dangling.png")));
        expect({"inspect", "loop.png", "--question", "what?"}, {"loop.png: image: found links that lead in a circle"});
        expect({"inspect", "dangling.png", "--question", "what?"}, {"dangling.png: image: found a link to nothing"});
        expect({"reference", "info", "loop.png"}, {"loop.png: reference set: found links that lead in a circle"});
        expect({"evaluate", "--eval", "G-dim", "--model", "loop.png"}, {"loop.png: model directory: found links that lead in a circle"});
        expect({"inspect", QString(300, 'x'), "--question", "what?"}, {"File name too long"});
    }
    void smallReferenceSets() {
        const CliResult built = cli_.run({"reference", "build", "bundled", "--samples", "12", "--out", cli_.path("tiny"), "--model", cli_.model()});
        QVERIFY2(built.code == 0, built.err.constData());
        const CliResult info = cli_.run({"reference", "info", cli_.path("tiny")});
        QVERIFY2(info.code == 0 && !info.out.contains("nan") && info.out.contains("no intra-image correlation"), (info.out + info.err).constData());
    }

    /// A path that is there as a whole is whole.
    void commasInNames() {
        QVERIFY(write("x,y.json", R"([{"image_path": "good.png", "question": "what is it?", "ground_truth": "x"}])"));
        const CliResult result = cli_.run(cli_.evaluate({"--eval", cli_.path("x,y.json") + ",G-dim", "--samples", "2", "--methods", "base", "--no-controls", "--no-session"}));
        QVERIFY2(result.code == 0 && result.out.contains("x,y") && result.out.contains("G-dim"), (result.err + result.out).constData());
        expect(cli_.evaluate({"--eval", cli_.path("x,z.json")}), {"x"});
    }

    /// The header says what was run: small numbers whole, and no one value of what was swept.
    void headers() {
        const QStringList call = cli_.evaluate({"--eval", "G-dim", "--samples", "2", "--no-controls", "--no-session", "--methods", "ngd", "--num-steps", "1"});
        const CliResult small = cli_.run(call + QStringList{"--epsilon", "1e-9", "--bandwidth", "1e-300"});
        QVERIFY2(small.out.contains("epsilon ball 1e-09, kernel gaussian, bandwidth 1e-300"), (small.err + small.out).constData());
        const CliResult swept = cli_.run(call + QStringList{"--sweep", "k=3,5", "-k", "7"});
        QVERIFY2(swept.out.contains("k = (swept)") && !swept.out.contains("k = 7"), (swept.err + swept.out).constData());
        QVERIFY2(swept.out.contains("embedding    of questions: the model's own"), swept.out.constData());
    }

    /// What differs is said before a reference set is built for it.
    void resumingWithAnotherGround() {
        const QStringList run = {"--eval", "G-dim", "--samples", "2", "--methods", "base", "--no-controls", "--session", cli_.path("resumed.sqlite")};
        QCOMPARE(cli_.run(cli_.evaluate(run)).code, 0);
        const QStringList again = QStringList{"evaluate", "--quiet", "--resume", "--session", cli_.path("resumed.sqlite")};
        expect(again + QStringList{"--precision", "bf16"}, {"precision", "bf16", "fp32, as in the run that is resumed"});
        expect(again + QStringList{"--reference-seed", "9"}, {"seed", "found 9", "as in the run that is resumed"});
        expect(cli_.evaluate(run) + QStringList{"--resume", "--seed", "4"}, {"parameters: seed: found 4", "as in the run that is resumed"});
        const QStringList kept = QDir(cli_.path("cache/r2t2/references")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QCOMPARE(kept.filter("bf16").size() + kept.filter("world-9").size(), 0);
        QVERIFY(!kept.isEmpty());
        // The model's own recommendation changed meanwhile: said, and the run's parameters stay.
        QFile recommended(cli_.model() + "/rerouting.json");
        QVERIFY(recommended.open(QIODevice::WriteOnly) && recommended.write("{\"initial_lr\": 0.5}") > 0);
        recommended.close();
        const CliResult said = cli_.run({"evaluate", "--resume", "--session", cli_.path("resumed.sqlite")});
        QVERIFY(recommended.remove());
        QVERIFY2(said.code == 0 && said.err.contains("rerouting.json is not what it was"), said.err.constData());
    }

    void unknown_sets_list_the_known_ones() {
        expect(cli_.evaluate({"--eval", "G-foggy"}), {"G-foggy", "G-dim", "K-noise", "O-small"});
    }

    void models() {
        expect({"evaluate", "--model", cli_.path("nowhere"), "--eval", "G-dim"}, {"nowhere", "config.json"});
        const QString pickle = broken_model("pickle", "model.safetensors", QByteArray("\x80\x02}q\x00.", 6));
        expect({"evaluate", "--model", pickle, "--eval", "G-dim"}, {"model.safetensors", "pickle"});
        const QString config = broken_model("config", "config.json", "{ not json");
        expect({"evaluate", "--model", config, "--eval", "G-dim"}, {"config.json"});
        QFile weights(cli_.model() + "/model.safetensors");
        QVERIFY(weights.open(QIODevice::ReadOnly));
        QByteArray bytes = weights.readAll();
        bytes.replace(bytes.size() - 4, 4, QByteArray("\x00\x00\xc0\x7f", 4));  // float32 NaN
        expect({"evaluate", "--model", broken_model("nan", "model.safetensors", bytes), "--eval", "G-dim"}, {"model.safetensors", "NaN"});
        bytes.truncate(bytes.size() / 2);
        expect({"evaluate", "--model", broken_model("cut", "model.safetensors", bytes), "--eval", "G-dim"}, {"model.safetensors"});
    }

    void data_sets() {
        QVERIFY(write("broken.json", "[{\"question\": "));
        expect(cli_.evaluate({"--eval", "broken.json"}), {"broken.json"});
        QVERIFY(write("foreign.json", "{\"hello\": 1}"));
        expect(cli_.evaluate({"--eval", "foreign.json"}), {"foreign.json", "samples"});
        expect(cli_.evaluate({"--eval", "not-there.json"}), {"not-there.json"});
        expect(cli_.evaluate({"--eval", "G-dim", "--reference", "not-there"}), {"not-there", "--reference"});
        expect(cli_.evaluate({"--eval", "G-dim", "--reference", "broken.json"}), {"broken.json"});
    }

    void questions() {
        const QStringList call{"inspect", cli_.path("good.png"), "--model", cli_.model(), "--question"};
        expect(call + QStringList{""}, {"--question", "empty"});
        expect(call + QStringList{"what is <image> here?"}, {"--question", "<image>"});
        expect({"inspect", cli_.path("none.png"), "--model", cli_.model(), "--question", "what?"}, {"none.png"});
        expect({"inspect", "--model", cli_.model(), "--question", "what?"}, {"image"});
        expect(call + QStringList{"is there a red circle?", "--methods", "oracle", "--reference-samples", "160"}, {"oracle", "--answer"});
    }

    void bad_pictures_are_skipped_and_recorded() {
        QVERIFY(write("truncated.png", [&] {
            QFile file(cli_.path("good.png"));
            return file.open(QIODevice::ReadOnly) ? file.readAll().left(300) : QByteArray();
        }()));
        QVERIFY(write("mixed.json", R"([
            {"id": 0, "question": "is there a red circle?", "image_path": "good.png", "ground_truth": "no"},
            {"id": 1, "question": "is there a red circle?", "image_path": "truncated.png", "ground_truth": "no"},
            {"id": 2, "question": "", "image_path": "good.png", "ground_truth": "no"},
            {"id": 3, "question": "is there a blue star?", "image_path": "missing.png", "ground_truth": "no"},
            {"id": 4, "question": "is there a blue star?", "image_path": "good.png", "ground_truth": "yes"}])"));
        const QStringList call = cli_.evaluate({"--eval", "mixed.json", "--no-session"});
        const CliResult result = cli_.run(call);
        QCOMPARE(result.code, 3);  // numbers of 2 of 5
        QVERIFY2(result.out.contains("mixed: 2 samples, 3 bad"), result.out.constData());
        const CliResult strict = cli_.run(call + QStringList{"--max-errors", "1"});
        QCOMPARE(strict.code, 3);
        QVERIFY(strict.out.contains("--max-errors"));
        const CliResult lenient = cli_.run(call + QStringList{"--max-errors", "3"});
        QCOMPARE(lenient.code, 0);
    }

    void an_empty_ball_is_reported() {
        const CliResult result = cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "3", "--epsilon", "1e-7", "--no-session"}));
        QVERIFY2(result.code == 0, result.err.constData());
        QVERIFY2(result.out.contains("no neighbour in the epsilon ball"), result.out.constData());
    }
};

QTEST_GUILESS_MAIN(TestAppErrors)
#include "test_app_errors.moc"
