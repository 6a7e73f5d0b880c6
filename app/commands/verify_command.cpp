// r2t2 verify
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/quoted_name.h"
#include "core/results/run_coverage.h"
#include "core/session/session_reader.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Verdict {
    std::vector<Error> faults;
    bool opened = false;                  ///< it is a session whose tables can be looked for
    std::vector<Error> gone;              ///< runs that are stored as finished and lack samples
    std::vector<std::string> incomplete;  ///< runs that never finished
    std::int64_t runs = 0, samples = 0, errors = 0;
    std::optional<std::int64_t> waiting = 0;  ///< samples in the log; none: not known
    std::uintmax_t bytes = 0;

    /// As it was written, and all of it.
    [[nodiscard]] bool sound() const { return faults.empty() && gone.empty() && incomplete.empty(); }
    [[nodiscard]] int exit_code() const { return !faults.empty() ? kExitUsage : !gone.empty() ? kExitBadSamples : kExitOk; }
};

Verdict verdict_on(const std::string& path) {
    Verdict out;
    std::error_code code;
    out.bytes = std::filesystem::file_size(path, code);
    out.bytes = code ? 0 : out.bytes;
    auto reader = SessionReader::open(path);
    if (!reader) {
        out.faults.push_back(reader.error());
        return out;
    }
    out.opened = true;
    out.waiting = reader->waiting_in_log();
    auto faults = reader->verify();
    if (faults) {
        out.faults = std::move(*faults);
    } else {
        out.faults.push_back(faults.error());
    }
    if (const auto runs = reader->runs()) {
        out.runs = static_cast<std::int64_t>(runs->size());
        for (const StoredRun& run : *runs) {
            out.samples += run.samples;
            out.errors += run.errors;
            if (std::optional<Error> missing = missing_samples(path, run)) {
                out.gone.push_back(std::move(*missing));
            } else if (const RunCoverage coverage = run_coverage(run); !coverage.complete()) {
                out.incomplete.push_back("run " + std::to_string(run.id) + " (" + run.info.method + (run.variant.empty() ? "" : ", " + run.variant) + "): " + coverage.text());
            }
        }
    }
    return out;
}

std::string sum_text(const Verdict& verdict) {
    return std::to_string(verdict.runs) + " runs, " + std::to_string(verdict.samples) + " samples, " + std::to_string(verdict.errors) + " of them failed; " +
           std::to_string(verdict.bytes) + " bytes\n";
}

std::string verdict_text(const std::string& session, const Verdict& verdict) {
    const std::string path = printable(session);
    std::string text;
    for (const Error& fault : verdict.faults) {
        text += fault.message() + "\n";
    }
    for (const Error& missing : verdict.gone) {
        text += missing.message() + "\n";
    }
    for (const std::string& run : verdict.incomplete) {
        text += path + ": " + run + "\n";
    }
    if (!verdict.waiting || *verdict.waiting > 0) {
        text += path + ": " + (verdict.waiting ? std::to_string(*verdict.waiting) + " of its samples wait" : std::string("part of it waits")) + " in its log (" + path +
                "-wal): a copy needs that file too, until whoever ends last has moved them in\n";
    }
    if (!verdict.faults.empty()) {
        const bool others = verdict.opened && SessionReader::others_hold(verdict.faults);
        const std::size_t count = verdict.faults.size();
        return text + path + ": " + std::to_string(count) + (count == 1 ? " fault" : " faults") +
               (others            ? "; rows that are not named can be relied on\n"
                : verdict.opened ? "; rows that are not named may be wrong or missing too: not all of the file can be read\n"
                                 : "; it cannot be read\n");
    }
    const char* const word = !verdict.gone.empty() ? "samples are missing; what is there is as it was written: "
                             : verdict.sound()     ? "sound: "
                                                   : "incomplete; what is there is as it was written: ";
    return text + path + ": " + word + sum_text(verdict);
}

Json verdict_json(const std::string& path, const Verdict& verdict) {
    Json faults = Json::array(), gone = Json::array();
    for (const Error& fault : verdict.faults) {
        faults.push_back(fault.message());
    }
    for (const Error& missing : verdict.gone) {
        gone.push_back(missing.message());
    }
    return {{"session", path},       {"sound", verdict.sound()},   {"runs", verdict.runs},
            {"samples", verdict.samples}, {"failed_samples", verdict.errors}, {"bytes", verdict.bytes},
            {"waiting_in_log", verdict.waiting ? Json(*verdict.waiting) : Json(nullptr)},
            {"faults", std::move(faults)}, {"missing_samples", std::move(gone)}, {"incomplete_runs", verdict.incomplete}};
}

}  // namespace

int run_verify(const VerifyOptions& options, Console& console) {
    Json all = Json::array();
    int code = kExitOk;
    for (const std::string& path : options.sessions) {
        const Verdict verdict = verdict_on(path);
        // Bad input is worse than missing samples, whatever the numbers.
        code = code == kExitUsage || verdict.exit_code() == kExitUsage ? kExitUsage : std::max<int>(code, verdict.exit_code());
        if (!console.options().json) {
            console.data(verdict_text(path, verdict));
        }
        all.push_back(verdict_json(path, verdict));
    }
    if (console.options().json) {
        console.data(all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    }
    return code;
}

}  // namespace r2t2::cli
