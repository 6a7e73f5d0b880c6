#include "app/commands/console.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "core/base/log.h"
#include "core/base/quoted_name.h"
#include "core/process/standard_streams.h"
#include "core/scoring/scoring_version.h"

namespace r2t2::cli {

namespace {

std::string duration_text(double seconds) {
    char buffer[32];
    const auto whole = static_cast<long>(std::max(0.0, seconds) + 0.5);
    if (whole < 100) {
        std::snprintf(buffer, sizeof buffer, "%ld s", whole);
    } else if (whole < 6000) {
        std::snprintf(buffer, sizeof buffer, "%ld min %02ld s", whole / 60, whole % 60);
    } else {
        std::snprintf(buffer, sizeof buffer, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
    }
    return buffer;
}

}  // namespace

Console::Console(const OutputOptions& options) : options_(options), terminal_(isatty(STDERR_FILENO) != 0) {
    end_at_signals("r2t2");
    set_log_level(options.quiet ? LogLevel::Error : options.verbose ? LogLevel::Debug : LogLevel::Info);
}

void Console::data(const std::string& text) const {
    const int failed = write_output(options_.json ? text : printable_lines(text));
    if (options_.failed_write != nullptr && *options_.failed_write == 0) {
        *options_.failed_write = failed;
    }
}

void Console::note(const std::string& text) {
    end_progress();
    if (!options_.quiet) {
        std::fprintf(stderr, "r2t2: %s\n", printable(text).c_str());
    }
}

void Console::warning(const std::string& text) {
    end_progress();
    log_warning("", text);
}

void Console::lacking(const std::string& text) {
    if (options_.quiet) {
        set_log_level(LogLevel::Warning);
    }
    warning(text);
    if (options_.quiet) {
        set_log_level(LogLevel::Error);
    }
}

void Console::skipped(const std::vector<Error>& records) {
    std::vector<std::string> texts;
    std::transform(records.begin(), records.end(), std::back_inserter(texts), [](const Error& error) { return error.message(); });
    skipped(texts);
}

void Console::skipped(const std::vector<std::string>& records) {
    constexpr std::size_t kNamed = 5;
    for (std::size_t i = 0; i < std::min(kNamed, records.size()); ++i) {
        lacking("skipped " + records[i]);
    }
    if (records.size() > kNamed) {
        lacking("... and " + std::to_string(records.size() - kNamed) + " more that were skipped");
    }
}

void Console::end_progress() {
    if (line_open_) {
        std::fputc('\n', stderr);
        line_open_ = false;
    }
}

ProgressCallback Console::progress() {
    if (options_.quiet) {
        return {};
    }
    return [this](const Progress& progress) { show(progress); };
}

void Console::show(const Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (progress.stage != stage_) {
        end_progress();
        stage_ = progress.stage;
        rate_ = ProgressRate(progress.done, now);
        last_shown_ = terminal_ ? std::chrono::steady_clock::time_point{} : now;
    }
    const bool last = progress.total > 0 && progress.done >= progress.total;
    if (!last && now - last_shown_ < (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000))) {
        return;
    }
    last_shown_ = now;
    const std::optional<double> rate = rate_.per_second(progress.done, now);
    std::string text = "r2t2: " + progress.stage + ": " + std::to_string(progress.done);
    if (progress.total > 0) {
        text += "/" + std::to_string(progress.total);
    }
    if (rate) {
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, *rate < 0.1 ? ", %.3f/s" : ", %.1f/s", *rate);
        text += buffer;
    }
    if (!last && rate && progress.total > 0) {
        text += ", " + duration_text(static_cast<double>(progress.total - progress.done) / *rate) + " left";
    }
    if (!progress.detail.empty()) {
        text += ", " + progress.detail;
    }
    text = printable(text);
    if (terminal_) {
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
        line_open_ = true;
        if (last) {
            end_progress();
        }
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    std::fflush(stderr);
}

int Console::left_out(const std::string& session, const std::vector<std::string>& samples) {
    constexpr std::size_t kNamed = 20;
    for (std::size_t i = 0; i < std::min(kNamed, samples.size()); ++i) {
        lacking(session + ": left out: " + samples[i]);
    }
    if (samples.size() > kNamed) {
        lacking(session + ": and " + std::to_string(samples.size() - kNamed) + " more; r2t2 verify names all");
    }
    if (!samples.empty()) {
        lacking(session + ": " + std::to_string(samples.size()) + (samples.size() == 1 ? " damaged sample was" : " damaged samples were") + " left out");
    }
    return samples.empty() ? kExitOk : kExitBadSamples;
}

int Console::gone(const std::optional<Error>& samples) {
    if (samples) {
        lacking(samples->message());
    }
    return samples ? kExitBadSamples : kExitOk;
}

void Console::scored_by(const std::string& session, std::int64_t run, int version) {
    if (version != 0 && version < kScoringVersion) {
        warning(session + ": run " + std::to_string(run) + ": right and wrong as version " + std::to_string(version) + " of the scoring rules said (now " +
                std::to_string(kScoringVersion) + "); a session that can be written is scored again when something is written to it");
    }
}

int Console::fail(const Error& error) {
    end_progress();
    if (error.kind == ErrorKind::Cancelled) {
        say_interrupted();
        return kExitInterrupted;
    }
    log_error("", error.message());
    const bool input = error.kind == ErrorKind::InvalidInput || error.kind == ErrorKind::NotFound ||
                       error.kind == ErrorKind::Unsupported;
    return input ? kExitUsage : kExitRuntime;
}

}  // namespace r2t2::cli
