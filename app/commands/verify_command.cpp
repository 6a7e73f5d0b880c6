// r2t2 verify
#include <filesystem>

#include "app/commands/commands.h"
#include "core/base/quoted_name.h"
#include "core/session/session_reader.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Verdict {
    std::vector<Error> faults;
    bool opened = false;  ///< it is a session whose tables can be looked for
    std::int64_t runs = 0, samples = 0, errors = 0;
    std::uintmax_t bytes = 0;
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
        }
    }
    return out;
}

}  // namespace

int run_verify(const VerifyOptions& options, Console& console) {
    Json all = Json::array();
    bool sound = true;
    for (const std::string& path : options.sessions) {
        const Verdict verdict = verdict_on(path);
        sound = sound && verdict.faults.empty();
        Json faults = Json::array();
        std::string text;
        for (const Error& fault : verdict.faults) {
            faults.push_back(fault.message());
            text += fault.message() + "\n";
        }
        if (verdict.faults.empty()) {
            text = printable(path) + ": sound: " + std::to_string(verdict.runs) + " runs, " + std::to_string(verdict.samples) + " samples, " +
                   std::to_string(verdict.errors) + " of them failed; " + std::to_string(verdict.bytes) + " bytes\n";
        } else {
            const bool others = verdict.opened && SessionReader::others_hold(verdict.faults);
            const std::size_t count = verdict.faults.size();
            text += printable(path) + ": " + std::to_string(count) + (count == 1 ? " fault" : " faults") +
                    (others            ? "; rows that are not named can be relied on\n"
                     : verdict.opened ? "; rows that are not named may be wrong or missing too: not all of the file can be read\n"
                                      : "; it cannot be read\n");
        }
        if (!console.options().json) {
            console.data(text);
        }
        all.push_back({{"session", path}, {"sound", verdict.faults.empty()}, {"runs", verdict.runs}, {"samples", verdict.samples},
                       {"failed_samples", verdict.errors}, {"bytes", verdict.bytes}, {"faults", faults}});
    }
    if (console.options().json) {
        console.data(all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    }
    return sound ? kExitOk : kExitUsage;
}

}  // namespace r2t2::cli
