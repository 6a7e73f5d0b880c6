// MMBench: a TSV whose pictures are base64 cells; rotations of a question have numbers that are a million apart.
#include <algorithm>

#include "core/benchmarks/benchmark_reader.h"
#include "core/benchmarks/mmbench_files.h"
#include "core/benchmarks/mmbench_index.h"
#include "core/benchmarks/mmbench_pictures.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::string_view kChineseSuffix = "\n\xE8\xAF\xB7\xE7\x9B\xB4\xE6\x8E\xA5\xE5\x9B\x9E\xE7\xAD\x94\xE9\x80\x89\xE9\xA1\xB9\xE5\xAD\x97\xE6\xAF\x8D\xE3\x80\x82";

/// One row's cells by column name.
class TsvRow {
public:
    TsvRow(const TsvReader& table, const std::vector<std::string>& cells, std::string where)
        : table_(table), cells_(cells), where_(std::move(where)) {}

    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] bool first(const char* name) const { return table_.column(name) == std::size_t{0}; }
    /// Empty: the column is missing, or nothing is in the cell. "None", "NA" and "nan" are text: they are answers of real questions.
    [[nodiscard]] std::string_view optional(const char* name) const {
        const auto at = table_.column(name);
        return at && *at < cells_.size() && !strip(cells_[*at]).empty() ? std::string_view(cells_[*at]) : std::string_view();
    }
    /// What stands beside the question (hint, category): "nan" and "None" are what pandas made of an empty cell.
    [[nodiscard]] std::string context(const char* name) const { return is_blank_cell(optional(name)) ? std::string() : cell(name); }
    [[nodiscard]] std::string cell(const char* name) const {
        const std::string_view value = optional(name);
        if (value.empty()) {
            throw invalid_input(where_, name, table_.column(name) ? "an empty cell" : "no such column", "a value");
        }
        if (!is_utf8(value)) {
            throw invalid_input(where_, name, "bytes that are no UTF-8", "UTF-8");
        }
        return std::string(value);
    }

    /// A stray quote takes what follows into its cell, up to the next one: rows are lost and the columns behind it are another row's. Where the row still
    /// has as many cells as the header, it took as many tabs as a row has (a hint may have a few of its own): refused. A line break alone may be meant, and
    /// is only named.
    [[nodiscard]] std::optional<Error> line_break() const {
        std::optional<Error> named;
        for (std::size_t i = 0; i < std::min(cells_.size(), table_.header().size()); ++i) {
            const std::string& name = table_.header()[i];
            if (name == "image") {
                continue;
            }
            const auto lines = std::count(cells_[i].begin(), cells_[i].end(), '\n'), tabs = std::count(cells_[i].begin(), cells_[i].end(), '\t');
            if (lines > 0 && tabs + 1 >= static_cast<std::ptrdiff_t>(table_.header().size())) {
                throw invalid_input(where_, name, "a quoted cell with " + std::to_string(lines + 1) + " lines and tabs between them", "one row: a stray quote has taken others into its cell");
            }
            if (is_picture(cells_[i])) {
                throw invalid_input(where_, name, "a picture in base64 (" + std::to_string(cells_[i].size()) + " bytes)", "text: pictures are in the column image");
            }
            const bool asked = name == "question" || (name.size() == 1 && name[0] >= 'A' && name[0] <= 'J');
            if (asked && lines > 0 && !named) {
                named = invalid_input(where_, name, "a cell of " + std::to_string(lines + 1) + " lines", "one line; it is read as it is");
            }
        }
        return named;
    }

private:
    /// Of a length that no text has without a blank.
    static bool is_picture(const std::string& cell) {
        constexpr std::size_t kLongest = 1000;
        return cell.size() > kLongest && std::all_of(cell.begin(), cell.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r';
        });
    }

    const TsvReader& table_;
    const std::vector<std::string>& cells_;
    std::string where_;
};

class MmbenchReader {
public:
    MmbenchReader(Reading& reading, const std::filesystem::path& table)
        : reading_(reading), chinese_(reading.split().ends_with("-cn") || reading.split() == "cc"), cache_(std::make_shared<const std::filesystem::path>(reading.cache("MMBench"))), pictures_(table, *cache_) {}

