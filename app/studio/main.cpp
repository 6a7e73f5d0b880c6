// r2t2-studio: the workbench. Links neither torch nor OpenCV; core/inspect's module is opened after the window shows.
//
//   r2t2-studio [PICTURE | FOLDER | DATASET.json | SESSION.sqlite] [--question TEXT] [--answer TEXT] [--step N]
#include <QApplication>
#include <QCommandLineParser>
#include <QEvent>
#include <QSettings>
#include <QSocketNotifier>
#include <QTimer>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "app/studio/screenshots.h"
#include "core/base/log.h"
#include "core/process/blas_kernels.h"
#include "core/process/interruption.h"
#include "core/process/process_limits.h"
#include "core/process/standard_streams.h"
#include "ui/models/plain_locale.h"
#include "ui/models/window_system.h"
#include "ui/panels/main_window.h"
#include "ui/paths/file_path.h"

namespace {

using r2t2::ui::MainWindow;
using r2t2::ui::Opening;

/// Calls `then` once, after the window's first paint.
class AfterFirstPaint final : public QObject {
public:
    AfterFirstPaint(QObject* window, std::function<void()> then) : QObject(window), then_(std::move(then)) {
        window->installEventFilter(this);
    }
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint && then_) {
            QTimer::singleShot(0, watched, std::exchange(then_, {}));
        }
        return false;
    }

private:
    std::function<void()> then_;
};

struct Started {
    Opening opening;
    QString screenshots;
    QString theme;
};

/// What is asked without a window: --help, --version. Needs no display.
bool only_words(int argc, char** argv) {
    const std::set<std::string> words = {"-h", "--help", "--help-all", "-v", "--version"};
    return std::any_of(argv + 1, argv + argc, [&](const char* word) { return words.count(word) > 0; });
}

/// Paths as bytes: QCoreApplication::arguments would lose what is no UTF-8.
QStringList texts_of(int argc, char** argv) {
    QStringList texts;
    for (int i = 0; i < argc; ++i) {
        texts << r2t2::ui::path_text(argv[i]);
    }
    return texts;
}

Started read_options(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Looks into one sample, steps through its re-routing, takes hold of the routing."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("path"), QStringLiteral("picture, folder, data set (JSON) or session; default: the bundled samples"),
                                 QStringLiteral("[path]"));
    const QCommandLineOption question({QStringLiteral("q"), QStringLiteral("question")}, QStringLiteral("what is asked about the picture"), QStringLiteral("text"));
    const QCommandLineOption answer({QStringLiteral("a"), QStringLiteral("answer")}, QStringLiteral("the truth, if known"), QStringLiteral("text"));
    const QCommandLineOption step(QStringLiteral("step"), QStringLiteral("step of the cursor"), QStringLiteral("number"));
    const QCommandLineOption model(QStringLiteral("model"), QStringLiteral("checkpoint directory (default: the bundled miniature)"), QStringLiteral("directory"));
    const QCommandLineOption reference(QStringLiteral("reference"), QStringLiteral("reference store or JSON file"), QStringLiteral("path"));
    const QCommandLineOption device(QStringLiteral("device"), QStringLiteral("cpu, cuda, cuda:1"), QStringLiteral("name"), QStringLiteral("cpu"));
    const QCommandLineOption precision(QStringLiteral("precision"), QStringLiteral("fp32, fp64, bf16, fp16 (CUDA), int8, nf4 (weights in 8 or 4 bits)"), QStringLiteral("name"), QStringLiteral("fp32"));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("light, dark or system"), QStringLiteral("name"));
    const QCommandLineOption guide(QStringLiteral("guide"), QStringLiteral("show the guided demo"));
    const QCommandLineOption screenshots(QStringLiteral("screenshots"), QStringLiteral("write pictures of every view into a folder and end"), QStringLiteral("folder"));
    parser.addOptions({question, answer, step, model, reference, device, precision, theme, guide, screenshots});
    parser.process(arguments);
    Started started;
    Opening& opening = started.opening;
    opening.path = parser.positionalArguments().value(0);
    opening.question = parser.value(question);
    opening.truth = parser.value(answer);
    const auto refuse = [](const char* option, const QString& found, const char* allowed) {
        std::fprintf(stderr, "r2t2-studio: error: %s\n", r2t2::invalid_input("options", option, "\"" + found.toStdString() + "\"", allowed).message().c_str());
        std::exit(2);
    };
    bool number = false;
    opening.step = parser.value(step).toInt(&number);
    if (parser.isSet(step) && (!number || opening.step < 0)) {
        refuse("--step", parser.value(step), "a whole number from 0");
    }
    opening.step = number ? opening.step : -1;
    if (parser.isSet(theme) && !QStringList({QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("system")}).contains(parser.value(theme))) {
        refuse("--theme", parser.value(theme), "light, dark, system");
    }
    opening.guide = parser.isSet(guide);
    opening.options.model = r2t2::ui::file_path(parser.value(model)).string();
    opening.options.reference = r2t2::ui::file_path(parser.value(reference)).string();
    opening.options.device = parser.value(device).toStdString();
    opening.options.precision = parser.value(precision).toStdString();
    started.screenshots = parser.value(screenshots);
    started.theme = parser.value(theme);
    return started;
}

}  // namespace

