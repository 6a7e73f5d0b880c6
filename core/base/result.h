// Errors that a file or a user caused come back as a Result; our own mistakes assert.
//
// An Error answers four questions: where (file), what (field), what was found, what is allowed.
// Thread rule: values, freely copied between threads.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace r2t2 {

enum class ErrorKind {
    InvalidInput,  ///< a file or an option says something that is not allowed
    NotFound,      ///< a file, a sample or a tensor that should be there is not
    Io,            ///< the operating system refused
    Unsupported,   ///< valid, but this build cannot do it
    Cancelled,     ///< the user asked to stop
    OutOfMemory,   ///< host or device memory ran out
    Internal       ///< a library failed in a way that is not the user's doing
};

struct Error {
    ErrorKind kind = ErrorKind::InvalidInput;
    std::string where;    ///< file (with record or line), option, or table; may be empty
    std::string field;    ///< key, tensor or argument; may be empty
    std::string found;    ///< what was there
    std::string allowed;  ///< what would have been accepted

    /// One line: "where: field: found X, allowed Y".
    [[nodiscard]] std::string message() const;

    /// The same error with `outer` put in front of `where` ("set.json" + "record 3" -> "set.json: record 3").
    [[nodiscard]] Error inside(const std::string& outer) const;
};

[[nodiscard]] Error invalid_input(std::string where, std::string field, std::string found, std::string allowed);
[[nodiscard]] Error io_error(std::string where, std::string what);
[[nodiscard]] Error cancelled();

/// Value or Error. `value()` on an error is our bug and asserts.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT: implicit by design
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}        // NOLINT: implicit by design

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] T& value() & { assert(ok()); return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { assert(ok()); return std::get<0>(state_); }
    [[nodiscard]] T value() && { assert(ok()); return std::get<0>(std::move(state_)); }  ///< by value: a loop over it is safe
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const { assert(!ok()); return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

/// Result of something that has no value: default-constructed means success.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit by design
    [[nodiscard]] bool ok() const { return ok_; }
    explicit operator bool() const { return ok_; }
    [[nodiscard]] const Error& error() const { assert(!ok_); return error_; }

private:
    Error error_;
    bool ok_ = true;
};

using Status = Result<void>;

}  // namespace r2t2

/// Return the error of `expr` from the enclosing function, or go on.
#define R2T2_TRY(expr)                                       \
    do {                                                     \
        if (auto r2t2_status = (expr); !r2t2_status.ok()) {  \
            return r2t2_status.error();                      \
        }                                                    \
    } while (false)
