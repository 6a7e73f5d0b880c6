#include "core/inspect/request_command.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/shell_word.h"
#include "core/checkpoint/rerouting_file.h"
#include "core/inspect/sample_lists.h"
#include "core/routing/parameter_table.h"
#include "core/routing/params_distance.h"
#include "core/run/places.h"

namespace r2t2 {

namespace {

class Words {
public:
    explicit Words(std::string first) : text_(std::move(first)) {}
    void add(const std::string& word) { text_ += " " + shell_word(word); }
    void add(const char* option, const std::string& value) { text_ += std::string(" ") + option + " " + shell_word(value); }
    template <typename T>
    void differs(const char* option, const T& value, const T& usual, const std::string& said) {
        if (!(value == usual)) {
            add(option, said);
        }
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// A file or folder that is there, from wherever the command is given; anything else is a name and stays.
std::string from_anywhere(const std::string& path) {
    std::error_code error;
    const bool there = std::filesystem::exists(path, error);
    const std::filesystem::path whole = there ? std::filesystem::absolute(path, error) : std::filesystem::path();
    return there && !error ? whole.lexically_normal().string() : path;
}
/// A place that may have to be made.
std::string from_anywhere(const std::filesystem::path& place) {
    std::error_code error;
    const std::filesystem::path whole = std::filesystem::absolute(place, error);
    return error ? place.string() : whole.lexically_normal().string();
}

/// What is asked of it instead of its own question.
void add_question(const InspectRequest& request, const SampleSummary& summary, Words& words) {
    const bool asked_anew = request.question && *request.question != summary.question;
    if (asked_anew) {
        words.add("--question", *request.question);
    }
    if (request.truth && (asked_anew || *request.truth != summary.truth) && !request.truth->empty()) {
        words.add("--answer", *request.truth);
    }
}

void add_sample(const InspectRequest& request, Words& words) {
    SampleSummary summary;
    if (request.list) {
        summary = request.list->summary(request.index);
    }
    const std::string picture = request.list ? summary.image : request.image.string();
    const auto* session = dynamic_cast<const SessionList*>(request.list.get());
    if (session != nullptr && request.facts.empty()) {
        words.add("--session", from_anywhere(session->path()));
        words.add("--sample", summary.set + "/" + summary.id);
        add_question(request, summary, words);
        return;
    }
    if (picture.rfind("world:test/", 0) == 0) {
        words.add("--sample", summary.set + "/" + summary.id);
        add_question(request, summary, words);
        return;
    }
    words.add(from_anywhere(picture));
    const bool asked_anew = request.question && *request.question != summary.question;
    words.add("--question", request.question ? *request.question : summary.question);
    if (!summary.instruction.empty()) {
        words.add("--instruction", summary.instruction);
    }
    const std::string truth = request.truth ? *request.truth : asked_anew ? std::string() : summary.truth;
    if (!truth.empty()) {
        words.add("--answer", truth);
    }
    if (!request.facts.empty()) {
        words.add("--facts", from_anywhere(request.facts));
    }
}

void add_device(const InspectorOptions& options, Words& words) {
    words.differs("--device", options.device, std::string("cpu"), options.device);
    words.differs("--precision", options.precision, std::string("fp32"), options.precision);
}

MethodParams recommended(const InspectorOptions& options) {
    MethodParams usual;
    (void)apply_recommended(options.model.empty() ? bundled_model_directory() : options.model, usual);
    usual.seed = 1;
    return usual;
}

/// What differs from what is taken without options; a short option where there is one.
void add_params(const MethodParams& usual, const MethodParams& params, Words& words) {
    for (const auto& [name, text] : to_state(usual, params)) {
        std::string option = "--" + name;
        for (const std::string alias : find_parameter(name)->aliases) {
            option = alias.size() == 1 ? "-" + alias : option;
        }
        words.add(option.c_str(), text);
    }
    words.differs("--seed", params.seed, usual.seed, std::to_string(params.seed));
}

/// Of a session's sample its run's, which is named then: the one that has the request's parameters, else that of its method which has
/// most of them.
MethodParams usual_params(const InspectorOptions& options, const InspectRequest& request, Words& words) {
    const auto* session = dynamic_cast<const SessionList*>(request.list.get());
    const std::vector<MethodParams> params = session != nullptr && request.facts.empty() ? session->run_params() : std::vector<MethodParams>();
    if (params.empty()) {
        return recommended(options);
    }
    auto found = std::find(params.begin(), params.end(), request.methods.front());
    for (std::size_t i = 0; found == params.end() && i < params.size(); ++i) {
        found = request.origin != 0 && session->run_at(i) == request.origin && params[i].method == request.methods.front().method ? params.begin() + static_cast<std::ptrdiff_t>(i) : found;
    }
    if (found == params.end()) {
        const MethodParams& wanted = request.methods.front();
        found = std::min_element(params.begin(), params.end(), [&](const MethodParams& a, const MethodParams& b) {
            return std::pair(a.method != wanted.method, differing_params(a, wanted)) < std::pair(b.method != wanted.method, differing_params(b, wanted));
        });
    }
    words.add("--run", std::to_string(session->run_at(static_cast<std::size_t>(found - params.begin()))));
    return *found;
}

}  // namespace

std::string request_command(const InspectorOptions& options, const InspectRequest& request) {
    Words words("r2t2 inspect");
    add_sample(request, words);
    if (!options.model.empty()) {
        words.add("--model", from_anywhere(options.model));
    }
    if (!options.reference.empty()) {
        words.add("--reference", from_anywhere(options.reference));
    }
    if (const auto* session = dynamic_cast<const SessionList*>(request.list.get()); session != nullptr && request.facts.empty() && options.reference.empty()) {
        const ReferenceSource usual, &own = session->reference_source();  // which r2t2 inspect opens where nothing is said
        if (!own.path.empty() || own.candidates != usual.candidates || own.seed != usual.seed) {
            words.add("--reference-samples", std::to_string(usual.candidates));
            words.add("--reference-seed", std::to_string(usual.seed));
        }
    }
    add_device(options, words);
    if (request.methods.empty()) {
        return words.text();
    }
    std::string methods;
    for (const MethodParams& params : request.methods) {
        methods += (methods.empty() ? "" : ",") + to_string(params.method);
    }
    words.add("--methods", methods);
    add_params(usual_params(options, request, words), request.methods.front(), words);
    for (const std::size_t reference : request.left_out) {
        words.add("--leave-out", std::to_string(reference));
    }
    return words.text();
}

std::string benchmark_command(const InspectorOptions& options, const BenchmarkRequest& request) {
    Words words("r2t2 evaluate");
    const auto joined = [](const auto& words_of, const auto& text) {
        std::string all;
        for (const auto& each : words_of) {
            all += (all.empty() ? "" : ",") + text(each);
        }
        return all;
    };
    words.add("--eval", joined(request.sets, [](const std::string& set) { return set; }));
    if (request.data.empty()) {
        words.differs("--split", request.split, std::string("test"), request.split);
        words.differs("--samples", request.samples, std::size_t{200}, std::to_string(request.samples));
    } else {
        words.add("--data", from_anywhere(request.data));
        words.differs("--split", request.split, std::string(), request.split);
        words.differs("--limit", request.limit, std::size_t{0}, std::to_string(request.limit));
    }
    words.add("--methods", request.methods.empty() ? "base" : joined(request.methods, [](Method method) { return to_string(method); }));
    for (const SweepAxis& axis : request.sweep) {
        words.add("--sweep", axis.name + "=" + joined(axis.values, [](const std::string& value) { return value; }));
    }
    if (!options.model.empty()) {
        words.add("--model", from_anywhere(options.model));
    }
    if (!options.reference.empty()) {
        words.add("--reference", from_anywhere(options.reference));
    }
    add_device(options, words);
    add_params(recommended(options), request.params, words);
    words.differs("--threads", request.threads, 0, std::to_string(request.threads));
    words.differs("--max-errors", request.max_errors, std::int64_t{-1}, std::to_string(request.max_errors));
    if (!request.session.empty()) {
        words.add("--session", from_anywhere(request.session));
    }
    return words.text();
}

std::string reference_command(const InspectorOptions& options, const ReferenceRequest& request) {
    Words words(request.data ? "r2t2 reference build" : "r2t2 reference refine");
    if (request.data) {
        words.add("--from", request.data->name);
        words.add("--data", from_anywhere(request.data->folder));
        words.differs("--split", request.data->split, std::string(), request.data->split);
        words.differs("--limit", request.data->limit, std::size_t{0}, std::to_string(request.data->limit));
        words.differs("--seed", request.data->seed, std::uint64_t{1}, std::to_string(request.data->seed));
        if (request.refine == Refine::Yes) {
            words.add("--refine");
        }
    } else {
        words.add(options.reference.empty() ? std::string("bundled") : from_anywhere(options.reference));
    }
    if (!options.model.empty()) {
        words.add("--model", from_anywhere(options.model));
    }
    add_device(options, words);
    words.add("--out", from_anywhere(request.output));
    return words.text();
}

}  // namespace r2t2
