// The pictures of MMBench's table: a row has its own in base64, or the index of a row whose picture it shares, wherever that row stands.
//
// A picture may be a data URI (data:image/png;base64,...), and the one entry of a list as JSON or Python writes it (['...']).
// Internal to this room: what is wrong is thrown as an Error. Thread rule: one reading, one thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

class MmbenchPictures {
public:
    MmbenchPictures(std::filesystem::path table, std::filesystem::path cache) : table_(std::move(table)), cache_(std::move(cache)) {}

    /// The file in the cache that has the row's picture. A reference to a row that was not met yet reads the table's pictures once more.
    [[nodiscard]] std::string file_of(std::string_view cell, const std::string& index, const std::string& where);

private:
    [[nodiscard]] std::string unpacked(std::string_view cell, const std::string& where) const;
    [[nodiscard]] std::string followed(const std::string& index, std::string_view cell, const std::string& where) const;
    void read_table();

    std::filesystem::path table_, cache_;
    std::map<std::string, std::string> files_;       ///< rows with a picture of their own, by MmbenchIndex::id
    std::map<std::string, std::string> references_;  ///< rows that name another row
    bool table_read_ = false;
};

}  // namespace r2t2
