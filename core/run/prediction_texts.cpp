#include "core/run/prediction_texts.h"

#include <algorithm>

namespace r2t2 {

namespace {

bool is_json_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

RecordText trimmed(RecordText record) {
    while (!record.text.empty() && is_json_blank(record.text.front())) {
        record.line += record.text.front() == '\n' ? 1 : 0;
        record.text.remove_prefix(1);
    }
    while (!record.text.empty() && is_json_blank(record.text.back())) {
        record.text.remove_suffix(1);
    }
    return record;
}

std::string place_in(const std::string& file, std::int64_t line) { return file + ": line " + std::to_string(line); }

/// Calls `each` for every entry of an array without reading the entries: each is parsed by itself, so that a large file needs
/// the memory of one and an error knows its line.
class ArrayEntries {
public:
    ArrayEntries(RecordText array, const std::string& file) : array_(array), file_(file) {}

    Status visit(const std::function<Status(RecordText)>& each) {
        std::size_t begin = 1;
        std::int64_t begin_line = array_.line, line = array_.line;
        int depth = 0;
        bool in_text = false;
        std::int64_t entries = 0;
        for (std::size_t i = 1; i < array_.text.size(); ++i) {
            const char c = array_.text[i];
            line += c == '\n' ? 1 : 0;
            if (in_text) {
                i += c == '\\' ? 1 : 0;
                in_text = c != '"';
                continue;
            }
            in_text = c == '"';
            const bool ends = depth == 0 && c == ']';
            if (ends || (depth == 0 && c == ',')) {
                const RecordText entry = trimmed({array_.text.substr(begin, i - begin), begin_line});
                if (entry.text.empty() && ends && entries == 0) {
                    return after(i + 1, line);
                }
                if (entry.text.empty()) {
                    return invalid_input(place_in(file_, line), "array", "nothing between two commas or before the end", "an object");
                }
                R2T2_TRY(each(entry));
                ++entries;
                if (ends) {
                    return after(i + 1, line);
                }
                begin = i + 1;
                begin_line = line;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            if (depth < 0) {
                return invalid_input(place_in(file_, line), "array", "a bracket that closes nothing", "a JSON array of objects");
            }
        }
        return invalid_input(place_in(file_, line), "array", "the end of the file", "\"]\" at the end of the array");
    }

private:
    [[nodiscard]] Status after(std::size_t end, std::int64_t line) const {
        const RecordText rest = trimmed({array_.text.substr(end), line});
        return rest.text.empty() ? Status() : invalid_input(place_in(file_, rest.line), "array", "text after its end", "nothing");
    }

    RecordText array_;
    const std::string& file_;
};

Status visit_lines(std::string_view text, const std::function<Status(RecordText)>& each) {
    std::int64_t line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const RecordText record = trimmed({text.substr(begin, end - begin), ++line});
        if (!record.text.empty()) {
            R2T2_TRY(each(record));
        }
        begin = end + 1;
    }
    return {};
}

}  // namespace

Status visit_record_texts(std::string_view text, const std::string& file, const std::function<Status(RecordText)>& each) {
    const RecordText whole = trimmed({text, 1});
    return whole.text.starts_with('[') ? ArrayEntries(whole, file).visit(each) : visit_lines(text, each);
}

}  // namespace r2t2