    void add(const TsvRow& row) {
        if (const std::optional<MmbenchIndex> named = mmbench_index(row.optional("index"))) {
            count_with(row, *named);
        }
        const std::optional<Error> line_break = row.line_break();
        const MmbenchIndex index = index_of(row);
        std::vector<std::string> options = options_of(row);
        const auto filled = options.size() - static_cast<std::size_t>(std::count(options.begin(), options.end(), ""));
        if (filled < 2) {
            throw invalid_input(row.where(), "A, B", std::to_string(filled) + " options", "at least two");
        }
        const std::string said = row.context("hint"), hint = said.empty() ? "" : said + "\n";
        Sample sample;
        sample.id = index.id;
        sample.question = hint + row.cell("question") + "\n" + filled_lines(options) + std::string(chinese_ ? kChineseSuffix : kLetterSuffix);
        sample.image_path = picture(row, index.id);
        const int right = reading_.withheld() && is_blank_cell(row.optional("answer")) ? -1 : right_option(row, options);
        set_options(sample, std::move(options), right, AnswerRule::Letter);
        SampleExtras extras;
        extras.group = index.group;
        extras.group_size = index.is_text ? 1 : static_cast<int>(filled);  // each of them stands first in one rotation
        sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
        const std::string second = row.context("l2-category");
        const bool gap = filled < sample.options.size();
        reading_.add(std::move(sample), {{}, row.context("category"), second, {}, {}, {}}, row.where());
        if (line_break) {
            reading_.problem(*line_break, false);
        }
        if (index.is_text && !text_index_named_) {
            text_index_named_ = true;
            reading_.problem(invalid_input(row.where(), "index", "\"" + index.id + "\", a text", "a whole number; texts are read as they are, each row with one is a question asked once"), false);
        }
        if (gap) {
            reading_.problem(invalid_input(row.where(), "A, B, C, ...", "an empty cell before the last option", "an option in every cell up to the last; the others are read"), false);
        }
    }

    /// A row that has not the header's cells: its first cell is what it is where that is a whole number.
    void lose(const TsvRow& row) {
        const std::optional<MmbenchIndex> index = row.first("index") ? mmbench_index(row.optional("index")) : std::nullopt;
        if (index && !index->is_text) {
            count_with(row, *index);
        }
    }

    /// After the last row: a table without rotations asks every question once.
    void finish() {
        for (Sample& sample : reading_.dataset().samples) {
            if (!rotated_) {
                SampleExtras extras = sample.extras();
                extras.group_size = 1;
                sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
            }
        }
        for (Problem& problem : reading_.dataset().problems) {
            if (problem.lost && !rotated_) {
                problem.lost->group_size = 1;
            }
        }
        for (RecordGroup& group : reading_.groups()) {
            group.key.group_size = rotated_ ? group.key.group_size : 1;
        }
    }

private:
    void count_with(const TsvRow& row, const MmbenchIndex& index) {
        rotated_ = rotated_ || index.rotation;
        int options = 0;
        for (char letter = 'A'; letter <= 'J'; ++letter) {
            options += row.optional(std::string(1, letter).c_str()).empty() ? 0 : 1;
        }
        AnswerKey key;
        key.rule = AnswerRule::Letter;
        key.group = index.group;
        key.group_size = index.is_text ? 1 : std::max(options, 1);
        const std::string_view category = row.optional("category");
        key.category = is_utf8(category) && !is_blank_cell(category) ? std::string(category) : std::string();
        reading_.counted_with(std::move(key), row.where());
    }
    static MmbenchIndex index_of(const TsvRow& row) {
        const std::string text = row.cell("index");
        const std::optional<MmbenchIndex> index = mmbench_index(text);
        if (!index) {
            throw invalid_input(row.where(), "index", "\"" + text.substr(0, 40) + "\"", "a whole number, or a short text that is no number");
        }
        return *index;
    }
    /// Up to the last that is there; an empty cell before it keeps its letter.
    static std::vector<std::string> options_of(const TsvRow& row) {
        std::vector<std::string> options;
        for (char letter = 'A'; letter <= 'J'; ++letter) {  // four in the official files, more in those made after them
            const std::string column(1, letter);
            options.push_back(row.optional(column.c_str()).empty() ? std::string() : row.cell(column.c_str()));
        }
        while (!options.empty() && options.back().empty()) {
            options.pop_back();
        }
        return options;
    }
    /// As option_lines, without the empty ones.
    static std::string filled_lines(const std::vector<std::string>& options) {
        std::string text;
        for (std::size_t i = 0; i < options.size(); ++i) {
            text += options[i].empty() ? "" : (text.empty() ? "" : "\n") + option_name(i) + ". " + options[i];
        }
        return text;
    }
    static int right_option(const TsvRow& row, const std::vector<std::string>& options) {
        const std::string answer = row.cell("answer");
        const std::size_t option = lettered_option(answer).value_or(options.size());
        if (option >= options.size() || options[option].empty()) {
            throw invalid_input(row.where(), "answer", "\"" + answer.substr(0, 40) + "\"", "the letter of one of " + std::to_string(options.size()) + " options");
        }
        return static_cast<int>(option);
    }
    SharedPath picture(const TsvRow& row, const std::string& index) {
        const std::string_view cell = row.optional("image");
        if (cell.empty()) {
            throw invalid_input(row.where(), "image", "an empty cell", "a picture in base64");
        }
        return SharedPath(cache_, pictures_.file_of(cell, index, row.where()));
    }

