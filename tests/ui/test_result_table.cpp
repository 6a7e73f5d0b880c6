// The result table of a benchmark: what is left out of its number, and what its published pattern says.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "tests/support/patience.h"
#include "ui/models/result_models.h"
#include "ui/models/session_results.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestResultTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Case mme-lost-question: one picture of "count" has a single question.
    void incompleteGroupsAndPatterns() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("session.sqlite"));
        std::filesystem::copy_file(R2T2_TEST_DATA "/cases/mme-lost-question/session.sqlite", path.toStdString());
        JobRunner jobs;
        SessionResults results(jobs);
        const ResultTableModel model(results);
        results.open(path);
        QTRY_VERIFY_WITH_TIMEOUT(model.rowCount() == 1, kPatience);
        const QModelIndex cell = model.index(0, 1);
        QCOMPARE(cell.data().toString(), QStringLiteral("400.0 *"));
        const QString words = cell.data(Qt::ToolTipRole).toString();
        for (const char* part : {"MME-P 400.00 of 400 points (9), 1 incomplete group left out", "count acc+ 100.00 % (1), 1 incomplete group left out",
                                 "by MME's first four characters: MME-P 400.00"}) {
            QVERIFY2(words.contains(QString::fromUtf8(part)), qPrintable(words));
        }
        QCOMPARE(model.index(0, 2).data().toString().contains(QLatin1Char('*')), false);  // all sets together: a percentage of answers
    }
};

QTEST_MAIN(TestResultTable)
#include "test_result_table.moc"
