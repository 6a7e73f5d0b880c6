#include "core/base/result.h"

#include "core/base/quoted_name.h"

namespace r2t2 {

std::string Error::message() const {
    std::string text;
    const auto part = [&text](const std::string& piece, const char* separator) {
        if (piece.empty()) {
            return;
        }
        if (!text.empty()) {
            text += separator;
        }
        text += piece;
    };
    part(where, ": ");
    part(field, ": ");
    if (!found.empty()) {
        part((allowed.empty() ? "" : "found ") + found, ": ");
    }
    if (!allowed.empty()) {
        part("allowed: " + allowed, "; ");
    }
    return printable(text);
}

Error Error::inside(const std::string& outer) const {
    Error error = *this;
    error.where = where.empty() ? outer : outer + ": " + where;
    return error;
}

Error invalid_input(std::string where, std::string field, std::string found, std::string allowed) {
    return {ErrorKind::InvalidInput, std::move(where), std::move(field), std::move(found), std::move(allowed)};
}

Error io_error(std::string where, std::string what) {
    return {ErrorKind::Io, std::move(where), {}, std::move(what), {}};
}

Error cancelled() {
    return {ErrorKind::Cancelled, {}, {}, "cancelled", {}};
}

}  // namespace r2t2