    Reading& reading_;
    bool chinese_;
    bool text_index_named_ = false;
    bool rotated_ = false;  ///< some row is a rotation, also one that was left out
    Folder cache_;
    MmbenchPictures pictures_;
};

/// The table to read: the folder's, or the file that was named instead of a folder.
std::filesystem::path mmbench_table(Reading& reading) {
    std::error_code code;
    if (std::filesystem::is_regular_file(reading.directory(), code)) {
        const auto split = mmbench_split_of(reading.directory().filename().string());
        if (split && *split != reading.split()) {
            throw invalid_input(reading.directory().string(), "--split", reading.split(), *split + ", which the file's name says");
        }
        return reading.directory();
    }
    const std::vector<std::filesystem::path> found = mmbench_files(reading.directory(), reading.split());
    if (found.empty()) {
        return reading.file(mmbench_names(reading.split()));  // throws: what was looked for, what is there
    }
    for (std::size_t i = 1; i < found.size(); ++i) {
        reading.leave_out("table " + found[i].filename().string() + " of the same split: " + found.front().filename().string() +
                          " is read (to choose, name the file in place of the folder)");
    }
    return found.front();
}

}  // namespace

void read_mmbench(Reading& reading) {
    const std::filesystem::path path = mmbench_table(reading);
    Result<TsvReader> table = TsvReader::open(path);
    if (!table) {
        throw table.error();
    }
    for (const char* column : {"index", "question", "A", "B", "image"}) {
        if (!table->column(column)) {
            throw invalid_input(path.string(), "header", std::string("no column \"") + column + "\"", "index, question, hint, A, B, C, D, answer, category, image");
        }
    }
    MmbenchReader reader(reading, path);
    std::error_code code;
    const std::uint64_t size = std::filesystem::file_size(path, code);
    for (std::int64_t number = 0;; ++number) {
        const Result<std::optional<std::vector<std::string>>> row = table->next();
        if (!row) {
            throw row.error();
        }
        if (!*row) {
            return reader.finish();
        }
        reading.tick(table->position(), size);
        reading.attempt(number, [&] {
            const std::string where = path.string() + ": line " + std::to_string(table->line());
            if ((*row)->size() != table->header().size()) {
                reader.lose(TsvRow(*table, **row, where));
                throw invalid_input(where, "cells", std::to_string((*row)->size()), std::to_string(table->header().size()) + " as in the header");
            }
            reader.add(TsvRow(*table, **row, where));
        });
    }
}

}  // namespace r2t2
