// The pictures of MMBench's table: a row has its own in base64, or the index of a row whose picture it shares, wherever that row stands.
//
// Internal to this room: what is wrong is thrown as an Error. Thread rule: one reading, one thread.
#pragma once

#include <cstdint>
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
    [[nodiscard]] std::string file_of(std::string_view cell, std::int64_t index, const std::string& where);

private:
    [[nodiscard]] std::string unpacked(std::string_view cell, const std::string& where) const;
    [[nodiscard]] std::string followed(std::int64_t index, std::string_view cell, const std::string& where) const;
    void read_table();

    std::filesystem::path table_, cache_;
    std::map<std::int64_t, std::string> files_;           ///< rows with a picture of their own
    std::map<std::int64_t, std::int64_t> references_;     ///< rows that name another row
    bool table_read_ = false;
};

}  // namespace r2t2
