// The window: docks around the routing view, menus, jobs in the status bar, everything restored at the next start.
//
// Panels know the workspace, not each other; the window only puts them together. Closing it during a job is safe: the
// job runner cancels and waits. Thread rule: the interface's.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <array>

#include "ui/models/benchmark_run.h"
#include "ui/models/data_check.h"
#include "ui/models/log_model.h"
#include "ui/models/session_link.h"
#include "ui/models/session_results.h"
#include "ui/models/thumbnail_store.h"
#include "ui/models/workspace.h"
#include "ui/panels/theme.h"

class QDockWidget;
class QLabel;
class QMenu;
class QProgressBar;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace r2t2::ui {

class AnswerCard;
class BenchmarkPage;
class ComparePanel;
class CurvePanel;
class DataPage;
class ExpertPanel;
class FigurePage;
class GatePanel;
class GuideStrip;
class LogPanel;
class MapPanel;
class MethodPanel;
class NeighbourPanel;
class PicturePanel;
class QuestionLine;
class ReferenceCard;
class RoutingPanel;
class SamplePanel;
class StepPanel;
class TimelineBar;

/// What the program was started with.
struct Opening {
    InspectorOptions options;
    QString path;      ///< picture, folder, data set or session; empty: the bundled samples
    QString question;  ///< with a picture
    QString truth;
    int step = -1;     ///< where the cursor goes; -1: the last
    bool guide = false;  ///< show the guided demo whatever the settings say
};

class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Menus, docks, panels, the last layout. Not in the constructor: the window itself is painted first, a few dozen
    /// milliseconds earlier. begin() does it; calling it again does nothing.
    void furnish();
    /// Loads in the background; the window is usable at once.
    void begin(const Opening& opening);

    [[nodiscard]] Workspace& workspace() { return workspace_; }
    [[nodiscard]] LogModel& log() { return log_; }
    [[nodiscard]] QList<QAction*> commands() const { return commands_; }
    [[nodiscard]] QString diagnostics() const;
    /// "inspect" (for small screens), "wide", "compare".
    void use_layout(const QString& name);
    void show_panel(const QString& name);  ///< object name of its dock
    enum class Page { Inspect, Benchmark, Figures, Data };
    void show_page(Page page);
    [[nodiscard]] Page page() const { return page_; }
    void set_theme(Theme theme);
    /// A file, a folder, a figure that carries a link, or a link (session_link.h). A checkpoint directory: the model dialog.
    void open_path(const QString& path);

