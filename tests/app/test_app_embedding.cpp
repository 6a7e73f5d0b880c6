// --embedding: a reference set keeps to the embedder it was built with.
#include "core/reference/reference_store.h"
#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppEmbedding : public QObject {
    Q_OBJECT

    CliRunner cli_;
    const QString encoder_ = QStringLiteral(R2T2_TEST_DATA "/bert/tiny");

    [[nodiscard]] CliResult evaluate(const QStringList& more) const {
        return cli_.run(QStringList{"evaluate", "--model", cli_.model(), "--eval", "G-dim", "--samples", "3", "--methods", "ngd",
                                    "--no-controls", "--no-session", "--quiet", "--reference", cli_.path("store")} + more);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }

    void aSetOfASentenceEncoder() {
        const CliResult built = cli_.run({"reference", "build", "bundled", "-o", cli_.path("store"), "--samples", "80", "--model",
                                          cli_.model(), "--embedding", encoder_});
        QVERIFY2(built.code == 0, built.err.constData());
        const auto store = ReferenceStore::load(cli_.path("store").toStdString());
        QVERIFY(store.ok());
        QVERIFY(store->origin().notes.at("question_embedding").ends_with(", 12 numbers"));
        QCOMPARE(store->embedding_space().parts()[0].mean.size(), std::size_t(12));
        // Stated or not, the same encoder embeds the queries.
        QCOMPARE(evaluate({}).code, 0);
        QCOMPARE(evaluate({"--embedding", encoder_}).code, 0);
    }

    void anotherEmbedderIsRefused() {
        const CliResult refused = evaluate({"--embedding", "model"});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("question embeddings: found sentence encoder"), refused.err.constData());
        const CliResult missing = evaluate({"--embedding", "/nowhere/encoder"});
        QCOMPARE(missing.code, 2);
        QVERIFY2(missing.err.contains("--embedding"), missing.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestAppEmbedding)
#include "test_app_embedding.moc"