int main(int argc, char** argv) {
    r2t2::begin_process();
    r2t2::end_at_signals("r2t2-studio");
    if (const r2t2::Status room = r2t2::check_process_limits(); !room) {
        std::fprintf(stderr, "r2t2-studio: error: %s\n", room.error().message().c_str());
        return 1;
    }
    std::signal(SIGPIPE, SIG_IGN);  // a window outlives the terminal that it was started from
    setenv("OMP_WAIT_POLICY", "passive", 0);  // before libgomp is loaded with the engine
    QCoreApplication::setOrganizationName(QStringLiteral("r2t2"));
    QCoreApplication::setApplicationName(QStringLiteral("r2t2-studio"));
    QCoreApplication::setApplicationVersion(QStringLiteral(R2T2_VERSION));
    const QStringList arguments = texts_of(argc, argv);  // before QApplication takes its own out
    if (only_words(argc, argv)) {
        const QCoreApplication application(argc, argv);
        (void)read_options(arguments);  // prints and ends, unless the word was an option's value
    }
    r2t2::choose_blas_kernels();
    std::optional<r2t2::ui::StartingQt> starting(std::in_place, "r2t2-studio");
    QApplication application(argc, argv);
    starting.reset();
    if (const r2t2::Status fonts = r2t2::ui::check_fonts(); !fonts) {
        std::fprintf(stderr, "r2t2-studio: error: %s\n", fonts.error().message().c_str());
        return 1;
    }
    r2t2::ui::use_plain_locale();
    const Started started = read_options(texts_of(argc, argv));
    if (!started.screenshots.isEmpty()) {
        return r2t2::studio::write_screenshots(application, started.screenshots);
    }
    r2t2::ui::apply_theme(application, r2t2::ui::theme_of(
                                           started.theme.isEmpty() ? QSettings().value(QStringLiteral("theme")).toString() : started.theme));
    MainWindow window;
    new AfterFirstPaint(&window, [&] { window.begin(started.opening); });
    window.show();
    // A signal closes the window: what runs is cancelled, and what was finished is kept.
    if (const int signalled = r2t2::interrupt_descriptor(); signalled >= 0) {
        auto* notifier = new QSocketNotifier(signalled, QSocketNotifier::Read, &application);
        QObject::connect(notifier, &QSocketNotifier::activated, &application, [notifier, &window] {
            notifier->setEnabled(false);
            r2t2::say_interrupted();
            window.close();
            QApplication::exit(r2t2::kInterruptedCode);
        });
        (void)r2t2::interrupt_token();  // from here on the first one does not end the program by itself
    }
    return QApplication::exec();
}
