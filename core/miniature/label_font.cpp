#include "core/miniature/label_font.h"

#include <cassert>

namespace r2t2 {

namespace {

// Five rows of three pixels, one after the other; '#' is ink.
constexpr std::array<std::string_view, 26> kGlyphs = {
    ".#.#.#####.##.#",  // a
    "##.#.###.#.###.",  // b
    ".###..#..#...##",  // c
    "##.#.##.##.###.",  // d
    "####..##.#..###",  // e
    "####..##.#..#..",  // f
    ".###..#.##.#.##",  // g
    "#.##.#####.##.#",  // h
    "###.#..#..#.###",  // i
    "..#..#..##.#.#.",  // j
    "#.##.###.#.##.#",  // k
    "#..#..#..#..###",  // l
    "#.########.##.#",  // m
    "##.#.##.##.##.#",  // n
    "####.##.##.####",  // o
    "##.#.###.#..#..",  // p
    ".#.#.##.#.#...#",  // q
    "##.#.###.#.##.#",  // r
    ".###...#...###.",  // s
    "###.#..#..#..#.",  // t
    "#.##.##.##.####",  // u
    "#.##.##.##.#.#.",  // v
    "#.##.########.#",  // w
    "#.##.#.#.#.##.#",  // x
    "#.##.#.#..#..#.",  // y
    "###..#.#.#..###",  // z
};

}  // namespace

PlateInk plate_ink(std::string_view word) {
    assert(word.size() == 3);
    PlateInk ink{};
    for (std::size_t letter = 0; letter < word.size(); ++letter) {
        assert(word[letter] >= 'a' && word[letter] <= 'z');
        const std::string_view glyph = kGlyphs[static_cast<std::size_t>(word[letter] - 'a')];
        for (std::size_t i = 0; i < glyph.size(); ++i) {
            ink[1 + i / 3][1 + letter * 4 + i % 3] = glyph[i] == '#';
        }
    }
    return ink;
}

}  // namespace r2t2
