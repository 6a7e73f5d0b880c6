#include "core/checkpoint/checkpoint_values.h"

#include <algorithm>
#include <optional>

#include "core/base/quoted_name.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

namespace {

constexpr std::size_t kScanBytes = 16 << 20;  // a multiple of every element size

class ValueScan {
public:
    ValueScan(const std::vector<ValueFile>& files, const std::function<void(Error)>& problem,
              const ProgressCallback& progress, const CancelToken& cancel)
        : problem_(problem), progress_(progress), cancel_(cancel) {
        for (const ValueFile& file : files) {
            for (const auto& [name, record] : file.tensors) {
                total_ += static_cast<std::int64_t>(record.end - record.begin);
            }
        }
    }

    Status scan(const ValueFile& file) {
        const auto reader = FileReader::open(file.path);
        if (!reader.ok()) {
            problem_(reader.error());
            return {};
        }
        for (const auto& [name, record] : file.tensors) {
            const auto bad = first_bad_value(*reader, file.data_begin + record.begin, name, record);
            if (!bad.ok() && bad.error().kind == ErrorKind::Cancelled) {
                return bad.error();
            }
            if (!bad.ok()) {  // shorter meanwhile, or unreadable
                problem_(bad.error());
                return {};
            }
            if (*bad) {
                problem_(invalid_input(
                    file.path.string(), "tensor " + quoted_name(name),
                    ((*bad)->is_nan ? "NaN at element " : "infinity at element ") + std::to_string((*bad)->index),
                    "finite weights"));
            }
        }
        if (const Status same = reader->check_unchanged(); !same.ok()) {
            problem_(same.error());
        }
        return {};
    }

private:
    Result<std::optional<NonFinite>> first_bad_value(const FileReader& file, std::uint64_t begin, const std::string& name,
                                                     const safetensors::TensorRecord& record) {
        const std::size_t size = record.end - record.begin;
        std::optional<NonFinite> bad;
        for (std::size_t at = 0; at < size && !bad; at += kScanBytes) {
            if (cancel_.cancelled()) {
                return cancelled();
            }
            const std::size_t count = std::min(kScanBytes, size - at);
            buffer_.resize(count);
            R2T2_TRY(file.read(begin + at, buffer_));
            bad = find_non_finite({record.dtype, {}, buffer_});
            if (bad) {
                bad->index += static_cast<std::int64_t>(at / dtype_size(record.dtype));
            }
            done_ += static_cast<std::int64_t>(count);
            if (progress_) {
                progress_(in_mebibytes("values (MiB)", done_, total_, name));
            }
        }
        return bad;
    }

    const std::function<void(Error)>& problem_;
    const ProgressCallback& progress_;
    const CancelToken& cancel_;
    std::vector<std::byte> buffer_;
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
};

}  // namespace

Status find_bad_values(const std::vector<ValueFile>& files, const std::function<void(Error)>& problem,
                       const ProgressCallback& progress, const CancelToken& cancel) {
    ValueScan scan(files, problem, progress, cancel);
    for (const ValueFile& file : files) {
        R2T2_TRY(scan.scan(file));
    }
    return {};
}

}  // namespace r2t2
