// A JSON value out of the parser's events. The value of a key that stands twice in one object is unreadable: neither may be the one that
// was meant. It is of no kind that a reader takes, so that who reads the field refuses it by its own words, and who does not read it passes it over.
//
// Thread rule: one builder, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace r2t2 {

/// Is it what stands for a value whose key stands twice? No JSON text has this kind of value.
template <typename Json>
[[nodiscard]] bool is_repeated(const Json& json) {
    return json.is_binary();
}

template <typename Json>
class JsonBuilder {
public:
    [[nodiscard]] bool busy() const { return !open_.empty(); }
    [[nodiscard]] std::size_t depth() const { return open_.size(); }
    /// The first key that stood twice.
    [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }

    void key(const std::string& name) {
        const std::size_t before = open_.back().value->size();
        slot_ = &(*open_.back().value)[name];
        twice_ = open_.back().value->size() == before;
        repeated_ = twice_ && !repeated_ ? std::optional(name) : repeated_;
    }
    /// Puts a scalar or opens a container; true: the whole value is there.
    bool put(Json&& value, bool opens) {
        Json* place = &root_;
        bool unreadable = false;
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back().value->is_array()) {
            open_.back().value->push_back(std::move(value));
            place = &open_.back().value->back();
        } else {
            place = slot_;
            unreadable = twice_;
            *place = unreadable && !opens ? marker() : std::move(value);
        }
        if (opens) {
            open_.push_back({place, unreadable});
        }
        return open_.empty();
    }
    /// Likewise.
    bool close() {
        const Open last = open_.back();
        open_.pop_back();
        if (last.unreadable) {
            *last.value = marker();
        }
        return open_.empty();
    }
    Json take() {
        repeated_.reset();
        return std::move(root_);
    }

private:
    struct Open {
        Json* value;
        bool unreadable;
    };
    static Json marker() { return Json::binary({}); }

    Json root_;
    std::vector<Open> open_;  ///< from the outermost
    Json* slot_ = nullptr;    ///< of the key that was read last
    bool twice_ = false;      ///< it
    std::optional<std::string> repeated_;
};

}  // namespace r2t2
