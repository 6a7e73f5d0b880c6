// All of a JPEG's data through libjpeg, drawn at an eighth of its size, with the library's warnings kept.
#include <csetjmp>
#include <cstdio>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>

#include "core/vision/picture_defects.h"

namespace r2t2 {

namespace {

constexpr int kBands = 4096;  ///< progressive files may have as many scans as they like, each of them over the whole picture

constexpr int kMostStray = 16;  ///< bytes that an encoder may have left behind a scan

/// What libjpeg said; its functions find it behind the pointer that they know.
struct Listener {
    jpeg_error_mgr functions{};
    std::jmp_buf leave{};
    char damage[JMSG_LENGTH_MAX] = {};  ///< the first warning that touches pixels, or the error it gave up with
    char more[JMSG_LENGTH_MAX] = {};    ///< the first one that does not
    bool no_memory = false;
};

Listener& listener_of(j_common_ptr info) { return *reinterpret_cast<Listener*>(info->err); }

[[noreturn]] void give_up(j_common_ptr info) {
    Listener& listener = listener_of(info);
    listener.no_memory = info->err->msg_code == JERR_OUT_OF_MEMORY;
    if (listener.damage[0] == '\0') {
        info->err->format_message(info, listener.damage);
    }
    std::longjmp(listener.leave, 1);
}

void listen(j_common_ptr info, int level) {
    if (level >= 0) {
        return;  // traces
    }
    ++info->err->num_warnings;
    Listener& listener = listener_of(info);
    bool touches = false;
    switch (info->err->msg_code) {
        case JWRN_ARITH_BAD_CODE: case JWRN_HIT_MARKER: case JWRN_HUFF_BAD_CODE: case JWRN_JPEG_EOF: case JWRN_MUST_RESYNC: case JWRN_NOT_SEQUENTIAL:
            touches = true;
            break;
        case JWRN_EXTRANEOUS_DATA:  // behind the last pixel: so many come from data that were read too slowly, out of step
            touches = reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > 0 && info->err->msg_parm.i[0] > kMostStray;
            break;
        default:
            break;
    }
    char* text = touches ? listener.damage : listener.more;
    if (text[0] == '\0') {
        info->err->format_message(info, text);
    }
}

void say_nothing(j_common_ptr) {}

void limit_scans(j_common_ptr info) {
    if (info->is_decompressor && reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kBands) {
        ERREXIT(info, JERR_BAD_SCAN_SCRIPT);
    }
}

/// Objects with destructors stay outside: longjmp passes over what is in here.
void read_all(jpeg_decompress_struct& info, Listener& listener, picture_bytes::Bytes bytes, std::vector<JSAMPLE>& row) {
    if (setjmp(listener.leave) != 0) {  // NOLINT: the library's way
        jpeg_destroy_decompress(&info);
        return;
    }
    jpeg_create_decompress(&info);
    jpeg_progress_mgr progress{};
    progress.progress_monitor = limit_scans;
    info.progress = &progress;
    jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&info, TRUE);
    info.scale_num = 1;
    info.scale_denom = 8;
    info.do_fancy_upsampling = FALSE;
    info.out_color_space = info.jpeg_color_space;  // colours are not looked at
    jpeg_start_decompress(&info);
    row.resize(std::size_t{info.output_width} * static_cast<std::size_t>(info.output_components));
    JSAMPROW rows[] = {row.data()};
    while (info.output_scanline < info.output_height) {
        jpeg_read_scanlines(&info, rows, 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
}

}  // namespace

std::optional<PictureDefect> picture_defects::of_jpeg(picture_bytes::Bytes bytes, const std::string& where) {
    Listener listener;
    jpeg_decompress_struct info{};
    info.err = jpeg_std_error(&listener.functions);
    listener.functions.error_exit = give_up;
    listener.functions.emit_message = listen;
    listener.functions.output_message = say_nothing;
    std::vector<JSAMPLE> row;
    read_all(info, listener, bytes, row);
    if (listener.no_memory) {
        return PictureDefect{PictureDefect::Effect::Pixels, Error{ErrorKind::OutOfMemory, where, "image", "not enough memory to decode", {}}};
    }
    if (listener.damage[0] != '\0') {
        return PictureDefect{PictureDefect::Effect::Pixels, invalid_input(where, "image", std::string("damaged JPEG data (") + listener.damage + ")", "an undamaged picture")};
    }
    if (listener.more[0] != '\0') {
        return PictureDefect{PictureDefect::Effect::None,
                             invalid_input(where, "image", std::string("a JPEG that its decoder wonders at (") + listener.more + ")", "an undamaged picture")};
    }
    return std::nullopt;
}

}  // namespace r2t2
