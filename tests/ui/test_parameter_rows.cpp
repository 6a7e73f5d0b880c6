// One row, four doors: what the command line, a stored field, a sweep and the form make of the same text is the same parameter.
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/routing/method_params_json.h"
#include "core/routing/sweep.h"
#include "tests/support/random_params.h"
#include "tests/ui/own_settings.h"
#include "ui/panels/benchmark_form.h"
#include "ui/panels/method_panel.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

/// As with the keyboard; words of a list by name.
void fill(QWidget* box, const ParameterRow& row, const std::string& text) {
    if (auto* words = qobject_cast<QComboBox*>(box)) {
        words->setCurrentText(QString::fromStdString(text));
        return;
    }
    auto* line = box->findChild<QLineEdit*>();
    line->selectAll();
    QTest::keyClick(line, Qt::Key_Backspace);
    QTest::keyClicks(line, text == row.none ? QString::fromUtf8(row.lowest) : QString::fromStdString(text));
    QTest::keyClick(box, Qt::Key_Return);
}

}  // namespace

class TestParameterRows : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

private Q_SLOTS:
    void initTestCase() {
        use_own_settings(QStringLiteral("rows"), folder_.path());
        QSettings().setValue(QStringLiteral("guide/seen"), true);
    }

    void four_doors_data() {
        QTest::addColumn<QString>("name");
        for (const ParameterRow& row : parameter_table()) {
            QTest::newRow(row.name) << QString::fromLatin1(row.name);
        }
    }
    void four_doors() {
        QFETCH(QString, name);
        const ParameterRow& row = *find_parameter(name.toStdString());
        RandomStream stream(19);
        MethodParams start;  // that its field is not greyed with
        start.method = *parse_method(users_of(row).front());
        if (!has_a_meaning(row, start)) {
            start.kernel.kind = KernelKind::Polynomial;
            start.mode_neighbourhood = ModeNeighbourhood::Task;
        }
        if (!has_a_meaning(row, start)) {
            start.kernel.kind = KernelKind::Gaussian;
        }
        QVERIFY(has_a_meaning(row, start));
        for (int i = 0; i < 12; ++i) {
            MethodParams wanted;
            do {
                wanted = start;
                row.access.set(wanted, random_value(row, stream));
            } while (!validate(wanted));
            const std::string text = parameter_text(row, wanted);

            MethodParams stated = start;  // app: what the parser collects
            QVERIFY(take_stated({{row.name, text}}, stated).ok());
            QVERIFY2(stated == wanted, text.c_str());

            nlohmann::json fields = nlohmann::json::parse(method_params_json(start));
            fields[row.field] = nlohmann::json::parse(method_params_json(wanted))[row.field];
            const auto stored = parse_method_params(fields.dump(), "run");
            QVERIFY2(stored.ok() && *stored == wanted, fields.dump().c_str());

            const auto axis = parse_sweep_axis(name.toStdString() + "=" + text);
            QVERIFY2(axis.ok() && axis->name == row.name, text.c_str());
            const auto swept = with_axis(start, axis->name, axis->values.front());
            QVERIFY2(swept.ok() && *swept == wanted, text.c_str());

            Workspace workspace;
            workspace.change_params(start);
            MethodPanel panel(workspace);
            auto* method = panel.findChild<QComboBox*>(QStringLiteral("method"));
            method->setCurrentIndex(method->findData(static_cast<int>(start.method)));
            auto* box = panel.findChild<QWidget*>(QLatin1String(row.box));
            QVERIFY2(box != nullptr, row.box);
            if (*row.replaces != 0) {
                panel.findChild<QComboBox*>(QStringLiteral("neighbourhood"))->setCurrentIndex(text == row.none ? 0 : 1);
            }
            if (*row.replaces == 0 || text != row.none) {
                fill(box, row, text);
            }
            QVERIFY2(panel.shown() == wanted, (text + " shown as " + parameter_text(row, panel.shown())).c_str());
        }
    }

    void the_form_shows_what_it_is_told() {
        Workspace workspace;
        MethodPanel panel(workspace);
        RandomStream stream(29);
        for (int i = 0; i < 60; ++i) {
            const MethodParams params = random_params(stream);
            workspace.change_params(params, QStringLiteral("all"));
            MethodParams shown = panel.shown();
            shown.method = params.method;  // without a sample the workspace follows none
            QVERIFY2(shown == params, (method_params_json(shown) + " for " + method_params_json(params)).c_str());
        }
    }

    /// A field is there for every row, says what it is, and is greyed where the method does not look at it.
    void fields_are_greyed_by_the_methods_groups() {
        Workspace workspace;
        MethodPanel panel(workspace);
        auto* method = panel.findChild<QComboBox*>(QStringLiteral("method"));
        for (int i = 0; i < method->count(); ++i) {
            method->setCurrentIndex(i);
            const auto chosen = static_cast<Method>(method->currentData().toInt());
            for (const ParameterRow& row : parameter_table()) {
                auto* box = panel.findChild<QWidget*>(QLatin1String(row.box));
                QVERIFY2(box->toolTip().contains(QString::fromUtf8(row.help).mid(1)) && !box->accessibleName().isEmpty(), row.name);
                MethodParams params;
                params.method = chosen;
                const bool looked_at = uses_parameter(chosen, row) && *row.replaces == 0 && has_a_meaning(row, params);
                QVERIFY2(box->isEnabled() == looked_at, (to_string(chosen) + " " + row.name).c_str());
            }
        }
        method->setCurrentIndex(method->findData(static_cast<int>(Method::Ngd)));
        panel.findChild<QComboBox*>(QStringLiteral("kernel"))->setCurrentText(QStringLiteral("polynomial"));
        QVERIFY(panel.findChild<QWidget*>(QStringLiteral("kernelDegree"))->isEnabled() && !panel.findChild<QWidget*>(QStringLiteral("bandwidth"))->isEnabled());
        panel.findChild<QComboBox*>(QStringLiteral("neighbourhood"))->setCurrentIndex(1);
        QVERIFY(panel.findChild<QWidget*>(QStringLiteral("epsilon"))->isEnabled() && !panel.findChild<QWidget*>(QStringLiteral("k"))->isEnabled());
    }

    void a_field_of_the_benchmark_page_for_every_row() {
        Workspace workspace;
        BenchmarkForm form(workspace);
        for (const ParameterRow& row : parameter_table()) {
            auto* edit = form.findChild<QLineEdit*>(QStringLiteral("sweep-") + QLatin1String(row.name));
            QVERIFY2(edit != nullptr && edit->toolTip().contains(QString::fromUtf8(row.help).mid(1)), row.name);
        }
        for (const Method method : all_methods()) {
            const bool own_box = method != Method::Base && !is_control(method);
            QCOMPARE(form.findChild<QWidget*>(QStringLiteral("method-") + QString::fromStdString(to_string(method))) != nullptr, own_box);
        }
    }

    void undo_says_what_was_changed() {
        Workspace workspace;
        MethodParams params = workspace.params();
        params.k = 9;
        workspace.change_params(params);
        QCOMPARE(workspace.undo().undoText(), QStringLiteral("change k"));
        params.steps = 4;
        params.eta = 0.5;
        workspace.change_params(params);
        QCOMPARE(workspace.undo().undoText(), QStringLiteral("change steps, eta"));
    }
};

QTEST_MAIN(TestParameterRows)
#include "test_parameter_rows.moc"