    // For screenshots and tests.
    [[nodiscard]] RoutingPanel& routing() { return *routing_; }
    [[nodiscard]] PicturePanel& picture() { return *picture_; }
    [[nodiscard]] MapPanel& map() { return *map_; }
    [[nodiscard]] SamplePanel& samples() { return *samples_; }
    [[nodiscard]] BenchmarkRun& benchmark() { return benchmark_; }
    [[nodiscard]] SessionResults& results() { return results_; }
    [[nodiscard]] DataCheck& data() { return data_; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    static constexpr int kLayoutVersion = 1;
    bool step_by_key(const QKeyEvent& event);
    /// The file to open: the path itself, or the session of a link, which then waits. None: told where it belongs.
    std::optional<QString> file_of(const QString& path);
    void add_dock(const char* name, const QString& title);
    void fill_dock(const char* name, QWidget* panel);
    void build_docks();
    void build_status();
    void build_pages();
    QWidget* page_widget(Page page);
    [[nodiscard]] QList<QTabBar*> dock_tabs() const;  ///< of docks that share a place
    void offer_panels();  ///< to be shown and hidden: on the page that has them
    void hide_empty_tabs();  ///< a bar that a new layout has no use for stays in the window, and paints a line
    void show_sample_of(std::int64_t run, const QString& set, const QString& key);
    void tie_session();        ///< Inspect and the other pages look at one session and one run of it
    void follow_chosen_run();
    void choose_followed_run();
    void evaluation_ended(const QString& session);
    void tell_ground(const BenchmarkEnd& end);
    void tell_failures();
    void watch_session();      ///< while somebody can see it, and nobody here writes it
    void name_window();
    [[nodiscard]] bool same_session() const;  ///< Inspect lists the session that the other pages show
    [[nodiscard]] bool may_stop();            ///< what runs: asks, where there is something to lose
    void fit_screen();
    void build_actions();
    void build_file_menu();
    void build_edit_menu();
    void build_run_menu();
    void build_view_menu();
    void build_help_menu();
    QAction* command(QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip, std::function<void()> does);
    void show_jobs();
    void cancel_jobs();
    void tell_failure(const QString& message);
    void show_model();
    void show_recent();
    void remember(const QString& path);
    void tell_provenance();
    void choose_files();
    void choose_folder();
    void choose_model(const QString& folder = {});
    void open_again(const InspectorOptions& options);
    void build_reference_menu(QMenu* menu);
    void show_references(QAction* bundled);
    void use_reference(const QString& path);  ///< a folder, a JSON file; empty: the bundled one
    void choose_reference();
    void choose_reference_folder();
    void tell_references();
    void refine_reference();  ///< on the Data page, which shows what comes of it
    void export_plots();
    Status save_plots(const QStringList& files);
    void export_frames();
    void about();
    void save_layout();
    void restore_layout();
    void save_named_layout();
    void show_layouts();

    Workspace workspace_;
    BenchmarkRun benchmark_{workspace_.jobs()};
    SessionResults results_{workspace_.jobs()};
    DataCheck data_{workspace_};
    ThumbnailStore thumbnails_;
    LogModel log_;
    Opening opening_;
    bool question_waiting_ = false;
    std::optional<SessionLink> link_waiting_;  ///< until its session is open
    QString writing_;                          ///< session of the evaluation that runs; empty: none, or not known yet
    QString asked_before_;                     ///< session that was open when it began
    bool tying_ = false;                       ///< the run is being passed on
    QSize chosen_size_;                        ///< by the constructor; a frame may be added to it until the window has its own
    QString opened_;                           ///< file whose samples are open; empty: the bundled ones
    Page page_ = Page::Inspect;
    QByteArray inspect_state_;  ///< docks, while another page is shown
    QStackedWidget* pages_ = nullptr;
    QWidget* inspect_page_ = nullptr;
    QList<QToolButton*> page_buttons_;
    BenchmarkPage* benchmark_page_ = nullptr;  ///< as the next, built when it is first shown
    FigurePage* figure_page_ = nullptr;
    DataPage* data_page_ = nullptr;
    std::array<QWidget*, 4> page_areas_{};  ///< what the pages are scrolled in, by Page; none for Inspect

    SamplePanel* samples_ = nullptr;
    PicturePanel* picture_ = nullptr;
    QuestionLine* question_ = nullptr;
    AnswerCard* answers_ = nullptr;
    RoutingPanel* routing_ = nullptr;
    ReferenceCard* reference_ = nullptr;
    TimelineBar* timeline_ = nullptr;
    MapPanel* map_ = nullptr;
    MethodPanel* method_ = nullptr;
    ExpertPanel* experts_ = nullptr;
    CurvePanel* curves_ = nullptr;
    NeighbourPanel* neighbours_ = nullptr;
    ComparePanel* compare_ = nullptr;
    StepPanel* steps_ = nullptr;
    GatePanel* gates_ = nullptr;
    LogPanel* log_panel_ = nullptr;
    GuideStrip* guide_ = nullptr;
    QList<QDockWidget*> docks_;

    QList<QAction*> commands_;
    QMenu *recent_ = nullptr, *layouts_ = nullptr, *references_ = nullptr;
    QAction* recent_references_ = nullptr;  ///< what the offered ones stand above
    QList<QAction*> offered_references_;
    QString acknowledgement_;               ///< shown when nothing runs any more
    std::string references_told_;           ///< hash of those that were told last
    QAction* panels_ = nullptr;  ///< heading of the panels in the View menu
    QLabel *job_ = nullptr, *mark_ = nullptr, *reference_mark_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QToolButton* cancel_ = nullptr;
    Theme theme_ = Theme::System;
};

}  // namespace r2t2::ui
